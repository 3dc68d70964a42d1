#include "loadtest/output.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "metrics/hdr_log.h"

namespace faultline::loadtest {
namespace {

namespace fs = std::filesystem;

constexpr const char* kElsewhere = "free some space, or choose another directory with --out";

[[noreturn]] void cannot_write(const fs::path& path) {
  throw EnvironmentError(fmt::format("cannot write {}", path.string()), kElsewhere);
}

}  // namespace

Output::Output(fs::path directory, const LoadTest& test, double begin) : directory_(std::move(directory)) {
  if (fs::exists(directory_ / "result.json")) {
    throw EnvironmentError(fmt::format("{} holds a result already", directory_.string()),
                           "choose another directory with --out");
  }
  for (const auto& [name, text] : test.sources) {
    write_file(directory_ / name, text, kElsewhere);
  }
  std::error_code ignored;
  fs::create_directories(directory_ / "histograms", ignored);
  seconds_.open(directory_ / "seconds.ndjson");
  latency_.open(directory_ / "histograms" / "http_req_duration.hlog");
  if (!seconds_ || !latency_) {
    cannot_write(directory_);
  }
  latency_log_ = std::make_unique<metrics::HdrLog>(latency_, begin);
}

Output::~Output() = default;

void Output::write(std::int64_t second, const Second& seen, std::uint64_t due,
                   const load::Counters& counters) {
  seconds_ << to_json(second, seen, due, counters).dump() << std::endl;
  latency_log_->write("", std::chrono::seconds(second), std::chrono::seconds(1), seen.latency);
  latency_.flush();
  if (!seconds_ || !latency_) {
    cannot_write(directory_);
  }
}

void Output::write(const Result& result) {
  std::ofstream by_route(directory_ / "histograms" / "http_req_duration.by_name.hlog");
  metrics::HdrLog log(by_route, 0);
  for (const std::string& name : result.metrics.values("http_req_duration", "name")) {
    const auto series = result.metrics.select({"http_req_duration", {{"name", name}}});
    log.write(name, Duration::zero(), result.lasted, series->trend.histogram());
  }
  by_route.close();
  if (!by_route) {
    cannot_write(directory_);
  }
  write_file(directory_ / "result.json", to_json(result).dump(2) + "\n", kElsewhere);
}

}  // namespace faultline::loadtest
