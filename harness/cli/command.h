#pragma once
// What the subcommands share: each is one file that adds itself to the program and leaves its exit status
// here.

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "core/error.h"
#include "core/table.h"
#include "scenario/scenario.h"
#include "transport/transport.h"

namespace faultline::cli {

// Exit statuses. What a verdict gives is in result/result.h.
inline constexpr int kUsage = 2;
inline constexpr int kEnvironment = 3;

/// What could not be had is a path that the command line names. Ends the program with kUsage.
class UsageError : public EnvironmentError {
 public:
  using EnvironmentError::EnvironmentError;
};

void add_run(CLI::App& program, int& status);
void add_audit(CLI::App& program, int& status);
void add_compare(CLI::App& program, int& status);
void add_check(CLI::App& program, int& status);
void add_list(CLI::App& program, int& status);
void add_up(CLI::App& program, int& status);
void add_proxy(CLI::App& program, int& status);
void add_mock(CLI::App& program, int& status);
void add_load(CLI::App& program, int& status);
void add_import(CLI::App& program, int& status);
void add_report(CLI::App& program, int& status);
void add_trace(CLI::App& program, int& status);
void add_diff(CLI::App& program, int& status);
void add_replay(CLI::App& program, int& status);

/// Checks of what options are given.
CLI::Validator is_seed();          // a whole number of 64 bits; CLI11 itself takes "-5" for one
CLI::Validator is_not_negative();  // a number
CLI::Validator is_run();           // the directory that a run left

/// Options that say which scenario and what is different in it.
struct ScenarioOptions {
  std::string service;                // --service CMD|URL
  std::vector<std::string> settings;  // --set key=value
  std::optional<std::uint64_t> seed;  // --seed N

  void add_to(CLI::App& command);
  /// With these on top; an empty service changes nothing.
  ScenarioOptions with(const std::vector<Override>& changes, const std::string& other_service) const;
  /// As words of a command line, for "run it again".
  std::string to_words() const;
};

/// --transport auto|reactor|uring
void add_transport(CLI::App& command, std::string& name);
transport::Kind transport_kind(const std::string& name);

/// The scenario files under these paths, a directory standing for every .toml file in it, by name. Throws
/// UsageError for a path that is not there.
std::vector<std::filesystem::path> scenario_files(const std::vector<std::string>& paths);

/// Reads a scenario and applies the options. Mistakes are printed to standard error; then there is no
/// scenario.
std::optional<scenario::Scenario> read_scenario(const std::filesystem::path& file,
                                                const ScenarioOptions& options);
/// The same, but mistakes are left in `problems`.
std::optional<scenario::Scenario> read_scenario(const std::filesystem::path& file,
                                                const ScenarioOptions& options, Diagnostics& problems);
/// Those of scenario_files, so that everything that can be wrong in any is said before anything is started; nothing when
/// something is.
std::optional<std::vector<scenario::Scenario>> read_scenarios(const std::vector<std::string>& paths,
                                                              const ScenarioOptions& options);

/// The values of --set KEY=VALUE; one that is none is reported.
std::vector<Override> overrides_of(const std::vector<std::string>& settings, Diagnostics& problems);

/// Writes it to the file that --json names. Throws EnvironmentError when it cannot be written.
void write_json(const std::string& path, const nlohmann::ordered_json& json);

/// Whether standard output is a terminal, and colours are wanted there (NO_COLOR, --no-color).
bool is_terminal();
/// Of the terminal.
std::size_t columns();
bool wants_colour(bool no_color);

}  // namespace faultline::cli
