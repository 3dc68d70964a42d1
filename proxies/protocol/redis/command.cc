#include "protocol/redis/command.h"

#include <algorithm>
#include <charconv>

#include "protocol/conversation.h"
#include "protocol/pattern.h"
#include "protocol/redis/commands.h"

namespace faultline::protocol::redis {
namespace {

// Limits of the server: PROTO_MAX_MULTIBULK in effect, and the most that proto-max-bulk-len can be.
constexpr std::int64_t kMostArguments = std::int64_t{1} << 31, kLongestArgument = std::int64_t{1} << 40;
constexpr std::size_t kLongestLength = 32;
constexpr std::size_t kLongestName = 64;

Parsed wrong(std::string_view reason) {
  return {Parsed::Is::wrong, 0, reason};
}

// As the server splits it (sdssplitargs): words, with quotes around those that have spaces. What an escape means does
// not matter here, only where the word ends.
Parsed parse_inline(std::string_view text, Command& command) {
  const std::size_t end = text.substr(0, kHeadBytes).find('\n');
  const std::string_view line = text.substr(0, std::min(end, kHeadBytes));
  const auto readable = [](char c) { return static_cast<unsigned char>(c) >= ' ' || c == '\t' || c == '\r'; };
  if (!std::all_of(line.begin(), line.end(), readable)) {
    return wrong("not a Redis command");
  }
  if (end == std::string_view::npos) {
    return text.size() < kHeadBytes ? Parsed{} : wrong("an inline command without an end");
  }
  std::size_t at = 0;
  while (true) {
    at = line.find_first_not_of(" \t\r", at);
    if (at == std::string_view::npos) {
      break;
    }
    const std::size_t begin = at;
    for (char quote = 0; at < line.size(); ++at) {
      const char c = line[at];
      if (quote != 0 && c == '\\') {
        ++at;
      } else if (quote != 0) {
        quote = c == quote ? '\0' : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        break;
      }
    }
    at = std::min(at, line.size());
    command.arguments.push_back(line.substr(begin, at - begin));
  }
  command.count = command.arguments.size();
  return {Parsed::Is::whole, end + 1, {}};
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

void append_upper(std::string& to, std::string_view word) {
  const auto readable = [](char c) { return c > ' ' && c <= '~'; };
  for (const char c : word.substr(0, kLongestName)) {
    to += readable(c) ? upper(c) : '?';
  }
}

}  // namespace

bool same_word(std::string_view word, std::string_view upper_case) {
  return std::equal(word.begin(), word.end(), upper_case.begin(), upper_case.end(),
                    [](char a, char b) { return upper(a) == b; });
}

Length parse_length(std::string_view line) {
  const std::size_t end = line.substr(0, kLongestLength).find('\n');
  if (end == std::string_view::npos) {
    return {line.size() < kLongestLength ? Length::Is::incomplete : Length::Is::wrong};
  }
  Length length{Length::Is::whole, end + 1};
  const char* last = line.data() + end - (end > 1 && line[end - 1] == '\r' ? 1 : 0);
  const auto read = std::from_chars(line.data() + 1, last, length.value);
  if (end < 2 || read.ec != std::errc() || read.ptr != last) {
    length.is = Length::Is::wrong;
  }
  return length;
}

Parsed parse_command(std::span<const char> bytes, Command& command) {
  const std::string_view text(bytes.data(), bytes.size());
  command.arguments.clear();
  command.count = command.bytes_left = command.arguments_left = 0;
  if (text[0] != '*') {
    return parse_inline(text, command);
  }
  const Length count = parse_length(text);
  if (count.is != Length::Is::whole) {
    return count.is == Length::Is::incomplete ? Parsed{} : wrong("not the length of a Redis command");
  }
  if (count.value > kMostArguments) {
    return wrong("a Redis command with too many arguments");
  }
  std::size_t at = count.size;
  command.count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, count.value));
  for (std::uint64_t i = 0; i < command.count; ++i) {
    if (at + kLongestLength > kHeadBytes) {
      command.arguments_left = command.count - i;
      return {Parsed::Is::whole, at, {}};
    }
    if (at == text.size()) {
      return {};
    }
    if (text[at] != '$') {
      return wrong("not an argument of a Redis command");
    }
    const Length length = parse_length(text.substr(at));
    if (length.is != Length::Is::whole) {
      return length.is == Length::Is::incomplete ? Parsed{} : wrong("not the length of an argument");
    }
    if (length.value < 0 || length.value > kLongestArgument) {
      return wrong("not the length of an argument");
    }
    at += length.size;
    const auto size = static_cast<std::uint64_t>(length.value);
    if (at + size + 2 > kHeadBytes) {
      command.bytes_left = size + 2;
      command.arguments_left = command.count - i - 1;
      return {Parsed::Is::whole, at, {}};
    }
    if (at + size + 2 > text.size()) {
      return {};
    }
    command.arguments.push_back(text.substr(at, size));
    at += size + 2;
  }
  return {Parsed::Is::whole, at, {}};
}

void append_operation(std::string& to, const Command& command) {
  if (command.arguments.empty()) {
    to += command.count == 0 ? "(empty)" : "(command)";
    return;
  }
  const std::size_t begin = to.size();
  append_upper(to, command.arguments[0]);
  Keys keys = keys_of(std::string_view(to).substr(begin));
  if (keys.kind == Keys::Kind::container && command.arguments.size() > 1) {
    to += ' ';
    append_upper(to, command.arguments[1]);
    keys = keys_of(std::string_view(to).substr(begin));
  }
  std::string_view first;
  if (any_key(command, keys, [&](std::string_view key) {
        first = key;
        return true;
      })) {
    to += ' ';
    append_pattern(to, first, ':');
  }
}

std::size_t command_size(const Command& command, std::string_view operation) {
  if (command.arguments.empty()) {
    return operation.size();
  }
  std::size_t size = std::min(command.arguments[0].size(), kLongestName);
  if (command.arguments.size() > 1 && keys_of(operation.substr(0, size)).kind == Keys::Kind::container) {
    size += 1 + std::min(command.arguments[1].size(), kLongestName);
  }
  return std::min(size, operation.size());
}

bool any_key(const Command& command, const Keys& keys, const std::function<bool(std::string_view)>& f) {
  const auto available = static_cast<std::int64_t>(command.arguments.size());
  std::int64_t first = keys.first, last = 0, step = std::max(1, keys.step);
  switch (keys.kind) {
    case Keys::Kind::none:
    case Keys::Kind::container:
      return false;
    case Keys::Kind::range:
      last = keys.last < 0 ? static_cast<std::int64_t>(command.count) + keys.last : keys.last;
      break;
    case Keys::Kind::counted: {
      std::int64_t count = 0;
      if (keys.last >= available) {
        return false;
      }
      const std::string_view text = command.arguments[static_cast<std::size_t>(keys.last)];
      if (std::from_chars(text.data(), text.data() + text.size(), count).ec != std::errc() ||
          count > available) {
        return false;
      }
      last = first + (count - 1) * step;
      break;
    }
    case Keys::Kind::streams: {
      const auto word = std::find_if(command.arguments.begin(), command.arguments.end(),
                                     [](std::string_view one) { return same_word(one, "STREAMS"); });
      first = word - command.arguments.begin() + 1;
      last = first + (static_cast<std::int64_t>(command.count) - first) / 2 - 1;
      break;
    }
  }
  for (std::int64_t at = first; at > 0 && at <= last && at < available; at += step) {
    if (f(command.arguments[static_cast<std::size_t>(at)])) {
      return true;
    }
  }
  return false;
}

}  // namespace faultline::protocol::redis
