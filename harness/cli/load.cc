// faultline load: load alone, against any address.

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/load_progress.h"
#include "cli/signals.h"
#include "load/plan.h"
#include "loadtest/engine.h"
#include "loadtest/single.h"
#include "loadtest/summary.h"
#include "run/directory.h"
#include "scenario/tenants.h"

namespace faultline::cli {
namespace {

constexpr std::size_t kJobsAtMost = 64;

struct LoadOptions {
  std::string file, url, out, json, plan, api_key, cacert, rate, duration;
  std::vector<std::string> settings;
  std::optional<std::uint64_t> seed;
  std::size_t jobs = 1, users = 0;
  bool brief = false, insecure = false, quiet = false, no_color = false;
  std::string progress = "auto";

  ProgressKind progress_kind() const { return progress_kind_of(progress, quiet); }
};

int usage(const std::string& text) {
  fmt::print(stderr, "faultline: {}\n", text);
  return kUsage;
}

// From the file, or made of the options. Nothing when something is wrong, which was said.
std::optional<loadtest::LoadTest> test_of(const LoadOptions& options, http::Url& url) {
  if (!options.file.empty()) {
    Diagnostics problems;
    loadtest::Reading reading{.changes = overrides_of(options.settings, problems), .brief = options.brief};
    auto test = loadtest::read(options.file, reading, problems);
    for (const Diagnostic& problem : problems) {
      fmt::print(stderr, "{}\n", to_text(problem));
    }
    return problems.empty() ? std::optional(std::move(test)) : std::nullopt;
  }
  const auto rate = options.rate.empty() ? std::nullopt : parse_rate(options.rate);
  const auto length = parse_duration(options.duration);
  if (!options.rate.empty() && !rate) {
    usage(fmt::format("--rate '{}' is no rate such as 100/s", options.rate));
    return std::nullopt;
  }
  if (!length || *length <= Duration::zero()) {
    usage(fmt::format("--for '{}' is no duration such as 10s", options.duration));
    return std::nullopt;
  }
  if (rate.has_value() == (options.users > 0)) {
    usage("without a FILE it takes either --rate or --users");
    return std::nullopt;
  }
  auto test = loadtest::single(url, rate, options.users, *length, options.seed.value_or(1));
  url.target = "/";
  return test;
}

// "key:tenant:tier,key:tenant:tier" as the service gets them, or one key for every tenant; the reference service's
// unless something else is given.
std::map<std::string, std::string> api_keys(const std::string& text, const loadtest::LoadTest& test) {
  std::map<std::string, std::string> keys;
  for (const scenario::Tenant& tenant : scenario::tenants()) {
    keys[tenant.name] = tenant.key;
  }
  if (text.empty()) {
    return keys;
  }
  for (const load::Load& load : test.loads) {
    for (const std::string& tenant : load::tenants(load.flow)) {
      keys[tenant] = text;
    }
  }
  for (std::size_t at = 0; text.find(':') != std::string::npos && at < text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const std::string one = text.substr(at, comma - at);
    const auto first = one.find(':');
    if (first != std::string::npos) {
      keys[one.substr(first + 1, one.find(':', first + 1) - first - 1)] = one.substr(0, first);
    }
    at = comma + 1;
  }
  return keys;
}

load::Secrets secrets_of(const LoadOptions& options, const loadtest::LoadTest& test) {
  load::Secrets secrets;
  const char* const from_environment = std::getenv("API_KEY");
  secrets.api_keys =
      api_keys(options.api_key.empty() && from_environment ? from_environment : options.api_key, test);
  for (const load::Load& load : test.loads) {
    for (const std::string& name : load.flow.environment) {
      if (const char* value = std::getenv(name.c_str())) {
        secrets.environment[name] = value;
      }
    }
  }
  return secrets;
}

double seconds_since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

int load(LoadOptions options) {
  Stop stop;
  const Signals signals(stop);
  auto url = http::parse_url(options.url);
  if (!url) {
    return usage(fmt::format("--url '{}' is no address such as http://127.0.0.1:3000", options.url));
  }
  auto test = test_of(options, *url);
  if (!test) {
    return kUsage;
  }
  test->seed = options.seed.value_or(test->seed);
  test->http.tls.insecure = test->http.tls.insecure || options.insecure;
  if (!options.cacert.empty()) {
    test->http.tls.ca_file = options.cacert;
  }
  if (!options.plan.empty()) {
    load::write_plan(std::filesystem::path(options.plan), load::plan(test->loads, test->phases, test->seed));
    return 0;
  }
  loadtest::Options how{.service = *url, .jobs = options.jobs, .secrets = secrets_of(options, *test)};
  how.repeat = fmt::format("faultline load {} --url {} --seed {}", options.file, options.url, test->seed);

  std::optional<loadtest::Output> output;
  if (!options.file.empty() || !options.out.empty()) {
    output.emplace(options.out.empty() ? run::default_path(test->name) : std::filesystem::path(options.out),
                   *test, seconds_since_1970());
  }
  std::optional<loadtest::Result> result;
  {
    LoadProgress progress(options.progress_kind(), *test, options.url);
    result = loadtest::run(*test, how, progress, stop, output ? &*output : nullptr);
  }
  fmt::print("\n{}", loadtest::summary(*result, wants_colour(options.no_color)));
  if (output) {
    output->write(*result);
    fmt::print("{}\n", output->directory().string());
  }
  if (!options.json.empty()) {
    write_json(options.json, loadtest::to_json(*result));
  }
  if (result->interrupted) {
    fmt::print(stderr, "faultline: interrupted; the numbers are of what there was by then\n");
    return 128 + stop.signal();
  }
  return loadtest::exit_status(result->verdict());
}

}  // namespace

void add_load(CLI::App& program, int& status) {
  CLI::App* command = program.add_subcommand("load", "Put load on any address, and judge what it answers");
  command->footer(
      "Examples:\n"
      "  faultline load suites/load/peak.toml --url http://127.0.0.1:3000 --short\n"
      "  faultline load --url http://127.0.0.1:3000/healthz --rate 500/s --for 30s\n"
      "  faultline load --url http://127.0.0.1:3000/healthz --users 50 --for 10s\n"
      "Exit status: 0 every threshold holds, 1 one does not, 2 the file or the command line is wrong, 3 "
      "something "
      "could not be had, 4 the generator did not keep up: the run says nothing about the service.");
  auto options = std::make_shared<LoadOptions>();
  command->add_option("file", options->file, "A load test; without one: --rate or --users, and --for")
      ->type_name("FILE")
      ->check(CLI::ExistingFile.description(""));
  command->add_option("--url", options->url, "Where the service is")->type_name("URL")->required();
  command->add_option("--seed", options->seed, "What all that is random is drawn from")
      ->check(is_seed())
      ->type_name("N");
  command->add_option("--jobs", options->jobs, "Threads (1); the load is the same for any number")
      ->check(CLI::Range(std::size_t{1}, kJobsAtMost).description(""))
      ->type_name("N");
  command->add_flag("--short", options->brief, "The phases' short lengths, for CI");
  command
      ->add_option("--rate", options->rate, "Without a file: so many GETs, whether or not they are answered")
      ->type_name("N/s");
  command
      ->add_option("--users", options->users,
                   "Without a file: so many users, each of whom waits for the answer")
      ->type_name("N");
  options->duration = "10s";
  command->add_option("--for", options->duration, "Without a file: for so long (10s)")->type_name("DURATION");
  command->add_option("--set", options->settings, "A value of the file, replaced")->type_name("KEY=VALUE");
  command
      ->add_option("--api-key", options->api_key,
                   "For ${api_key}: one key, or key:tenant:tier,… ($API_KEY, or the reference service's)")
      ->type_name("KEY");
  command->add_option("--cacert", options->cacert, "Whom to trust instead of the system's authorities")
      ->type_name("FILE")
      ->check(CLI::ExistingFile.description(""));
  command->add_flag("--insecure", options->insecure, "Trust whatever certificate the service has");
  command->add_option("--plan", options->plan, "Write the planned arrivals there, and do nothing else")
      ->type_name("FILE");
  command->add_option("--out", options->out, "Where the run's files go (runs/<utc>-<name>)")
      ->type_name("DIR");
  command->add_option("--json", options->json, "Write the result there as well")->type_name("FILE");
  command->add_option("--progress", options->progress, "auto, plain or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}).description(""));
  command->add_flag("-q,--quiet", options->quiet, "Only the result");
  command->add_flag("--no-color", options->no_color, "No colours");
  command->callback([options, &status] { status = load(*options); });
}

}  // namespace faultline::cli
