#pragma once
// The cookies of one journey, as a browser that talks to one service keeps them: what an answer sets goes with the requests
// after it, until the journey ends. Paths, domains and lifetimes are not looked at, but for Max-Age=0 and an empty value of
// it, which take a cookie away (RFC 6265, 5.2.2).

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace faultline::load {

class Cookies {
 public:
  /// Takes what the answer sets.
  void take(const http::Headers& headers);
  bool empty() const { return kept_.empty(); }
  /// The value of the field Cookie.
  std::string to_field() const;

 private:
  void take(std::string_view field);

  std::vector<std::pair<std::string, std::string>> kept_;  // in the order in which they were first set
};

}  // namespace faultline::load
