#include "import/phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <set>

#include "core/units.h"
#include "import/duration.h"
#include "import/expression.h"
#include "import/fields.h"
#include "import/toml_text.h"

namespace faultline::import {
namespace {

// load/load.cc: what a rate may be.
constexpr double kRateAtLeast = 1.0 / 60, kRateAtMost = 100'000;
constexpr double kUsersAtMost = 1'000'000;

struct Phase {
  std::string name;
  Duration length{};
  double begin = 0, end = 0;    // arrivals a second
  std::optional<double> users;  // maxVusers
};

// "Warm-up (5 min)" -> "warm-up-5-min": a name for keys, selectors and the command line.
std::string usable(std::string_view name, std::set<std::string>& taken) {
  constexpr std::size_t kLongest = 40;
  std::string base;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      base += static_cast<char>(std::tolower(byte));
    } else if (!base.empty() && base.back() != '-') {
      base += '-';
    }
  }
  base.resize(std::min(base.size(), kLongest));
  while (base.ends_with('-')) {
    base.pop_back();
  }
  base = base.empty() ? "phase" : base;
  std::string unique = base;
  for (int n = 2; !taken.insert(unique).second; ++n) {
    unique = fmt::format("{}-{}", base, n);
  }
  return unique;
}

// A value that the environment may set: phases are fixed, so it is the default.
Yaml settled(Fields& fields, std::string_view name, const Yaml& value) {
  const auto pieces = parse_expressions(value.text);
  Yaml result = value;
  if (pieces.size() == 1 && pieces.front().kind == Expression::Kind::environment && pieces.front().fallback) {
    result.text = *pieces.front().fallback;
    fields.note(name,
                fmt::format("phases do not depend on the environment: it is written as {}, the default of {}",
                            result.text, pieces.front().text));
  }
  return result;
}

// Nothing where it is absent, or is no number that is not negative, which is noted.
std::optional<double> number(Fields& fields, std::string_view name) {
  const Yaml* value = fields.get(name);
  if (!value) {
    return std::nullopt;
  }
  const auto number = settled(fields, name, *value).number();
  if (!number || *number < 0) {
    fields.note(name, "is no number that is 0 or more, and is left out");
    return std::nullopt;
  }
  return number;
}

double rate(Fields& fields, std::string_view name, double wanted) {
  if (wanted > kRateAtMost || (wanted > 0 && wanted < kRateAtLeast)) {
    const double possible = wanted > kRateAtMost ? kRateAtMost : 0;
    fields.note(
        name, fmt::format("{:g} a second is no rate from one a minute to {:g} a second: it is written as {}",
                          wanted, kRateAtMost, to_text(Rate{possible})));
    return possible;
  }
  return wanted;
}

std::optional<Duration> length(Fields& fields, std::string_view name) {
  const Yaml* value = fields.get(name);
  const auto length = value ? to_duration(settled(fields, name, *value)) : std::nullopt;
  if (value && (!length || *length == Duration::zero())) {
    fields.note(name, "is no length of time up to a day: the phase is left out");
    return std::nullopt;
  }
  return length;
}

std::optional<Phase> read_phase(const Yaml& value, std::set<std::string>& names, std::vector<Note>& notes) {
  Fields fields(value, "a phase", notes);
  const std::string* name = fields.text("name");
  Phase phase;
  const bool pause = fields.get("pause") != nullptr;
  const auto lasts = length(fields, pause ? "pause" : "duration");
  if (pause) {
    phase.name = name ? *name : "pause";
  } else {
    phase.name = name ? *name : "phase";
    const auto begin = number(fields, "arrivalRate"), end = number(fields, "rampTo");
    const auto count = number(fields, "arrivalCount");
    phase.begin = rate(fields, "arrivalRate", begin.value_or(0));
    phase.end = end ? rate(fields, "rampTo", *end) : phase.begin;
    if (count && lasts && !begin) {
      phase.begin = phase.end = rate(fields, "arrivalCount", *count / seconds(*lasts));
    }
    phase.users = number(fields, "maxVusers");
  }
  fields.finish();
  if (!lasts) {
    if (!fields.get("duration") && !pause) {
      notes.push_back({value.line, "a phase without a duration", "is left out"});
    }
    return std::nullopt;
  }
  phase.length = *lasts;
  phase.name = usable(phase.name, names);
  return phase;
}

// A test has one limit: it is carried over where all the phases that bring load have the same.
std::string write_limits(const std::vector<Phase>& phases, int line, std::vector<Note>& notes) {
  std::set<double> limits;
  bool everywhere = true;
  for (const Phase& phase : phases) {
    if (phase.users) {
      limits.insert(*phase.users);
    }
    everywhere = everywhere && (phase.users || (phase.begin == 0 && phase.end == 0));
  }
  if (limits.empty()) {
    return {};
  }
  const double least = *limits.begin();
  if (limits.size() > 1 || !everywhere || least < 1 || least > kUsersAtMost || least != std::floor(least)) {
    notes.push_back(
        {line, "'maxVusers'", "a test has one limit for all phases: say which with 'in_flight' in [limits]"});
    return {};
  }
  return fmt::format("\n[limits]\nin_flight = {:.0f}\npast = \"shed\"\n", least);
}

}  // namespace

Phases write_phases(const Yaml* phases, int line, std::vector<Note>& notes) {
  std::vector<Phase> read;
  std::set<std::string> names;
  bool load = false;
  for (const Yaml* value : phases ? as_list(*phases) : std::vector<const Yaml*>{}) {
    if (auto phase = read_phase(*value, names, notes)) {
      load = load || phase->begin > 0 || phase->end > 0;
      read.push_back(std::move(*phase));
    }
  }
  if (!load) {
    notes.push_back({phases ? phases->line : line, "'phases'",
                     "bring no load: one phase of a minute at 1/s stands for them, say what it should be"});
    read = {{usable("main", names), std::chrono::minutes(1), 1, 1, std::nullopt}};
  }
  Phases result{.limits = write_limits(read, phases ? phases->line : line, notes)};
  std::vector<std::string> rates;
  for (const Phase& phase : read) {
    result.phases +=
        fmt::format("[[phase]]\nname = {}\nfor = \"{}\"\n\n", in_quotes(phase.name), to_text(phase.length));
    const std::string begin = in_quotes(to_text(Rate{phase.begin})),
                      end = in_quotes(to_text(Rate{phase.end}));
    if (phase.begin > 0 || phase.end > 0) {
      rates.push_back(
          fmt::format("{} = {}", key(phase.name), phase.begin == phase.end ? begin : array({begin, end})));
    }
  }
  result.rate = table(rates);
  return result;
}

}  // namespace faultline::import
