#include "steps/condition.h"
#include "steps/probe_kinds.h"
#include "steps/request_line.h"

namespace faultline::steps {
namespace {

class HttpProbe final : public Probe {
 public:
  HttpProbe(RequestLine request, Condition condition)
      : request_(std::move(request)), condition_(std::move(condition)) {}

  Sighting look(World& world, Watch&) const override {
    return condition_.check(world.http(request_.method, request_.target, "", kLookLimit));
  }
  std::string describe() const override { return request_.text() + " " + condition_.describe(); }

 private:
  const RequestLine request_;
  const Condition condition_;
};

}  // namespace

std::unique_ptr<Probe> read_http_probe(Table& table) {
  auto request = read_request_line(table, "http");
  auto condition = read_condition(table, {"fails", "status", "contains"});
  return request && condition ? std::make_unique<HttpProbe>(std::move(*request), std::move(*condition))
                              : nullptr;
}

}  // namespace faultline::steps
