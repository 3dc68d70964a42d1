#pragma once
// One reader a kind of action: the rows of the table in action.cc. Each asks for the keys of its kind and reports
// what is wrong; nothing when no action can be made of them. Internal to this folder.

#include <memory>

#include "core/table.h"
#include "steps/action.h"

namespace faultline::steps {

/// How long one action may wait for its answer, unless it says otherwise; a restart has the limit of the environment.
inline constexpr Duration kActionLimit = std::chrono::seconds(10);

std::unique_ptr<Action> read_restart_action(Table& table);
std::unique_ptr<Action> read_stop_action(Table& table);
std::unique_ptr<Action> read_kill_action(Table& table);
std::unique_ptr<Action> read_pause_action(Table& table);
std::unique_ptr<Action> read_resume_action(Table& table);
std::unique_ptr<Action> read_delete_data_action(Table& table);
std::unique_ptr<Action> read_fill_disk_action(Table& table);
std::unique_ptr<Action> read_free_disk_action(Table& table);
std::unique_ptr<Action> read_dump_action(Table& table);
std::unique_ptr<Action> read_restore_action(Table& table);
std::unique_ptr<Action> read_lift_action(Table& table);
std::unique_ptr<Action> read_run_action(Table& table);
std::unique_ptr<Action> read_redis_action(Table& table);
std::unique_ptr<Action> read_sql_action(Table& table);
std::unique_ptr<Action> read_http_action(Table& table);

}  // namespace faultline::steps
