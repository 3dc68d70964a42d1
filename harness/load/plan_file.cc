// How a plan is written to a file, and read from one.

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "core/error.h"
#include "core/units.h"
#include "load/plan.h"

namespace faultline::load {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Arrival& arrival) {
  Json data = Json::object();
  for (const auto& [name, value] : arrival.data) {
    data[name] = value;
  }
  Json json = {{"k", arrival.number}, {"at", to_text(arrival.at)}};
  if (arrival.after != 0) {
    json["after"] = arrival.after;
  }
  json["phase"] = arrival.phase;
  json["flow"] = arrival.flow;
  json["journey"] = arrival.journey;
  json["data"] = std::move(data);
  json["traceparent"] = arrival.traceparent;
  return json;
}

// W3C Trace Context, 3.2.2: version, trace id, parent id and flags, in lower-case hexadecimal.
bool is_traceparent(std::string_view text) {
  constexpr std::string_view kShape = "hh-hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh-hhhhhhhhhhhhhhhh-hh";
  return std::equal(text.begin(), text.end(), kShape.begin(), kShape.end(), [](char c, char shape) {
    return shape == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

// Reads one line after the other, and remembers what the next must come after.
class Reader {
 public:
  Reader(std::string name, const std::vector<Load>& loads, const std::vector<Phase>& phases,
         Diagnostics& problems)
      : name_(std::move(name)), loads_(loads), phases_(phases), problems_(problems) {}

  void read(const std::string& text) {
    ++line_;
    Json json;
    try {
      json = Json::parse(text);
    } catch (const Json::parse_error& error) {
      problems_.push_back({{name_, line_, static_cast<int>(std::max<std::size_t>(error.byte, 1))},
                           "this line is not JSON",
                           "take the whole line out to leave its arrival out"});
      return;
    }
    const std::size_t problems_before = problems_.size();
    Arrival arrival = read_arrival(json);
    if (problems_.size() == problems_before) {
      check(arrival);
    }
    if (problems_.size() == problems_before) {
      arrivals_.push_back(std::move(arrival));
    }
  }

  std::vector<Arrival> take() { return std::move(arrivals_); }

 private:
  void problem(std::string message, std::string suggestion = {}) {
    problems_.push_back({{name_, line_, 1}, std::move(message), std::move(suggestion)});
  }

  std::string text(const Json& json, const std::string& key) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) {
      problem(fmt::format("this arrival has no text '{}'", key));
      return {};
    }
    return found->get<std::string>();
  }

  Arrival read_arrival(const Json& json) {
    static const std::vector<std::string> kKeys = {"k",    "at",      "after", "phase",
                                                   "flow", "journey", "data",  "traceparent"};
    Arrival arrival;
    if (!json.is_object()) {
      problem("an arrival is a JSON object");
      return arrival;
    }
    for (const auto& [key, value] : json.items()) {
      if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        problem(fmt::format("unknown key '{}'", key), did_you_mean(key, kKeys));
      }
    }
    if (const auto k = json.find("k"); k != json.end() && k->is_number_unsigned() && *k != 0) {
      arrival.number = k->get<std::uint64_t>();
      if (iteration_of(arrival.number)) {
        problem("'k' is the number of a user's journey, which no plan has");
      }
    } else {
      problem("this arrival has no number 'k'");
    }
    if (const std::string at = text(json, "at"); const auto parsed = parse_duration(at)) {
      arrival.at = *parsed;
    } else if (!at.empty()) {
      problem(fmt::format("'at' is no duration: '{}'", at), "write it like \"800ms\"");
    }
    if (const auto after = json.find("after"); after != json.end()) {
      if (after->is_number_unsigned() && *after < arrival.number) {
        arrival.after = after->get<std::uint64_t>();
      } else {
        problem("'after' is not the number of an earlier arrival");
      }
    }
    arrival.phase = text(json, "phase");
    arrival.flow = text(json, "flow");
    arrival.journey = text(json, "journey");
    arrival.traceparent = text(json, "traceparent");
    read_data(json, arrival);
    return arrival;
  }

  void read_data(const Json& json, Arrival& arrival) {
    const auto data = json.find("data");
    if (data == json.end() || !data->is_object()) {
      problem("this arrival has no object 'data'");
      return;
    }
    for (const auto& [name, value] : data->items()) {
      arrival.data.emplace_back(name, text(*data, name));
    }
  }

  void check(const Arrival& arrival) {
    if (!arrivals_.empty() && arrival.number <= arrivals_.back().number) {
      problem(fmt::format("arrival {} stands after arrival {}", arrival.number, arrivals_.back().number));
    }
    if (!arrivals_.empty() && arrival.at < arrivals_.back().at) {
      problem(fmt::format("arrival {} is due before the one above it", arrival.number));
    }
    if (!is_traceparent(arrival.traceparent)) {
      problem("'traceparent' is not one of W3C Trace Context");
    }
    check_phase(arrival);
    check_flow(arrival);
  }

  void check_phase(const Arrival& arrival) {
    Duration end{};
    for (const Phase& phase : phases_) {
      end += phase.length;
      if (arrival.at < end) {
        if (arrival.phase != phase.name) {
          problem(fmt::format("arrival {} is due in phase '{}', not '{}'", arrival.number, phase.name,
                              arrival.phase));
        }
        return;
      }
    }
    problem(fmt::format("arrival {} is due after the last phase has ended", arrival.number));
  }

  void check_flow(const Arrival& arrival) {
    std::vector<std::string> flows, journeys, wanted, given;
    const Flow* flow = nullptr;
    for (const Load& load : loads_) {
      flows.push_back(load.flow.name);
      flow = load.flow.name == arrival.flow ? &load.flow : flow;
    }
    if (!flow) {
      problem(fmt::format("there is no flow '{}'", arrival.flow), did_you_mean(arrival.flow, flows));
      return;
    }
    for (const Journey& journey : flow->journeys) {
      journeys.push_back(journey.name);
    }
    if (!flow->journey(arrival.journey)) {
      problem(fmt::format("flow '{}' has no journey '{}'", flow->name, arrival.journey),
              did_you_mean(arrival.journey, journeys));
    }
    for (const Generator& generator : flow->data) {
      wanted.push_back(generator.name);
    }
    for (const auto& [name, value] : arrival.data) {
      given.push_back(name);
    }
    if (given != wanted) {
      problem(fmt::format("the data of flow '{}' are {}, in this order; here: {}", flow->name,
                          fmt::join(wanted, ", "), fmt::join(given, ", ")));
    }
  }

  const std::string name_;
  const std::vector<Load>& loads_;
  const std::vector<Phase>& phases_;
  Diagnostics& problems_;
  int line_ = 0;
  std::vector<Arrival> arrivals_;
};

}  // namespace

void write_plan(std::ostream& out, const std::vector<Arrival>& arrivals) {
  for (const Arrival& arrival : arrivals) {
    out << to_json(arrival).dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
  }
}

void write_plan(const std::filesystem::path& path, const std::vector<Arrival>& arrivals) {
  std::ofstream file(path, std::ios::binary);
  write_plan(file, arrivals);
  file.close();
  if (!file) {
    throw EnvironmentError(fmt::format("cannot write {}", path.string()),
                           "choose another directory with --out");
  }
}

std::vector<Arrival> read_plan(std::istream& in, const std::string& name, const std::vector<Load>& loads,
                               const std::vector<Phase>& phases, Diagnostics& problems) {
  Reader reader(name, loads, phases, problems);
  for (std::string line; std::getline(in, line);) {
    reader.read(line);
  }
  return reader.take();
}

std::vector<Arrival> read_plan(const std::filesystem::path& path, const std::vector<Load>& loads,
                               const std::vector<Phase>& phases, Diagnostics& problems) {
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored)) {
    problems.push_back({{path.string(), 0, 0}, "cannot be read", {}});
    return {};
  }
  return read_plan(file, path.string(), loads, phases, problems);
}

}  // namespace faultline::load
