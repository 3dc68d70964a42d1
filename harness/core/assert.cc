#include "core/assert.h"

#include <cstdio>
#include <cstdlib>

namespace faultline {

void assertion_failed(const char* expression, std::string_view why, const char* file, int line) {
  std::fprintf(stderr, "faultline: a bug of ours: %s:%d: %s does not hold: %.*s\n", file, line, expression,
               static_cast<int>(why.size()), why.data());
  std::abort();
}

}  // namespace faultline
