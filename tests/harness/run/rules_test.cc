#include "run/rules.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "scratch.h"

namespace faultline::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

fault::Rule rule(const char* name, std::vector<std::string> during,
                 fault::Until until = fault::Until::phase) {
  fault::Rule made;
  made.name = name;
  made.on = "redis";
  made.during = std::move(during);
  made.until = until;
  made.fault = fault::Refuse{};
  return made;
}

class RulesTest : public ::testing::Test {
 protected:
  Rules make(const std::vector<fault::Rule>& rules) {
    return {rules,
            [this](const std::string& dependency, const std::vector<fault::Rule>& on,
                   const std::vector<fault::Rule>& off) {
              on_.clear();
              off_ = off.size();
              for (const fault::Rule& each : on) {
                on_.push_back(dependency + ":" + each.name);
              }
            },
            [this](const fault::Rule& changed, bool on) {
              processes_.push_back(changed.name + (on ? " on" : " off"));
            },
            journal().producer("faults"), [] { return Instant{}; }};
  }
  Journal& journal() {
    if (!journal_) {
      journal_ = std::make_unique<Journal>(directory_ / "journal.ndjson", Instant{});
    }
    return *journal_;
  }
  // "NAME on|off WHY" of every change, in order.
  std::vector<std::string> changes() {
    journal().flush();
    std::vector<std::string> list;
    for (const auto& record : read_journal(directory_ / "journal.ndjson").records) {
      list.push_back(record["fault"].get<std::string>() + (record["on"].get<bool>() ? " on " : " off ") +
                     record["why"].get<std::string>());
    }
    return list;
  }

  Scratch directory_;
  std::unique_ptr<Journal> journal_;
  std::vector<std::string> on_;         // at the proxy, after the last change
  std::vector<std::string> processes_;  // what happened to them
  std::size_t off_ = 0;                 // known there, and not on
};

TEST_F(RulesTest, ComeAndGoWithTheirPhases) {
  const std::vector<fault::Rule> list = {rule("a", {"incident"}), rule("b", {"incident", "after"}),
                                         rule("c", {})};
  Rules rules = make(list);
  rules.begin("steady");
  EXPECT_THAT(on_, ElementsAre("redis:c")) << "a rule without phases is always on";
  rules.end_before("incident");
  rules.begin("incident");
  EXPECT_THAT(on_, ElementsAre("redis:a", "redis:b", "redis:c"));
  rules.end_before("after");
  rules.begin("after");
  EXPECT_THAT(on_, ElementsAre("redis:b", "redis:c"));
  rules.finish();
  EXPECT_THAT(on_, IsEmpty());
  EXPECT_THAT(changes(),
              ElementsAre("c on phase", "a on phase", "b on phase", "a off phase", "b off end", "c off end"));
}

TEST_F(RulesTest, WaitForTheMitigationWhenTheyAreToldTo) {
  const std::vector<fault::Rule> list = {rule("a", {"incident"}, fault::Until::mitigation)};
  Rules rules = make(list);
  rules.begin("incident");
  rules.end_before("recovery");
  rules.begin("recovery");
  EXPECT_THAT(on_, ElementsAre("redis:a")) << "the phase is over, the mitigation has not come";
  rules.mitigated();
  EXPECT_THAT(on_, IsEmpty());
  rules.begin("incident");
  EXPECT_THAT(on_, IsEmpty()) << "what was mitigated stays away";
  rules.finish();
  EXPECT_THAT(changes(), ElementsAre("a on phase", "a off mitigation"));
}

TEST_F(RulesTest, WaitForTheMitigationThatIsForThem) {
  const std::vector<fault::Rule> list = {rule("a", {"incident"}, fault::Until::mitigation),
                                         rule("b", {"incident"}, fault::Until::mitigation)};
  Rules rules = make(list);
  rules.begin("incident");
  rules.mitigated(std::vector<std::string>{});
  EXPECT_THAT(on_, ElementsAre("redis:a", "redis:b"));
  rules.mitigated(std::vector<std::string>{"b"});
  EXPECT_THAT(on_, ElementsAre("redis:a"));
  rules.mitigated();
  EXPECT_THAT(on_, IsEmpty());
}

TEST_F(RulesTest, SayThatAFaultWasNeverLifted) {
  const std::vector<fault::Rule> list = {rule("a", {"incident"}, fault::Until::mitigation)};
  Rules rules = make(list);
  rules.begin("incident");
  rules.finish();
  EXPECT_THAT(changes(), ElementsAre("a on phase", "a off end"));
}

TEST_F(RulesTest, CanBeLiftedByNameAndStaySo) {
  const std::vector<fault::Rule> list = {rule("a", {"incident"}), rule("b", {"incident"})};
  Rules rules = make(list);
  rules.begin("incident");
  rules.lift("a");
  EXPECT_THAT(on_, ElementsAre("redis:b"));
  rules.begin("incident");
  EXPECT_THAT(on_, ElementsAre("redis:b"));
}

TEST_F(RulesTest, AreKnownToTheProxyUntilTheLoadHasEnded) {
  const std::vector<fault::Rule> list = {rule("a", {"incident"}), rule("b", {"steady"})};
  Rules rules = make(list);
  rules.load();
  EXPECT_EQ(off_, 2U);
  rules.begin("incident");
  EXPECT_EQ(off_, 1U);
  rules.finish();
  EXPECT_THAT(on_, IsEmpty());
  EXPECT_EQ(off_, 2U) << "what was due in their phases is still under way";
  rules.unload();
  EXPECT_EQ(off_, 0U);
}

TEST_F(RulesTest, ForAProcessAreNoConcernOfItsProxy) {
  std::vector<fault::Rule> list = {rule("a", {"incident"}), rule("k", {"incident"})};
  list[1].fault = fault::Kill{};
  list[1].of_process = true;
  Rules rules = make(list);
  rules.begin("incident");
  EXPECT_THAT(on_, ElementsAre("redis:a"));
  rules.finish();
  EXPECT_THAT(processes_, ElementsAre("k on", "k off"));
}

TEST_F(RulesTest, StayOffWhenTheyAreNotEnabled) {
  std::vector<fault::Rule> list = {rule("a", {})};
  list[0].enabled = false;
  Rules rules = make(list);
  rules.begin("steady");
  EXPECT_THAT(on_, IsEmpty());
  EXPECT_THAT(changes(), IsEmpty());
}

}  // namespace
}  // namespace faultline::run
