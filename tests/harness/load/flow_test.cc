#include "load/flow.h"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <variant>

#include "reading.h"

namespace faultline::load {
namespace {

using namespace std::chrono_literals;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A flow whose one journey has these steps.
std::string with_steps(const std::string& steps) {
  return "[flow]\nname = 'f'\n[flow.data]\ntoken = { hex = 8 }\n[[journey]]\nname = 'j'\n" +
         steps;  // 6 lines
}

TEST(Flow, ReadsEveryKey) {
  const Flow flow = flow_of(R"(
[flow]
name = "f"
headers = { "X-API-Key" = "${api_key}", "X-Hook" = "${env:HOOK}" }
[flow.data]
token = { hex = 12 }
count = { integer = [1, 500] }
tenant = { pick = ["a", "b"], skew = 1.5 }
name = { text = "job-${token}-${arrival}" }
[[journey]]
name = "j"
weight = 40
[[journey.step]]
request = "POST /jobs/${token}"
name = "create"
headers = { "x-hook" = "none" }
json = { name = "${name}", count = "${count}" }
expect = [201, 409]
capture = { id = "/data/id" }
timeout = "3s"
[[journey.step]]
think = "1s"
[[journey.step]]
request = "GET /jobs/${id}?full=1"
repeat = { until = { pointer = "/status", in = ["done"] }, every = "200ms", at_most = 20 }
)");
  EXPECT_EQ(flow.name, "f");
  ASSERT_EQ(flow.data.size(), 4U);
  EXPECT_EQ(std::get<Hex>(flow.data[0].kind).digits, 12U);
  EXPECT_EQ(std::get<Integer>(flow.data[1].kind).most, 500);
  EXPECT_THAT(std::get<Pick>(flow.data[2].kind).up_to, ElementsAre(1, DoubleEq(1 + std::pow(2, -1.5))));
  EXPECT_EQ(flow.data[3].name, "name");
  EXPECT_TRUE(flow.wants_api_key);
  EXPECT_THAT(flow.environment, ElementsAre("HOOK"));
  EXPECT_THAT(tenants(flow), ElementsAre("a", "b"));

  const Journey* journey = flow.journey("j");
  ASSERT_TRUE(journey);
  EXPECT_EQ(journey->weight, 40U);
  ASSERT_EQ(journey->steps.size(), 3U);
  const auto& create = std::get<RequestStep>(journey->steps[0]);
  EXPECT_EQ(create.method, "POST");
  EXPECT_EQ(create.route, "create");
  EXPECT_THAT(create.target.pieces,
              ElementsAre(Template::Piece{false, "/jobs/"}, Template::Piece{true, "token"}));
  std::vector<std::string> fields;
  for (const auto& [name, value] : create.headers) {
    fields.push_back(name);
  }
  EXPECT_THAT(fields, ElementsAre("x-hook", "X-API-Key", "Content-Type"))
      << "a step's header replaces the flow's, whatever its case";
  EXPECT_TRUE(create.body);
  EXPECT_THAT(create.expect, ElementsAre(201, 409));
  ASSERT_EQ(create.capture.size(), 1U);
  EXPECT_EQ(create.capture[0].name, "id");
  EXPECT_EQ(create.capture[0].from.text, "/data/id");
  EXPECT_EQ(create.timeouts.whole, 3s);
  EXPECT_EQ(std::get<ThinkStep>(journey->steps[1]).least, 1s);
  const auto& poll = std::get<RequestStep>(journey->steps[2]);
  EXPECT_EQ(poll.route, "GET /jobs/${id}?full=1") << "a route without a name is called as it is written";
  EXPECT_EQ(poll.timeouts.whole, 10s);
  ASSERT_TRUE(poll.repeat);
  EXPECT_EQ(poll.repeat->every, 200ms);
  EXPECT_EQ(poll.repeat->at_most, 20U);
  EXPECT_THAT(poll.repeat->in, ElementsAre("done"));
}

TEST(Flow, ExpectsEvery2xxUnlessToldOtherwise) {
  EXPECT_TRUE(RequestStep{}.expects(204));
  EXPECT_FALSE(RequestStep{}.expects(302));
  RequestStep request;
  request.expect = {404};
  EXPECT_TRUE(request.expects(404));
  EXPECT_FALSE(request.expects(200));
}

TEST(Flow, WeighsTheRequestsOfItsJourneys) {
  const Flow flow = flow_of(R"(
[flow]
name = "f"
[[journey]]
name = "three"
weight = 1
[[journey.step]]
request = "GET /a"
[[journey.step]]
think = "1s"
[[journey.step]]
request = "GET /b"
[[journey.step]]
request = "GET /c"
repeat = { until = { pointer = "/s", in = ["x"] }, every = "1s", at_most = 9 }
[[journey]]
name = "one"
weight = 3
[[journey.step]]
request = "GET /a"
)");
  EXPECT_DOUBLE_EQ(expected_requests(flow), 1.5) << "(1 x 3 + 3 x 1) / 4: a repeat counts once";
}

TEST(Flow, PointsAtPlaceholdersWithoutAValue) {
  EXPECT_THAT(
      mistakes_in(with_steps("[[journey.step]]\nrequest = 'GET /jobs/${tokn}'\n")),
      ElementsAre("8:22 unknown placeholder '${tokn}': it is not drawn, and no earlier step captures it, "
                  "did you mean 'token'?"));
  EXPECT_THAT(
      mistakes_in(with_steps("[[journey.step]]\nrequest = 'GET /jobs/${id}'\ncapture = { id = '/id' }\n")),
      ElementsAre("8:22 unknown placeholder '${id}': it is not drawn, and no earlier step captures it"))
      << "a request cannot use what it captures itself";
}

TEST(Flow, KeepsSecretsOutOfThePlan) {
  EXPECT_THAT(
      mistakes_in("[flow]\nname = 'f'\n[flow.data]\ntenant = { pick = ['a'] }\nx = { text = '${api_key}' }\n"
                  "[[journey]]\nname = 'j'\n[[journey.step]]\nrequest = 'GET /'\n"),
      ElementsAre("5:15 '${api_key}' cannot be drawn: a plan holds no secret, use it in a request"));
  EXPECT_THAT(
      mistakes_in("[flow]\nname = 'f'\n[flow.data]\nx = { text = '${env:TOKEN}' }\n"
                  "[[journey]]\nname = 'j'\n[[journey.step]]\nrequest = 'GET /'\n"),
      ElementsAre("4:15 '${env:TOKEN}' cannot be drawn: a plan holds no secret, use it in a request"));
}

TEST(Flow, NeedsATenantForAnApiKey) {
  EXPECT_THAT(
      mistakes_in(with_steps("[[journey.step]]\nrequest = 'GET /'\nheaders = { k = '${api_key}' }\n")),
      ElementsAre("9:18 '${api_key}' is the key of ${tenant}, which is not drawn, "
                  "add to [flow.data]: tenant = { pick = [...] }"));
}

TEST(Flow, PointsAtKeysNobodyKnows) {
  EXPECT_THAT(mistakes_in(with_steps("wieght = 2\n[[journey.step]]\nrequest = 'GET /'\nexpekt = 200\n")),
              ElementsAre("10:1 unknown key 'expekt', did you mean 'expect'?",
                          "7:1 unknown key 'wieght', did you mean 'weight'?"));
}

TEST(Flow, RefusesJourneysThatDoNothing) {
  EXPECT_THAT(mistakes_in(with_steps("")), ElementsAre("5:1 journey 'j' makes no request"));
  EXPECT_THAT(mistakes_in(with_steps("[[journey.step]]\nthink = '1s'\n")),
              ElementsAre("5:1 journey 'j' makes no request"));
  EXPECT_THAT(mistakes_in(with_steps("weight = 0\n[[journey.step]]\nrequest = 'GET /'\n")),
              ElementsAre("7:10 'weight' must be 1 to 1000000"));
}

TEST(Flow, RefusesTwoJourneysOfOneName) {
  const std::string step = "[[journey.step]]\nrequest = 'GET /'\n";
  EXPECT_THAT(mistakes_in(with_steps(step) + "[[journey]]\nname = 'j'\n" + step),
              ElementsAre("10:8 there are two journeys 'j'"));
}

TEST(Flow, RefusesStepsThatAreBothOrNeither) {
  EXPECT_THAT(mistakes_in(with_steps("[[journey.step]]\nrequest = 'GET /'\n[[journey.step]]\nname = 'x'\n")),
              ElementsAre("9:1 a step has either 'request' or 'think'"));
}

struct WrongRequest {
  const char* lines;
  const char* mistake;
};
class FlowRequest : public ::testing::TestWithParam<WrongRequest> {};

TEST_P(FlowRequest, IsRefusedAtItsPlace) {
  EXPECT_THAT(mistakes_in(with_steps(std::string("[[journey.step]]\n") + GetParam().lines)),
              ElementsAre(GetParam().mistake));
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, FlowRequest,
    ::testing::Values(
        WrongRequest{"request = 'PSOT /'\n", "8:11 unknown method 'PSOT', did you mean 'POST'?"},
        WrongRequest{"request = 'GET jobs'\n",
                     "8:11 a target begins with '/', write the request like \"GET /healthz\""},
        WrongRequest{"request = 'GET /a b'\n", "8:18 a target has no blank, write it as %20"},
        WrongRequest{"request = 'GET /'\nexpect = [99]\n", "9:11 'expect' must hold statuses, 100 to 599"},
        WrongRequest{"request = 'GET /'\nexpect = []\n",
                     "9:10 'expect' names no status, leave it out to expect every 2xx"},
        WrongRequest{"request = 'GET /'\ncapture = { id = 'data.id' }\n",
                     "9:18 'data.id' is not a JSON pointer, write it like \"/data/0/id\""},
        WrongRequest{"request = 'GET /'\ncapture = { token = '/id' }\n",
                     "9:21 'token' has a value already, capture it under another name"},
        WrongRequest{"request = 'GET /'\nheaders = { traceparent = 'x' }\n",
                     "9:27 'traceparent' is sent with every request already, leave it out"},
        WrongRequest{"request = 'GET /'\ntimeout = '0s'\n",
                     "9:11 'timeout' must be more than 0 and at most 10m"},
        WrongRequest{"request = 'GET /'\njson = '{'\n",
                     "9:8 'json' is not JSON, check its quotes and commas"},
        WrongRequest{"request = 'GET /'\nrepeat = { until = { pointer = '/s', in = ['x'] }, every = '1s' }\n",
                     "9:10 'at_most' is missing"},
        WrongRequest{"request = 'GET /'\n"
                     "repeat = { until = { pointer = '/s', in = ['x'] }, every = '1s', at_most = 0 }\n",
                     "9:76 'at_most' must be 1 to 10000"},
        WrongRequest{
            "request = 'GET /'\nrepeat = { until = { pointer = '/s' }, every = '1s', at_most = 2 }\n",
            "9:20 'in' must name the values that end it"}));

class FlowData : public ::testing::TestWithParam<WrongRequest> {};

TEST_P(FlowData, IsRefusedAtItsPlace) {
  EXPECT_THAT(mistakes_in(std::string("[flow]\nname = 'f'\n[flow.data]\n") + GetParam().lines +
                          "[[journey]]\nname = 'j'\n[[journey.step]]\nrequest = 'GET /'\n"),
              ElementsAre(GetParam().mistake));
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, FlowData,
    ::testing::Values(
        WrongRequest{"x = { hax = 3 }\n",
                     "4:5 'x' must be one of hex, pick, integer, text, file, did you mean 'hex'?"},
        WrongRequest{"x = { hex = 65 }\n", "4:13 'hex' must be 1 to 64 digits"},
        WrongRequest{"x = { pick = [] }\n", "4:14 'pick' must name what to pick from: an array of strings"},
        WrongRequest{"x = { pick = ['a'], skew = -1 }\n", "4:28 'skew' must be 0 to 10"},
        WrongRequest{"x = { integer = [5, 1] }\n",
                     "4:17 'integer' must be [least, most], both within 2^53, write it like [1, 500]"},
        WrongRequest{"arrival = { hex = 3 }\n",
                     "4:11 'arrival' cannot be a name, it is the placeholder of something else"},
        WrongRequest{"'a b' = { hex = 3 }\n", "4:9 'a b' cannot be a name, use letters, digits and _"},
        WrongRequest{"x = { text = '${y}' }\ny = { hex = 3 }\n",
                     "4:15 unknown placeholder '${y}': it is not drawn, and no earlier step captures it"}));

TEST(Flow, SaysThatAFileCannotBeRead) {
  Diagnostics problems;
  EXPECT_FALSE(read_flow(std::filesystem::path("/nowhere/at-all.toml"), problems));
  EXPECT_THAT(lines_of(problems), ElementsAre("0:0 cannot be read"));
}

TEST(Flow, OfSettlerIsRight) {
  Diagnostics problems;
  const auto flow =
      read_flow(std::filesystem::path(FAULTLINE_SOURCE_DIR "/suites/flows/settler-mixed.toml"), problems);
  ASSERT_THAT(lines_of(problems), IsEmpty());
  ASSERT_TRUE(flow);
  EXPECT_EQ(tenants(*flow).size(), 8U);
  EXPECT_DOUBLE_EQ(expected_requests(*flow), 3.0) << "as its own comment says";
}

}  // namespace
}  // namespace faultline::load
