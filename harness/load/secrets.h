#pragma once
// What requests need and no plan may hold. Never logged, never journaled.

#include <map>
#include <string>

namespace faultline::load {

struct Secrets {
  std::map<std::string, std::string> api_keys;     // tenant -> key, for ${api_key}
  std::map<std::string, std::string> environment;  // variable -> value, for ${env:NAME}
  std::map<std::string, std::map<std::string, std::string>>
      setup{};  // flow -> what its setup captured, by name
};

}  // namespace faultline::load
