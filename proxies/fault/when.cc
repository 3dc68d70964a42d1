#include "fault/when.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace faultline::fault {
namespace {

struct Row {
  std::string_view key;
  std::optional<std::uint64_t> When::*count;
  std::string_view meaning;
};

constexpr Row kCounts[] = {
    {"nth", &When::nth, "this one only, from 1"},
    {"every", &When::every, "each that is a multiple of it"},
    {"first", &When::first, "those up to it"},
    {"after", &When::after, "those beyond it"},
    {"at_most", &When::at_most, "no more than so many times"},
};

}  // namespace

bool When::counted(std::uint64_t n) const {
  return (!nth || n == *nth) && (!every || n % *every == 0) && (!first || n <= *first) &&
         (!after || n > *after);
}

std::uint64_t When::counted_up_to(std::uint64_t n) const {
  const std::uint64_t from = after.value_or(0);
  const std::uint64_t to = std::min(n, first.value_or(std::numeric_limits<std::uint64_t>::max()));
  if (nth) {
    return *nth <= to && counted(*nth) ? 1 : 0;
  }
  if (to <= from) {
    return 0;
  }
  return every ? to / *every - from / *every : to - from;
}

std::optional<When> read_when(Table& table) {
  When when;
  bool good = true;
  std::string counting;
  for (const Row& row : kCounts) {
    const std::string key(row.key);
    const auto number = table.integer(key);
    if (table.has(key)) {
      counting = counting.empty() ? key : counting;
      good = good && number.has_value();
    }
    if (number && *number < 1) {
      table.problem(key, fmt::format("'{}' counts from 1", key));
      good = false;
    }
    if (number) {
      when.*row.count = static_cast<std::uint64_t>(*number);
    }
  }
  if (const auto probability = table.ratio("probability")) {
    when.probability = probability->value;
    if (when.probability <= 0 || when.probability > 1) {
      table.problem("probability", "a probability is above 0% and at most 100%");
      good = false;
    }
  } else if (table.has("probability")) {
    good = false;
  }
  for (const std::string& tenant : table.texts("for_tenant")) {
    when.for_tenant.push_back(Pattern::of_glob(tenant, false));
  }
  const auto of = table.one_of("of", {"cause", "arrivals", "run"});
  if (table.has("of") && !of) {
    good = false;
  } else if (!counting.empty() && !of) {
    table.problem(counting, fmt::format("'{}' of what? `of` is missing", counting),
                  "write of = \"cause\", \"arrivals\" or \"run\"");
    good = false;
  } else if (of && counting.empty()) {
    table.problem("of", "nothing is counted here");
    good = false;
  }
  when.of = of == "run" ? When::Of::run : of == "arrivals" ? When::Of::arrivals : When::Of::cause;
  table.finish();
  if (good && when.nth && when.counted_up_to(*when.nth) == 0) {
    table.problem("nth", "no number meets all of these");
    good = false;
  } else if (good && when.first && when.counted_up_to(*when.first) == 0) {
    table.problem("first", "no number meets all of these");
    good = false;
  }
  return good ? std::optional(std::move(when)) : std::nullopt;
}

std::string triggers_text() {
  std::string text;
  for (const Row& row : kCounts) {
    text += fmt::format("  {:<18} {}\n", row.key, row.meaning);
  }
  text +=
      fmt::format("  {:<18} {}\n", "of", "what is counted: cause|arrivals|run; must be given beside a count");
  text +=
      fmt::format("  {:<18} {}\n", "probability", "\"5%\": drawn for each fault point, the same in each run");
  text += fmt::format("  {:<18} {}\n", "for_tenant", "of the arrival that caused the message");
  return text;
}

}  // namespace faultline::fault
