#include "loadtest/engine.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "http/server.h"
#include "loadtest/summary.h"
#include "reading.h"

namespace faultline::loadtest {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kFlow = R"(
[flow]
name = "f"
[flow.data]
token = { hex = 12 }
[[journey]]
name = "j"
[[journey.step]]
request = "GET /things/${token}"
name = "get thing"
)";

// A service, and what it was asked for.
class Service {
 public:
  explicit Service(int status = 200) {
    server_ = loop_.run([&] {
      return std::make_unique<http::Server>(
          loop_, "127.0.0.1", 0, [this, status](const http::Request& request, const http::Respond& respond) {
            targets_.push_back(request.target);
            respond({.status = status, .headers = {}, .body = "{}"});
          });
    });
  }
  ~Service() {
    loop_.run([&] { server_.reset(); });
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  http::Url url() const { return *http::parse_url("http://127.0.0.1:" + std::to_string(server_->port())); }
  std::vector<std::string> targets() {
    auto targets = loop_.run([&] { return targets_; });
    std::sort(targets.begin(), targets.end());
    return targets;
  }

 private:
  Loop loop_{"service"};
  std::unique_ptr<http::Server> server_;
  std::vector<std::string> targets_;
};

class Silent final : public Watcher {
 public:
  void phase_began(const load::Phase& phase, Duration) override { phases.push_back(phase.name); }
  void ticked(Duration, const load::Counters&, const std::optional<Second>&, std::uint64_t) override {}
  void aborted(const ThresholdResult&) override { ++aborts; }
  std::vector<std::string> phases;
  int aborts = 0;
};

std::string text(const std::string& load, const std::string& rest = "") {
  return "[load_test]\nname='t'\n[[phase]]\nname='a'\nfor='300ms'\n[[phase]]\nname='b'\nfor='300ms'\n[[load]]"
         "\nflow='f'\n" +
         load + "\n[validity]\nlate='10s'\n" + rest;
}

TEST(Engine, MakesTheSameRequestsWithAnyNumberOfThreads) {
  const Folder folder(kFlow);
  const LoadTest test = folder.read(text("rate='100/s'\narrivals='poisson'"));
  std::vector<std::vector<std::string>> seen;
  for (const std::size_t jobs : {1U, 2U, 3U}) {
    Service service;
    Silent watcher;
    const Stop stop;
    const Result result = run(test, {.service = service.url(), .jobs = jobs}, watcher, stop, nullptr);
    EXPECT_EQ(result.verdict(), Verdict::passed) << summary(result, false);
    EXPECT_EQ(result.generator.started, result.generator.planned);
    EXPECT_THAT(watcher.phases, ElementsAre("a", "b"));
    seen.push_back(service.targets());
    EXPECT_EQ(seen.back().size(), result.generator.planned);
  }
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
}

TEST(Engine, LetsUsersComeAgain) {
  const Folder folder(kFlow);
  const LoadTest test = folder.read(text("users = { b = 3 }"));
  Service service;
  Silent watcher;
  const Stop stop;
  const Result result = run(test, {.service = service.url()}, watcher, stop, nullptr);
  EXPECT_EQ(result.verdict(), Verdict::passed) << summary(result, false);
  EXPECT_EQ(result.metrics.select({"iterations"})->count, static_cast<double>(service.targets().size()));
  EXPECT_GT(service.targets().size(), 3U);
  EXPECT_FALSE(result.metrics.select({"iterations", {{"phase", "a"}}}));
}

TEST(Engine, MakesSetupAndTeardownOnce) {
  const Folder folder(R"(
[flow]
name = "f"
[[setup.step]]
request = "POST /login"
capture = { session = { pattern = '.(.)' } }
[[teardown.step]]
request = "DELETE /sessions/${session}"
[[journey]]
name = "j"
[[journey.step]]
request = "GET /of/${session}"
)");
  const LoadTest test = folder.read(text("rate='20/s'"));
  Service service;
  Silent watcher;
  const Stop stop;
  const Result result = run(test, {.service = service.url()}, watcher, stop, nullptr);
  const auto targets = service.targets();  // its every answer is {}, whose second character is }
  EXPECT_EQ(std::count(targets.begin(), targets.end(), "/login"), 1);
  EXPECT_EQ(std::count(targets.begin(), targets.end(), "/sessions/%7D"), 1);
  EXPECT_EQ(std::count(targets.begin(), targets.end(), "/of/%7D"), 12);
  EXPECT_EQ(result.metrics.select({"http_reqs"})->count, 12) << "they are no part of the load";
}

TEST(Engine, MakesTheSetupOfAFlowOnceThoughTwoLoadsHaveIt) {
  const Folder folder(
      "[flow]\nname='f'\n[[setup.step]]\nrequest='POST /login'\n[[journey]]\nname='j'\n[[journey.step]]\n"
      "request='GET /'\n");
  const LoadTest test = folder.read(text("rate='20/s'\n[[load]]\nflow='f'\nusers={ b = 1 }"));
  Service service;
  Silent watcher;
  const Stop stop;
  run(test, {.service = service.url()}, watcher, stop, nullptr);
  const auto targets = service.targets();
  EXPECT_EQ(std::count(targets.begin(), targets.end(), "/login"), 1);
}

TEST(Engine, PutsNoLoadWhereTheSetupFails) {
  const Folder folder(
      "[flow]\nname='f'\n[[setup.step]]\nrequest='POST /login'\n[[journey]]\nname='j'\n[[journey.step]]\n"
      "request='GET /'\n");
  const LoadTest test = folder.read(text("rate='20/s'"));
  Service service(503);
  Silent watcher;
  const Stop stop;
  try {
    run(test, {.service = service.url()}, watcher, stop, nullptr);
    FAIL() << "it ran";
  } catch (const EnvironmentError& error) {
    EXPECT_STREQ(error.what(), "the setup of flow 'f' ended at 'POST /login': HTTP 503");
  }
  EXPECT_THAT(service.targets(), ElementsAre("/login"));
}

TEST(Engine, EndsARunWhoseThresholdSaysSo) {
  const Folder folder(kFlow);
  const LoadTest test = folder.read(text("rate='200/s'", R"([thresholds]
http_req_failed = { threshold = "rate<10%", abort_on_fail = true }
)") + "");
  LoadTest longer = test;
  longer.phases[1].length = 10min;
  Service service(500);
  Silent watcher;
  const Stop stop;
  const Result result = run(longer, {.service = service.url()}, watcher, stop, nullptr);
  EXPECT_EQ(watcher.aborts, 1);
  EXPECT_EQ(result.verdict(), Verdict::failed);
  ASSERT_EQ(result.thresholds.size(), 1U);
  EXPECT_TRUE(result.thresholds[0].aborted);
  EXPECT_THAT(summary(result, false), HasSubstr("which ended the run"));
}

TEST(Engine, EndsWhenItIsStopped) {
  const Folder folder(kFlow);
  LoadTest test = folder.read(text("rate='100/s'"));
  test.phases[1].length = 10min;
  Service service;
  class Stopping final : public Watcher {
   public:
    explicit Stopping(Stop& stop) : stop_(stop) {}
    void phase_began(const load::Phase&, Duration) override {}
    void ticked(Duration since, const load::Counters&, const std::optional<Second>&, std::uint64_t) override {
      if (since > 1s) {
        stop_.request(2);
      }
    }
    void aborted(const ThresholdResult&) override {}

   private:
    Stop& stop_;
  };
  Stop stop;
  Stopping watcher(stop);
  const Result result = run(test, {.service = service.url()}, watcher, stop, nullptr);
  EXPECT_TRUE(result.interrupted);
  EXPECT_GE(result.metrics.select({"http_reqs"})->count, 100);
}

TEST(Engine, LeavesWhatItSaw) {
  const Folder folder(kFlow);
  const LoadTest test = folder.read(text("rate='100/s'"));
  Service service;
  Silent watcher;
  const Stop stop;
  Output output(folder.path() / "out", test, 1700000000);
  const Result result = run(test, {.service = service.url()}, watcher, stop, &output);
  output.write(result);
  std::ifstream seconds(folder.path() / "out" / "seconds.ndjson");
  double requests = 0;
  for (std::string line; std::getline(seconds, line);) {
    requests += nlohmann::json::parse(line).at("requests").get<double>();
  }
  EXPECT_EQ(requests, 60) << "each in its second";
  std::ifstream file(folder.path() / "out" / "result.json");
  const auto json = nlohmann::json::parse(file);
  EXPECT_EQ(json.at("schema"), "faultline.load/1");
  EXPECT_EQ(json.at("metrics").at("http_reqs").at("all").at("count"), 60);
  EXPECT_EQ(json.at("metrics").at("http_reqs").at("by_phase").at("a").at("count"), 30);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out" / "histograms" / "http_req_duration.hlog"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out" / "flows" / "f.toml"));
}

}  // namespace
}  // namespace faultline::loadtest
