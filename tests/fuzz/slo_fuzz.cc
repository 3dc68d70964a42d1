// Whatever bytes come as an OpenSLO file become objectives that can be judged, or a list of what is wrong with them; so do
// those that come as TOML.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "slo/burn.h"
#include "slo/openslo.h"
#include "slo/toml.h"

namespace {

using faultline::Diagnostics;
using faultline::slo::Objective;

void check(const std::vector<Objective>& objectives, const Diagnostics& problems) {
  if (!problems.empty()) {
    return;
  }
  for (const Objective& objective : objectives) {
    const double target = objective.target.value;
    const auto word = faultline::slo::parse_indicator(to_word(objective.good));
    if (objective.name.empty() || !(target >= 0 && target < 1) || word != objective.good) {
      std::fprintf(stderr, "does not hold: what is read can be judged\n");
      std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Diagnostics problems;
  check(faultline::slo::read_openslo(text, "fuzzed.yaml", problems), problems);
  problems.clear();
  faultline::Table file = faultline::Table::parse(text, "fuzzed.toml", problems);
  if (problems.empty()) {
    check(faultline::slo::read_toml(file), problems);
  }
  return 0;
}
