#pragma once
// An invariant of ours that does not hold ends the program, in every build, with its context.

#include <string_view>

namespace faultline {
[[noreturn]] void assertion_failed(const char* expression, std::string_view why, const char* file, int line);
}  // namespace faultline

#define FAULTLINE_ASSERT(expression, why) \
  ((expression) ? void(0) : ::faultline::assertion_failed(#expression, (why), __FILE__, __LINE__))
