#include "search/audit_variants.h"

#include <gmock/gmock.h>

namespace faultline::search {
namespace {

using namespace std::chrono_literals;
using scenario::Scenario;
using scenario::Step;
using testing::ElementsAre;
using testing::IsEmpty;

fault::Rule rule(const std::string& name, std::vector<std::string> during) {
  fault::Rule made;
  made.name = name;
  made.during = std::move(during);
  return made;
}

Step step(Step::Kind kind, const std::string& say, std::size_t row) {
  Step made;
  made.kind = kind;
  made.say = say;
  made.row = row;
  made.phase = 1;
  return made;
}

// Faults in the second of three phases, a symptom, a mitigation, and a switch of the service.
Scenario incident() {
  Scenario made;
  made.phases = {{"steady", 0s, 5s}, {"incident", 5s, 5s}, {"recovery", 10s, 5s}};
  made.faults = {rule("redis-refuses", {"incident"}), rule("slow always", {})};
  made.steps = {step(Step::Kind::symptom, "It is degraded", 0),
                step(Step::Kind::mitigation, "Restart Redis", 3)};
  made.guards = {"HARDEN_CACHE"};
  return made;
}

// "WHAT: KEY=VALUE KEY=VALUE" of each.
std::vector<std::string> lines(const std::vector<Variant>& variants) {
  std::vector<std::string> list;
  for (const Variant& variant : variants) {
    std::string line = variant.what + ":";
    for (const Override& change : variant.overrides) {
      line += " ";
      line += change.key;
      line += "=";
      line += change.value;
    }
    list.push_back(line);
  }
  return list;
}

TEST(AuditVariants, ChangeOneThingEach) {
  EXPECT_THAT(
      lines(audit_variants(incident())),
      ElementsAre("without fault redis-refuses: fault.redis-refuses.enabled=false",
                  "without fault slow always: fault.slow always.enabled=false",
                  "without mitigation Restart Redis: step.3.enabled=false",
                  "without HARDEN_CACHE: service.env.HARDEN_CACHE=0",
                  "with the incident from the start: fault.redis-refuses.during=[\"steady\",\"incident\"]"));
}

TEST(AuditVariants, LeaveOutWhatIsNotThere) {
  Scenario scenario = incident();
  scenario.faults[0].enabled = false;
  scenario.steps.clear();
  scenario.service.url = "http://127.0.0.1:3000";  // it has the environment that it has
  EXPECT_THAT(lines(audit_variants(scenario)),
              ElementsAre("without fault slow always: fault.slow always.enabled=false"));
}

TEST(AuditVariants, BringTheIncidentForwardOnlyWhereSomethingMustHoldBeforeIt) {
  Scenario scenario = incident();
  scenario.guards.clear();
  scenario.steps.clear();
  EXPECT_EQ(audit_variants(scenario).size(), 2U) << "nothing is asked of the steady phase";
  scenario.expectations = {{{1, 2}, {}}};
  EXPECT_EQ(audit_variants(scenario).size(), 2U) << "nor with an expectation of later phases";
  scenario.expectations = {{{0, 1}, {}}};
  EXPECT_EQ(audit_variants(scenario).size(), 3U);
  scenario.faults[0].during = {"steady"};
  EXPECT_EQ(audit_variants(scenario).size(), 2U) << "it is there from the start";
}

TEST(AuditVariants, NameAFaultByItsIndexWhereItsNameWouldBeTwoKeys) {
  Scenario scenario = incident();
  scenario.faults[1].name = "a.b";
  EXPECT_EQ(audit_variants(scenario)[1].overrides[0].key, "fault.1.enabled");
}

TEST(SampleOfVariants, IsDrawnFromTheSeedAndKeepsTheirOrder) {
  const auto all = audit_variants(incident());
  EXPECT_EQ(lines(sample_of(all, 9, 1)), lines(all));
  EXPECT_THAT(sample_of(all, 0, 1), IsEmpty());
  std::set<std::string> drawn;
  for (Seed seed = 1; seed < 100; ++seed) {
    const auto sample = lines(sample_of(all, 2, seed));
    ASSERT_EQ(sample.size(), 2U);
    EXPECT_EQ(sample, lines(sample_of(all, 2, seed)));
    const auto whole = lines(all);
    EXPECT_LT(std::find(whole.begin(), whole.end(), sample[0]),
              std::find(whole.begin(), whole.end(), sample[1]));
    drawn.insert(sample.begin(), sample.end());
  }
  EXPECT_EQ(drawn.size(), all.size()) << "each has its turn";
}

}  // namespace
}  // namespace faultline::search
