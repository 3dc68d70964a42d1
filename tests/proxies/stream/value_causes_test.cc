#include "stream/value_causes.h"

#include <gtest/gtest.h>

namespace faultline::stream {
namespace {

class Values final : public fault::Subject {
 public:
  Values(fault::Field field, std::string value) : field_(field), value_(std::move(value)) {}
  bool any(fault::Field field, std::string_view /*name*/, const Test& test) const override {
    return field == field_ && test(value_);
  }

 private:
  const fault::Field field_;
  const std::string value_;
};

struct Attributing {
  ValueCauses causes;
  protocol::Operation operation{};

  std::uint64_t of(const std::string& value, std::uint64_t connection = 1, bool transaction = false,
                   fault::Field field = fault::Field::parameter) {
    const Values subject(field, value);
    return causes.find("postgres", {.subject = subject,
                                    .operation = operation,
                                    .connection = connection,
                                    .transaction = transaction,
                                    .trace = {}});
  }
};

TEST(ValueCauses, KnowTheWordsOfAnArrivalWholeOnly) {
  Attributing a;
  a.causes.add(1, "job-5d0a91c3f7e2");
  a.causes.add(2, "job-77aa00bb11cc");
  EXPECT_EQ(a.of("job-5d0a91c3f7e2"), 1U);
  EXPECT_EQ(a.of("cache:job-77aa00bb11cc:rows", 1, false, fault::Field::argument), 2U);
  EXPECT_EQ(a.of("/api/v1/jobs/job-77aa00bb11cc", 1, false, fault::Field::path), 2U);
  EXPECT_EQ(a.of("job-5d0a91c3f7e2x"), 0U);
  EXPECT_EQ(a.of("nothing of anybody"), 0U);
}

TEST(ValueCauses, ChooseNoneWhereTwoFit) {
  Attributing a;
  a.causes.add(1, "tenant-a first-word-1");
  a.causes.add(2, "tenant-a other-word-2");
  EXPECT_EQ(a.of("tenant-a"), 0U) << "both have it";
  EXPECT_EQ(a.of("tenant-a first-word-1"), 1U);
  EXPECT_EQ(a.of("first-word-1 other-word-2"), 0U);
}

TEST(ValueCauses, FollowATransaction) {
  Attributing a;
  a.causes.add(1, "job-5d0a91c3f7e2");
  EXPECT_EQ(a.of("", 1, false), 0U) << "BEGIN says nothing yet";
  EXPECT_EQ(a.of("job-5d0a91c3f7e2", 1, true), 1U);
  EXPECT_EQ(a.of("", 1, true), 1U);
  EXPECT_EQ(a.of("", 2, true), 0U) << "another connection";
  EXPECT_EQ(a.of("", 1, false), 0U) << "another transaction";
  EXPECT_EQ(a.of("", 1, true), 0U);
}

TEST(ValueCauses, LearnTheIdsThatAMessageOfACauseIsTheFirstToBear) {
  Attributing a;
  a.causes.add(1, "job-5d0a91c3f7e2");
  a.causes.add(2, "job-77aa00bb11cc");
  EXPECT_EQ(a.of("job-5d0a91c3f7e2 0b4c1a7e-1111-4222-8333-444455556666 processing 2026-11-25T10"), 1U);
  EXPECT_EQ(a.of("0b4c1a7e-1111-4222-8333-444455556666"), 1U);
  EXPECT_EQ(a.of("processing"), 0U) << "a word that anybody may use";
  EXPECT_EQ(a.of("2026-11-25T10"), 0U);
  EXPECT_EQ(a.of("job-77aa00bb11cc 0b4c1a7e-1111-4222-8333-444455556666"), 0U) << "two causes speak";
  EXPECT_EQ(a.of("ch_00000000001abc"), 0U);
  EXPECT_EQ(a.of("job-77aa00bb11cc ch_00000000001abc"), 2U);
  EXPECT_EQ(a.of("ch_00000000001abc"), 0U) << "it was seen before where no cause was known";
}

TEST(ValueCauses, LearnNothingOfWordsThatAreEverybodys) {
  Attributing a;
  a.causes.add(1, "job-5d0a91c3f7e2");
  a.causes.share("session-0b4c1a7e");
  EXPECT_EQ(a.of("job-5d0a91c3f7e2 session-0b4c1a7e"), 1U);
  EXPECT_EQ(a.of("session-0b4c1a7e"), 0U) << "though 1 was the first to use it";
}

TEST(ValueCauses, GiveAnIdToWhoeverTheServiceGaveItTo) {
  Attributing a;
  a.causes.add(1, "job-5d0a91c3f7e2");
  EXPECT_EQ(a.of("job-5d0a91c3f7e2 0b4c1a7e-1111-4222-8333-444455556666"), 1U);
  a.causes.settle(1);
  a.causes.give(2, "0b4c1a7e-1111-4222-8333-444455556666");
  EXPECT_EQ(a.of("0b4c1a7e-1111-4222-8333-444455556666"), 2U) << "it was listed, and is read by another";
  a.causes.give(3, "0b4c1a7e-1111-4222-8333-444455556666");
  EXPECT_EQ(a.of("0b4c1a7e-1111-4222-8333-444455556666"), 0U) << "both may use it now";
}

TEST(ValueCauses, ReadLiteralsAndNotComments) {
  Attributing a;
  a.causes.add(1, "job-5d0a91c3f7e2");
  EXPECT_EQ(a.of("SELECT 'job-5d0a91c3f7e2'", 1, false, fault::Field::statement), 1U);
  EXPECT_EQ(a.of("/* job-5d0a91c3f7e2 */ SELECT 1", 1, false, fault::Field::statement), 0U);
}

}  // namespace
}  // namespace faultline::stream
