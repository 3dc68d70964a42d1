#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "steps/action_kinds.h"
#include "steps/condition.h"
#include "steps/request_line.h"

namespace faultline::steps {
namespace {

class HttpAction final : public Action {
 public:
  HttpAction(RequestLine request, std::string body, std::optional<int> status)
      : request_(std::move(request)), body_(std::move(body)), status_(status) {}

  Answer act(World& world) const override {
    Answer answer = world.http(request_.method, request_.target, body_, kActionLimit);
    if (status_) {
      answer.ok = answer.status == *status_;
    }
    if (answer.status != 0) {
      answer.text = fmt::format("HTTP {}: {}", answer.status, excerpt(answer.text));
    }
    return answer;
  }
  std::string describe() const override { return request_.text(); }

 private:
  const RequestLine request_;
  const std::string body_;  // JSON, or empty
  const std::optional<int> status_;
};

}  // namespace

std::unique_ptr<Action> read_http_action(Table& table) {
  auto request = read_request_line(table, "http");
  std::string body = table.text("body").value_or("");
  if (!body.empty() && !nlohmann::json::accept(body)) {
    table.problem("body", "the body is not JSON");
    return nullptr;
  }
  const auto status = table.integer("status");
  if (status && (*status < 100 || *status > 599)) {
    table.problem("status", fmt::format("{} is no HTTP status", *status));
    return nullptr;
  }
  if (!request) {
    return nullptr;
  }
  return std::make_unique<HttpAction>(std::move(*request), std::move(body),
                                      status ? std::optional(static_cast<int>(*status)) : std::nullopt);
}

}  // namespace faultline::steps
