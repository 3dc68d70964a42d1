#include "fault/match.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace faultline::fault {
namespace {

enum class Shape { globs, expressions, flag, number, named };

struct Row {
  std::string_view protocol, key;
  Field field{};
  Shape shape = Shape::globs;
  bool any_case = false;
  std::string_view meaning;
};

constexpr Row kConditions[] = {
    {"postgres", "statement", Field::statement, Shape::globs, true, "the text as sent, in any case"},
    {"postgres", "statement_re", Field::statement, Shape::expressions, false,
     "a regular expression (RE2) found in the text"},
    {"postgres", "kind", Field::kind, Shape::globs, true, "SELECT, INSERT, BEGIN, COMMIT, COPY …"},
    {"postgres", "table", Field::table, Shape::globs, true, "a table that the statement names"},
    {"postgres", "in_transaction", Field::transaction, Shape::flag, false, "between BEGIN and COMMIT"},
    {"postgres", "database", Field::database, Shape::globs, false, "that the session is in"},
    {"postgres", "user", Field::user, Shape::globs, false, "that the session is of"},
    {"postgres", "parameters", Field::parameter, Shape::globs, false, "a value bound to the statement"},
    {"redis", "command", Field::kind, Shape::globs, true, "GET, SET, CLIENT SETNAME …"},
    {"redis", "key", Field::key, Shape::globs, false, "any of its keys"},
    {"redis", "arguments", Field::argument, Shape::globs, false, "any of its arguments"},
    {"redis", "database", Field::database, Shape::number, false, "as selected"},
    {"redis", "in_multi", Field::transaction, Shape::flag, false, "between MULTI and EXEC, which included"},
    {"http", "method", Field::kind, Shape::globs, true, "GET, POST …"},
    {"http", "route", Field::route, Shape::globs, false, "the path, ids as *: /v1/charges/*"},
    {"http", "path", Field::path, Shape::globs, false, "the path as sent"},
    {"http", "header", Field::header, Shape::named, false, "a table: name = form of its value"},
    {"http", "body", Field::body, Shape::named, false,
     "a table: JSON pointer = form of its value (up to 64 KiB)"},
    {"", "tenant", Field::tenant, Shape::globs, false, "of the arrival that caused the message"},
};

bool is_of(const Row& row, std::string_view protocol) {
  return row.protocol.empty() || row.protocol == protocol;
}

// What is the same for all messages of an operation.
bool fixed(Field field) {
  return field == Field::kind || field == Field::table || field == Field::route;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Reads one condition; false when it is wrong: reported.
bool read_condition(Table& table, const Row& row, Match& match) {
  const std::string key(row.key);
  const std::size_t before = match.conditions.size();
  const auto add = [&](std::string name, std::vector<Pattern> patterns) {
    match.conditions.push_back({row.field, std::move(name), std::move(patterns)});
  };
  switch (row.shape) {
    case Shape::globs: {
      std::vector<Pattern> patterns;
      for (const std::string& text : table.texts(key)) {
        patterns.push_back(Pattern::of_glob(text, row.any_case));
      }
      if (!patterns.empty()) {
        add({}, std::move(patterns));
      }
      break;
    }
    case Shape::expressions: {
      std::vector<Pattern> patterns;
      for (const std::string& text : table.texts(key)) {
        std::string error;
        auto pattern = Pattern::of_expression(text, error);
        if (!pattern) {
          table.problem(key, fmt::format("not a regular expression: {}", error));
          return false;
        }
        patterns.push_back(std::move(*pattern));
      }
      if (!patterns.empty()) {
        add({}, std::move(patterns));
      }
      break;
    }
    case Shape::flag:
      if (const auto flag = table.boolean(key)) {
        add({}, {Pattern::of_glob(*flag ? "true" : "false", false)});
      }
      break;
    case Shape::number:
      if (const auto number = table.integer(key)) {
        add({}, {Pattern::of_glob(std::to_string(*number), false)});
      }
      break;
    case Shape::named:
      if (auto named = table.table(key)) {
        for (const std::string& name : named->keys()) {
          if (row.field == Field::body && !name.starts_with('/')) {
            named->problem(name, fmt::format("'{}' is no JSON pointer", name),
                           fmt::format("write \"/{}\"", name));
            return false;
          }
          std::vector<Pattern> patterns;
          for (const std::string& text : named->texts(name)) {
            patterns.push_back(Pattern::of_glob(text, false));
          }
          add(name, std::move(patterns));
        }
        named->finish();
      }
      break;
  }
  if (!table.has(key) || match.conditions.size() > before) {
    return true;
  }
  const auto value = table.get(key);
  if (value->kind() == Value::Kind::array && value->array().empty()) {
    table.problem(key, fmt::format("'{}' fits nothing: the list is empty", key));
  }
  return false;
}

}  // namespace

struct Pattern::Expression {
  explicit Expression(const std::string& text) : compiled(text, RE2::Quiet) {}
  RE2 compiled;
};

bool glob(std::string_view pattern, std::string_view text, bool any_case) {
  const auto same = [any_case](char form, char c) {
    return form == c || (any_case && lower(form) == lower(c));
  };
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || same(pattern[p], text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Pattern Pattern::of_glob(std::string text, bool any_case) {
  Pattern pattern;
  pattern.text_ = std::move(text);
  pattern.any_case_ = any_case;
  return pattern;
}

std::optional<Pattern> Pattern::of_expression(const std::string& text, std::string& error) {
  auto expression = std::make_shared<const Expression>(text);
  if (!expression->compiled.ok()) {
    error = expression->compiled.error();
    return std::nullopt;
  }
  Pattern pattern;
  pattern.text_ = text;
  pattern.expression_ = std::move(expression);
  return pattern;
}

bool Pattern::fits(std::string_view value) const {
  return expression_ ? RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), expression_->compiled)
                     : glob(text_, value, any_case_);
}

bool Condition::holds(const Subject& subject) const {
  return subject.any(field, name, [this](std::string_view value) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [value](const Pattern& pattern) { return pattern.fits(value); });
  });
}

bool Match::holds(const Subject& subject) const {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const Condition& condition) { return condition.holds(subject); });
}

bool Match::can_hold(const Subject& any_of_operation) const {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    return !fixed(condition.field) || condition.holds(any_of_operation);
  });
}

bool Match::asks_for(Field field) const {
  return std::any_of(conditions.begin(), conditions.end(),
                     [field](const Condition& condition) { return condition.field == field; });
}

std::optional<Match> read_match(Table& table, std::string_view protocol) {
  Match match;
  bool good = true;
  for (const Row& row : kConditions) {
    if (is_of(row, protocol)) {
      good = read_condition(table, row, match) && good;
    } else if (table.has(row.key) &&
               std::none_of(std::begin(kConditions), std::end(kConditions), [&](const Row& other) {
                 return other.key == row.key && is_of(other, protocol);
               })) {
      table.problem(row.key, fmt::format("'{}' is a condition for {}, and this is {}", row.key, row.protocol,
                                         protocol));
      return std::nullopt;
    }
  }
  table.finish();
  std::stable_partition(match.conditions.begin(), match.conditions.end(),
                        [](const Condition& condition) { return fixed(condition.field); });
  return good ? std::optional(std::move(match)) : std::nullopt;
}

std::string conditions_text(std::string_view protocol) {
  std::string text;
  for (const Row& row : kConditions) {
    if (is_of(row, protocol)) {
      text += fmt::format("  {:<18} {}\n", row.key, row.meaning);
    }
  }
  return text;
}

}  // namespace faultline::fault
