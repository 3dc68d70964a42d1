#pragma once
// PostgreSQL's error codes (its documentation, appendix A), those that an error can have.

#include <span>
#include <string_view>

namespace faultline::fault {

struct SqlState {
  std::string_view code;       // 40001
  std::string_view condition;  // serialization_failure
};

std::span<const SqlState> sql_states();

/// By code or by condition name. Null when there is none.
const SqlState* find_sql_state(std::string_view code_or_condition);

}  // namespace faultline::fault
