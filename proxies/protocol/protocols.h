#pragma once
// The one table of protocols: what can be written as `protocol = "…"`.

#include <memory>
#include <string_view>
#include <vector>

#include "protocol/conversation.h"

namespace faultline::protocol {

struct Row {
  std::string_view name;
  std::string_view meaning;
  /// Null for one whose bytes are not framed.
  std::unique_ptr<Protocol> (*make)();
};

const std::vector<Row>& protocols();

/// Null when there is none of this name.
const Row* find_protocol(std::string_view name);

}  // namespace faultline::protocol
