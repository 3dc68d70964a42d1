#pragma once
// What rules can ask of a request.

#include <string>

#include "fault/match.h"
#include "protocol/http1/head.h"
#include "protocol/operations.h"

namespace faultline::protocol::http1 {

/// The path of a request's target, without its query.
std::string_view path_of(std::string_view target);

/// The value of the first field of this name (in any case) in a head; nothing when there is none.
std::optional<std::string_view> field_of(std::string_view head, std::string_view name);

/// The content of a body that is whole and chunked.
std::string unchunked(std::string_view body);

class RequestSubject final : public fault::Subject {
 public:
  /// `head_bytes` is the whole head; `body` is as it was sent, and empty where it is not at hand.
  RequestSubject(const Operation& operation, const Head& head, std::string_view head_bytes,
                 std::string_view body)
      : operation_(operation), head_(head), bytes_(head_bytes), body_(body) {}

  bool any(fault::Field field, std::string_view name, const Test& test) const override;

 private:
  const Operation& operation_;
  const Head& head_;
  const std::string_view bytes_, body_;
};

}  // namespace faultline::protocol::http1
