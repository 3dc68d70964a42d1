// An audit for programs. docs/audit.md describes it.

#include <nlohmann/json.hpp>

#include "search/audit.h"

namespace faultline::search {
namespace {

using nlohmann::ordered_json;

const char* word(Variant::Kind kind) {
  switch (kind) {
    case Variant::Kind::without_fault:
      return "without fault";
    case Variant::Kind::without_step:
      return "without step";
    case Variant::Kind::without_guard:
      return "without guard";
    case Variant::Kind::incident_from_the_start:
      return "incident from the start";
  }
  return "";
}

ordered_json to_json(const TriedVariant& tried) {
  ordered_json overrides = ordered_json::array();
  for (const Override& change : tried.variant.overrides) {
    overrides.push_back(change.key + "=" + change.value);
  }
  ordered_json json = {{"kind", word(tried.variant.kind)},
                       {"what", tried.variant.what},
                       {"changed", tried.variant.changed},
                       {"overrides", std::move(overrides)}};
  json.update(to_json(tried.ran));
  return json;
}

ordered_json to_json(const AuditedCheck& audited) {
  ordered_json json = identity_of(audited.check);
  json["can_fail"] = audited.can_fail();
  json["variants"] = audited.variants;
  json["forged"] = audited.forgery.empty() ? ordered_json(nullptr) : ordered_json(audited.forgery);
  return json;
}

}  // namespace

ordered_json to_json(const Audit& audit) {
  ordered_json variants = ordered_json::array(), checks = ordered_json::array();
  for (const TriedVariant& tried : audit.variants) {
    variants.push_back(to_json(tried));
  }
  for (const AuditedCheck& audited : audit.checks) {
    checks.push_back(to_json(audited));
  }
  return {{"schema", "faultline.audit/1"},
          {"scenario", audit.scenario},
          {"title", audit.title},
          {"seed", audit.seed},
          {"directory", audit.directory},
          {"exit_status", exit_status(audit)},
          {"baseline", to_json(audit.baseline)},
          {"variants", std::move(variants)},
          {"checks", std::move(checks)}};
}

}  // namespace faultline::search
