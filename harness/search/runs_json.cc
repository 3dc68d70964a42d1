// Runs and their checks for programs, as audits and comparisons have them. docs/audit.md describes it.

#include <nlohmann/json.hpp>

#include "search/runs.h"

namespace faultline::search {

using nlohmann::ordered_json;

namespace {

std::string ended(const Ran& ran) {
  switch (ran.end) {
    case Ran::End::judged:
      return to_text(ran.result.verdict);
    case Ran::End::interrupted:
      return "interrupted";
    case Ran::End::refused:
      return "refused";
    case Ran::End::environment:
      return "environment";
  }
  return "";
}

}  // namespace

ordered_json identity_of(const result::Check& check) {
  return {{"kind", check.kind}, {"what", check.what}, {"where", check.where}, {"target", check.target}};
}

ordered_json to_json(const Ran& ran) {
  ordered_json failed = ordered_json::array();
  for (const result::Check& check : ran.result.checks) {
    if (check.verdict != result::Verdict::held) {
      ordered_json one = identity_of(check);
      one["verdict"] = to_text(check.verdict);
      one["actual"] = check.actual;
      failed.push_back(std::move(one));
    }
  }
  return {{"ended", ended(ran)},
          {"problem", ran.problem},
          {"stopped", ran.result.stopped},
          {"took", seconds(ran.took)},
          {"directory", ran.result.directory},
          {"repeat", ran.repeat},
          {"not_held", std::move(failed)}};
}

}  // namespace faultline::search
