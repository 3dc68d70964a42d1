#pragma once
// The head of an HTTP/1 message: the start line and the fields that say where the message ends (RFC 9112, sections 2
// to 6).

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace faultline::protocol::http1 {

struct Head {
  // Of a request; views of the bytes that were read.
  std::string_view method, target;
  // Of a response.
  int status = 0;
  // Of both.
  bool chunked = false;       // the last transfer coding
  bool other_coding = false;  // a transfer coding that is not chunked: only the end of the connection ends it
  std::optional<std::uint64_t> length;
  bool closes = false;  // the connection ends with it: Connection: close, or HTTP/1.0 without keep-alive
  // Of a request: `Expect: 100-continue`, its body comes when it is asked for.
  bool expects_continue = false;
};

struct ParsedHead {
  enum class Is { whole, incomplete, wrong };
  Is is = Is::incomplete;
  std::size_t size = 0;     // with the empty line
  std::string_view reason;  // of `wrong`
};

/// Reads the head that `bytes` begin with. What cannot be the beginning of one is wrong at once, not waited for.
ParsedHead parse_request_head(std::span<const char> bytes, Head& head);
ParsedHead parse_response_head(std::span<const char> bytes, Head& head);

/// Whether two field names are the same one, in any case.
bool same_field(std::string_view a, std::string_view b);
/// Without the blanks around it.
std::string_view trimmed(std::string_view text);

/// Appends "GET /v1/charges/*": the method and the path without its ids and its query.
void append_operation(std::string& to, const Head& head);

}  // namespace faultline::protocol::http1
