#pragma once
// Who made the service send a message.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fault/decide.h"
#include "protocol/conversation.h"

namespace faultline::stream {

/// Lives on the thread of the proxies that share it.
class Causes {
 public:
  Causes() = default;
  Causes(const Causes&) = delete;
  Causes& operator=(const Causes&) = delete;
  virtual ~Causes() = default;

  struct Found {
    const fault::Cause* cause = nullptr;  // never null; valid until the next call
    fault::Known known = fault::Known::background;
  };
  /// Of a request to this dependency, in the order in which they come.
  virtual Found find(std::string_view dependency, const protocol::Request& request) = 0;
};

/// By the trace that a message bears, and nothing else: for proxies alone. A traceparent is known by its trace-id.
class TraceCauses final : public Causes {
 public:
  Found find(std::string_view dependency, const protocol::Request& request) override;

 private:
  fault::Cause cause_;
};

/// The trace-id of a traceparent (W3C Trace Context, 3.2.2); the whole of any other text.
std::string_view trace_id(std::string_view trace);

/// What no arrival or step has caused.
const fault::Cause& background();

}  // namespace faultline::stream
