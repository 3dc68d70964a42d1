#pragma once
// The cookies of one journey, as a browser that talks to one service keeps them (RFC 6265): what an answer sets goes with
// the requests after it that its path matches, until it expires or the journey ends. One that is Secure goes over https
// alone; one for another domain is not kept. No list of public suffixes is asked.
//
// A date of Expires counts from the answer's own Date, so that it says how long the cookie lives whatever the clocks are;
// without one, whoever set it has no clock (RFC 9110, 6.6.1), and only a date of the last century means that it is over.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"
#include "http/message.h"
#include "load/set_cookie.h"

namespace faultline::load {

class Cookies {
 public:
  /// Takes what the answer to a request for this target sets. Beyond 180 (as in Chrome) the one that was first set is given up.
  void take(const http::Headers& answer, const http::Origin& service, std::string_view target, Instant now);
  /// The value of the field Cookie of a request (5.4): the longest path first, then what was first set. Empty: none goes.
  std::string to_field(const http::Origin& service, std::string_view target, Instant now) const;

 private:
  struct Kept {
    std::string name, value, domain, path;
    bool secure = false;
    std::optional<Instant> until{};
  };

  void take(SetCookie cookie, const http::Origin& service, std::string_view target,
            std::optional<Duration> lives, Instant now);

  std::vector<Kept> kept_;  // in the order in which they were first set
};

}  // namespace faultline::load
