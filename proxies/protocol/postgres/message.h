#pragma once
// Messages of PostgreSQL's protocol, as the proxy writes them itself (its documentation, 55.7 and 55.8).

#include <cstdint>
#include <string>
#include <string_view>

namespace faultline::protocol::postgres {

/// An ErrorResponse with these fields.
std::string error_response(std::string_view severity, std::string_view sqlstate, std::string_view message);

/// The value of one field of an ErrorResponse's content ('C' is the code); empty where it has none.
std::string_view error_field(std::string_view content, char field);

/// A simple Query.
std::string query(std::string_view sql);

/// A Query that fails with this code, whatever the state of the session: the server itself raises the error.
std::string failing_query(std::string_view sqlstate, std::string_view message);

/// An Execute that fails, since its portal does not exist; the server says so with 34000.
std::string failing_execute();
inline constexpr std::string_view kNoSuchPortal = "34000";

std::string command_complete(std::string_view tag);

}  // namespace faultline::protocol::postgres
