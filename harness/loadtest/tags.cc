#include "loadtest/tags.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/diagnostic.h"
#include "http/client.h"

namespace faultline::loadtest {
namespace {

constexpr std::string_view kOfUsers[] = {"vus", "vus_max"};
constexpr std::string_view kOfJourneys[] = {"iterations", "iteration_duration", "iteration_failed",
                                            "dropped_iterations", "arrival_lateness"};

// The values that each tag can have, of samples that are alike but for these.
using Samples = std::map<std::string, std::set<std::string>>;

const std::set<std::string>& statuses() {
  constexpr int kFirst = 100, kLast = 599;
  static const std::set<std::string> kStatuses = [] {
    std::set<std::string> all;
    for (int status = kFirst; status <= kLast; ++status) {
      all.insert(std::to_string(status));
    }
    return all;
  }();
  return kStatuses;
}

std::set<std::string> errors() {
  using enum http::Failure;
  std::set<std::string> all;
  for (const auto failure : {refused, connect_timeout, tls, reset, timeout, malformed, redirects}) {
    all.emplace(to_text(failure));
  }
  return all;
}

bool measures(const load::RequestStep& request, const std::string& metric) {
  return std::any_of(request.measures.begin(), request.measures.end(),
                     [&](const load::Measure& each) { return each.metric == metric; });
}

// Of each request that has this metric: one that no flow has of its own is every request's.
std::vector<Samples> of_requests(const std::string& metric, const load::Journey& journey,
                                 const Samples& every, bool own) {
  std::vector<Samples> found;
  for (const load::Step& step : journey.steps) {
    const auto* request = std::get_if<load::RequestStep>(&step);
    if (!request || (own && !measures(*request, metric))) {
      continue;
    }
    Samples samples = every;
    for (const auto& [tag, value] : request->tags) {
      samples[tag] = {value};
    }
    samples["name"] = {request->route};
    samples["method"] = {request->method};
    samples["expected_response"] = {"true", "false"};
    samples["status"] = statuses();
    samples["error"] = errors();
    for (const load::Check& check : request->checks) {
      samples["check"].insert(check.name);
    }
    if (metric != "checks") {
      samples.erase("check");
    } else if (request->checks.empty()) {
      continue;
    }
    found.push_back(std::move(samples));
  }
  return found;
}

std::vector<Samples> samples_of(const std::string& metric, const std::vector<load::Load>& loads,
                                const std::vector<load::Phase>& phases) {
  const auto among = [&](const auto& names) {
    return std::find(std::begin(names), std::end(names), metric) != std::end(names);
  };
  std::vector<Samples> all;
  if (among(kOfUsers)) {
    return all;
  }
  Samples every;
  for (const load::Phase& phase : phases) {
    every["phase"].insert(phase.name);
  }
  const bool own = std::any_of(loads.begin(), loads.end(), [&](const load::Load& load) {
    return std::any_of(
        load.flow.journeys.begin(), load.flow.journeys.end(),
        [&](const load::Journey& journey) { return !of_requests(metric, journey, {}, true).empty(); });
  });
  for (const load::Load& load : loads) {
    for (const load::Journey& journey : load.flow.journeys) {
      every["flow"] = {load.flow.name};
      every["journey"] = {journey.name};
      if (among(kOfJourneys)) {
        all.push_back(every);
      } else {
        const auto found = of_requests(metric, journey, every, own);
        all.insert(all.end(), found.begin(), found.end());
      }
    }
  }
  return all;
}

bool can_have(const Samples& samples, const std::string& tag, const std::string& value) {
  const auto values = samples.find(tag);
  return values != samples.end() && values->second.contains(value);
}

}  // namespace

std::optional<WrongTag> wrong_tag(const metrics::Selector& selector, const std::vector<load::Load>& loads,
                                  const std::vector<load::Phase>& phases) {
  const auto samples = samples_of(selector.metric, loads, phases);
  std::set<std::string> tags;
  for (const Samples& each : samples) {
    for (const auto& [tag, values] : each) {
      tags.insert(tag);
    }
  }
  for (const auto& [tag, value] : selector.tags) {
    if (!tags.contains(tag)) {
      return WrongTag{
          fmt::format("'{}': no sample of {} has a tag '{}'", to_text(selector), selector.metric, tag),
          did_you_mean(tag, {tags.begin(), tags.end()})};
    }
    std::set<std::string> values;
    for (const Samples& each : samples) {
      if (const auto found = each.find(tag); found != each.end()) {
        values.insert(found->second.begin(), found->second.end());
      }
    }
    if (!values.contains(value)) {
      return WrongTag{fmt::format("'{}': there is no {} '{}'", to_text(selector), tag, value),
                      did_you_mean(value, {values.begin(), values.end()})};
    }
  }
  const bool together = std::any_of(samples.begin(), samples.end(), [&](const Samples& each) {
    return std::all_of(selector.tags.begin(), selector.tags.end(),
                       [&](const auto& tag) { return can_have(each, tag.first, tag.second); });
  });
  if (!selector.tags.empty() && !together) {
    return WrongTag{fmt::format("'{}': no sample has all of these tags", to_text(selector)), {}};
  }
  return std::nullopt;
}

}  // namespace faultline::loadtest
