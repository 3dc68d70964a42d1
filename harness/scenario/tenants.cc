#include "scenario/tenants.h"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::scenario {

const std::vector<Tenant>& tenants() {
  static const std::vector<Tenant> list = [] {
    std::vector<Tenant> made = {{"tenant-a", "test-api-key", "standard"}};
    // The last is in no preset flow but that of a tenant who behaves badly.
    for (char letter = 'b'; letter <= 'i'; ++letter) {
      made.push_back({fmt::format("tenant-{}", letter), fmt::format("test-api-key-{}", letter), "standard"});
    }
    return made;
  }();
  return list;
}

const std::string& key_of(const std::string& tenant) {
  const auto found = std::find_if(tenants().begin(), tenants().end(),
                                  [&](const Tenant& each) { return each.name == tenant; });
  return found == tenants().end() ? tenants().front().key : found->key;
}

}  // namespace faultline::scenario
