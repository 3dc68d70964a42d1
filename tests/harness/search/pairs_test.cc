#include "search/pairs.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "load/arrival.h"

namespace faultline::search {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;

// A journal of one phase: arrival k makes one request.
class Journal {
 public:
  void arrival(int k, const std::string& phase = "incident") {
    records.push_back({{"kind", "arrival"}, {"k", k}, {"phase", phase}});
  }
  void request(int k, std::optional<double> latency, bool expected = true, int attempt = 1,
               const std::string& phase = "incident") {
    ordered_json record = {{"kind", "request"},  {"k", k},         {"route", "GET /jobs"},
                           {"attempt", attempt}, {"phase", phase}, {"expected", expected}};
    if (latency) {
      record["latency"] = *latency;
    }
    records.push_back(std::move(record));
  }
  void run(int k, const std::string& status) {
    records.push_back({{"kind", "observation"}, {"of", "run"}, {"k", k}, {"status", status}});
  }
  // As many arrivals, each with its answer after so long; the first of them have none.
  static Journal of(int arrivals, double latency, int unanswered = 0) {
    Journal journal;
    for (int k = 0; k < arrivals; ++k) {
      journal.arrival(k);
      // Never two alike, so that pairs differ.
      journal.request(k, k < unanswered ? std::nullopt : std::optional(latency + k * 1e-6));
    }
    return journal;
  }
  Sample sample() const { return read_sample(records); }

  JournalRecords records;
};

Row row_of(const std::vector<Row>& rows, Row::Of of) {
  for (const Row& row : rows) {
    if (row.of == of) {
      return row;
    }
  }
  ADD_FAILURE() << "there is no row of " << to_text(of);
  return {};
}

std::vector<Row> rows(const Journal& a, const Journal& again, const Journal& b) {
  return compare_pairs(a.sample(), again.sample(), b.sample(), {"incident"});
}

TEST(Sample, IsOfArrivalsThatWereStarted) {
  Journal journal;
  journal.arrival(1);
  journal.request(1, 0.01);
  journal.run(1, "completed");
  journal.arrival(2);
  journal.request(2, 0.01);
  journal.request(2, 0.02, false, 2);
  journal.run(2, "failed");
  journal.records.push_back({{"kind", "arrival"}, {"k", 3}, {"phase", "incident"}, {"shed", true}});
  const Sample sample = journal.sample();
  ASSERT_EQ(sample.arrivals.size(), 2U);
  EXPECT_FALSE(sample.arrivals.at(1).failed);
  EXPECT_EQ(sample.arrivals.at(1).completed, true);
  EXPECT_TRUE(sample.arrivals.at(2).failed) << "its second request was not answered as expected";
  EXPECT_EQ(sample.arrivals.at(2).completed, false);
  EXPECT_EQ(sample.answered.size(), 3U);
}

TEST(Pairs, CountFailuresThatOnlyOneSideHas) {
  const Row row =
      row_of(rows(Journal::of(100, 0.01, 30), Journal::of(100, 0.01, 32), Journal::of(100, 0.01, 2)),
             Row::Of::arrivals_failed);
  EXPECT_DOUBLE_EQ(row.a, 0.30);
  EXPECT_DOUBLE_EQ(row.again, 0.32);
  EXPECT_DOUBLE_EQ(row.b, 0.02);
  EXPECT_NEAR(row.spread, 0.04, 1e-12) << "twice the distance of a from itself";
  EXPECT_EQ(row.pairs, 100U);
  EXPECT_EQ(row.a_worse, 28U);
  EXPECT_EQ(row.b_worse, 0U);
  EXPECT_EQ(row.change, Change::better);
}

TEST(Pairs, ClaimNothingWithinTheSpreadThatARunHasAgainstItself) {
  const auto change = [](int a, int again, int b) {
    return row_of(rows(Journal::of(100, 0.01, a), Journal::of(100, 0.01, again), Journal::of(100, 0.01, b)),
                  Row::Of::arrivals_failed)
        .change;
  };
  EXPECT_EQ(change(10, 10, 40), Change::worse);
  EXPECT_EQ(change(10, 26, 40), Change::same) << "30 points, but 16 within a alone";
  EXPECT_EQ(change(10, 24, 40), Change::worse);
}

TEST(Pairs, ClaimNothingThatFewPairsShow) {
  const auto change = [](int b) {
    return row_of(rows(Journal::of(20, 0.01), Journal::of(20, 0.01), Journal::of(20, 0.01, b)),
                  Row::Of::arrivals_failed)
        .change;
  };
  EXPECT_EQ(change(10), Change::same) << "2 in 1024: more than 1 in 1000";
  EXPECT_EQ(change(11), Change::worse);
}

TEST(Pairs, CompareLatenciesOfRequestsThatBothAnswered) {
  // b answers none of the slow half, which must not make it look fast.
  Journal a, b;
  for (int k = 0; k < 400; ++k) {
    const double latency = k % 2 == 0 ? 0.010 : 0.500;
    a.arrival(k);
    a.request(k, latency + k * 1e-6);
    b.arrival(k);
    b.request(k, k % 2 == 0 ? std::optional(latency + k * 1e-6) : std::nullopt);
  }
  const Row row = row_of(rows(a, a, b), Row::Of::median);
  EXPECT_EQ(row.pairs, 200U);
  EXPECT_NEAR(row.a, 0.010, 0.001);
  EXPECT_NEAR(row.b, 0.010, 0.001);
  EXPECT_EQ(row.change, Change::same);
}

TEST(Pairs, ClaimALatencyOnlyWhenItMatters) {
  const auto change = [](double a, double b, Row::Of of) {
    return row_of(rows(Journal::of(400, a), Journal::of(400, a), Journal::of(400, b)), of).change;
  };
  EXPECT_EQ(change(0.010, 0.0119, Row::Of::median), Change::same) << "less than 2 ms";
  EXPECT_EQ(change(0.010, 0.0130, Row::Of::median), Change::worse);
  EXPECT_EQ(change(0.100, 0.109, Row::Of::median), Change::same) << "less than a tenth";
  EXPECT_EQ(change(0.100, 0.080, Row::Of::median), Change::better);
  EXPECT_EQ(change(0.100, 0.080, Row::Of::p95), Change::better);
  EXPECT_EQ(change(0.100, 0.115, Row::Of::p95), Change::worse);
}

TEST(Pairs, LeaveOutAPercentileThatTooFewRequestsAllow) {
  const auto all = rows(Journal::of(50, 0.01), Journal::of(50, 0.01), Journal::of(50, 0.01));
  std::vector<Row::Of> figures;
  for (const Row& row : all) {
    figures.push_back(row.of);
  }
  EXPECT_THAT(figures, ElementsAre(Row::Of::arrivals_failed, Row::Of::median));
}

TEST(Pairs, CompareRunsThatBothAccepted) {
  Journal a = Journal::of(40, 0.01), b = Journal::of(40, 0.01);
  for (int k = 0; k < 40; ++k) {
    a.run(k, k < 20 ? "failed" : "completed");
    if (k < 30) {
      b.run(k, "completed");
    }
  }
  const Row row = row_of(rows(a, a, b), Row::Of::runs_completed);
  EXPECT_DOUBLE_EQ(row.a, 0.5);
  EXPECT_DOUBLE_EQ(row.b, 1);
  EXPECT_EQ(row.pairs, 30U);
  EXPECT_EQ(row.a_worse, 20U);
  EXPECT_EQ(row.change, Change::better) << "more of them is better";
}

// A run of one user, who makes so many journeys; the first of them have no answer.
Journal of_a_user(int journeys, double latency, int unanswered = 0) {
  Journal journal = Journal::of(journeys, latency, unanswered);
  for (ordered_json& record : journal.records) {
    record["k"] = load::number_of({.user = 1, .number = record["k"].get<std::uint64_t>() + 1});
  }
  return journal;
}

TEST(Samples, TakeThePlaceOfPairsWhereUsersMakeTheJourneys) {
  const Row row = row_of(rows(of_a_user(100, 0.01, 30), of_a_user(100, 0.01, 31), of_a_user(400, 0.01, 8)),
                         Row::Of::arrivals_failed);
  EXPECT_EQ(row.pairs, 0U);
  EXPECT_EQ(row.samples_a, 100U);
  EXPECT_EQ(row.samples_b, 400U);
  EXPECT_DOUBLE_EQ(row.b, 0.02) << "of all of its own, however many a has";
  EXPECT_EQ(row.change, Change::better);
}

TEST(Samples, ClaimNothingThatFewShow) {
  const auto change = [](int b) {
    return row_of(rows(of_a_user(20, 0.01), of_a_user(20, 0.01), of_a_user(20, 0.01, b)),
                  Row::Of::arrivals_failed)
        .change;
  };
  EXPECT_EQ(change(8), Change::same) << "0.3 in 100";
  EXPECT_EQ(change(10), Change::worse) << "0.04 in 100";
}

TEST(Samples, HaveTheLatenciesOfAllThatWasAnswered) {
  const auto change = [](double b, Row::Of of) {
    return row_of(rows(of_a_user(400, 0.1), of_a_user(300, 0.1), of_a_user(350, b)), of).change;
  };
  EXPECT_EQ(change(0.109, Row::Of::median), Change::same) << "less than a tenth";
  EXPECT_EQ(change(0.115, Row::Of::median), Change::worse);
  EXPECT_EQ(change(0.08, Row::Of::p95), Change::better);
  const auto few = rows(of_a_user(5, 0.1), of_a_user(5, 0.1), of_a_user(5, 0.2));
  EXPECT_EQ(row_of(few, Row::Of::median).change, Change::same) << "of so few nobody can tell where it lies";
}

TEST(Pairs, CompareRecoveriesByTheirWindow) {
  EXPECT_EQ(compare_recovery(3, 3, 2).change, Change::same);
  EXPECT_EQ(compare_recovery(3, 3, 1).change, Change::better);
  EXPECT_EQ(compare_recovery(3, 5, 7).change, Change::same);
  EXPECT_EQ(compare_recovery(3, 5, 8).change, Change::worse);
}

}  // namespace
}  // namespace faultline::search
