#include "core/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <system_error>

#include "core/error.h"

namespace faultline {

struct Journal::Line {
  Line* older;
  std::string text;
};

Journal::Journal(const std::filesystem::path& path, Instant origin) : origin_(origin) {
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0) {
    throw EnvironmentError(
        fmt::format("cannot create {}: {}", path.string(), std::generic_category().message(errno)),
        "choose another directory with --out");
  }
  writer_ = std::thread([this] { run(); });
}

Journal::~Journal() {
  closing_ = true;
  pushed_.fetch_add(1);  // changes the value that the writer waits on
  pushed_.notify_one();
  writer_.join();
  ::close(file_);
}

void Journal::Producer::write(std::string_view kind, Instant observed, const nlohmann::ordered_json& fields) {
  const Duration at = observed - journal_.origin_;
  std::string line =
      fmt::format("{{\"kind\":\"{}\",\"by\":\"{}\",\"n\":{},\"t\":{:.6f}", kind, name_, n_++, seconds(at));
  // A service's log or answer may hold anything: what is not UTF-8 is replaced rather than refused.
  const std::string members = fields.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  if (members.size() > 2) {
    line += ',';
    line.append(members, 1, members.size() - 2);
  }
  line += "}\n";
  journal_.push(std::move(line));
}

Journal::Producer& Journal::producer(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(producers_.begin(), producers_.end(),
                                  [&](const auto& producer) { return producer->name_ == name; });
  if (found != producers_.end()) {
    return **found;
  }
  producers_.push_back(std::unique_ptr<Producer>(new Producer(*this, name)));
  return *producers_.back();
}

void Journal::push(std::string text) {
  auto* line = new Line{newest_.load(std::memory_order_relaxed), std::move(text)};
  while (!newest_.compare_exchange_weak(line->older, line, std::memory_order_release,
                                        std::memory_order_relaxed)) {
  }
  pushed_.fetch_add(1, std::memory_order_release);
  pushed_.notify_one();
}

void Journal::run() {
  for (;;) {
    const std::uint64_t seen = pushed_.load(std::memory_order_acquire);
    if (Line* newest = newest_.exchange(nullptr, std::memory_order_acquire)) {
      write_batch(newest);
    }
    // Everything that was counted in `seen` was in the list before it was counted.
    written_.store(seen, std::memory_order_release);
    written_.notify_all();
    if (closing_ && newest_.load(std::memory_order_acquire) == nullptr) {
      return;
    }
    pushed_.wait(seen, std::memory_order_acquire);
  }
}

void Journal::write_batch(Line* newest) {
  Line* oldest = nullptr;
  while (newest) {
    Line* next = newest->older;
    newest->older = oldest;
    oldest = newest;
    newest = next;
  }
  std::string batch;
  while (oldest) {
    const std::unique_ptr<Line> line(oldest);
    batch += line->text;
    oldest = line->older;
  }
  {
    const std::lock_guard lock(mutex_);
    if (!failure_.empty()) {
      return;
    }
  }
  for (std::size_t done = 0; done < batch.size();) {
    const ssize_t n = ::write(file_, batch.data() + done, batch.size() - done);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      const std::lock_guard lock(mutex_);
      failure_ = std::generic_category().message(errno);
      return;
    }
    done += static_cast<std::size_t>(n);
  }
}

void Journal::flush() {
  const std::uint64_t wanted = pushed_.load(std::memory_order_acquire);
  for (std::uint64_t written = written_.load(std::memory_order_acquire); written < wanted;
       written = written_.load(std::memory_order_acquire)) {
    written_.wait(written, std::memory_order_acquire);
  }
}

std::string Journal::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

JournalText read_journal(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw EnvironmentError(fmt::format("cannot read {}", path.string()),
                           "is this the directory of a run? it holds a journal.ndjson");
  }
  JournalText journal;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    const bool ended = !file.eof();  // by a newline
    auto record = nlohmann::ordered_json::parse(line, nullptr, false);
    if (ended && record.is_object()) {
      journal.records.push_back(std::move(record));
    } else if (!ended || file.peek() == std::char_traits<char>::eof()) {
      journal.torn = true;
    } else {
      throw EnvironmentError(fmt::format("{}:{}: not a journal record", path.string(), number));
    }
  }
  return journal;
}

}  // namespace faultline
