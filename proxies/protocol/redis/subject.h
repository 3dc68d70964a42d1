#pragma once
// What rules can ask of a command.

#include <optional>

#include "fault/match.h"
#include "protocol/operations.h"
#include "protocol/redis/command.h"

namespace faultline::protocol::redis {

class CommandSubject final : public fault::Subject {
 public:
  CommandSubject(const Command& command, const Operation& operation, bool in_multi,
                 const std::string& database)
      : command_(command), operation_(operation), in_multi_(in_multi), database_(database) {}

  bool any(fault::Field field, std::string_view name, const Test& test) const override;

 private:
  const Command& command_;
  const Operation& operation_;
  const bool in_multi_;
  const std::string& database_;
  mutable std::optional<Keys> keys_;  // where they are, once somebody has asked
};

}  // namespace faultline::protocol::redis
