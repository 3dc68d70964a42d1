#pragma once
// One reader a kind of probe: the rows of the table in probe.cc. Each asks for the keys of its kind and reports what
// is wrong; nothing when no probe can be made of them. Internal to this folder.

#include <memory>

#include "core/table.h"
#include "steps/probe.h"

namespace faultline::steps {

std::unique_ptr<Probe> read_redis_probe(Table& table);
std::unique_ptr<Probe> read_sql_probe(Table& table);
std::unique_ptr<Probe> read_http_probe(Table& table);
std::unique_ptr<Probe> read_run_probe(Table& table);
std::unique_ptr<Probe> read_metric_probe(Table& table);
std::unique_ptr<Probe> read_log_probe(Table& table);

}  // namespace faultline::steps
