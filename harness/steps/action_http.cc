#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "steps/action_kinds.h"
#include "steps/condition.h"
#include "steps/request.h"

namespace faultline::steps {
namespace {

class HttpAction final : public Action {
 public:
  HttpAction(Request request, std::optional<int> status) : request_(std::move(request)), status_(status) {}

  Answer act(World& world) const override {
    Answer answer = world.http(request_, kActionLimit);
    if (status_) {
      answer.ok = answer.status == *status_;
    }
    if (answer.status) {
      answer.text = fmt::format("HTTP {}: {}", *answer.status, excerpt(answer.text));
    }
    return answer;
  }
  std::string describe() const override { return to_text(request_); }

 private:
  const Request request_;
  const std::optional<int> status_;
};

}  // namespace

std::unique_ptr<Action> read_http_action(Table& table) {
  auto request = read_request(table, "http");
  std::string body = table.text("body").value_or("");
  if (!body.empty() && !nlohmann::json::accept(body)) {
    table.problem("body", "the body is not JSON");
    return nullptr;
  }
  const auto status = read_status(table, "status", kHttpStatus);
  if (!request || (table.has("status") && !status)) {
    return nullptr;
  }
  request->body = std::move(body);
  const std::string tenant = request->tenant;
  auto action = std::make_unique<HttpAction>(std::move(*request), status);
  action->tenant = tenant;
  action->place = table.place_of("tenant");
  return action;
}

}  // namespace faultline::steps
