#pragma once
// Whether a journey that sends a request again, word for word, is answered as it was the first time.

#include <cstdint>
#include <map>
#include <optional>

#include "http/client.h"

namespace faultline::load {

/// Of one arrival. Looks at method, target and body of what changes something; a header may well be another.
class Repeats {
 public:
  void sent(const http::Request& request);
  /// The answer to what was sent last. Nothing where it is no success, or nothing the same was answered by one before.
  std::optional<bool> answered_alike(const http::Exchange& exchange);

 private:
  std::optional<std::uint64_t> last_;  // the digest of what was sent last
  std::map<std::uint64_t, std::uint64_t> first_answers_;
};

}  // namespace faultline::load
