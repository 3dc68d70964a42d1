#pragma once
// A scenario of a script -> [[journey]].

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "import/script.h"

namespace faultline::import {

/// The n-th scenario, from 1. Nothing when it is left out, which is noted. `names` are those of the journeys before it.
std::optional<std::string> write_journey(const Yaml& scenario, std::size_t n, std::set<std::string>& names,
                                         Script& script);

}  // namespace faultline::import
