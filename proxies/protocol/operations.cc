#include "protocol/operations.h"

#include <xxhash.h>

namespace faultline::protocol {

std::size_t Operations::Hash::operator()(std::string_view name) const {
  return XXH3_64bits(name.data(), name.size());
}

Operation& Operations::named(std::string_view name) {
  name = name.substr(0, kLongestName);
  auto found = by_name_.find(name);
  if (found == by_name_.end() && by_name_.size() >= kMost) {
    found = by_name_.find(name = kOthers);
  }
  if (found == by_name_.end()) {
    auto operation = std::make_unique<Operation>();
    operation->name = name;
    const std::string_view key = operation->name;
    found = by_name_.emplace(key, std::move(operation)).first;
  }
  return *found->second;
}

}  // namespace faultline::protocol
