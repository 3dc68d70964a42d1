#include "steps/action.h"

#include "steps/action_kinds.h"
#include "steps/kind_of_table.h"

namespace faultline::steps {
namespace {

struct Kind {
  std::string_view key;
  std::unique_ptr<Action> (*read)(Table&);
};

constexpr Kind kKinds[] = {
    {"kill", &read_kill_action},           {"pause", &read_pause_action},
    {"resume", &read_resume_action},       {"stop", &read_stop_action},
    {"restart", &read_restart_action},     {"delete_data", &read_delete_data_action},
    {"fill_disk", &read_fill_disk_action}, {"free_disk", &read_free_disk_action},
    {"dump", &read_dump_action},           {"restore", &read_restore_action},
    {"lift", &read_lift_action},           {"run", &read_run_action},
    {"redis", &read_redis_action},         {"sql", &read_sql_action},
    {"http", &read_http_action},
};

}  // namespace

std::unique_ptr<const Action> read_action(Table& table) {
  const Kind* kind = kind_of_table(table, kKinds, "something to do");
  if (!kind) {
    return nullptr;  // which keys it may have is not known
  }
  std::unique_ptr<Action> action = kind->read(table);
  table.finish();
  return action;
}

}  // namespace faultline::steps
