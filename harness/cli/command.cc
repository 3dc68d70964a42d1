#include "cli/command.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file.h"
#include "http/message.h"

namespace faultline::cli {

namespace fs = std::filesystem;

namespace {

// A word as a POSIX shell takes it.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-+=./:,@%") == std::string::npos;
  if (plain) {
    return word;
  }
  std::string text = "'";
  for (const char c : word) {
    text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return text + "'";
}

}  // namespace

CLI::Validator is_seed() {
  return {[](const std::string& text) {
            Seed seed = 0;
            const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
            return error == std::errc() && stopped == text.data() + text.size()
                       ? std::string()
                       : fmt::format("'{}' is no whole number from 0 to {}", text,
                                     std::numeric_limits<Seed>::max());
          },
          ""};
}

CLI::Validator is_not_negative() {
  return {[](const std::string& text) {
            double number = 0;
            return CLI::detail::lexical_cast(text, number) && number >= 0
                       ? std::string()
                       : fmt::format("'{}' is no number from 0 on", text);
          },
          ""};
}

CLI::Validator is_run() {
  return {[](const std::string& path) {
            return fs::exists(fs::path(path) / "journal.ndjson")
                       ? std::string()
                       : fmt::format("{} is no directory that a run left: it holds no journal.ndjson", path);
          },
          ""};
}

void ScenarioOptions::add_to(CLI::App& command) {
  command.add_option("--seed", seed, "Seed of everything random; the scenario's own unless given")
      ->check(is_seed())
      ->type_name("N");
  command.add_option("--service", service, "Test this service instead: a command, or the http:// URL of one")
      ->type_name("CMD|URL");
  command
      .add_option(
          "--set", settings,
          "Replace a value of the file: --set service.env.RATE_LIMIT_FALLBACK=0 --set phase.steady.for=5s")
      ->type_name("KEY=VALUE")
      ->take_all();
}

ScenarioOptions ScenarioOptions::with(const std::vector<Override>& changes,
                                      const std::string& other_service) const {
  ScenarioOptions changed = *this;
  for (const Override& change : changes) {
    changed.settings.push_back(change.key + "=" + change.value);
  }
  if (!other_service.empty()) {
    changed.service = other_service;
  }
  return changed;
}

std::string ScenarioOptions::to_words() const {
  std::string words;
  if (seed) {
    words += fmt::format(" --seed {}", *seed);
  }
  if (!service.empty()) {
    words += " --service " + quoted(service);
  }
  for (const std::string& setting : settings) {
    words += " --set " + quoted(setting);
  }
  return words;
}

std::vector<fs::path> scenario_files(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  for (const std::string& path : paths) {
    if (fs::is_directory(path)) {
      std::vector<fs::path> found;
      for (const auto& entry : fs::directory_iterator(path)) {
        if (entry.path().extension() == ".toml") {
          found.push_back(entry.path());
        }
      }
      if (found.empty()) {
        throw UsageError(fmt::format("no scenario (*.toml) in {}", path));
      }
      std::sort(found.begin(), found.end());
      files.insert(files.end(), found.begin(), found.end());
    } else if (fs::exists(path)) {
      files.emplace_back(path);
    } else {
      throw UsageError(fmt::format("there is no scenario {}", path),
                       "see `faultline list` for what there is");
    }
  }
  return files;
}

std::vector<Override> overrides_of(const std::vector<std::string>& settings, Diagnostics& problems) {
  std::vector<Override> overrides;
  for (const std::string& setting : settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      problems.push_back({{"--set " + setting, 0, 0}, "must be KEY=VALUE", {}});
    } else {
      overrides.push_back({setting.substr(0, equals), setting.substr(equals + 1)});
    }
  }
  return overrides;
}

std::optional<scenario::Scenario> read_scenario(const fs::path& file, const ScenarioOptions& options) {
  Diagnostics problems;
  auto scenario = read_scenario(file, options, problems);
  for (const Diagnostic& problem : problems) {
    fmt::print(stderr, "{}\n", to_text(problem));
  }
  return scenario;
}

std::optional<std::vector<scenario::Scenario>> read_scenarios(const std::vector<std::string>& paths,
                                                              const ScenarioOptions& options) {
  std::vector<scenario::Scenario> scenarios;
  bool readable = true;
  for (const fs::path& file : scenario_files(paths)) {
    auto scenario = read_scenario(file, options);
    readable = readable && scenario;
    if (scenario) {
      scenarios.push_back(std::move(*scenario));
    }
  }
  return readable ? std::optional(std::move(scenarios)) : std::nullopt;
}

std::optional<scenario::Scenario> read_scenario(const fs::path& file, const ScenarioOptions& options,
                                                Diagnostics& problems) {
  const std::vector<Override> overrides = overrides_of(options.settings, problems);
  scenario::Scenario scenario = scenario::read(file, overrides, problems);
  if (!problems.empty()) {
    return std::nullopt;
  }
  if (options.seed) {
    scenario.seed = *options.seed;
  }
  if (!options.service.empty()) {
    scenario::Service& service = scenario.service;
    service.use.clear();
    service.run.clear();
    service.url.clear();
    if (const auto url = http::parse_url(options.service); url && !url->tls) {
      service.url = options.service;
    } else {
      service.run = {"/bin/sh", "-c", options.service};
      service.directory = fs::current_path();
    }
  }
  return scenario;
}

void add_transport(CLI::App& command, std::string& name) {
  command
      .add_option("--transport", name,
                  "How the proxies move bytes: io_uring, or Asio's reactor, which works everywhere (auto)")
      ->type_name("auto|reactor|uring")
      ->check(CLI::IsMember({"auto", "reactor", "uring"}).description(""));
}

transport::Kind transport_kind(const std::string& name) {
  return name == "uring"     ? transport::Kind::uring
         : name == "reactor" ? transport::Kind::reactor
                             : transport::Kind::automatic;
}

void write_json(const std::string& path, const nlohmann::ordered_json& json) {
  write_file(path, json.dump(2) + '\n', "name another file with --json");
}

bool is_terminal() {
  return isatty(STDOUT_FILENO) != 0;
}

std::size_t columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool wants_colour(bool no_color) {
  return !no_color && is_terminal() && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace faultline::cli
