#include "load/load.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"

namespace faultline::load {
namespace {

// One arrival a minute, and more than one machine can start.
constexpr Rate kRateAtLeast{1.0 / 60};
constexpr Rate kRateAtMost{100'000};
constexpr std::int64_t kUsersAtMost = 10'000;

// Reads one level at a value: nothing where it is none, which was reported.
using ReadLevel = std::optional<double> (*)(const Value& value);

std::optional<double> read_rate(const Value& value) {
  const auto rate = value.kind() == Value::Kind::text ? parse_rate(value.text()) : std::nullopt;
  if (!rate) {
    value.problem("a rate is written like \"20/s\"");
    return std::nullopt;
  }
  if (*rate > kRateAtMost || (rate->per_second > 0 && *rate < kRateAtLeast)) {
    value.problem(fmt::format("a rate is 0/s, or 1/m to {}", to_text(kRateAtMost)));
    return std::nullopt;
  }
  return rate->per_second;
}

std::optional<double> read_users(const Value& value) {
  if (value.kind() != Value::Kind::integer || value.integer() < 0 || value.integer() > kUsersAtMost) {
    value.problem(fmt::format("users are a number, 0 to {}", kUsersAtMost));
    return std::nullopt;
  }
  return static_cast<double>(value.integer());
}

// One level, or a pair of them: a ramp.
std::optional<Level> read_level(const Value& value, ReadLevel read) {
  if (value.kind() != Value::Kind::array) {
    const auto level = read(value);
    return level ? std::optional(Level{*level, *level}) : std::nullopt;
  }
  const std::vector<Value> ends = value.array();
  if (ends.size() != 2) {
    value.problem("a ramp is a pair: [from, to]");
    return std::nullopt;
  }
  const auto begin = read(ends[0]), end = read(ends[1]);
  return begin && end ? std::optional(Level{*begin, *end}) : std::nullopt;
}

// A level for all phases, or a table with the levels of some.
Course read_course(Table& table, std::string_view key, ReadLevel read, const std::vector<Phase>& phases) {
  Course course;
  const auto value = table.get(key);
  if (value && value->kind() == Value::Kind::table) {
    Table levels = value->table();
    std::vector<std::string> names;
    names.reserve(phases.size());
    for (const Phase& phase : phases) {
      names.push_back(phase.name);
    }
    for (const std::string& name : levels.keys()) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        levels.problem(name, fmt::format("there is no phase '{}'", name), did_you_mean(name, names));
      }
      if (const auto level = read_level(*levels.get(name), read)) {
        course.in[name] = *level;
      }
    }
    levels.finish();
  } else if (value) {
    if (const auto level = read_level(*value, read)) {
      course.otherwise = *level;
    }
  }
  return course;
}

// What a load that is there comes to nothing with.
bool is_nothing(const Course& course) {
  const auto nothing = [](const Level& level) { return level == Level{}; };
  return nothing(course.otherwise) && std::all_of(course.in.begin(), course.in.end(),
                                                  [&](const auto& named) { return nothing(named.second); });
}

void read_model(Table& table, const std::vector<Phase>& phases, Load& load) {
  const bool once = table.boolean("once").value_or(false);
  const std::string key = table.has("users") ? "users" : "rate";
  table.get("users");  // asked for, whether it is wanted or not
  table.get("rate");
  if (once) {
    load.model = Load::Model::once;
    for (const std::string_view other : {"rate", "users"}) {
      if (table.get(other)) {
        table.problem("once", fmt::format("journeys that are made once have no {}", other));
      }
    }
    return;
  }
  if (table.has("users") && table.has("rate")) {
    table.problem("users", "a load is either of arrivals or of users, not both", "make two loads of it");
  }
  if (!table.has(key)) {
    return table.missing("rate");
  }
  load.model = key == "users" ? Load::Model::closed : Load::Model::open;
  load.course = read_course(table, key, key == "users" ? &read_users : &read_rate, phases);
  if (const auto arrivals = table.one_of("arrivals", {"even", "poisson"})) {
    load.poisson = *arrivals == "poisson";
    if (load.model == Load::Model::closed) {
      table.problem("arrivals", "users begin when their journey before has ended");
    }
  }
}

}  // namespace

std::optional<Load> read_load(Table& table, const ResolveFlow& resolve, const std::vector<Phase>& phases,
                              Diagnostics& problems) {
  const std::size_t problems_before = problems.size();
  Load load;
  const std::string name = table.required_text("flow");
  read_model(table, phases, load);
  table.finish();
  if (problems.size() != problems_before) {
    return std::nullopt;
  }
  if (load.model != Load::Model::once && is_nothing(load.course)) {
    const std::string key = load.model == Load::Model::closed ? "users" : "rate";
    table.problem(key, fmt::format("'{}' makes no load in any phase", key));
  }
  const auto path = resolve(name);
  if (!path) {
    table.problem("flow", fmt::format("there is no flow '{}'", name),
                  name.ends_with(".toml") ? "a path is relative to the scenario's folder"
                                          : fmt::format("it would be flows/{}.toml", name));
    return std::nullopt;
  }
  auto flow = read_flow(*path, problems);
  if (!flow || problems.size() != problems_before) {
    return std::nullopt;
  }
  load.flow = std::move(*flow);
  return load;
}

std::optional<double> expected_arrivals(const Load& load, const std::vector<Phase>& phases,
                                        std::size_t phase) {
  switch (load.model) {
    case Load::Model::open:
      return Line(load.course, phases).area(phase);
    case Load::Model::closed:
      return Line(load.course, phases).area(phase) == 0 ? std::optional(0.0) : std::nullopt;
    case Load::Model::once:
      return phase == 0 ? static_cast<double>(load.flow.journeys.size()) : 0;
  }
  return std::nullopt;
}

}  // namespace faultline::load
