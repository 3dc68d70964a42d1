#pragma once
// The parts of a scenario file and how each is read. Internal to this folder: read.cc puts them together.

#include <filesystem>
#include <optional>
#include <string>

#include "core/beside.h"
#include "core/table.h"
#include "scenario/scenario.h"

namespace faultline::scenario {

using faultline::to_text;  // of quantities, beside this folder's own

Service read_service(Table& file, const std::filesystem::path& scenario);
void read_dependencies(Table& file, Scenario& scenario);
/// [dependency.webhook_receiver], beside what every dependency has.
WebhookReceiver read_webhook_receiver(Table& dependency);
/// Reports at `name` what the scenario does not say and the invariant has to know.
void check_webhook_invariant(Invariant invariant, const Value& name, const Scenario& scenario);
void read_phases(Table& file, Scenario& scenario);
void read_faults(Table& file, Scenario& scenario);
void read_steps(Table& file, Scenario& scenario);
/// What the file that [scenario] slo names holds: Scenario::objectives and levels, and its text among the sources.
void read_slo_file(Table& scenario_table, Scenario& scenario, Diagnostics& problems);
void read_expectations(Table& file, const std::string& slo_name, Scenario& scenario, Diagnostics& problems);
/// [prometheus].
void read_monitoring(Table& file, Scenario& scenario, Diagnostics& problems);
/// One [[expect]] about alerts.
void read_alert(Table& expectation, Scenario& scenario);
/// One [[expect]] that asks for a number (count.h).
void read_count(Table& table, Scenario& scenario, Diagnostics& problems);

/// The phase of that name; otherwise the mistake is reported at `key` of `table`.
std::optional<std::size_t> read_phase_name(Table& table, std::string_view key, const std::string& name,
                                           const Scenario& scenario);

}  // namespace faultline::scenario
