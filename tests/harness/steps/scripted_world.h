#pragma once
// A world for tests: answers what it is told to, writes down what it was asked, and has a time of its own that only
// pauses move.

#include <functional>
#include <string>
#include <vector>

#include "core/error.h"
#include "steps/world.h"

namespace faultline::steps {

class ScriptedWorld final : public World {
 public:
  using Script = std::function<Answer(Duration since_start)>;

  Script answer = [](Duration) { return Answer{true, "", 0}; };
  std::string log_text;
  std::vector<std::string> asked;
  bool restart_fails = false;
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
  Answer http(const std::string& method, const std::string& target, const std::string& body,
              Duration) override {
    return reply(method + " " + target + (body.empty() ? "" : " " + body));
  }
  std::string log(const std::string& process) override {
    asked.push_back("log " + process);
    return log_text;
  }
  void restart(const std::string& process) override {
    asked.push_back("restart " + process);
    if (restart_fails) {
      throw EnvironmentError("redis was not ready within 10s");
    }
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
