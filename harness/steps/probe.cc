#include "steps/probe.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.h"
#include "steps/kind_of_table.h"
#include "steps/probe_kinds.h"

namespace faultline::steps {
namespace {

struct Kind {
  std::string_view key;
  std::unique_ptr<Probe> (*read)(Table&);
};

constexpr Kind kKinds[] = {
    {"redis", &read_redis_probe}, {"sql", &read_sql_probe},       {"http", &read_http_probe},
    {"run", &read_run_probe},     {"metric", &read_metric_probe}, {"log", &read_log_probe},
};

}  // namespace

std::unique_ptr<const Probe> read_probe(Table& table) {
  const Kind* kind = kind_of_table(table, kKinds, "a probe");
  if (!kind) {
    return nullptr;  // which keys it may have is not known
  }
  const Duration within = table.duration("within").value_or(Duration::zero());
  std::unique_ptr<Probe> probe = kind->read(table);
  table.finish();
  if (!probe) {
    return nullptr;
  }
  if (within < probe->shortest()) {
    table.problem("within",
                  fmt::format("this cannot be seen in less than {}", faultline::to_text(probe->shortest())));
    return nullptr;
  }
  probe->within = within;
  return probe;
}

Watched watch(const Probe& probe, World& world) {
  const Instant deadline = world.now() + probe.within;
  Watch memory;
  Watched watched;
  for (;;) {
    const Instant began = world.now();
    watched.last = probe.look(world, memory);
    watched.at = world.now();
    ++watched.looks;
    if (watched.last.seen || began >= deadline) {
      return watched;
    }
    const Duration left = std::max(deadline - watched.at, Duration::zero());
    if (!world.pause(std::min(kLookEvery, left))) {
      watched.interrupted = true;
      return watched;
    }
  }
}

}  // namespace faultline::steps
