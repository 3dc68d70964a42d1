#include "service_under_test.h"

#include <fmt/format.h>

namespace faultline::e2e {

ServiceUnderTest::ServiceUnderTest()
    : server_(loop_, "127.0.0.1", 0, [this](const http::Request& request, const http::Respond& respond) {
        const std::lock_guard lock(mutex_);
        if (request.target.starts_with("/items/")) {
          asked_.push_back(request.target);
        }
        respond({request.target.starts_with(broken_at_) ? 500 : 200,
                 {{"Content-Type", "application/json"}},
                 "{}"});
      }) {}

std::string ServiceUnderTest::url() const {
  return fmt::format("http://127.0.0.1:{}", server_.port());
}

std::vector<std::string> ServiceUnderTest::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void ServiceUnderTest::break_at(const std::string& target) {
  const std::lock_guard lock(mutex_);
  broken_at_ = target;
}

std::string ServiceUnderTest::scenario(const Scratch& scratch, const std::string& more) const {
  scratch.write("flows/items.toml", R"([flow]
name = "items"
[flow.data]
token = { hex = 16 }
[[journey]]
name = "ask"
[[journey.step]]
request = "GET /items/${arrival}?token=${token}"
)");
  return scratch.write("items.toml", fmt::format(R"([scenario]
name = "items"
[service]
url = "{}"
[[load]]
flow = "items"
rate = "40/s"
[[phase]]
name = "only"
for  = "1s"
{})",
                                                 url(), more));
}

}  // namespace faultline::e2e
