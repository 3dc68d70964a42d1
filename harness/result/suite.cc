#include "result/suite.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace faultline::result {
namespace {

constexpr int kEnvironment = 3;

template <typename T>
std::vector<const T*> only(const Suite& suite) {
  std::vector<const T*> found;
  for (const Outcome& outcome : suite.outcomes) {
    if (const T* one = std::get_if<T>(&outcome)) {
      found.push_back(one);
    }
  }
  return found;
}

}  // namespace

std::vector<const Result*> results_of(const Suite& suite) {
  return only<Result>(suite);
}

std::vector<const Unjudged*> unjudged_of(const Suite& suite) {
  return only<Unjudged>(suite);
}

const std::string& scenario_of(const Outcome& outcome) {
  return std::visit([](const auto& one) -> const std::string& { return one.scenario; }, outcome);
}

std::string to_text(const Outcome& outcome) {
  if (const auto* result = std::get_if<Result>(&outcome)) {
    return to_text(result->verdict);
  }
  return std::get<Unjudged>(outcome).interrupted ? "not run" : "error";
}

Verdict verdict_of(const Suite& suite) {
  const auto results = results_of(suite);
  const auto has = [&](Verdict verdict) {
    return std::any_of(results.begin(), results.end(),
                       [&](const Result* result) { return result->verdict == verdict; });
  };
  if (has(Verdict::failed)) {
    return Verdict::failed;
  }
  return has(Verdict::invalid) || results.size() < suite.outcomes.size() ? Verdict::invalid : Verdict::held;
}

int exit_status(const Suite& suite) {
  const auto unjudged = unjudged_of(suite);
  const bool environment =
      std::any_of(unjudged.begin(), unjudged.end(), [](const Unjudged* one) { return !one->interrupted; });
  return environment ? kEnvironment : exit_status(verdict_of(suite));
}

nlohmann::ordered_json to_json(const Suite& suite) {
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (const Result* result : results_of(suite)) {
    results.push_back(to_json(*result));
  }
  nlohmann::ordered_json unjudged = nlohmann::ordered_json::array();
  for (const Unjudged* one : unjudged_of(suite)) {
    unjudged.push_back({{"scenario", one->scenario},
                        {"file", one->file},
                        {"interrupted", one->interrupted},
                        {"problem", one->problem},
                        {"remedy", one->remedy}});
  }
  return {{"schema", "faultline.results/1"},
          {"version", suite.version},
          {"verdict", to_text(verdict_of(suite))},
          {"results", std::move(results)},
          {"unjudged", std::move(unjudged)}};
}

}  // namespace faultline::result
