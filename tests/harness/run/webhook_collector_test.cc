#include "run/webhook_collector.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "http/client.h"
#include "scratch.h"

namespace faultline::run {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using webhooks::Scheme;

class WebhookCollectorTest : public ::testing::Test {
 protected:
  WebhookCollectorTest() { journal_.emplace(directory_ / "journal.ndjson", start_); }

  void tell_of(const std::string& execution) {
    const std::string body = R"({"id":"evt","type":"t","data":{"executionId":")" + execution + R"("}})";
    http::fetch(*http::parse_url("http://127.0.0.1:" + std::to_string(receiver_.port()) + "/hooks"),
                {.method = "POST",
                 .target = "/hooks",
                 .headers = {{"X-Settler-Delivery", "d-" + execution},
                             {"X-Settler-Signature",
                              webhooks::sign(Scheme::settler, "s", webhooks::system_unix_now(), body)}},
                 .body = body},
                10s);
  }
  // The observations, once the collector has given up after `settle` at the latest.
  std::vector<nlohmann::ordered_json> collect(const std::vector<AcceptedRun>& ended, Duration settle) {
    collect_webhooks({.settle = settle}, receiver_, ended, start_, journal_->producer("collector"), stop_);
    journal_->flush();
    return read_journal(directory_ / "journal.ndjson").records;
  }
  static std::vector<std::string> subjects(const std::vector<nlohmann::ordered_json>& records) {
    std::vector<std::string> list;
    list.reserve(records.size());
    for (const auto& record : records) {
      list.push_back(record.at("of") == "webhook" ? record.at("subject") : record.at("of"));
    }
    return list;
  }
  static AcceptedRun run(const std::string& execution, bool announced = true) {
    return {.execution = execution, .announced = announced};
  }

  const Instant start_ = monotonic_now();
  Scratch directory_;
  std::optional<Journal> journal_;
  Stop stop_;
  Loop loop_{"receiver"};
  webhook_receiver::Receiver receiver_{
      loop_, "127.0.0.1", 0,
      webhook_receiver::Options{.scheme = Scheme::settler,
                                .about = "/data/executionId",
                                .secrets = {"s"},
                                .script = {{.answer = {.status = 500}, .times = 1}}}};
};

TEST_F(WebhookCollectorTest, WritesWhatTheReceiverNoted) {
  tell_of("e-1");
  tell_of("e-1");
  const auto records = collect({run("e-1")}, 1h);
  ASSERT_EQ(records.size(), 3U);
  for (const char* field : {"path", "delivery", "event", "subject", "number", "at", "treatment", "status",
                            "answered", "signature", "body"}) {
    EXPECT_TRUE(records[1].contains(field)) << field;
  }
  EXPECT_EQ(records[0].at("status"), 500);
  EXPECT_EQ(records[1].at("kind"), "observation");
  EXPECT_EQ(records[1].at("of"), "webhook");
  EXPECT_EQ(records[1].at("path"), "/hooks");
  EXPECT_EQ(records[1].at("delivery"), "d-e-1");
  EXPECT_EQ(records[1].at("event"), "evt");
  EXPECT_EQ(records[1].at("subject"), "e-1");
  EXPECT_EQ(records[1].at("number"), 2);
  EXPECT_EQ(records[1].at("treatment"), "answered");
  EXPECT_EQ(records[1].at("status"), 200);
  EXPECT_EQ(records[1].at("signature"), "valid");
  EXPECT_GE(records[1].at("at").get<double>(), records[0].at("answered").get<double>());
  EXPECT_EQ(records[1].at("body"), records[0].at("body"));
  EXPECT_EQ(records[1].at("body").get<std::string>().size(), 16U);
  EXPECT_EQ(records[2].at("of"), "webhook_receiver");
  EXPECT_EQ(records[2].at("not_noted"), 0);
}

TEST_F(WebhookCollectorTest, WaitsUntilEachAnnouncedRunWasToldOf) {
  tell_of("e-1");
  std::thread later([this] {
    tell_of("e-1");
    tell_of("e-2");
    tell_of("e-2");
  });
  const auto records = collect({run("e-1"), run("e-2"), run("e-3", false)}, 1h);
  later.join();
  EXPECT_THAT(subjects(records), ElementsAre("e-1", "e-1", "e-2", "e-2", "webhook_receiver"));
}

TEST_F(WebhookCollectorTest, WaitsNoLongerThanIsAsked) {
  tell_of("e-1");
  const Instant before = monotonic_now();
  EXPECT_THAT(subjects(collect({run("e-1")}, 150ms)), ElementsAre("e-1", "webhook_receiver"))
      << "a 500 tells nobody";
  EXPECT_GE(monotonic_now() - before, Duration(150ms));
}

TEST_F(WebhookCollectorTest, WritesNothingOfARunThatWasInterrupted) {
  tell_of("e-1");
  stop_.request(2);
  EXPECT_THAT(collect({run("e-1")}, 1h), IsEmpty());
}

}  // namespace
}  // namespace faultline::run
