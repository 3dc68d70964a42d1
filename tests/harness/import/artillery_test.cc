#include "import/artillery.h"

#include <gmock/gmock.h>

#include "imported.h"

namespace faultline::import {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A script with these phases, or these other lines of config, and these scenarios.
std::string script(const std::string& config, const std::string& scenarios) {
  return "config:\n" + config + "scenarios:\n" + scenarios;
}
const std::string kPhases = "  phases: [{ duration: 60, arrivalRate: 5 }]\n";
const std::string kScenarios = "  - flow: [get: { url: /a }]\n";

// With the phases above, one scenario of these steps, each a line; the first is line 5.
Imported with_steps(const std::string& steps) {
  return imported(script(kPhases, "  - flow:\n" + steps));
}

TEST(Artillery, ComesOverWhole) {
  const Imported shop = imported(R"(config:
  target: '{{ $processEnvironment.SHOP_URL || "http://localhost:8080" }}'
  phases:
    - { duration: 20, arrivalRate: 2, name: "Warm-up" }
    - { duration: 2m, arrivalRate: 30, name: "Busy hour" }
    - { duration: 40, arrivalRate: 200, name: "Sale begins" }
  defaults:
    headers:
      X-Shop-Key: '{{ $processEnvironment.SHOP_KEY || "a-key" }}'
      Content-Type: 'application/json'
  processor: './shop.js'
  plugins:
    expect: {}
    metrics-by-endpoint:
      stripQueryString: true
scenarios:
  - name: "Order and pay"
    weight: 60
    flow:
      - post:
          url: "/orders"
          json:
            reference: "order {{ $randomString() }}"
            lines:
              - { sku: "a-1", count: 2 }
          capture:
            - json: "$.order.id"
              as: "orderId"
          expect:
            - statusCode: 201
            - maxResponseTime: 250
      - think: 1
      - post:
          url: "/orders/{{ orderId }}/payment"
          expect:
            - statusCode: 202
  - name: "Look around"
    weight: 30
    flow:
      - get:
          url: "/orders?limit=20&page=1"
          expect:
            - statusCode: 200
      - think: 2
      - get:
          url: "/orders/{{ orderId }}"
          expect:
            - statusCode: [200, 404]
  - name: "Print invoices"
    weight: 10
    flow:
      - get:
          url: "/invoices/{{ orderId }}?format=pdf"
)");
  ASSERT_THAT(shop.problems, IsEmpty());
  ASSERT_EQ(shop.test.phases.size(), 3U);
  EXPECT_EQ(shop.test.phases[1].name, "busy-hour");
  EXPECT_EQ(shop.test.phases[1].length, 120s);
  EXPECT_EQ(shop.test.loads.at(0).course.over("sale-begins"), (load::Level{200, 200}));
  ASSERT_EQ(shop.flow().journeys.size(), 2U) << shop.files.flow;
  const load::Journey& order = shop.flow().journeys[0];
  EXPECT_EQ(order.name, "Order and pay");
  EXPECT_EQ(order.weight, 60U);
  ASSERT_EQ(order.steps.size(), 3U);
  const load::RequestStep& create = shop.request(0, 0);
  EXPECT_EQ(create.route, "POST /orders");
  EXPECT_EQ(create.expect, std::vector<int>{201});
  ASSERT_EQ(create.checks.size(), 1U);
  EXPECT_EQ(create.checks[0].within, 250ms);
  EXPECT_EQ(create.capture.at(0).name, "orderId");
  EXPECT_EQ(create.capture.at(0).from.text, "/order/id");
  EXPECT_EQ(create.headers.size(), 2U);
  EXPECT_EQ(std::get<load::ThinkStep>(order.steps[1]).least, 1s);
  EXPECT_EQ(shop.request(0, 2).route, "POST /orders/${orderId}/payment");
  EXPECT_EQ(shop.request(1, 0).route, "GET /orders") << "a name has no query";
  EXPECT_EQ(shop.flow().journeys[1].steps.size(), 2U) << "the request that uses orderId is left out";
  EXPECT_THAT(shop.flow().environment, ElementsAre("SHOP_KEY"));
  EXPECT_THAT(shop.notes(),
              HasSubstr("2: 'target' of config: a test does not say where the service is: run it with --url "
                        "http://localhost:8080\n"));
  EXPECT_THAT(shop.notes(), HasSubstr("9: the default of SHOP_KEY"));
  EXPECT_THAT(shop.notes(),
              HasSubstr("11: 'processor' of config: is JavaScript, which is not carried over\n"));
  EXPECT_THAT(
      shop.notes(),
      HasSubstr("45: step 'GET /orders/{{ orderId }}': uses {{ orderId }}, which nothing before it in "
                "the scenario captures: Artillery sends it empty; the step is left out\n"));
  EXPECT_THAT(shop.notes(), HasSubstr("49: scenario 'Print invoices': has no request"));
  EXPECT_EQ(shop.files.notes.size(), 6U) << shop.notes();
}

TEST(Artillery, HasPhasesOfAllKinds) {
  const Imported phases =
      imported(script("  phases:\n"
                      "    - { duration: 30, arrivalRate: 1, rampTo: 50, name: Rise }\n"
                      "    - { pause: 10 }\n"
                      "    - { duration: 1 minute, arrivalCount: 120, name: Rise }\n"
                      "    - { duration: 500ms, arrivalRate: 3, name: '!' }\n",
                      kScenarios));
  ASSERT_THAT(phases.problems, IsEmpty());
  const load::Course& rate = phases.test.loads.at(0).course;
  EXPECT_EQ(rate.over("rise"), (load::Level{1, 50}));
  EXPECT_EQ(rate.over("pause"), load::Level{});
  EXPECT_EQ(rate.over("rise-2"), (load::Level{2, 2}));
  EXPECT_EQ(rate.over("phase"), (load::Level{3, 3}));
  EXPECT_EQ(phases.test.phases.at(3).length, 500ms);
  EXPECT_THAT(phases.notes(), IsEmpty());
}

TEST(Artillery, LimitsUsersWhereAllPhasesDoAlike) {
  const Imported alike =
      imported(script("  phases: [{ duration: 9, arrivalRate: 5, maxVusers: 40 }, { pause: 1 }, { duration: "
                      "9, arrivalRate: 7, maxVusers: 40 }]\n",
                      kScenarios));
  EXPECT_EQ(alike.test.limits.in_flight, 40U);
  EXPECT_THAT(alike.notes(), IsEmpty());
  const Imported unlike = imported(
      script("  phases: [{ duration: 9, arrivalRate: 5, maxVusers: 40 }, { duration: 9, arrivalRate: 7 }]\n",
             kScenarios));
  EXPECT_THAT(unlike.notes(), HasSubstr("2: 'maxVusers': a test has one limit"));
}

TEST(Artillery, SaysWhatItMadeOfPhasesThatCannotBe) {
  const Imported odd =
      imported(script("  phases:\n"
                      "    - { duration: 600, arrivalCount: 1 }\n"
                      "    - { duration: forever, arrivalRate: 1 }\n"
                      "    - { duration: 5, arrivalRate: 200000 }\n"
                      "    - { duration: 5, arrivalRate: '{{ $processEnvironment.RATE || 4 }}' }\n",
                      kScenarios));
  ASSERT_THAT(odd.problems, IsEmpty());
  EXPECT_EQ(odd.test.phases.size(), 3U);
  EXPECT_THAT(odd.notes(), HasSubstr("3: 'arrivalCount' of a phase"));
  EXPECT_THAT(odd.notes(), HasSubstr("4: 'duration' of a phase"));
  EXPECT_THAT(odd.notes(), HasSubstr("5: 'arrivalRate' of a phase"));
  EXPECT_THAT(
      odd.notes(),
      HasSubstr("6: 'arrivalRate' of a phase: phases do not depend on the environment: it is written as "
                "4, the default of RATE"));
  const Imported none = imported(script("  phases: [{ pause: 5 }]\n", kScenarios));
  ASSERT_THAT(none.problems, IsEmpty());
  EXPECT_THAT(none.notes(), HasSubstr("2: 'phases': bring no load"));
}

TEST(Artillery, SendsBodiesHeadersAndQueries) {
  const Imported sent = with_steps(
      "      - put:\n"
      "          url: '/a b/{{ $randomNumber(1, 6) }}?x=1#top'\n"
      "          qs: { q: 'a&b', page: 2 }\n"
      "          headers: { X-Trace: 'a {{ $uuid }}' }\n"
      "          cookie: { sid: abc }\n"
      "          json: { n: '{{ $randomNumber(1, 6) }}', s: '1', none: ~, yes: true, price: '${{ "
      "$randomNumber(1, 6) }}',\n"
      "                  literal: '${x}', list: [1, 2.50], empty: {} }\n");
  ASSERT_THAT(sent.problems, IsEmpty());
  EXPECT_THAT(sent.notes(), IsEmpty());
  EXPECT_THAT(sent.files.flow, HasSubstr("request = \"PUT /a%20b/${random_number}?x=1&q=a%26b&page=2\"\n"
                                         "name = \"PUT /a%20b/${random_number}\"\n"));
  EXPECT_THAT(sent.files.flow, HasSubstr("headers = { X-Trace = \"a ${uuid}\", Cookie = \"sid=abc\" }"));
  EXPECT_THAT(sent.files.flow, HasSubstr("  \"n\": ${random_number_2},\n"
                                         "  \"s\": \"1\",\n"
                                         "  \"none\": null,\n"
                                         "  \"yes\": true,\n"
                                         "  \"price\": \"${dollar}${random_number_3}\",\n"
                                         "  \"literal\": \"$${x}\",\n"
                                         "  \"list\": [ 1, 2.50 ],\n"
                                         "  \"empty\": {}\n"));
}

TEST(Artillery, LeavesOutWhatCannotBeSent) {
  const Imported left = with_steps(
      "      - get: { url: /a }\n"
      "      - post: { url: /b, form: { a: [b] } }\n"
      "      - post: { url: /c, formData: { a: { fromFile: ./a.png } } }\n"
      "      - post: { url: /d, body: '{\"a\": 1}', form: { a: b } }\n"
      "      - get: { url: 'http://elsewhere/e' }\n"
      "      - get: { url: '/f/{{ Math.random() * 2 }}' }\n"
      "      - function: signIn\n"
      "      - log: here\n"
      "      - get: { url: /g, beforeRequest: sign, headers: { Host: h }, frobnicate: 1 }\n");
  ASSERT_THAT(left.problems, IsEmpty());
  EXPECT_EQ(left.flow().journeys.at(0).steps.size(), 3U) << left.files.flow;
  EXPECT_THAT(left.notes(), HasSubstr("6: step 'POST /b': sends a form of more than texts"));
  EXPECT_THAT(left.notes(), HasSubstr("7: step 'POST /c': uploads a file"));
  EXPECT_THAT(left.notes(), HasSubstr("8: 'form' of post: a request has one body"));
  EXPECT_THAT(left.notes(), HasSubstr("9: step 'GET http://elsewhere/e': goes to another address"));
  EXPECT_THAT(left.notes(), HasSubstr("10: step 'GET /f/{{ Math.random() * 2 }}': uses"));
  EXPECT_THAT(left.notes(), HasSubstr("11: 'function' of a step: is JavaScript"));
  EXPECT_THAT(left.notes(), HasSubstr("12: 'log' of a step"));
  EXPECT_THAT(left.notes(), HasSubstr("13: 'beforeRequest' of get: is JavaScript"));
  EXPECT_THAT(left.notes(), HasSubstr("13: header 'Host'"));
  EXPECT_THAT(left.notes(), HasSubstr("13: 'frobnicate' of get: has no counterpart here"));
}

TEST(Artillery, SendsFormsAndTexts) {
  const Imported sent = with_steps(
      "      - post: { url: /a, form: { 'items[0]': '{{ $randomNumber(1, 6) }}', n: 1, yes: true } }\n"
      "      - post: { url: /b, body: 'a=${b}', headers: { Content-Type: text/csv } }\n"
      "      - post:\n"
      "          url: /c\n"
      "          headers: { Content-Type: multipart/form-data }\n"
      "          formData: { a: 'b', meta: { value: '{}', contentType: application/json } }\n");
  ASSERT_THAT(sent.problems, IsEmpty()) << sent.files.flow;
  EXPECT_THAT(sent.notes(), IsEmpty());
  EXPECT_THAT(sent.files.flow,
              HasSubstr("form = { \"items[0]\" = \"${random_number}\", n = \"1\", yes = \"true\" }\n"));
  EXPECT_THAT(sent.files.flow, HasSubstr("headers = { Content-Type = \"text/csv\" }\nbody = \"a=$${b}\"\n"));
  EXPECT_THAT(
      sent.files.flow,
      HasSubstr("multipart = { a = \"b\", meta = { value = \"{}\", type = \"application/json\" } }\n"));
}

TEST(Artillery, FollowsRedirectsUnlessTheScriptDoesNot) {
  const Imported script = with_steps(
      "      - get: { url: /a }\n"
      "      - get: { url: /b, followRedirect: false }\n"
      "      - get: { url: /c, followRedirect: true }\n"
      "      - get: { url: /d, followRedirect: 3 }\n");
  ASSERT_THAT(script.problems, IsEmpty());
  EXPECT_EQ(script.request(0, 0).redirects, 10U);
  EXPECT_EQ(script.request(0, 1).redirects, 0U);
  EXPECT_EQ(script.request(0, 2).redirects, 10U);
  EXPECT_EQ(script.notes(),
            "8: 'followRedirect' of get: is neither true nor false: redirects are followed\n");
}

TEST(Artillery, CapturesFromBodiesAndHeaders) {
  const Imported captured = with_steps(
      "      - get:\n"
      "          url: /a\n"
      "          capture:\n"
      "            - { json: '$.items[0].id', as: item-id }\n"
      "            - { header: ETag, as: tag }\n"
      "            - { regexp: 'token=(\\w+)', as: whole }\n"
      "            - { regexp: 'TOKEN=(\\w+)', group: 1, flags: i, as: token }\n"
      "            - { json: '$..id', as: any }\n"
      "            - { xpath: '//id', as: node }\n"
      "      - get: { url: '/b/{{ item-id }}/{{ tag }}/{{ whole }}/{{ token }}' }\n"
      "      - get: { url: '/c/{{ any }}', capture: { json: $.id, as: later } }\n"
      "      - get: { url: '/d/{{ later }}' }\n");
  ASSERT_THAT(captured.problems, IsEmpty());
  const auto& captures = captured.request(0, 0).capture;
  ASSERT_EQ(captures.size(), 4U);
  EXPECT_EQ(captures[0].name, "item_id");
  EXPECT_EQ(captures[0].from.text, "/items/0/id");
  EXPECT_EQ(captures[1].from.kind, load::Source::Kind::header);
  EXPECT_EQ(captures[2].from.text, "(token=(\\w+))") << "without a group it is all that matched";
  EXPECT_EQ(captures[3].from.text, "(?i)TOKEN=(\\w+)");
  EXPECT_EQ(captured.flow().journeys.at(0).steps.size(), 2U);
  EXPECT_THAT(captured.notes(), HasSubstr("12: 'json' of capture: '$..id' may find several values"));
  EXPECT_THAT(captured.notes(), HasSubstr("13: 'xpath' of capture"));
  EXPECT_THAT(captured.notes(),
              HasSubstr("15: step 'GET /c/{{ any }}': uses {{ any }}, which comes from what was not"));
  EXPECT_THAT(captured.notes(),
              HasSubstr("16: step 'GET /d/{{ later }}': uses {{ later }}, which comes from what was not"));
}

TEST(Artillery, ChecksWhatItExpects) {
  const Imported checked = with_steps(
      "      - get:\n"
      "          url: /a\n"
      "          capture: { json: $.state, as: state }\n"
      "          expect:\n"
      "            - statusCode: [200, '204']\n"
      "            - hasProperty: data.id\n"
      "            - hasHeader: X-Cache\n"
      "            - headerEquals: [X-Cache, hit]\n"
      "            - matchesRegexp: 'ok|fine'\n"
      "            - equals: ['{{ state }}', done]\n"
      "            - contentType: json\n"
      "            - equals: ['{{ a }}', '{{ b }}']\n"
      "            - matchesRegexp: '(?=ahead)'\n");
  ASSERT_THAT(checked.problems, IsEmpty());
  const load::RequestStep& step = checked.request(0, 0);
  EXPECT_EQ(step.expect, (std::vector<int>{200, 204}));
  ASSERT_EQ(step.checks.size(), 5U) << checked.files.flow;
  EXPECT_EQ(step.checks[0].at->text, "/data/id");
  EXPECT_THAT(step.checks[2].in, ElementsAre("hit"));
  EXPECT_EQ(step.checks[3].at->kind, load::Source::Kind::pattern);
  EXPECT_EQ(step.checks[4].at->text, "/state");
  EXPECT_THAT(step.checks[4].in, ElementsAre("done"));
  EXPECT_THAT(checked.notes(), HasSubstr("15: 'contentType' of expect"));
  EXPECT_THAT(checked.notes(), HasSubstr("16: 'equals' of expect"));
  EXPECT_THAT(checked.notes(), HasSubstr("17: 'matchesRegexp' of expect: is no regular expression of RE2"));
}

TEST(Artillery, DrawsItsVariables) {
  const Imported drawn =
      imported(script(kPhases + "  variables:\n"
                                "    colour: [red, blue]\n"
                                "    limit: 50\n"
                                "    place: '{{ $processEnvironment.PLACE }}-1'\n"
                                "    odd: { a: b }\n"
                                "    arrival: here\n"
                                "  payload: { path: users.csv, fields: [user, word], order: sequence }\n",
                      "  - flow:\n"
                      "      - post:\n"
                      "          url: '/{{ colour }}/{{ place }}/{{ arrival }}/{{ user }}'\n"
                      "          json: { limit: '{{ limit }}' }\n"));
  ASSERT_THAT(drawn.problems, IsEmpty());
  EXPECT_THAT(drawn.files.flow, HasSubstr("colour = { pick = [\"red\", \"blue\"] }"));
  EXPECT_THAT(drawn.files.flow, HasSubstr("limit = { integer = [50, 50] }"));
  EXPECT_THAT(drawn.files.flow, HasSubstr("POST /${colour}/${env:PLACE}-1/${arrival_2}/${user}\""))
      << "${arrival} is a number of ours";
  EXPECT_THAT(drawn.files.flow, HasSubstr("\"limit\": ${limit}"));
  EXPECT_THAT(drawn.notes(), HasSubstr("7: variable 'odd'"));
  EXPECT_THAT(
      drawn.notes(),
      HasSubstr("9: payload 'users.csv': is not read: put the file's values into [flow.data], for user, "
                "word"));
  EXPECT_EQ(drawn.files.notes.size(), 2U) << drawn.notes();
}

TEST(Artillery, GivesEachUseOfARandomValueItsOwn) {
  const Imported random =
      imported(script(kPhases,
                      "  - flow: [get: { url: '/{{ $randomString(5) }}/{{ $randomString(5) }}' }]\n"
                      "  - flow: [get: { url: '/{{ $randomString(5) }}/{{ $uuid }}' }]\n"));
  ASSERT_THAT(random.problems, IsEmpty());
  EXPECT_THAT(random.files.flow, HasSubstr("GET /${random_string}/${random_string_2}"));
  EXPECT_THAT(random.files.flow, HasSubstr("GET /${random_string}/${uuid}"))
      << "journeys share what they draw";
}

TEST(Artillery, GivesADefaultHeaderToTheStepsThatKnowItsValue) {
  const Imported headers = imported(
      script(kPhases + "  defaults: { headers: { Accept: '*/*', Authorization: 'Bearer {{ token }}' } }\n",
             "  - flow:\n"
             "      - post: { url: /login, capture: { json: $.token, as: token } }\n"
             "      - get: { url: /a }\n"
             "      - get: { url: /b, headers: { authorization: none } }\n"));
  ASSERT_THAT(headers.problems, IsEmpty());
  EXPECT_EQ(headers.request(0, 0).headers.size(), 1U);
  ASSERT_EQ(headers.request(0, 1).headers.size(), 2U);
  EXPECT_EQ(headers.request(0, 2).headers.size(), 2U);
  EXPECT_THAT(headers.files.flow, HasSubstr("Authorization = \"Bearer ${token}\""));
  EXPECT_THAT(headers.notes(), HasSubstr("3: default header 'Authorization'"));
}

TEST(Artillery, WritesALoopOut) {
  const Imported loop = with_steps(
      "      - loop:\n"
      "          - get: { url: '/page/{{ $loopCount }}' }\n"
      "          - think: 500ms\n"
      "        count: 3\n"
      "      - loop: [get: { url: /once }]\n"
      "        whileTrue: goOn\n");
  ASSERT_THAT(loop.problems, IsEmpty());
  ASSERT_EQ(loop.flow().journeys.at(0).steps.size(), 7U) << loop.files.flow;
  EXPECT_EQ(loop.request(0, 4).route, "GET /page/3");
  EXPECT_THAT(loop.notes(),
              HasSubstr("10: 'whileTrue' of a loop: a flow has no loops: its steps are written once"));
}

TEST(Artillery, ThinksForAsLongAsItSays) {
  const Imported think = with_steps(
      "      - think: '{{ $randomNumber(1, 3) }}'\n"
      "      - think: 0.25\n"
      "      - think: '{{ pause }}'\n"
      "      - get: { url: /a }\n");
  ASSERT_THAT(think.problems, IsEmpty());
  EXPECT_EQ(std::get<load::ThinkStep>(think.flow().journeys.at(0).steps.at(0)).most, 3s);
  EXPECT_EQ(std::get<load::ThinkStep>(think.flow().journeys.at(0).steps.at(1)).least, 250ms);
  EXPECT_THAT(think.notes(), HasSubstr("7: think '{{ pause }}'"));
}

TEST(Artillery, HasThresholdsTimeoutsAndTrust) {
  const Imported judged =
      imported(script(kPhases + "  ensure: { p95: 200, p99: 500, maxErrorRate: 1, frob: 2 }\n"
                                "  plugins:\n"
                                "    ensure:\n"
                                "      thresholds:\n"
                                "        - http.response_time.p999: 900\n"
                                "        - vusers.session_length.median: 4000\n"
                                "        - http.codes.500: 1\n"
                                "      conditions: [{ expression: a > b }]\n"
                                "    publish-metrics: [{ type: datadog }]\n"
                                "  http: { timeout: 3, pool: 5 }\n"
                                "  tls: { rejectUnauthorized: false }\n",
                      kScenarios));
  ASSERT_THAT(judged.problems, IsEmpty());
  std::vector<std::string> thresholds;
  for (const auto& threshold : judged.test.thresholds) {
    thresholds.push_back(to_text(threshold.of) + " " + threshold.text);
  }
  EXPECT_THAT(thresholds, ElementsAre("http_req_duration p(95)<=200", "http_req_duration p(99)<=500",
                                      "http_req_duration p(99.9)<900", "http_req_failed rate<=1%",
                                      "iteration_duration med<4000"));
  EXPECT_EQ(judged.request(0, 0).timeouts.whole, 3s);
  EXPECT_TRUE(judged.test.http.tls.insecure);
  for (const char* note :
       {"3: 'frob' of ensure", "9: threshold 'http.codes.500'", "10: 'conditions' of ensure",
        "11: 'publish-metrics' of config.plugins", "12: 'pool' of config.http"}) {
    EXPECT_THAT(judged.notes(), HasSubstr(note));
  }
}

TEST(Artillery, NamesAndWeighsScenarios) {
  const Imported named =
      imported(script(kPhases,
                      "  - { name: Buy, weight: 2.4, flow: [get: { url: /a }] }\n"
                      "  - { name: Buy, flow: [get: { url: /b }] }\n"
                      "  - { weight: 0, flow: [get: { url: /c }] }\n"
                      "  - { engine: ws, flow: [send: hello] }\n"
                      "  - { flow: [get: { url: /d, name: look }], afterScenario: end }\n"));
  ASSERT_THAT(named.problems, IsEmpty());
  ASSERT_EQ(named.flow().journeys.size(), 3U);
  EXPECT_EQ(named.flow().journeys[0].weight, 2U);
  EXPECT_EQ(named.flow().journeys[1].name, "Buy 2");
  EXPECT_EQ(named.flow().journeys[2].name, "scenario 5");
  EXPECT_EQ(named.request(2, 0).route, "look");
  for (const char* note :
       {"4: 'weight' of a scenario", "6: scenario 'scenario 3': has the weight 0",
        "7: scenario 'scenario 4': is of the engine 'ws'", "8: 'afterScenario' of a scenario"}) {
    EXPECT_THAT(named.notes(), HasSubstr(note));
  }
}

TEST(Artillery, IsNoOtherYaml) {
  EXPECT_THAT(imported("a: 1\n").problems, HasSubstr("shop.yml:1:1: error: this is no script of Artillery"));
  EXPECT_THAT(imported("").problems, HasSubstr("this is no script of Artillery"));
  EXPECT_THAT(imported("config: [\n").problems, HasSubstr("shop.yml:2:1: error: this is no YAML"));
  EXPECT_THAT(with_steps("      - get: { url: '/{{ nowhere }}' }\n").problems,
              HasSubstr("no scenario of it can be carried over"));
}

}  // namespace
}  // namespace faultline::import
