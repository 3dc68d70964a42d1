#pragma once
// The YAML of a script.

#include <cstddef>

#include "yaml/yaml.h"

namespace faultline::import {

using yaml::as_list;
using yaml::Member;
using Yaml = yaml::Value;

inline constexpr std::size_t kScriptBytesAtMost = yaml::kBytesAtMost;

}  // namespace faultline::import
