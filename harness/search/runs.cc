#include "search/runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace faultline::search {

using result::Check;
using result::Verdict;

std::string Ran::why() const {
  if (!judged()) {
    return problem;
  }
  const auto first = std::find_if(result.checks.begin(), result.checks.end(),
                                  [&](const Check& check) { return check.verdict == result.verdict; });
  if (result.verdict == Verdict::held || first == result.checks.end()) {
    return {};
  }
  return fmt::format("{} '{}'", first->kind, first->what);
}

int exit_status(const Ran& ran) {
  switch (ran.end) {
    case Ran::End::judged:
      return result::exit_status(ran.result.verdict);
    case Ran::End::refused:
      return 2;
    case Ran::End::environment:
      return 3;
    case Ran::End::interrupted:
      break;
  }
  return 0;
}

int worse_exit_status(int a, int b) {
  // A finding outweighs what could not be found out.
  const auto rank = [](int status) {
    switch (status) {
      case 1:
        return 4;
      case 2:
        return 3;
      case 3:
        return 2;
      case 4:
        return 1;
      default:
        return 0;
    }
  };
  return rank(a) >= rank(b) ? a : b;
}

bool is_same(const Check& a, const Check& b) {
  // The target of an expectation is in its words already, and holds a number of that run where it is a multiple.
  const bool same_target = a.kind == "expectation" || a.target == b.target;
  return a.kind == b.kind && a.what == b.what && a.where == b.where && same_target;
}

const Check* find_same(const std::vector<Check>& checks, const Check& like) {
  const auto found =
      std::find_if(checks.begin(), checks.end(), [&](const Check& each) { return is_same(each, like); });
  return found == checks.end() ? nullptr : &*found;
}

}  // namespace faultline::search
