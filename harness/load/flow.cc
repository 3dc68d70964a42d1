#include "load/flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/units.h"
#include "load/flow_file.h"
#include "load/flow_request.h"

namespace faultline::load {
namespace {

constexpr std::int64_t kHexDigitsAtMost = 64;
constexpr std::int64_t kWeightAtMost = 1'000'000;
constexpr double kSkewAtMost = 10;
constexpr std::int64_t kIntegerAtMost = std::int64_t{1} << 53;  // beyond it, JSON readers round

std::optional<Hex> read_hex(Table& table) {
  const auto digits = table.integer("hex");
  if (digits && (*digits < 1 || *digits > kHexDigitsAtMost)) {
    table.problem("hex", fmt::format("'hex' must be 1 to {} digits", kHexDigitsAtMost));
    return std::nullopt;
  }
  return digits ? std::optional(Hex{static_cast<std::size_t>(*digits)}) : std::nullopt;
}

std::optional<Pick> read_pick(Table& table) {
  Pick pick{.of = table.texts("pick")};
  const double skew = table.number("skew").value_or(0);
  if (pick.of.empty()) {
    table.problem("pick", "'pick' must name what to pick from: an array of strings");
    return std::nullopt;
  }
  if (!(skew >= 0 && skew <= kSkewAtMost)) {
    table.problem("skew", fmt::format("'skew' must be 0 to {}", kSkewAtMost));
    return std::nullopt;
  }
  double sum = 0;
  for (std::size_t n = 1; skew > 0 && n <= pick.of.size(); ++n) {
    pick.up_to.push_back(sum += std::pow(static_cast<double>(n), -skew));
  }
  return pick;
}

std::optional<Integer> read_integer(Table& table) {
  const auto value = table.get("integer");
  const auto ends = value && value->kind() == Value::Kind::array ? value->array() : std::vector<Value>{};
  const auto fits = [](const Value& end) {
    return end.kind() == Value::Kind::integer && end.integer() >= -kIntegerAtMost &&
           end.integer() <= kIntegerAtMost;
  };
  if (ends.size() != 2 || !fits(ends[0]) || !fits(ends[1]) || ends[0].integer() > ends[1].integer()) {
    table.problem("integer", "'integer' must be [least, most], both within 2^53", "write it like [1, 500]");
    return std::nullopt;
  }
  return Integer{ends[0].integer(), ends[1].integer()};
}

std::optional<Text> read_text(Table& table, const Names& names, Diagnostics& problems) {
  const auto value = table.get("text");
  if (value && value->kind() == Value::Kind::text) {
    auto text = read_template(*value, names, problems);
    return text ? std::optional(Text{std::move(*text)}) : std::nullopt;
  }
  table.problem("text", "'text' must be a string");
  return std::nullopt;
}

void note_file(const std::filesystem::path& path, Flow& flow) {
  if (std::find(flow.files.begin(), flow.files.end(), path) == flow.files.end()) {
    flow.files.push_back(path);
  }
}

// A generator for each column, which share a row.
void read_file(const std::string& name, Table& table, Names& names, Flow& flow) {
  const std::string file = table.required_text("file");
  try {
    const std::filesystem::path path = beside(table, file);
    const auto records = std::make_shared<const Records>(read_records(path));
    if (records->rows.empty()) {
      throw std::runtime_error("it has no row");
    }
    const std::size_t first = flow.data.size();
    for (std::size_t column = 0; column < records->columns.size(); ++column) {
      const std::string& title = records->columns[column];
      if (!is_name(title)) {
        throw std::runtime_error(
            fmt::format("its column '{}' cannot be a name: use letters, digits and _", title));
      }
      flow.data.push_back({fmt::format("{}.{}", name, title), Column{records, column, first}});
      names.known[flow.data.back().name] = Names::Kind::text;
    }
    note_file(path, flow);
  } catch (const std::runtime_error& error) {
    table.problem("file", fmt::format("'{}': {}", file, error.what()));
  }
  table.finish();
}

std::optional<Generator> read_generator(const std::string& name, Table& table, const Names& names,
                                        Diagnostics& problems) {
  static const std::vector<std::string> kKinds = {"hex", "pick", "integer", "text", "file"};
  const auto kinds = std::count_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return table.has(k); });
  std::optional<Generator> generator;
  const auto made = [&](auto kind) {
    if (kind) {
      generator = Generator{name, std::move(*kind)};
    }
  };
  if (kinds != 1) {
    const std::vector<std::string> keys = table.keys();
    problems.push_back({table.place(), fmt::format("'{}' must be one of {}", name, fmt::join(kKinds, ", ")),
                        keys.empty() ? "" : did_you_mean(keys.front(), kKinds)});
    return std::nullopt;
  }
  if (table.has("hex")) {
    made(read_hex(table));
  } else if (table.has("pick")) {
    made(read_pick(table));
  } else if (table.has("integer")) {
    made(read_integer(table));
  } else {
    made(read_text(table, names, problems));
  }
  table.finish();
  return generator;
}

// Fills `names` with what is drawn, in the order of the file: each may use those above it.
void read_data(Table& file, Names& names, Diagnostics& problems, Flow& flow) {
  std::vector<Generator>& data = flow.data;
  auto table = file.table("data");
  if (!table) {
    return;
  }
  for (const std::string& name : table->keys()) {
    auto generator = table->table(name);
    if (!is_name(name) || name == kArrivalName || name == kApiKeyName) {
      table->problem(name, fmt::format("'{}' cannot be a name", name),
                     is_name(name) ? "it is the placeholder of something else" : "use letters, digits and _");
    } else if (generator && generator->has("file")) {
      read_file(name, *generator, names, flow);
    } else if (generator) {
      if (auto read = read_generator(name, *generator, names, problems)) {
        const bool integer = std::holds_alternative<Integer>(read->kind);
        data.push_back(std::move(*read));
        names.known[name] = integer ? Names::Kind::integer : Names::Kind::text;
      } else {
        names.known[name] = Names::Kind::text;  // said once, here, and not again at each use
      }
    }
  }
}

bool draws_tenant(const std::vector<Generator>& data) {
  return std::any_of(data.begin(), data.end(), [](const Generator& generator) {
    return generator.name == kTenantName && std::holds_alternative<Pick>(generator.kind);
  });
}

// A length, or a pair of them.
ThinkStep read_think(Table& table) {
  const auto value = table.get("think");
  if (value->kind() != Value::Kind::array) {
    const Duration length = table.required_duration("think");
    return {length, length};
  }
  std::vector<Duration> ends;
  for (const Value& end : value->array()) {
    if (const auto length = end.kind() == Value::Kind::text ? parse_duration(end.text()) : std::nullopt) {
      ends.push_back(*length);
    }
  }
  if (ends.size() != 2 || value->array().size() != 2 || ends[0] > ends[1]) {
    table.problem("think", "'think' must be a duration, or [least, most]", "write it like [\"1s\", \"3s\"]");
    return {};
  }
  return {ends[0], ends[1]};
}

// A step that measures from the beginning of another one must come behind it.
void check_since(Table& table, const Journey& journey) {
  std::vector<std::string> before;
  for (const Step& step : journey.steps) {
    if (const auto* request = std::get_if<RequestStep>(&step)) {
      for (const Measure& measure : request->measures) {
        if (!measure.since.empty() &&
            std::find(before.begin(), before.end(), measure.since) == before.end()) {
          table.problem("step",
                        fmt::format("no step '{}' stands before '{}', which measures from it", measure.since,
                                    request->route),
                        did_you_mean(measure.since, before));
        }
      }
      before.push_back(request->route);
    }
  }
}

// The steps of a journey; what they capture is added to `names`.
void read_steps(Table& table, const Common& common, Names& names, Diagnostics& problems, Journey& journey) {
  bool requests = false;
  for (Table& step : table.tables("step")) {
    if (step.has("think") == step.has("request")) {
      problems.push_back({step.place(), "a step has either 'request' or 'think'",
                          step.has("think") ? "make two steps of it" : ""});
    } else if (step.has("think")) {
      journey.steps.emplace_back(read_think(step));
      step.finish();
    } else {
      journey.steps.emplace_back(read_request(step, common, names, problems));
      requests = true;
    }
  }
  if (!requests) {
    problems.push_back({table.place(), fmt::format("journey '{}' makes no request", journey.name), {}});
  }
  check_since(table, journey);
  table.finish();
}

// What is made once. Its captures are known from there on.
std::optional<Journey> read_once(Table& file, std::string_view key, const Common& common, Names& names,
                                 Diagnostics& problems) {
  auto table = file.table(key);
  if (!table) {
    return std::nullopt;
  }
  Journey journey;
  journey.name = key;
  read_steps(*table, common, names, problems, journey);
  return journey;
}

Journey read_journey(Table& table, const Common& common, Names names, Diagnostics& problems) {
  Journey journey;
  journey.name = table.required_text("name");
  const std::int64_t weight = table.integer("weight").value_or(1);
  if (weight < 1 || weight > kWeightAtMost) {
    table.problem("weight", fmt::format("'weight' must be 1 to {}", kWeightAtMost));
  } else {
    journey.weight = static_cast<std::uint32_t>(weight);
  }
  read_steps(table, common, names, problems, journey);
  return journey;
}

void note_secrets(const Template& text, Flow& flow) {
  for (const Template::Piece& piece : text.pieces) {
    if (piece.placeholder && piece.text == kApiKeyName) {
      flow.wants_api_key = true;
    } else if (piece.placeholder && piece.text.starts_with(kEnvironmentPrefix)) {
      flow.environment.insert(piece.text.substr(kEnvironmentPrefix.size()));
    }
  }
}

void note_needs(const Journey& journey, Flow& flow) {
  for (const Step& step : journey.steps) {
    if (const auto* request = std::get_if<RequestStep>(&step)) {
      note_secrets(request->target, flow);
      for (const auto& [name, value] : request->headers) {
        note_secrets(value, flow);
      }
      for (const auto& piece : request->body ? request->body->pieces : decltype(Body::pieces){}) {
        if (const auto* text = std::get_if<Template>(&piece)) {
          note_secrets(*text, flow);
        } else {
          note_file(std::get<BodyFile>(piece).path, flow);
        }
      }
    }
  }
}

// The secrets and the files of its requests.
void note_needs(Flow& flow) {
  for (const Journey& journey : flow.journeys) {
    note_needs(journey, flow);
  }
  for (const auto& once : {flow.setup, flow.teardown}) {
    if (once) {
      note_needs(*once, flow);
    }
  }
}

}  // namespace

bool RequestStep::expects(int status) const {
  return expect.empty() ? status >= 200 && status <= 299
                        : std::find(expect.begin(), expect.end(), status) != expect.end();
}

const Journey* Flow::journey(const std::string& wanted) const {
  const auto found = std::find_if(journeys.begin(), journeys.end(),
                                  [&](const Journey& journey) { return journey.name == wanted; });
  return found == journeys.end() ? nullptr : &*found;
}

std::optional<Flow> read_flow(Table& file, Diagnostics& problems) {
  const std::size_t problems_before = problems.size();
  Flow flow;
  Names names;
  names.known[std::string(kArrivalName)] = Names::Kind::integer;
  Common common;
  if (auto table = file.table("flow")) {
    flow.name = table->required_text("name");
    names.secrets = false;
    read_data(*table, names, problems, flow);
    names.secrets = true;
    if (draws_tenant(flow.data)) {
      names.known[std::string(kApiKeyName)] = Names::Kind::text;
    }
    common.headers = read_headers(*table, names, problems);
    common.redirects = read_redirects(*table).value_or(common.redirects);
    table->finish();
  } else if (!file.has("flow")) {
    file.missing("flow");
  }
  flow.setup = read_once(file, "setup", common, names, problems);
  Names of_teardown = names;
  flow.teardown = read_once(file, "teardown", common, of_teardown, problems);
  for (Table& table : file.tables("journey")) {
    Journey journey = read_journey(table, common, names, problems);
    if (flow.journey(journey.name)) {
      table.problem("name", fmt::format("there are two journeys '{}'", journey.name));
    }
    flow.journeys.push_back(std::move(journey));
  }
  if (!file.has("journey")) {
    file.missing("journey");
  }
  file.finish();
  if (problems.size() != problems_before) {
    return std::nullopt;
  }
  note_needs(flow);
  return flow;
}

std::optional<Flow> read_flow(const std::filesystem::path& path, Diagnostics& problems) {
  const std::size_t problems_before = problems.size();
  Table file = Table::parse_file(path, problems);
  return problems.size() == problems_before ? read_flow(file, problems) : std::nullopt;
}

std::vector<std::string> tenants(const Flow& flow) {
  if (flow.wants_api_key) {
    for (const Generator& generator : flow.data) {
      if (generator.name == kTenantName) {
        return std::get<Pick>(generator.kind).of;
      }
    }
  }
  return {};
}

double expected_requests(const Flow& flow) {
  double weights = 0, requests = 0;
  for (const Journey& journey : flow.journeys) {
    const auto count = std::count_if(journey.steps.begin(), journey.steps.end(), [](const Step& step) {
      return std::holds_alternative<RequestStep>(step);
    });
    weights += journey.weight;
    requests += journey.weight * static_cast<double>(count);
  }
  return requests / weights;
}

}  // namespace faultline::load
