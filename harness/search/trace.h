#pragma once
// The canonical trace of a run: what each cause made the service do, and what was decided about it, without times, without
// connections, without what had no known cause, in an order that does not depend on the order in which it happened. Two
// runs that behave alike have the same.
//
//   17  postgres  INSERT INTO jobs (id, name) VALUES ($1, $2) #1
//   17  postgres  COMMIT #1  response: lose_commit_answer by "commit answers are lost"
//   17  outcome   unknown
//   user 3.7  redis     GET session:* #1              (of the 7th journey of user 3)

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace faultline::search {

struct Trace {
  std::map<std::uint64_t, std::vector<std::string>>
      of_cause;                                // by the arrival's number: its lines, without the number
  std::map<std::string, std::uint64_t> known;  // how the causes of fault points were known -> how many
  std::uint64_t by_order = 0;                  // decisions that depend on the order of messages: left out
};

/// From a journal's records. A decision that says what is no decision of a message has no fault point and is left out.
Trace read_trace(const std::vector<nlohmann::ordered_json>& journal);

std::string to_text(const Trace& trace);
/// "1,204 fault points: 1,100 by header, 4 by value, 100 background".
std::string describe_known(const Trace& trace);

/// Where two traces first differ: the first cause, and there the first line that the other has not.
struct Divergence {
  std::uint64_t cause = 0;
  std::string a, b;  // empty: it has no further line of this cause
};

struct Difference {
  std::optional<Divergence> first;
  std::uint64_t same = 0, causes = 0;  // causes that are alike, of all that one of them has
  /// Of those, journeys of users that one run came to begin and the other did not: how many there are depends on how fast
  /// the service answers, so that they are no divergence.
  std::uint64_t only_a = 0, only_b = 0;
};
Difference diff(const Trace& a, const Trace& b);

/// "identical", "identical for 17 of 20 causes; first difference in cause 4: …", over several lines.
std::string to_text(const Difference& difference, const std::string& a, const std::string& b);

}  // namespace faultline::search
