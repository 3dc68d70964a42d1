#pragma once
// Finds the end of a reply, of RESP2 and RESP3, however deep it is nested, without keeping it (Redis serialization
// protocol specification, "RESP protocol description").

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace faultline::protocol::redis {

/// What a reply was, as far as it matters for which command it answers.
struct Reply {
  char type = 0;  // its first byte, behind attributes
  std::int64_t elements = 0;
  std::int64_t third = 0;       // the third element, if it is an integer
  std::array<char, 16> word{};  // the first element, if it is a string of at most so many bytes
  std::size_t word_size = 0;
  char second_byte = 0;  // of a simple string: what it begins with

  std::string_view first() const { return {word.data(), word_size}; }
};

class ReplyReader {
 public:
  struct Step {
    std::size_t taken = 0;  // so many bytes belong to this reply; 0: a length is not whole
    bool done = false;      // and it ends with them
    bool wrong = false;     // it is no reply
  };
  Step read(std::span<const char> bytes);

  /// The last that was read.
  const Reply& reply() const { return reply_; }

 private:
  bool begin_value(std::string_view rest, std::size_t& size);
  void end_value();
  void skip_bulk(std::string_view bytes);

  Reply reply_;
  std::vector<std::uint64_t>
      open_;                     // for each aggregate that is open: elements still to come; the reply is one
  std::uint64_t bulk_left_ = 0;  // of a string, its line end included
  bool in_line_ = false;         // in a line of which only the end matters
  bool capturing_ = false;       // the string is the reply's first element
};

}  // namespace faultline::protocol::redis
