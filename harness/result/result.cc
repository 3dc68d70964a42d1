#include "result/result.h"

#include "core/assert.h"

namespace faultline::result {

int exit_status(Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return 0;
    case Verdict::failed:
      return 1;
    case Verdict::invalid:
      return 4;
  }
  FAULTLINE_ASSERT(false, "a verdict without an exit status");
}

std::string to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::held:
      return "held";
    case Verdict::failed:
      return "failed";
    case Verdict::invalid:
      return "invalid";
  }
  FAULTLINE_ASSERT(false, "a verdict without a name");
}

Verdict overall(const std::vector<Check>& checks) {
  Verdict worst = Verdict::held;
  for (const Check& check : checks) {
    if (check.verdict == Verdict::invalid) {
      return Verdict::invalid;
    }
    if (check.verdict == Verdict::failed) {
      worst = Verdict::failed;
    }
  }
  return worst;
}

}  // namespace faultline::result
