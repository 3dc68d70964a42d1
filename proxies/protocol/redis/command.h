#pragma once
// One command as a client sends it: an array of bulk strings, or an inline line (Redis serialization protocol
// specification, "Sending commands to a Redis server" and "Inline commands").

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/redis/commands.h"

namespace faultline::protocol::redis {

/// The head of a command: its arguments as far as they lie within the head. Reused from command to command.
struct Command {
  std::vector<std::string_view> arguments;  // views of the bytes that were read
  std::uint64_t count = 0;                  // of all arguments; 0: an empty line, which has no answer
  /// What is still to come behind the head: so many bytes of an argument that has begun (its line end included), and
  /// so many arguments after that.
  std::uint64_t bytes_left = 0, arguments_left = 0;
};

struct Parsed {
  enum class Is { whole, incomplete, wrong };
  Is is = Is::incomplete;
  std::size_t size = 0;     // of the head
  std::string_view reason;  // of `wrong`
};

/// Reads the head of the command that `bytes` begin with.
Parsed parse_command(std::span<const char> bytes, Command& command);

/// Appends what the command is without its data: its name, its subcommand, the pattern of its first key:
/// "CLIENT SETNAME", "SETEX response:*".
void append_operation(std::string& to, const Command& command);

/// How long the part of an operation's name is that is the command: "CLIENT SETNAME", "SETEX".
std::size_t command_size(const Command& command, std::string_view operation);

/// Calls `f` with each of its keys that lie within the head, until it returns true; whether it did.
bool any_key(const Command& command, const Keys& keys, const std::function<bool(std::string_view)>& f);

/// Whether a word of a command is this one; the server takes its words in any case.
bool same_word(std::string_view word, std::string_view upper_case);

/// How the line of an aggregate or a bulk string is read: "$12\r\n". -1 for a null.
struct Length {
  enum class Is { whole, incomplete, wrong };
  Is is = Is::incomplete;
  std::size_t size = 0;  // of the line
  std::int64_t value = 0;
};
Length parse_length(std::string_view line);

}  // namespace faultline::protocol::redis
