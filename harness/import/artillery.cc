#include "import/artillery.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/units.h"
#include "import/duration.h"
#include "import/fields.h"
#include "import/journey.h"
#include "import/phases.h"
#include "import/request.h"
#include "import/script.h"
#include "import/thresholds.h"
#include "import/toml_text.h"

namespace faultline::import {
namespace {

constexpr Duration kTimeoutAtMost = std::chrono::minutes(10);  // load/flow_request.cc

struct Parts {
  Phases phases;
  std::string headers, thresholds, http;
};

void read_target(Fields& config, Script& script) {
  const std::string* target = config.text("target");
  if (!target) {
    return;
  }
  script.target = *target;
  const auto pieces = parse_expressions(*target);
  const bool by_default = pieces.size() == 1 && pieces.front().fallback;
  config.note("target", fmt::format("a test does not say where the service is: run it with --url {}",
                                    by_default ? *pieces.front().fallback : *target));
}

// Headers of every request: at once where they need nothing that a journey captures.
void read_default_headers(const Yaml& defaults, Script& script, std::vector<std::string>& written) {
  Fields fields(defaults, "defaults", script.notes);
  const Yaml* headers = fields.get("headers");
  fields.finish();
  Values values(script.data, script.variables, script.notes);
  for (const Member& header : headers ? headers->members : std::vector<Member>{}) {
    std::string lacking;
    if (!may_be_header(header.name) || header.value.kind != Yaml::Kind::text ||
        header.value.text.find_first_of("\r\n") != std::string::npos) {
      script.notes.push_back({header.line, fmt::format("header '{}'", header.name),
                              "is written by the client itself, or can be no header"});
    } else if (!script.default_headers.insert(folded(header.name)).second) {
      script.notes.push_back(
          {header.line, fmt::format("header '{}'", header.name), "is here twice: the first counts"});
    } else if (const auto text = values.read(header.value.text, header.line, lacking)) {
      written.push_back(fmt::format("{} = {}", key(header.name), in_quotes(in_string(*text))));
    } else {
      script.headers.push_back(header);
      script.notes.push_back({header.line, fmt::format("default header '{}'", header.name),
                              lacking + "; each step that knows it has the header, the others go without"});
    }
  }
}

void read_http(const Yaml& value, Script& script, std::vector<std::string>& headers) {
  Fields http(value, "config.http", script.notes);
  if (const Yaml* limit = http.get("timeout")) {
    script.timeout = to_duration(*limit);
    if (!script.timeout || *script.timeout == Duration::zero() || *script.timeout > kTimeoutAtMost) {
      script.timeout.reset();
      http.note("timeout",
                fmt::format("is no length of time up to {}: steps keep the 10 s that they have without one",
                            to_text(kTimeoutAtMost)));
    }
  }
  if (const Yaml* defaults = http.get("defaults")) {
    read_default_headers(*defaults, script, headers);
  }
  http.finish();
}

void read_plugins(const Yaml& value, Script& script, Thresholds& thresholds) {
  Fields plugins(value, "config.plugins", script.notes);
  if (const Yaml* ensure = plugins.get("ensure")) {
    thresholds.read(*ensure, script.notes);
  }
  if (const Yaml* expect = plugins.get("expect")) {
    Fields(*expect, "the plugin expect", script.notes).finish();
  }
  if (const Yaml* by_endpoint = plugins.get("metrics-by-endpoint")) {
    Fields fields(*by_endpoint, "the plugin metrics-by-endpoint", script.notes);
    fields.get("stripQueryString");  // the name of a step has no query
    fields.finish();
  }
  plugins.finish();
}

Parts read_config(const Yaml& value, Script& script) {
  Fields config(value, "config", script.notes);
  read_target(config, script);
  if (const Yaml* variables = config.get("variables")) {
    read_variables(*variables, script.data, script.variables, script.notes);
  }
  if (const Yaml* payload = config.get("payload")) {
    read_payload(*payload, script.data, script.variables, script.notes);
  }
  Parts parts;
  std::vector<std::string> headers;
  if (const Yaml* http = config.get("http")) {
    read_http(*http, script, headers);
  }
  if (const Yaml* defaults = config.get("defaults")) {
    read_default_headers(*defaults, script, headers);
  }
  if (!headers.empty()) {
    parts.headers = fmt::format("headers = {}\n", table(headers));
  }
  if (const Yaml* tls = config.get("tls")) {
    Fields fields(*tls, "config.tls", script.notes);
    const Yaml* reject = fields.get("rejectUnauthorized");
    parts.http = reject && reject->boolean() == false ? "\n[http]\ninsecure = true\n" : "";
    fields.finish();
  }
  parts.phases = write_phases(config.get("phases"), value.line, script.notes);
  Thresholds thresholds;
  if (const Yaml* ensure = config.get("ensure")) {
    thresholds.read(*ensure, script.notes);
  }
  if (const Yaml* plugins = config.get("plugins")) {
    read_plugins(*plugins, script, thresholds);
  }
  parts.thresholds = thresholds.to_toml();
  config.finish();
  return parts;
}

}  // namespace

Import artillery(std::string_view script_text, const std::string& file, const std::string& name,
                 Diagnostics& problems) {
  Import result;
  const auto yaml = yaml::read(script_text, file, problems);
  if (!yaml) {
    return result;
  }
  const Yaml* config = yaml->find("config");
  const Yaml* scenarios = yaml->find("scenarios");
  if (!config || !scenarios) {
    problems.push_back({{file, std::max(yaml->line, 1), 1},
                        "this is no script of Artillery: it has no 'config' or no 'scenarios'",
                        {}});
    return result;
  }
  Script script;
  const Parts parts = read_config(*config, script);
  std::string journeys;
  std::set<std::string> names;
  std::size_t n = 0;
  for (const Yaml* scenario : as_list(*scenarios)) {
    journeys += write_journey(*scenario, ++n, names, script).value_or("");
  }
  Fields top(*yaml, "the script", script.notes);
  top.get("config");
  top.get("scenarios");
  top.finish();
  std::stable_sort(script.notes.begin(), script.notes.end(),
                   [](const Note& one, const Note& other) { return one.line < other.line; });
  result.notes = std::move(script.notes);
  if (journeys.empty()) {
    problems.push_back({{file, scenarios->line, 1}, "no scenario of it can be carried over", {}});
    return result;
  }
  const std::string data = script.data.to_toml();
  result.flow = fmt::format("[flow]\nname = {}\n{}{}{}", in_quotes(name), parts.headers,
                            data.empty() ? "" : "\n[flow.data]\n" + data, journeys);
  result.load_test = fmt::format("[load_test]\nname = {0}\n\n{1}[[load]]\nflow = {0}\nrate = {2}\n{3}{4}{5}",
                                 in_quotes(name), parts.phases.phases, parts.phases.rate, parts.thresholds,
                                 parts.phases.limits, parts.http);
  return result;
}

}  // namespace faultline::import
