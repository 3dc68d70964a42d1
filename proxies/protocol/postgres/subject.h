#pragma once
// What rules can ask of a statement.

#include "fault/match.h"
#include "protocol/operations.h"

namespace faultline::protocol::postgres {

/// What a session said when it began.
struct Login {
  std::string user, database;
};

class StatementSubject final : public fault::Subject {
 public:
  /// `bound` is the content of the Bind from its formats on; empty where nothing is bound.
  StatementSubject(const Operation& operation, std::string_view text, std::string_view bound,
                   bool in_transaction, const Login& login)
      : operation_(operation), text_(text), bound_(bound), in_transaction_(in_transaction), login_(login) {}

  bool any(fault::Field field, std::string_view name, const Test& test) const override;

 private:
  bool any_parameter(const Test& test) const;

  const Operation& operation_;
  const std::string_view text_, bound_;
  const bool in_transaction_;
  const Login& login_;
};

}  // namespace faultline::protocol::postgres
