#pragma once
// The tenants that a service is told of, and that requests to it are made as.

#include <string>
#include <vector>

namespace faultline::scenario {

/// A tenant of the service, as it is told of it: key:name:tier.
struct Tenant {
  std::string name, key, tier;
};
/// Eight of them, so that a load meets no limit per tenant unasked; the first is
/// test-api-key:tenant-a:standard.
const std::vector<Tenant>& tenants();
/// The key of this tenant, or of the first where there is none of that name.
const std::string& key_of(const std::string& tenant);

}  // namespace faultline::scenario
