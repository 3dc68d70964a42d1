#pragma once
// A request of a script -> [[journey.step]].

#include <optional>
#include <string>
#include <string_view>

#include "import/script.h"

namespace faultline::import {

/// Whether it may be a header of a flow: not those that the client writes itself.
bool may_be_header(std::string_view name);
/// The name in small letters: headers that differ in case only are one.
std::string folded(std::string_view header);

/// Nothing when the step is left out, which is noted. `method` is as the script writes it: "get".
std::optional<std::string> write_request(const Member& request, Script& script, Values& values);

}  // namespace faultline::import
