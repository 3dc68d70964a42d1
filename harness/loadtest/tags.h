#pragma once
// The tags that the samples of a load test can have, so that a threshold of what there can never be is a mistake and not a
// threshold without samples.

#include <optional>
#include <string>
#include <vector>

#include "load/load.h"
#include "metrics/store.h"

namespace faultline::loadtest {

struct WrongTag {
  std::string message;     // "'http_reqs{kind:wirte}': there is no kind 'wirte'"
  std::string suggestion;  // "did you mean 'write'?", or empty
};

/// What is wrong with the tags of a metric that these loads have; nothing where some sample can have all of them.
std::optional<WrongTag> wrong_tag(const metrics::Selector& selector, const std::vector<load::Load>& loads,
                                  const std::vector<load::Phase>& phases);

}  // namespace faultline::loadtest
