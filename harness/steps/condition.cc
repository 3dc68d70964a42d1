#include "steps/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace faultline::steps {
namespace {

// The line of the answer in which this byte is.
std::string shown(const Answer& answer, StatusKind kind, std::size_t at = 0) {
  const auto before = at == 0 ? std::string::npos : answer.text.rfind('\n', at - 1);
  const std::string text =
      excerpt(std::string_view(answer.text).substr(before == std::string::npos ? 0 : before + 1));
  if (answer.status) {
    return fmt::format("{} {}{}{}", kind.prefix, *answer.status, text.empty() ? "" : ": ", text);
  }
  return text.empty() ? "an empty answer" : text;
}

}  // namespace

Sighting Condition::check(const Answer& answer) const {
  Sighting sighting{true, shown(answer, status_kind)};
  const std::string& value = answer.value ? *answer.value : answer.text;
  if (fails) {
    sighting.seen = sighting.seen && answer.ok != *fails;
  }
  if (status) {
    sighting.seen = sighting.seen && answer.status == *status;
  }
  if (equals) {
    sighting.seen = sighting.seen && answer.ok && value == *equals;
  }
  if (contains) {
    const bool answered = answer.ok || answer.status;
    const auto at = answer.text.find(*contains);
    sighting.seen = sighting.seen && answered && at != std::string::npos;
    if (at != std::string::npos) {
      sighting.text = shown(answer, status_kind, at);
    }
  }
  if (is) {
    const auto number = answer.ok ? parse_number(value) : std::nullopt;
    sighting.seen = sighting.seen && number && is->holds(*number);
    if (answer.ok && !number) {
      sighting.text += ", which is no number";
    }
  }
  return sighting;
}

std::string Condition::describe() const {
  std::vector<std::string> parts;
  if (fails) {
    parts.emplace_back(*fails ? "fails" : "succeeds");
  }
  if (status) {
    parts.push_back(fmt::format("status {}", *status));
  }
  if (equals) {
    parts.push_back(fmt::format("equals '{}'", *equals));
  }
  if (is) {
    parts.push_back("is " + to_text(*is));
  }
  if (contains) {
    parts.push_back(fmt::format("contains '{}'", *contains));
  }
  return fmt::format("{}", fmt::join(parts, " and "));
}

std::optional<Comparison> read_comparison(Table& table, std::string_view key) {
  const auto text = table.text(key);
  const auto comparison = text ? parse_comparison(*text) : std::nullopt;
  if (text && !comparison) {
    table.problem(key, fmt::format("'{}' is not a comparison such as \"> 5\" or \"== 0\"", *text));
  }
  return comparison;
}

std::optional<int> read_status(Table& table, std::string_view key, StatusKind kind) {
  const auto status = table.integer(key);
  if (!status) {
    return std::nullopt;
  }
  if (*status < kind.least || *status > kind.most) {
    table.problem(key, fmt::format("{} is no {}", *status, kind.name));
    return std::nullopt;
  }
  return static_cast<int>(*status);
}

std::optional<Condition> read_condition(Table& table, std::initializer_list<std::string_view> offered,
                                        StatusKind status_kind) {
  const auto offers = [&](std::string_view key) {
    return std::find(offered.begin(), offered.end(), key) != offered.end();
  };
  Condition condition;
  condition.status_kind = status_kind;
  if (offers("fails")) {
    condition.fails = table.boolean("fails");
  }
  if (offers("status")) {
    condition.status = read_status(table, "status", status_kind);
    if (table.has("status") && !condition.status) {
      return std::nullopt;
    }
  }
  if (offers("equals")) {
    condition.equals = table.text("equals");
  }
  if (offers("is")) {
    condition.is = read_comparison(table, "is");
  }
  if (offers("contains")) {
    condition.contains = table.text("contains");
  }
  std::size_t wanted = 0;
  for (const std::string_view key : offered) {
    wanted += table.has(key) ? 1 : 0;
  }
  if (wanted == 0) {
    table.problem("", fmt::format("a probe needs a condition: {}", fmt::join(offered, ", ")));
    return std::nullopt;
  }
  if (condition.fails == true && wanted > 1) {
    table.problem("fails", "a probe that wants a failure can want nothing else of the answer");
    return std::nullopt;
  }
  return condition;
}

std::string excerpt(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  if (line.size() <= kExcerpt) {
    return std::string(line);
  }
  std::size_t end = kExcerpt;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) {
    --end;  // not inside a character of UTF-8
  }
  return std::string(line.substr(0, end)) + "…";
}

}  // namespace faultline::steps
