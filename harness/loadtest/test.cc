#include "loadtest/test.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/beside.h"
#include "core/file.h"
#include "core/units.h"
#include "loadtest/tags.h"

namespace faultline::loadtest {
namespace {

using metrics::Kind;

constexpr Duration kDrain = std::chrono::seconds(30);
constexpr std::int64_t kInFlightAtMost = 1'000'000;

void read_head(Table& file, LoadTest& test) {
  auto table = file.table("load_test");
  if (!table) {
    return file.missing("load_test");
  }
  test.name = table->required_text("name");
  test.title = table->text("title").value_or(test.name);
  test.summary = table->text("summary").value_or("");
  const auto seed = table->integer("seed");
  if (seed && *seed < 0) {
    table->problem("seed", "a seed is not negative");
  }
  test.seed = static_cast<Seed>(seed.value_or(1));
  table->finish();
}

void read_phases(Table& file, bool brief, LoadTest& test) {
  for (Table& table : file.tables("phase")) {
    load::Phase phase{table.required_text("name"), table.required_duration("for")};
    const auto in_brief = table.duration("short");
    phase.length = brief ? in_brief.value_or(phase.length) : phase.length;
    if (phase.length <= Duration::zero()) {
      table.problem("for", "a phase takes some time");
    }
    const bool twice = std::any_of(test.phases.begin(), test.phases.end(),
                                   [&](const load::Phase& other) { return other.name == phase.name; });
    if (twice) {
      table.problem("name", fmt::format("there are two phases '{}'", phase.name));
    }
    table.finish();
    test.phases.push_back(std::move(phase));
  }
  if (!file.has("phase")) {
    file.missing("phase");
  }
}

void read_loads(Table& file, LoadTest& test, Diagnostics& problems) {
  for (Table& table : file.tables("load")) {
    const auto resolve = [&](const std::string& name) { return find_beside(test.file, "flows", name); };
    const std::string name = table.text("flow").value_or("");
    if (auto load = load::read_load(table, resolve, test.phases, problems)) {
      test.loads.push_back(std::move(*load));
      const auto path = resolve(name);
      test.sources.emplace_back("flows/" + path->filename().string(), read_file(*path).value_or(""));
      for (const auto& data : test.loads.back().flow.files) {
        test.sources.emplace_back("flows/" + data.filename().string(), read_file(data).value_or(""));
      }
    }
  }
  if (!file.has("load")) {
    file.missing("load");
  }
}

std::optional<metrics::Threshold> read_level(Table& table, std::string_view key, const metrics::Selector& of,
                                             Kind kind) {
  const std::string text = table.required_text(key);
  auto threshold = metrics::parse_threshold(text, kind);
  if (!threshold && table.has(key)) {
    table.problem(key, fmt::format("'{}' is no threshold of a {}", text, metrics::to_text(kind)));
  } else if (threshold) {
    threshold->of = of;
  }
  return threshold;
}

void read_targets(Table& file, LoadTest& test) {
  const auto known = known_metrics(test.loads);
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& [name, kind] : known) {
    names.push_back(name);
  }
  for (Table& table : file.tables("target")) {
    const std::string metric = table.required_text("metric");
    const auto selector = metrics::parse_selector(metric);
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& each) {
      return selector && each.first == selector->metric;
    });
    if (found == known.end()) {
      table.problem("metric", fmt::format("there is no metric '{}'", metric), did_you_mean(metric, names));
      continue;
    }
    auto target = read_level(table, "target", *selector, found->second);
    auto warning = read_level(table, "warning", *selector, found->second);
    table.finish();
    if (target && warning) {
      test.targets.push_back({std::move(*target), std::move(*warning)});
    }
  }
}

void read_limits(Table& file, LoadTest& test) {
  test.limits.drain = kDrain;
  test.http.max_idle = SIZE_MAX;
  auto table = file.table("limits");
  if (!table) {
    return;
  }
  const auto count = [&](std::string_view key, std::int64_t least, std::size_t fallback) {
    const auto number = table->integer(key);
    if (number && (*number < least || *number > kInFlightAtMost)) {
      table->problem(key, fmt::format("'{}' must be {} to {}", key, least, kInFlightAtMost));
    }
    return number ? static_cast<std::size_t>(*number) : fallback;
  };
  test.limits.in_flight = count("in_flight", 1, test.limits.in_flight);
  test.http.max_connections = count("connections", 0, 0);
  if (const auto past = table->one_of("past", {"shed", "wait"})) {
    test.limits.past = *past == "wait" ? load::DriverLimits::Past::wait : load::DriverLimits::Past::shed;
  }
  test.limits.drain = table->duration("drain").value_or(kDrain);
  table->finish();
}

void read_http(Table& file, LoadTest& test) {
  auto table = file.table("http");
  if (!table) {
    return;
  }
  test.http.gzip = table->boolean("gzip").value_or(false);
  if (const auto cacert = table->text("cacert")) {
    const auto path = test.file.parent_path() / *cacert;
    test.http.tls.ca_file = path.string();
    if (!std::filesystem::is_regular_file(path)) {
      table->problem("cacert", fmt::format("there is no file {}", path.string()));
    }
  }
  test.http.tls.insecure = table->boolean("insecure").value_or(false);
  table->finish();
}

// A threshold of what there can never be would have nothing to say.
void check_tags(Table& table, std::string_view key, const std::string& metric, const LoadTest& test) {
  const auto selector = metrics::parse_selector(metric);
  if (const auto wrong = selector ? wrong_tag(*selector, test.loads, test.phases) : std::nullopt) {
    table.problem(key, wrong->message, wrong->suggestion);
  }
}

void check_tags(Table& file, const LoadTest& test) {
  if (auto thresholds = file.table("thresholds")) {
    for (const std::string& key : thresholds->keys()) {
      check_tags(*thresholds, key, key, test);
    }
  }
  for (Table& target : file.tables("target")) {
    check_tags(target, "metric", target.text("metric").value_or(""), test);
  }
}

LoadTest read(Table& file, const std::filesystem::path& path, const Reading& reading, Diagnostics& problems) {
  LoadTest test;
  test.file = path;
  for (const Override& change : reading.changes) {
    file.set(change);
  }
  test.sources.emplace_back("load_test.toml", file.to_toml());
  read_head(file, test);
  read_phases(file, reading.brief, test);
  read_loads(file, test, problems);
  test.thresholds = metrics::read_thresholds(file, known_metrics(test.loads));
  read_targets(file, test);
  read_limits(file, test);
  read_http(file, test);
  test.validity = load::read_validity(file);
  file.finish();
  if (problems.empty()) {
    check_tags(file, test);
  }
  return test;
}

}  // namespace

Duration LoadTest::length() const {
  return std::accumulate(phases.begin(), phases.end(), Duration::zero(),
                         [](Duration sum, const load::Phase& phase) { return sum + phase.length; });
}

LoadTest read(const std::filesystem::path& file, const Reading& reading, Diagnostics& problems) {
  Table table = Table::parse_file(file, problems);
  return problems.empty() ? read(table, file, reading, problems) : LoadTest{};
}

LoadTest read_text(const std::string& text, const std::string& name, const Reading& reading,
                   Diagnostics& problems) {
  Table table = Table::parse(text, name, problems);
  return problems.empty() ? read(table, name, reading, problems) : LoadTest{};
}

std::vector<std::pair<std::string, Kind>> known_metrics(const std::vector<load::Load>& loads) {
  std::vector<std::pair<std::string, Kind>> known = {
      {"http_reqs", Kind::counter},
      {"http_req_duration", Kind::trend},
      {"http_req_service_time", Kind::trend},
      {"http_req_blocked", Kind::trend},
      {"http_req_connecting", Kind::trend},
      {"http_req_tls_handshaking", Kind::trend},
      {"http_req_sending", Kind::trend},
      {"http_req_waiting", Kind::trend},
      {"http_req_receiving", Kind::trend},
      {"http_req_failed", Kind::rate},
      {"checks", Kind::rate},
      {"iterations", Kind::counter},
      {"iteration_duration", Kind::trend},
      {"iteration_failed", Kind::rate},
      {"dropped_iterations", Kind::counter},
      {"arrival_lateness", Kind::trend},
      {"data_sent", Kind::counter},
      {"data_received", Kind::counter},
      {"vus", Kind::gauge},
      {"vus_max", Kind::gauge},
  };
  for (const load::Load& load : loads) {
    for (const load::Journey& journey : load.flow.journeys) {
      for (const load::Step& step : journey.steps) {
        if (const auto* request = std::get_if<load::RequestStep>(&step)) {
          for (const load::Measure& measure : request->measures) {
            const std::pair own(measure.metric, measure.kind);
            if (std::find(known.begin(), known.end(), own) == known.end()) {
              known.push_back(own);
            }
          }
        }
      }
    }
  }
  return known;
}

}  // namespace faultline::loadtest
