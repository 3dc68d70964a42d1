// faultline load, against the mock of Stripe.

#include <gmock/gmock.h>

#include "command.h"

namespace faultline::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kFlow = R"(
[flow]
name = "charges"
headers = { Authorization = "Bearer sk_test_load_test" }
[[journey]]
name = "list"
[[journey.step]]
request = "GET /v1/charges?limit=3"
name = "list charges"
check = [{ name = "is a list", pointer = "/object", in = ["list"] }]
)";

std::string test_of(const std::string& rest) {
  return "[load_test]\nname='t'\n[[phase]]\nname='only'\nfor='2s'\n[[load]]\nflow='charges'\nrate='100/s'\n" +
         rest;
}

struct Service {
  Service() { scratch.write("flows/charges.toml", kFlow); }
  // Runs the test against a mock, which is ended behind it.
  Said load(const std::string& file, const std::string& options = "") const {
    const std::string out = (scratch / "mock").string();
    return shell("./faultline mock stripe --listen 127.0.0.1:0 >" + out +
                 " & pid=$!; until at=$(grep -o -m1 'http://[^ ]*' " + out +
                 "); do sleep 0.02; done; ./faultline load " + scratch.write("t.toml", file) +
                 " --url $at --out " + (scratch / "out").string() + " " + options +
                 "; status=$?; kill -INT $pid; wait $pid; exit $status");
  }
  Scratch scratch;
};

TEST(LoadCommand, HoldsThresholdsAndLeavesWhatItSaw) {
  const Service service;
  const Said said = service.load(test_of("[thresholds]\nhttp_req_failed='rate<1%'\nchecks='rate==1'\n"));
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out,
              AllOf(HasSubstr("ok   is a list (200 of 200)"), HasSubstr("ok   checks rate==1: 100.00%"),
                    HasSubstr("passed: 2 of 2 thresholds hold")));
  EXPECT_THAT(text_of(service.scratch / "out/result.json"), HasSubstr("\"verdict\": \"passed\""));
}

TEST(LoadCommand, FailsWhenAThresholdDoesNotHold) {
  const Service service;
  const Said said = service.load(test_of("[thresholds]\nhttp_reqs='count>1000'\n"));
  EXPECT_EQ(said.status, 1) << said.out << said.err;
  EXPECT_THAT(said.out, HasSubstr("FAIL http_reqs count>1000: 200"));
}

TEST(LoadCommand, IsNoVerdictWhenTheGeneratorDoesNotKeepUp) {
  const Service service;
  const Said said = service.load(
      test_of("[thresholds]\nhttp_req_failed='rate<1%'\n[validity]\nlate='0ms'\nlate_at_most='0%'\n"));
  EXPECT_EQ(said.status, 4) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("the generator did not keep up"), HasSubstr("INVALID")));
}

TEST(LoadCommand, CountsUnansweredRequestsByTheirKind) {
  const Said said = run({"load", "--url", "http://127.0.0.1:1/", "--rate", "50/s", "--for", "1s"});
  EXPECT_EQ(said.status, 0) << "there is no threshold: " << said.out << said.err;
  EXPECT_THAT(said.out, HasSubstr("       50  no answer: refused"));
}

TEST(LoadCommand, EndsWithASummaryWhenItIsInterrupted) {
  const Scratch scratch;
  const std::string out = (scratch / "out").string(), run = (scratch / "run").string();
  const Said said =
      shell("./faultline load --url http://127.0.0.1:1/ --rate 20/s --for 60s --out " + run + " > " + out +
            " & pid=$!; until [ -s " + run + "/seconds.ndjson ]; do sleep 0.02; done; " +
            "kill -INT $pid; wait $pid; status=$?; cat " + out + "; exit $status");
  EXPECT_EQ(said.status, 130);
  EXPECT_THAT(said.out, HasSubstr("no answer: refused"));
}

TEST(LoadCommand, WritesItsPlanWithoutSendingAnything) {
  const Service service;
  const std::string file = service.scratch.write("t.toml", test_of("arrivals='poisson'\n"));
  const auto plan = [&](const std::string& jobs, const std::string& name) {
    const auto path = service.scratch / name;
    EXPECT_EQ(
        run({"load", file, "--url", "http://127.0.0.1:1", "--jobs", jobs, "--plan", path.string()}).status,
        0);
    return text_of(path);
  };
  const std::string one = plan("1", "one");
  EXPECT_THAT(one, HasSubstr("{\"k\":1,\"at\":"));
  EXPECT_EQ(one, plan("4", "four"));
}

TEST(LoadCommand, SaysWhatIsWrong) {
  const Service service;
  const Said typo = service.load(test_of("[thresholds]\nhttp_req_fialed='rate<1%'\n"));
  EXPECT_EQ(typo.status, 2);
  EXPECT_THAT(typo.err, HasSubstr("there is no metric 'http_req_fialed', did you mean 'http_req_failed'?"));
  EXPECT_EQ(run({"load", "--url", "nowhere", "--rate", "1/s"}).status, 2);
  EXPECT_EQ(run({"load", "--url", "http://127.0.0.1:1"}).status, 2);
  EXPECT_EQ(run({"load", "--url", "http://127.0.0.1:1", "--rate", "1/s", "--users", "3"}).status, 2);
  EXPECT_EQ(run({"load", "--url", "http://127.0.0.1:1", "--rate", "fast"}).status, 2);
  EXPECT_EQ(run({"load", "missing.toml", "--url", "http://127.0.0.1:1"}).status, 2);
}

}  // namespace
}  // namespace faultline::e2e
