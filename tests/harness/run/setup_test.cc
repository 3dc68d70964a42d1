#include "run/setup.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "http/server.h"
#include "scratch.h"

namespace faultline::run {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

load::Flow flow() {
  Diagnostics problems;
  Table file = Table::parse(R"(
[flow]
name = "shop"
[[setup.step]]
request = "POST /login"
capture = { session = "/session" }
[[teardown.step]]
request = "DELETE /sessions/${session}"
[[journey]]
name = "j"
[[journey.step]]
request = "GET /"
)",
                            "flow.toml", problems);
  return load::read_flow(file, problems).value();
}

class SetupTest : public ::testing::Test {
 protected:
  SetupTest() {
    journal_.emplace(directory_ / "journal.ndjson", start_);
    scenario_.load.push_back({.flow = flow()});
    causes_.emplace(std::vector<load::Arrival>{}, scenario_);
    server_ = loop_.run([&] {
      return std::make_unique<http::Server>(
          loop_, "127.0.0.1", 0, [this](const http::Request& request, const http::Respond& respond) {
            asked_.push_back(request.method + " " + request.target);
            respond({.status = status_, .headers = {}, .body = R"({"session":"sesame-1234"})"});
          });
    });
  }
  ~SetupTest() override {
    loop_.run([&] { server_.reset(); });
    journal_.reset();
  }

  http::Url url() const { return *http::parse_url("http://127.0.0.1:" + std::to_string(server_->port())); }
  std::vector<nlohmann::ordered_json> journaled() {
    journal_->flush();
    return read_journal(directory_ / "journal.ndjson").records;
  }
  // From here on the service answers so.
  void answer(int status) {
    loop_.run([&] { status_ = status; });
  }

  const Instant start_ = monotonic_now();
  Scratch directory_;
  scenario::Scenario scenario_;
  std::optional<Journal> journal_;
  std::optional<ArrivalCauses> causes_;
  load::Secrets secrets_;
  const Stop stop_;
  int status_ = 200;
  std::vector<std::string> asked_;
  Loop loop_{"service"};
  std::unique_ptr<http::Server> server_;
};

TEST_F(SetupTest, GivesItsValuesToTheFlowAndNotToTheJournal) {
  const auto made = set_up(scenario_, url(), secrets_, *causes_, stop_);
  EXPECT_EQ(secrets_.setup.at("shop").at("session"), "sesame-1234");
  write_set_up(made, start_, journal_->producer("once"));
  tear_down(scenario_, url(), secrets_, start_, journal_->producer("once"), stop_);
  EXPECT_THAT(loop_.run([&] { return asked_; }), ElementsAre("POST /login", "DELETE /sessions/sesame-1234"));
  const auto records = journaled();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].at("kind"), "once");
  EXPECT_EQ(records[0].at("what"), "setup");
  EXPECT_EQ(records[0].at("flow"), "shop");
  EXPECT_EQ(records[0].at("requests"), 1);
  EXPECT_EQ(records[0].at("captured").dump(), R"(["session"])");
  EXPECT_EQ(records[1].at("what"), "teardown");
  EXPECT_THAT(records[0].dump() + records[1].dump(), Not(HasSubstr("sesame")));
}

TEST_F(SetupTest, ThatFailsNamesTheStepAndWhatWasAnswered) {
  answer(401);
  try {
    set_up(scenario_, url(), secrets_, *causes_, stop_);
    FAIL() << "it was made";
  } catch (const EnvironmentError& error) {
    EXPECT_STREQ(error.what(), "the setup of flow 'shop' ended at 'POST /login': HTTP 401");
  }
}

TEST_F(SetupTest, IsNotTornDownWithoutSayingSo) {
  set_up(scenario_, url(), secrets_, *causes_, stop_);
  answer(500);
  tear_down(scenario_, url(), secrets_, start_, journal_->producer("once"), stop_);
  EXPECT_EQ(journaled().at(0).at("problem"),
            "the teardown of flow 'shop' ended at 'DELETE /sessions/${session}': HTTP 500");
}

}  // namespace
}  // namespace faultline::run
