#include "import/journey.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/units.h"
#include "import/duration.h"
#include "import/fields.h"
#include "import/request.h"
#include "import/toml_text.h"

namespace faultline::import {
namespace {

constexpr std::size_t kStepsAtMost = 1000;    // of a journey
constexpr double kRoundsAtMost = 50;          // of a loop that is written out
constexpr std::size_t kTextAtMost = 4 << 20;  // of a journey
constexpr double kWeightAtMost = 1'000'000;

bool is_method(std::string_view name) {
  static constexpr std::string_view kMethods[] = {"get", "post", "put", "patch", "delete", "head", "options"};
  return std::find(std::begin(kMethods), std::end(kMethods), name) != std::end(kMethods);
}

class JourneyWriter {
 public:
  explicit JourneyWriter(Script& script)
      : script_(script), values_(script.data, script.variables, script.notes) {}

  void write_steps(const Yaml& flow) {
    for (const Yaml* step : as_list(flow)) {
      if (step->kind != Yaml::Kind::map) {
        note(step->line, "a step", "should be a map of names and values, and is left out");
        continue;
      }
      write_step(*step);
    }
  }

  bool makes_requests() const { return requests_ > 0; }
  const std::string& steps() const { return steps_; }

 private:
  void write_step(const Yaml& step) {
    if (step.find("loop")) {
      return write_loop(step);
    }
    Fields fields(step, "a step", script_.notes);
    for (const Member& member : step.members) {
      if (count_ >= kStepsAtMost || steps_.size() > kTextAtMost) {
        if (!full_) {
          note(step.line, "a step", "a journey has become too long here: the rest of it is left out");
        }
        full_ = true;
        return;
      }
      if (is_method(member.name)) {
        fields.get(member.name);
        if (const auto text = write_request(member, script_, values_)) {
          add(*text);
          ++requests_;
        }
      } else if (member.name == "think") {
        fields.get(member.name);
        write_think(member);
      }
    }
    fields.finish();
  }

  void write_think(const Member& think) {
    const auto pieces = parse_expressions(think.value.text);
    if (pieces.size() == 1 && pieces.front().kind == Expression::Kind::random_number &&
        pieces.front().least >= 0 && std::chrono::seconds(pieces.front().most) <= kLongest) {
      return add(fmt::format("[[journey.step]]\nthink = [\"{}s\", \"{}s\"]\n", pieces.front().least,
                             pieces.front().most));
    }
    if (const auto length = to_duration(think.value)) {
      return add(fmt::format("[[journey.step]]\nthink = \"{}\"\n", to_text(*length)));
    }
    note(think.line, fmt::format("think '{}'", think.value.text),
         "is no length of time up to a day; the pause is left out");
  }

  // Its steps as often as it says, one round behind the other: a flow has no loops.
  void write_loop(const Yaml& loop) {
    Fields fields(loop, "a loop", script_.notes);
    const Yaml* steps = fields.get("loop");
    const Yaml* count = fields.get("count");
    const double rounds = (count ? count->number() : std::nullopt).value_or(0);
    const bool counted = rounds >= 1 && rounds <= kRoundsAtMost && rounds == std::floor(rounds);
    for (const std::string_view other : {"over", "whileTrue", "loopValue", "loopElement"}) {
      if (fields.get(other)) {
        fields.note(
            other,
            "a flow has no loops: its steps are written once; 'repeat' makes one request until its answer "
            "says so");
      }
    }
    if (count && !counted) {
      fields.note("count", fmt::format("a loop is written out, up to {} times: its steps are written once",
                                       kRoundsAtMost));
    }
    fields.finish();
    for (int round = 1; round <= (counted ? static_cast<int>(rounds) : 1) && !full_; ++round) {
      if (counted) {
        values_.set("$loopCount", {{{false, fmt::format("{}", round)}}});
      }
      if (steps) {
        write_steps(*steps);
      }
    }
    values_.lose("$loopCount");
  }

  void add(const std::string& step) {
    steps_ += "\n" + step;
    ++count_;
  }

  void note(int line, std::string what, std::string why) {
    script_.notes.push_back({line, std::move(what), std::move(why)});
  }

  Script& script_;
  Values values_;
  std::string steps_;
  std::size_t count_ = 0, requests_ = 0;
  bool full_ = false;
};

// Nothing where nobody makes this journey.
std::optional<int> read_weight(Fields& fields) {
  const Yaml* value = fields.get("weight");
  const auto weight = value ? value->number() : std::optional(1.0);
  if (weight && *weight <= 0) {
    return std::nullopt;
  }
  if (!weight || *weight != std::floor(*weight) || *weight > kWeightAtMost) {
    const double nearest = std::clamp(std::round(weight.value_or(1)), 1.0, kWeightAtMost);
    fields.note("weight", fmt::format("a weight is a whole number up to {:.0f}: it is written as {:.0f}",
                                      kWeightAtMost, nearest));
    return static_cast<int>(nearest);
  }
  return static_cast<int>(*weight);
}

}  // namespace

std::optional<std::string> write_journey(const Yaml& scenario, std::size_t n, std::set<std::string>& names,
                                         Script& script) {
  Fields fields(scenario, "a scenario", script.notes);
  const std::string* given = fields.text("name");
  const std::string name = given && !given->empty() ? *given : fmt::format("scenario {}", n);
  const auto left_out = [&](std::string why) {
    script.notes.push_back({scenario.line, fmt::format("scenario '{}'", name), std::move(why)});
    return std::nullopt;
  };
  const std::string* engine = fields.text("engine");
  if (engine && *engine != "http") {
    return left_out(fmt::format("is of the engine '{}', and only HTTP can be sent; it is left out", *engine));
  }
  const auto weight = read_weight(fields);
  if (!weight) {
    return left_out("has the weight 0; it is left out");
  }
  const Yaml* flow = fields.get("flow");
  JourneyWriter writer(script);
  if (flow) {
    writer.write_steps(*flow);
  }
  fields.finish();
  if (!writer.makes_requests()) {
    return left_out(
        "has no request that could be carried over; it is left out, and the others share its load");
  }
  std::string unique = name;
  for (int again = 2; !names.insert(unique).second; ++again) {
    unique = fmt::format("{} {}", name, again);
  }
  return fmt::format("\n[[journey]]\nname = {}\nweight = {}\n{}", in_quotes(unique), *weight, writer.steps());
}

}  // namespace faultline::import
