#include "steps/condition.h"
#include "steps/probe_kinds.h"
#include "steps/request.h"

namespace faultline::steps {
namespace {

class HttpProbe final : public Probe {
 public:
  HttpProbe(Request request, Condition condition)
      : request_(std::move(request)), condition_(std::move(condition)) {}

  Sighting look(World& world, Watch&) const override {
    return condition_.check(world.http(request_, kLookLimit));
  }
  std::string describe() const override { return to_text(request_) + " " + condition_.describe(); }

 private:
  const Request request_;
  const Condition condition_;
};

}  // namespace

std::unique_ptr<Probe> read_http_probe(Table& table) {
  auto request = read_request(table, "http");
  auto condition = read_condition(table, {"fails", "status", "contains"});
  if (!request || !condition) {
    return nullptr;
  }
  const std::string tenant = request->tenant;
  auto probe = std::make_unique<HttpProbe>(std::move(*request), std::move(*condition));
  probe->tenant = tenant;
  return probe;
}

}  // namespace faultline::steps
