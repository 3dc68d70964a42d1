#include "search/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <tuple>

#include "load/arrival.h"

namespace faultline::search {
namespace {

using nlohmann::ordered_json;

// Of an arrival; nothing for background and what else is none.
std::optional<std::uint64_t> number_of(const std::string& cause) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(cause.data(), cause.data() + cause.size(), number);
  return read.ec == std::errc() && read.ptr == cause.data() + cause.size() ? std::optional(number)
                                                                           : std::nullopt;
}

// In the order in which lines are put: points by their identity, a decision behind its point, the outcome at the end.
struct Entry {
  int rank = 0;
  std::string dependency, operation;
  std::uint64_t nth = 0;
  std::string decision;

  auto key() const { return std::tie(rank, dependency, operation, nth, decision); }
  bool operator<(const Entry& other) const { return key() < other.key(); }
  bool operator==(const Entry& other) const { return key() == other.key(); }
};

std::string line_of(const Entry& entry) {
  if (entry.rank == 1) {
    return fmt::format("{:<9} {}", "outcome", entry.operation);
  }
  const std::string point = fmt::format("{:<9} {} #{}", entry.dependency, entry.operation, entry.nth);
  return entry.decision.empty() ? point : point + "  " + entry.decision;
}

}  // namespace

Trace read_trace(const std::vector<ordered_json>& journal) {
  Trace trace;
  std::map<std::uint64_t, std::vector<Entry>> entries;
  for (const ordered_json& record : journal) {
    const std::string kind = record.value("kind", "");
    if (kind == "outcome") {
      entries[record.at("k").get<std::uint64_t>()].push_back(
          {1, {}, record.at("outcome").get<std::string>(), 0, {}});
      continue;
    }
    const bool point = kind == "fault_point", decision = kind == "decision" && record.contains("operation");
    if (!point && !decision) {
      continue;
    }
    if (point) {
      ++trace.known[record.at("known").get<std::string>()];
    }
    if (record.value("by_order", false)) {
      ++trace.by_order;
      continue;
    }
    const auto cause = number_of(record.at("cause").get<std::string>());
    if (!cause) {
      continue;
    }
    Entry entry{0,
                record.at("dependency").get<std::string>(),
                record.at("operation").get<std::string>(),
                record.at("nth").get<std::uint64_t>(),
                {}};
    if (decision) {
      entry.decision =
          fmt::format("{}: {} by \"{}\"", record.at("edge").get<std::string>(),
                      record.at("effect").get<std::string>(), record.at("fault").get<std::string>());
    }
    entries[*cause].push_back(std::move(entry));
  }
  for (auto& [cause, list] : entries) {
    std::sort(list.begin(), list.end());
    for (const Entry& entry : list) {
      trace.of_cause[cause].push_back(line_of(entry));
    }
  }
  return trace;
}

std::string to_text(const Trace& trace) {
  std::string text;
  for (const auto& [cause, lines] : trace.of_cause) {
    for (const std::string& line : lines) {
      text += fmt::format("{}  {}\n", load::number_text(cause), line);
    }
  }
  return text;
}

std::string describe_known(const Trace& trace) {
  std::uint64_t all = 0;
  std::string kinds;
  for (const std::string kind : {"header", "value", "exclusion", "background"}) {
    const auto known = trace.known.find(kind);
    if (known != trace.known.end()) {
      all += known->second;
      kinds += fmt::format("{}{} {}{}", kinds.empty() ? "" : ", ", known->second,
                           kind == "background" ? "" : "by ", kind);
    }
  }
  return all == 0 ? "no fault points were journaled" : fmt::format("{} fault points: {}", all, kinds);
}

Difference diff(const Trace& a, const Trace& b) {
  static const std::vector<std::string> kNone;
  const auto lines = [](const Trace& trace, std::uint64_t cause) -> const std::vector<std::string>& {
    const auto found = trace.of_cause.find(cause);
    return found == trace.of_cause.end() ? kNone : found->second;
  };
  Difference difference;
  std::map<std::uint64_t, bool> causes;
  for (const Trace* trace : {&a, &b}) {
    for (const auto& [cause, of_cause] : trace->of_cause) {
      causes[cause] = true;
    }
  }
  difference.causes = causes.size();
  for (const auto& [cause, there] : causes) {
    const bool in_a = a.of_cause.contains(cause), in_b = b.of_cause.contains(cause);
    if (load::iteration_of(cause) && in_a != in_b) {
      ++(in_a ? difference.only_a : difference.only_b);
      continue;
    }
    const std::vector<std::string>&of_a = lines(a, cause), &of_b = lines(b, cause);
    if (of_a == of_b) {
      ++difference.same;
      continue;
    }
    if (!difference.first) {
      const auto [at_a, at_b] = std::mismatch(of_a.begin(), of_a.end(), of_b.begin(), of_b.end());
      difference.first = Divergence{cause, at_a == of_a.end() ? "" : *at_a, at_b == of_b.end() ? "" : *at_b};
    }
  }
  return difference;
}

std::string to_text(const Difference& difference, const std::string& a, const std::string& b) {
  const bool alone = difference.only_a + difference.only_b > 0;
  const std::string in_one = fmt::format("journeys of users that were begun in one run alone: {} {}, {} {}\n",
                                         difference.only_a, a, difference.only_b, b);
  if (!difference.first) {
    return alone ? fmt::format("identical for {} of {} causes; the others are {}", difference.same,
                               difference.causes, in_one)
                 : fmt::format("identical: {} causes\n", difference.causes);
  }
  const auto line = [](const std::string& text) { return text.empty() ? "(nothing more)" : text; };
  const std::size_t width = std::max(a.size(), b.size());
  return fmt::format(
      "identical for {} of {} causes; the first difference is in cause {}:\n  {:<{}}  {}\n  {:<{}}  {}\n{}",
      difference.same, difference.causes, load::number_text(difference.first->cause), a, width,
      line(difference.first->a), b, width, line(difference.first->b), alone ? in_one : "");
}

}  // namespace faultline::search
