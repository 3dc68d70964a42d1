#include "example.h"

namespace faultline::report {

using namespace std::chrono_literals;
using result::Result;
using result::Suite;
using result::Verdict;

Result held_example() {
  Result result;
  result.scenario = "stripe-hangs";
  result.title = "Stripe hangs";
  result.version = "0.1.0";
  result.seed = 18446744073709551615ULL;
  result.file = "suites/playbook/stripe-hangs.toml";
  result.repeat = "faultline run suites/playbook/stripe-hangs.toml --seed 18446744073709551615";
  result.directory = "runs/20260101T000000Z-stripe-hangs";
  result.verdict = Verdict::held;
  result.checks = {
      {"validity", "the service was reached", "run", "", "812 answers", "", Verdict::held, ""},
      {"incident", "Stripe stops answering", "incident", "stop = \"stripe\"", "stopped", "", Verdict::held,
       ""},
      {"symptom", "Jobs wait for Stripe", "incident", "rate > 1", "68.8/s", "", Verdict::held,
       "seen after 512 ms"},
      {"diagnosis", "The breaker is open", "incident", "== 1", "1", "", Verdict::held, "seen after 3 ms"},
      {"workaround", "Work the queue by hand", "incident", "exit status 0", "36 delivered", "", Verdict::held,
       ""},
      {"mitigation", "Restart Stripe's mock", "incident", "restart = \"stripe\"", "restarted", "",
       Verdict::held, ""},
      {"recovery", "The breaker closes", "recovery", "== 0", "0", "", Verdict::held, "seen after 1.2 s"},
      {"recovery", "recovered: http_req_failed rate < 1%", "run", "within 3 s", "1.23 s", "1.77 s left",
       Verdict::held, ""},
      {"budget", "availability 99.9%: budget spent", "run", "<= 100%", "42.0%", "58.0 points left",
       Verdict::held, "1 error of 2394 requests"},
      {"invariant", "every accepted run ends", "run", "all", "all 120", "", Verdict::held, ""}};
  result.phases = {{"steady", 10, 200, 812, 0, 4ms, 12300us, 20ms},
                   {"incident", 5.5, 110, 790, 1, 5ms, 41ms, 80ms},
                   {"recovery", 10, 200, 792, 0, 5ms, 13ms, 22ms},
                   {"idle", 1, 0, 0, 0, {}, {}, {}}};
  result.phases[0].calls_per_arrival = {{"postgres", 9.84}, {"stripe", 1}};
  result.phases[1].calls_per_arrival = {{"postgres", 4.2}, {"stripe", 3.1}};
  result.recovery = 1230ms;
  result.budget_spent = 0.42;
  result.budgets = {
      {"availability",
       "answered as expected",
       0.999,
       2394,
       1,
       2.394,
       0.4177,
       0.184,
       43.2,
       {{14.4, 1h, 5min, 60s, 5s, 8.25, 6s, 11s, ""}, {6, 6h, 30min, 6min, 30s, {}, {}, {}, "too short"}}},
      {"latency", "answered within 500 ms", 0.99, 2394, 3, 23.94, 0.1253, 0.552, 432, {}}};
  result.levels = {
      {"http_req_duration p(95)", "steady", "< 200 ms", "< 500 ms", "12.3 ms", "target"},
      {"http_req_duration p(95)", "incident", "< 30 ms", "< 40 ms", "41.0 ms", "critical"},
      {"http_req_failed rate", "idle", "< 1%", "< 5%", "no samples", "unknown"},
  };
  result.causes = {100, 20, 3, 4};
  result.start_up = {{"postgres", 1ms, 741ms}, {"redis", 2ms, 16ms}};
  result.ready_after = 849ms;
  return result;
}

Result failed_example() {
  Result result = held_example();
  result.scenario = "redis-down";
  result.title = "Redis down";
  result.seed = 7;
  result.file = "suites/playbook/redis-down.toml";
  result.repeat = "faultline run suites/playbook/redis-down.toml --seed 7";
  result.directory = "runs/x";
  result.verdict = Verdict::failed;
  result.recovery.reset();
  result.budget_spent = 1.5;
  result.budgets.clear();
  result.levels.clear();
  result.checks = {{"validity", "the service was reached", "run", "", "812 answers", "", Verdict::held, ""},
                   {"expectation", "http_req_failed rate < 1%", "steady", "< 1%", "0.00%",
                    "1.00 points to spare", Verdict::held, "0 of 812"},
                   {"expectation", "http_req_failed rate < 1%", "incident", "< 1%", "3.42%",
                    "2.42 points over", Verdict::failed, "27 of 790 requests"},
                   {"symptom", "The queue stops", "incident", "rate < 1", "12/s", "", Verdict::failed,
                    "not seen within 2 s"},
                   {"recovery", "recovered: http_req_failed rate < 1%", "run", "within 3 s", "not recovered",
                    "", Verdict::failed, ""},
                   {"budget", "availability 99.9%: budget spent", "run", "<= 100%", "150.0%",
                    "50.0 points over", Verdict::failed, "4 errors of 2394 requests"},
                   {"invariant", "every accepted run ends", "run", "all", "119 of 120", "1 over",
                    Verdict::failed, "run 17 never ended"},
                   {"invariant", "every accepted run ends", "run", "all", "all 120", "", Verdict::held, ""}};
  return result;
}

Result nasty_example() {
  Result result;
  result.scenario = "a|b <i>&\"'";
  result.title = "`code` *bold* _it_ [link](x) </code><script>alert(1)</script> ]]>";
  result.version = "0.1.0";
  result.seed = 1;
  result.file = "odd, 100%: a\nb.toml";
  result.repeat = "faultline run 'a\n```\nb.toml' --set 'x=\"<&>\"'";
  result.directory = "runs/\xffx";
  result.verdict = Verdict::invalid;
  result.stopped = true;
  result.checks = {{"validity", "\x1b[31mred\x1b[0m", "run", "a\tb", "c\r\nd", "| pipe |", Verdict::invalid,
                    "line one\nline two ]]> \xc3\x28 \xed\xa0\x80 \xef\xbf\xbf caf\xc3\xa9 \xf0\x9f\x92\xa5"},
                   {"invariant", "<b> \"quoted\" 'single' & ${a} ${b}", "x|y", "\\|", "``", "",
                    Verdict::failed, "::error::no command"},
                   {"symptom", "@someone #1 ~~gone~~", "x|y", "", "", "", Verdict::held, ""}};
  result.phases = {{"x|y", 0.25, 1, 1, 1, {}, {}, {}}};
  return result;
}

Suite suite_of(Result result) {
  return {"0.1.0", {std::move(result)}};
}

Suite suite_example() {
  return {"0.1.0",
          {held_example(), failed_example(), nasty_example(),
           result::Unjudged{"redis-killed", "suites/playbook/redis-killed.toml", false, "port 16379 is taken",
                            "end what listens there, or choose another port"},
           result::Unjudged{"redis-slow", "suites/playbook/redis-slow.toml", true,
                            "did not run: the suite was interrupted", ""}}};
}

}  // namespace faultline::report
