#include "load/once.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "load/plan.h"
#include "reading.h"

namespace faultline::load {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFlow = R"(
[flow]
name = "f"
[flow.data]
token = { hex = 12 }
order = { text = "order-${arrival}" }
[[setup.step]]
request = "POST /login"
[[teardown.step]]
request = "DELETE /sessions/${token}"
[[journey]]
name = "j"
[[journey.step]]
request = "GET /"
)";

TEST(Once, HasDataThatNoArrivalHasAndTheTeardownHasToo) {
  const std::vector<Load> loads = {{.flow = flow_of(kFlow), .course = steady(10)}};
  const Flow& flow = loads.front().flow;
  const Arrival setup = arrival_of_once(flow, *flow.setup, 7);
  const Arrival teardown = arrival_of_once(flow, *flow.teardown, 7);
  EXPECT_EQ(setup.data, teardown.data) << "what was made is taken away by its name";
  EXPECT_EQ(setup.journey, "setup");
  EXPECT_EQ(*setup.datum("order"), "order-0");
  EXPECT_NE(setup.data, arrival_of_once(flow, *flow.setup, 8).data);
  for (const Arrival& arrival : plan(loads, {{"only", 2s}}, 7)) {
    EXPECT_NE(*arrival.datum("token"), *setup.datum("token"));
    EXPECT_NE(arrival.traceparent, setup.traceparent);
  }
}

TEST(Once, IsOfEachFlowWhateverLoadsHaveIt) {
  const Flow one = flow_of(kFlow);
  Flow other = one;
  other.name = "g";
  const std::vector<Load> loads = {{.flow = one}, {.flow = other}, {.flow = one}};
  const auto flows = flows_of(loads);
  ASSERT_EQ(flows.size(), 2U);
  EXPECT_EQ(flows[0]->name, "f");
  EXPECT_EQ(flows[1]->name, "g");
  EXPECT_NE(arrival_of_once(one, *one.setup, 7).data, arrival_of_once(other, *other.setup, 7).data);
}

TEST(Once, IsGivenUpWhenTheStopIsRequested) {
  const Flow flow = flow_of(kFlow);
  Stop stop;
  stop.request(2);
  try {
    make_once(flow, *flow.setup, 1, {}, *http::parse_url("http://127.0.0.1:1"), {}, stop);
    FAIL() << "it was made";
  } catch (const EnvironmentError& error) {
    EXPECT_STREQ(error.what(), "the setup of flow 'f' was interrupted");
  }
}

}  // namespace
}  // namespace faultline::load
