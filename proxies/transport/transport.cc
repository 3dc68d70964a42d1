#include "transport/transport.h"

#include <fmt/format.h>

#include "core/error.h"
#include "transport/reactor.h"
#include "transport/uring.h"

namespace faultline::transport {

std::vector<Kind> available() {
  std::vector<Kind> kinds = {Kind::reactor};
  std::string why;
  if (make_uring("probe", why)) {
    kinds.push_back(Kind::uring);
  }
  return kinds;
}

std::unique_ptr<Transport> make(Kind kind, const std::string& name) {
  if (kind != Kind::reactor) {
    std::string why;
    if (auto uring = make_uring(name, why)) {
      return uring;
    }
    if (kind == Kind::uring) {
      throw EnvironmentError(fmt::format("io_uring cannot be had: {}", why),
                             "use the other transport (reactor), or let it be chosen (auto)");
    }
  }
  return std::make_unique<Reactor>(name);
}

}  // namespace faultline::transport
