#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scenario/parts.h"

namespace faultline::scenario {
namespace {

constexpr std::string_view kDots = "..";

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size() && number >= 0
             ? std::optional(number)
             : std::nullopt;
}

std::optional<Range> parse_range(std::string_view text) {
  const auto dots = text.find(kDots);
  const auto least = parse_number(text.substr(0, dots));
  if (!least || dots == std::string_view::npos) {
    return least ? std::optional(Range{*least, *least}) : std::nullopt;
  }
  const std::string_view behind = text.substr(dots + kDots.size());
  if (behind.empty()) {
    return Range{*least, std::nullopt};
  }
  const auto most = parse_number(behind);
  return most && *most >= *least ? std::optional(Range{*least, *most}) : std::nullopt;
}

std::optional<Range> read_range(Table& table, std::string_view key) {
  const auto value = table.get(key);
  if (!value) {
    return std::nullopt;
  }
  const auto range = value->kind() == Value::Kind::integer && value->integer() >= 0
                         ? std::optional(Range{value->integer(), value->integer()})
                     : value->kind() == Value::Kind::text ? parse_range(value->text())
                                                          : std::nullopt;
  if (!range) {
    value->problem(fmt::format("'{}' is a number, or a range such as \"0..1\" or \"1..\"", key));
  }
  return range;
}

// What stands for a value of an arrival, in any of its flows.
load::Names names_of(const Scenario& scenario) {
  load::Names names;
  names.known.emplace("arrival", load::Names::Kind::integer);
  const auto add = [&](const std::string& name) {
    names.known.emplace("arrival." + name, load::Names::Kind::text);
  };
  for (const load::Load& load : scenario.load) {
    for (const load::Generator& generator : load.flow.data) {
      add(generator.name);
    }
    for (const load::Journey& journey : load.flow.journeys) {
      for (const load::Step& step : journey.steps) {
        if (const auto* request = std::get_if<load::RequestStep>(&step)) {
          for (const auto& [name, pointer] : request->capture) {
            add(name);
          }
        }
      }
    }
  }
  return names;
}

struct Known {
  std::vector<std::string> journeys, requests;
};
Known known_in(const Scenario& scenario) {
  Known known;
  for (const load::Load& load : scenario.load) {
    for (const load::Journey& journey : load.flow.journeys) {
      known.journeys.push_back(journey.name);
      for (const load::Step& step : journey.steps) {
        if (const auto* request = std::get_if<load::RequestStep>(&step)) {
          known.requests.push_back(request->route);
        }
      }
    }
  }
  return known;
}

void require_known(Table& table, std::string_view key, const std::string& name,
                   const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    table.problem(key, fmt::format("no flow of this scenario has '{}'", name), did_you_mean(name, known));
  }
}

load::Template read_placeholders(const Value& value, const load::Names& names, Diagnostics& problems) {
  if (value.kind() != Value::Kind::text) {
    value.problem("this must be a string");
    return {};
  }
  return load::read_template(value, names, problems).value_or(load::Template{});
}

HttpQuestion read_http(Table& table, const load::Names& names, Diagnostics& problems) {
  HttpQuestion question;
  const Value value = *table.get("http");
  load::Template line = read_placeholders(value, names, problems);
  const std::string text = value.kind() == Value::Kind::text ? value.text() : "";
  const auto blank = text.find(' ');
  if (!line.pieces.empty() && (blank == std::string::npos || text.substr(blank + 1, 1) != "/")) {
    value.problem("a request is written \"GET /path\"");
  } else if (!line.pieces.empty()) {
    question.method = text.substr(0, blank);
    line.pieces.front().text.erase(0, blank + 1);
    question.target = std::move(line);
  }
  if (auto headers = table.table("headers")) {
    for (const std::string& name : headers->keys()) {
      question.headers.emplace_back(name, read_placeholders(*headers->get(name), names, problems));
    }
  }
  question.pointer = table.text("pointer").value_or("");
  if (!question.pointer.empty() && question.pointer.front() != '/') {
    table.problem("pointer", "a JSON pointer begins with /", "\"/data/total\"");
  }
  return question;
}

}  // namespace

std::string to_text(const Range& range) {
  if (!range.most) {
    return fmt::format("{}..", range.least);
  }
  return range.least == *range.most ? fmt::format("{}", range.least)
                                    : fmt::format("{}..{}", range.least, *range.most);
}

const Range* Count::right(load::Outcome outcome) const {
  const std::optional<Range>& range = outcome == load::Outcome::acked    ? acked
                                      : outcome == load::Outcome::failed ? failed
                                                                         : unknown;
  return range ? &*range : nullptr;
}

void read_count(Table& table, Scenario& scenario, Diagnostics& problems) {
  Count count;
  const load::Names names = names_of(scenario);
  const Known known = known_in(scenario);
  count.name = table.required_text("name");
  if (table.has("sql") + table.has("redis") + table.has("http") > 1) {
    table.problem("name", "a count is asked for in one way: sql, redis or http");
  }
  if (const auto sql = table.get("sql")) {
    count.question = SqlQuestion{read_placeholders(*sql, names, problems)};
    if (!scenario.has("postgres")) {
      table.problem("sql", "the scenario has no [dependency.postgres] to ask");
    }
  } else if (const auto redis = table.get("redis")) {
    RedisQuestion question;
    if (redis->kind() != Value::Kind::array || redis->array().empty()) {
      redis->problem("a command is an array of strings", R"(["EXISTS", "key:${arrival.token}"])");
    } else {
      for (const Value& word : redis->array()) {
        question.command.push_back(read_placeholders(word, names, problems));
      }
    }
    count.question = std::move(question);
    if (!scenario.has("redis")) {
      table.problem("redis", "the scenario has no [dependency.redis] to ask");
    }
  } else {
    count.question = read_http(table, names, problems);
  }
  if (const auto of = table.text("of")) {
    count.of = *of;
    require_known(table, "of", *of, known.requests);
  }
  count.journeys = table.texts("journey");
  for (const std::string& journey : count.journeys) {
    require_known(table, "journey", journey, known.journeys);
  }
  count.acked = read_range(table, "acked");
  count.failed = read_range(table, "failed");
  count.unknown = read_range(table, "unknown");
  if (!table.has("acked") && !table.has("failed") && !table.has("unknown")) {
    table.missing("acked");
  }
  count.within = table.duration("within").value_or(count.within);
  scenario.counts.push_back(std::move(count));
}

}  // namespace faultline::scenario
