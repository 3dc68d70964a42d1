#pragma once
// A world for tests: answers what it is told to, writes down what it was asked, and has a time of its own that only
// pauses move.

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "core/not_ready.h"
#include "core/units.h"
#include "steps/world.h"

namespace faultline::steps {

class ScriptedWorld final : public World {
 public:
  using Script = std::function<Answer(Duration since_start)>;

  Script answer = [](Duration) { return Answer{true, ""}; };
  std::string log_text;
  std::vector<std::string> asked;
  bool restart_fails = false, not_ready = false;
  Duration stop_after = Duration::max();  // pauses end the run from then on
  std::vector<Duration> answer_times;     // when each look was made

  Answer redis(const std::vector<std::string>& command, Duration) override {
    std::string text = "redis";
    for (const std::string& word : command) {
      text += " " + word;
    }
    return reply(text);
  }
  Answer sql(const std::string& statement, Duration) override { return reply("sql " + statement); }
  Answer http(const Request& request, Duration) override {
    std::string text =
        request.method + " " + request.target + (request.body.empty() ? "" : " " + request.body);
    for (const auto& [name, value] : request.headers) {
      text += fmt::format(" ({}: {})", name, value);
    }
    return reply(text + (request.tenant.empty() ? "" : " as " + request.tenant));
  }
  Answer run(const std::vector<std::string>& command, Duration limit) override {
    std::string text = "run";
    for (const std::string& word : command) {
      text += " " + word;
    }
    return reply(text + " within " + faultline::to_text(limit));
  }
  Answer begin(const std::vector<std::string>& command) override {
    std::string text = "begin";
    for (const std::string& word : command) {
      text += " " + word;
    }
    return reply(text);
  }
  std::string log(const std::string& process) override {
    asked.push_back("log " + process);
    return log_text;
  }
  void restart(const std::string& process, const Changes& changes) override {
    std::string text = "restart " + process;
    for (const auto& [name, value] : changes.env) {
      text += fmt::format(" {}={}", name, value);
    }
    asked.push_back(text +
                    (changes.ready_within ? " within " + faultline::to_text(*changes.ready_within) : ""));
    if (not_ready) {
      throw NotReadyError(process + " was not ready within 10s; its log:\n  …",
                          process + " was not ready within 10s");
    }
    if (restart_fails) {
      throw EnvironmentError(process + " cannot be started");
    }
  }
  Answer stop(const std::string& process, Duration grace) override {
    return reply("stop " + process + " within " + faultline::to_text(grace));
  }
  Answer dump(const std::string& process, Duration limit) override {
    return reply("dump " + process + " within " + faultline::to_text(limit));
  }
  Answer restore(const std::string& process, Duration limit) override {
    return reply("restore " + process + " within " + faultline::to_text(limit));
  }
  void signal(const std::string& process, int number) override {
    asked.push_back("signal " + std::to_string(number) + " " + process);
  }
  void delete_data(const std::string& process) override { asked.push_back("delete data of " + process); }
  void fill_disk(const std::string& process, std::optional<std::uint64_t> free) override {
    asked.push_back(free ? "fill disk of " + process + " but for " + std::to_string(*free)
                         : "free disk of " + process);
  }
  void lift(const std::string& fault) override { asked.push_back("lift " + fault); }

  Instant now() const override { return Instant(now_); }
  bool pause(Duration duration) override {
    now_ += duration;
    return now_ < stop_after;
  }

 private:
  Answer reply(const std::string& request) {
    asked.push_back(request);
    answer_times.push_back(now_);
    return answer(now_);
  }
  Duration now_{};
};

}  // namespace faultline::steps
