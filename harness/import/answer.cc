#include "import/answer.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <set>

#include "core/units.h"
#include "import/fields.h"
#include "import/json_path.h"
#include "import/toml_text.h"

namespace faultline::import {
namespace {

constexpr std::int64_t kExpressionBytes = 1 << 20;  // load/source.cc: of memory that one may take
constexpr double kMillisecondsAtMost = 24 * 3600 * 1000.0;

// JavaScript's flags as RE2 writes them. Nothing where the expression is none of RE2's.
std::optional<std::string> pattern(const std::string& expression, std::string_view flags) {
  std::string own;
  for (const char flag : {'i', 'm', 's'}) {
    if (flags.find(flag) != std::string_view::npos) {
      own += flag;
    }
  }
  std::string text = own.empty() ? expression : fmt::format("(?{}){}", own, expression);
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kExpressionBytes);
  return RE2(text, options).ok() ? std::optional(std::move(text)) : std::nullopt;
}

// Where one capture looks, as TOML. Nothing when it cannot be carried over, which is noted.
std::optional<std::string> source(Fields& capture, std::string& pointer) {
  if (const std::string* path = capture.text("json")) {
    if (auto found = to_pointer(*path)) {
      pointer = *found;
      return in_quotes(*found);
    }
    capture.note("json", fmt::format("'{}' may find several values, or is no path: name one place", *path));
    return std::nullopt;
  }
  if (const std::string* header = capture.text("header")) {
    return table({"header = " + in_quotes(*header)});
  }
  if (const std::string* expression = capture.text("regexp")) {
    const std::string* flags = capture.text("flags");
    const std::string* group = capture.text("group");
    if (group && *group != "0" && *group != "1") {
      capture.note("group", "a pattern gives its first group: let the others not capture, with (?:…)");
      return std::nullopt;
    }
    // Without a group Artillery gives the whole match.
    const bool whole = !group || *group == "0";
    if (const auto found =
            pattern(whole ? fmt::format("({})", *expression) : *expression, flags ? *flags : "")) {
      return table({"pattern = " + in_quotes(*found)});
    }
    capture.note("regexp",
                 "is no regular expression of RE2, which knows no look-around and no back-reference");
  }
  return std::nullopt;
}

class Checks {
 public:
  // `what` is all of a check but its name.
  void add(const std::string& name, const std::string& what) {
    std::string unique = name;
    for (int n = 2; !names_.insert(unique).second; ++n) {
      unique = fmt::format("{} ({})", name, n);
    }
    checks_.push_back(table({"name = " + in_quotes(unique), what}));
  }
  std::string to_toml() const {
    return checks_.empty() ? std::string()
                           : fmt::format("check = [\n  {},\n]\n", fmt::join(checks_, ",\n  "));
  }

 private:
  std::set<std::string> names_;
  std::vector<std::string> checks_;
};

std::vector<std::string> read_statuses(Fields& fields, const Yaml& value) {
  std::vector<std::string> statuses;
  for (const Yaml* status : as_list(value)) {
    const auto number = status->number();
    if (!number || *number < 100 || *number > 599) {
      fields.note("statusCode", "is no status from 100 to 599, or a list of them");
      return {};
    }
    statuses.push_back(fmt::format("{}", static_cast<int>(*number)));
  }
  return statuses;
}

// equals: [one, other], where one is what this request captured and the other is fixed.
bool read_equals(const Yaml& value, const Captured& captured, Checks& checks) {
  if (value.items.size() != 2) {
    return false;
  }
  for (const std::size_t i : {0U, 1U}) {
    const auto one = parse_expressions(value.items[i].text),
               other = parse_expressions(value.items[1 - i].text);
    const auto found = one.size() == 1 && one.front().kind == Expression::Kind::variable
                           ? captured.find(one.front().text)
                           : captured.end();
    if (found != captured.end() && other.size() == 1 && other.front().kind == Expression::Kind::text) {
      checks.add(
          fmt::format("{} is {}", found->first, other.front().text),
          fmt::format("pointer = {}, in = [{}]", in_quotes(found->second), in_quotes(other.front().text)));
      return true;
    }
  }
  return false;
}

void read_headers(Fields& fields, Checks& checks) {
  if (const std::string* header = fields.text("hasHeader")) {
    checks.add("has " + *header, "header = " + in_quotes(*header));
  }
  if (const Yaml* equal = fields.get("headerEquals")) {
    const auto is_fixed = [](const Yaml& text) {
      const auto pieces = parse_expressions(text.text);
      return pieces.size() == 1 && pieces.front().kind == Expression::Kind::text;
    };
    if (equal->items.size() == 2 && is_fixed(equal->items[0]) && is_fixed(equal->items[1])) {
      const std::string &header = equal->items[0].text, &value = equal->items[1].text;
      checks.add(fmt::format("{} is {}", header, value),
                 fmt::format("header = {}, in = [{}]", in_quotes(header), in_quotes(value)));
    } else {
      fields.note("headerEquals", "should be a header and a fixed value");
    }
  }
}

// One expectation, or several in one map.
void read_expectation(const Yaml& value, const Captured& captured, Script& script,
                      std::vector<std::string>& statuses, Checks& checks) {
  Fields fields(value, "expect", script.notes);
  if (const Yaml* status = fields.get("statusCode")) {
    for (std::string& one : read_statuses(fields, *status)) {
      if (std::find(statuses.begin(), statuses.end(), one) == statuses.end()) {
        statuses.push_back(std::move(one));
      }
    }
  }
  if (const Yaml* most = fields.get("maxResponseTime")) {
    const auto number = most->number();
    if (number && *number > 0 && *number <= kMillisecondsAtMost) {
      const std::string within = to_text(
          std::chrono::round<std::chrono::microseconds>(std::chrono::duration<double, std::milli>(*number)));
      checks.add("within " + within, fmt::format("within = \"{}\"", within));
    } else {
      fields.note("maxResponseTime", "is no number of milliseconds");
    }
  }
  if (const std::string* path = fields.text("hasProperty")) {
    if (const auto pointer = to_pointer(*path)) {
      checks.add("has " + *path, "pointer = " + in_quotes(*pointer));
    } else {
      fields.note("hasProperty", "is no path to one value");
    }
  }
  if (const std::string* expression = fields.text("matchesRegexp")) {
    if (const auto found = pattern(*expression, {})) {
      checks.add("matches " + *expression, "pattern = " + in_quotes(*found));
    } else {
      fields.note("matchesRegexp",
                  "is no regular expression of RE2, which knows no look-around and no back-reference");
    }
  }
  if (const Yaml* equal = fields.get("equals"); equal && !read_equals(*equal, captured, checks)) {
    fields.note("equals", "a check compares a value of the answer, by a JSON pointer, with fixed ones");
  }
  read_headers(fields, checks);
  fields.finish();
}

}  // namespace

std::vector<std::string> names_captured(const Yaml& capture) {
  std::vector<std::string> names;
  for (const Yaml* one : as_list(capture)) {
    const Yaml* name = one->find("as");
    if (name && name->kind == Yaml::Kind::text) {
      names.push_back(name->text);
    }
  }
  return names;
}

std::string write_captures(const Yaml& capture, Script& script, Values& values, Captured& captured) {
  std::vector<std::string> members;
  std::set<std::string> names;
  for (const Yaml* one : as_list(capture)) {
    Fields fields(*one, "capture", script.notes);
    const std::string* name = fields.text("as");
    std::string pointer;
    const auto from = source(fields, pointer);
    if (fields.get("strict")) {
      fields.note("strict", "a journey ends at the first request that uses what was not captured");
    }
    fields.finish();
    if (!name) {
      script.notes.push_back({one->line, "a capture without a name", "is left out"});
    } else if (!from) {
      values.lose(*name);
    } else if (!names.insert(*name).second) {
      script.notes.push_back({one->line, fmt::format("'{}'", *name), "is captured twice: the first counts"});
    } else {
      members.push_back(fmt::format("{} = {}", values.capture(*name), *from));
      if (!pointer.empty()) {
        captured[*name] = pointer;
      }
    }
  }
  return members.empty() ? std::string() : fmt::format("capture = {}\n", table(members));
}

std::string write_expectations(const Yaml& expect, const Captured& captured, Script& script) {
  std::vector<std::string> statuses;
  Checks checks;
  for (const Yaml* one : as_list(expect)) {
    read_expectation(*one, captured, script, statuses, checks);
  }
  const std::string line = statuses.empty() ? std::string() : fmt::format("expect = {}\n", array(statuses));
  return line + checks.to_toml();
}

}  // namespace faultline::import
