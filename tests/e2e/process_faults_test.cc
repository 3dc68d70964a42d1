// Faults that happen to processes, and end with their phases.

#include <gmock/gmock.h>

#include "command.h"

namespace faultline::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kFaults = R"(
[[fault]]
name   = "redis dies"
on     = "redis"
during = "incident"
inject = { kill = {} }
[[fault]]
name   = "the disk is full"
on     = "postgres"
during = "incident"
inject = { fill_disk = {} }
[[fault]]
name   = "the clock is wrong"
on     = "service"
during = "incident"
inject = { clock_skew = { by = "48h", direction = "behind" } }
[[fault]]
name   = "the machine is busy"
on     = "service"
during = "incident"
inject = { cpu_pressure = { workers = 1 } }
)";

// The checkpoint, which only the look before the incident comes to, leaves segments of the write-ahead log to be used again:
// a PostgreSQL that has to make one on a full disk ends (a PANIC), and finds no room to recover in.
constexpr const char* kSteps = R"toml(
[[step]]
say   = "PING is refused"
kind  = "symptom"
at    = { phase = "incident", after = "500ms" }
probe = { redis = ["PING"], fails = true, within = "2s" }
[[step]]
say   = "nothing can be stored"
kind  = "symptom"
at    = { phase = "incident", after = "500ms" }
probe = { sql = "CREATE TABLE big AS SELECT repeat('x', 2000) FROM generate_series(1, 5000); DROP TABLE big; CHECKPOINT", fails = true, within = "2s" }
[[step]]
say   = "PING is answered"
kind  = "recovery"
at    = { phase = "recovery", after = "500ms" }
probe = { redis = ["PING"], equals = "PONG", within = "2s" }
[[step]]
say   = "it can be stored"
kind  = "recovery"
at    = { phase = "recovery", after = "500ms" }
probe = { sql = "CREATE TABLE big AS SELECT repeat('x', 2000) FROM generate_series(1, 5000)", fails = false, within = "3s" }
)toml";

// Where nobody may mount, a disk cannot be full: what is left is as it says.
bool may_mount() {
  return shell("unshare --mount true").status == 0;
}

std::string scenario(const std::string& faults) {
  const std::string all = quick({{part_of_quick("fault"), faults}});
  return all.substr(0, all.find("[[step]]")) + kSteps;
}

Said play(const Scratch& scratch, const std::string& text, const std::string& with = "") {
  add_suites(scratch);
  return shell(with + " ./faultline run " + scratch.write("s.toml", text) + " --out " +
               (scratch / "run").string() + " --set phase.steady.for=3s --set phase.recovery.for=5s");
}

TEST(ProcessFaults, AreSeenInTheirPhaseAndGoneBehindIt) {
  const Scratch scratch;
  const Said said = play(scratch, scenario(kFaults));
  if (!may_mount()) {
    EXPECT_EQ(said.status, 3) << said.out << said.err;
    return;
  }
  EXPECT_EQ(said.status, 0) << said.out << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("ok   validity: fault 'redis dies' acted"),
                              HasSubstr("ok   validity: fault 'the disk is full' acted"),
                              HasSubstr("ok   validity: fault 'the clock is wrong' acted"),
                              HasSubstr("ok   validity: fault 'the machine is busy' acted"),
                              HasSubstr("ok   symptom in incident: nothing can be stored")));
  const std::string log = text_of(scratch / "run/logs/service.log");
  const auto day_of = [](const std::string& line) { return line.substr(line.find("\"time\":\"") + 8, 10); };
  const std::string today = day_of(log);
  EXPECT_NE(log.find("\"msg\":\"request\""), std::string::npos);
  std::size_t other_days = 0, lines = 0;
  for (std::size_t at = 0; at < log.size(); at = log.find('\n', at) + 1) {
    other_days += day_of(log.substr(at, 40)) < today ? 1 : 0;
    ++lines;
  }
  EXPECT_GT(other_days, 10U) << "the service believed that it was two days ago";
  EXPECT_LT(other_days, lines / 2);
}

TEST(ProcessFaults, SayThatADiskTakesTheRightToMount) {
  const Scratch scratch;
  const Said said =
      play(scratch, scenario(kFaults), "setpriv --bounding-set -sys_admin --inh-caps -sys_admin");
  EXPECT_EQ(said.status, 3) << said.out << said.err;
  EXPECT_THAT(said.err,
              AllOf(HasSubstr("cannot make a disk of limited size"), HasSubstr("the right to mount")));
}

}  // namespace
}  // namespace faultline::e2e
