#include "run/service_process.h"

#include <fmt/format.h>

#include <csignal>
#include <fstream>

#include "core/error.h"
#include "http/client.h"
#include "run/subject.h"

namespace faultline::run {

namespace fs = std::filesystem;

namespace {

constexpr Duration kProbe = std::chrono::seconds(1);  // one look whether it is ready
constexpr Duration kBetweenLooks = std::chrono::milliseconds(50);
// Between SIGTERM and SIGKILL; after an interruption everything must be gone within two seconds.
constexpr Duration kGrace = std::chrono::seconds(2);
constexpr Duration kInterruptedGrace = std::chrono::milliseconds(300);

std::string fake_clock() {
  for (const auto& folder : fs::directory_iterator("/usr/lib")) {
    const fs::path library = folder.path() / "faketime/libfaketime.so.1";
    if (std::error_code ignored; fs::exists(library, ignored)) {
      return library.string();
    }
  }
  throw EnvironmentError("libfaketime is not installed, which makes a clock wrong",
                         "install Debian's package libfaketime, or run ci/dependencies");
}

}  // namespace

void check_stop(const Stop& stop) {
  if (stop.requested()) {
    throw EnvironmentError("interrupted while the environment was starting");
  }
}

ServiceProcess::ServiceProcess(process::Guardian& guardian, const scenario::Service& wanted, Place place,
                               const Stop& stop)
    : guardian_(guardian), wanted_(wanted), place_(std::move(place)), stop_(stop) {}

void ServiceProcess::start(Duration within) {
  if (!wanted_.url.empty()) {
    return wait_for_one_elsewhere(within);
  }
  process::ChildOptions options;
  options.name = "service";
  options.argv = command_of(wanted_);
  if (place_.clock_can_be_skewed) {
    skew_clock(Duration::zero());
  }
  options.environment = environment();
  options.directory = wanted_.directory;
  options.log = place_.logs / "service.log";
  child_ = guardian_.spawn(std::move(options));
  process::wait_until_ready(
      *child_,
      [this] {
        check_stop(stop_);
        return ready();
      },
      within);
}

void ServiceProcess::wait_for_one_elsewhere(Duration within) const {
  const Instant deadline = monotonic_now() + within;
  while (!ready()) {
    if (monotonic_now() >= deadline) {
      throw EnvironmentError(
          fmt::format("{}{} was not ready within {}", place_.address, wanted_.ready_target, to_text(within)),
          "start the service first, with the addresses that `faultline up` prints");
    }
    if (!stop_.wait_until(monotonic_now() + kBetweenLooks)) {
      check_stop(stop_);
    }
  }
}

bool ServiceProcess::ready() const {
  http::Url url = *http::parse_url(place_.address);
  url.target = wanted_.ready_target;
  const http::Exchange exchange = http::fetch(url, {"GET", url.target, {}, {}}, kProbe);
  return exchange.answered() && exchange.response.status / 100 == 2;
}

void ServiceProcess::stop() {
  if (child_) {
    if (child_->running()) {
      child_->signal(SIGCONT);  // a stopped process ends by nothing but SIGKILL
    }
    child_->stop(stop_.requested() ? kInterruptedGrace : kGrace);
    child_.reset();
  }
}

void ServiceProcess::kill(int with_signal) {
  if (child_) {
    child_->stop(with_signal == SIGKILL ? Duration::zero() : kGrace, with_signal);
  }
}

void ServiceProcess::signal(int number) {
  if (running()) {
    child_->signal(number);
  }
}

bool ServiceProcess::running() const {
  return child_ && child_->running();
}

std::optional<process::Exit> ServiceProcess::exit() const {
  return child_ ? child_->exit() : std::nullopt;
}

void ServiceProcess::change(const std::map<std::string, std::string>& variables) {
  const std::lock_guard lock(changed_mutex_);
  for (const auto& [name, value] : variables) {
    changed_[name] = value;
  }
}

Command ServiceProcess::command(const std::vector<std::string>& argv) const {
  Command command{argv, environment(), wanted_.directory};
  command.argv.front() = program_of(argv.front());
  return command;
}

std::map<std::string, std::string> ServiceProcess::environment() const {
  std::map<std::string, std::string> variables = place_.variables;
  {
    const std::lock_guard lock(changed_mutex_);
    for (const auto& [name, value] : changed_) {
      variables[name] = value;
    }
  }
  if (place_.clock_can_be_skewed) {
    variables["LD_PRELOAD"] = fake_clock();
    variables["FAKETIME_TIMESTAMP_FILE"] = fs::absolute(skew_file()).string();
    variables["FAKETIME_NO_CACHE"] = "1";
    variables["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
  }
  return variables;
}

// Read by libfaketime each time that the service asks for the time of day (faketime(1)).
void ServiceProcess::skew_clock(Duration by) const {
  const fs::path next = skew_file().string() + ".next";
  std::ofstream(next) << fmt::format("{:+.3f}\n", seconds(by));
  fs::rename(next, skew_file());  // never half-written
}

}  // namespace faultline::run
