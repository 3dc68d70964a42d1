#include "stream/causes.h"

namespace faultline::stream {

std::string_view trace_id(std::string_view trace) {
  constexpr std::size_t kTraceparent = 55, kIdAt = 3, kIdSize = 32;
  return trace.size() >= kTraceparent && trace[2] == '-' && trace[kIdAt + kIdSize] == '-'
             ? trace.substr(kIdAt, kIdSize)
             : trace;
}

const fault::Cause& background() {
  static const fault::Cause cause{.name = "background"};
  return cause;
}

Causes::Found TraceCauses::find(std::string_view /*dependency*/, const protocol::Request& request) {
  if (request.trace.empty()) {
    return {&background(), fault::Known::background};
  }
  cause_.name = trace_id(request.trace);
  cause_.key = fault::stable_hash(cause_.name);
  return {&cause_, fault::Known::header};
}

}  // namespace faultline::stream
