#include "protocol/postgres/subject.h"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::protocol::postgres {
namespace {

std::uint64_t number(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) {
    value = (value << 8) | static_cast<unsigned char>(byte);
  }
  return value;
}

// A value in the binary format, whose type is not known here: of the sizes of integers as one, of that of a UUID as that,
// others as they are.
std::string text_of_binary(std::string_view value) {
  switch (value.size()) {
    case 2:
      return std::to_string(static_cast<std::int16_t>(number(value)));
    case 4:
      return std::to_string(static_cast<std::int32_t>(number(value)));
    case 8:
      return std::to_string(static_cast<std::int64_t>(number(value)));
    case 16: {
      std::string uuid;
      for (std::size_t i = 0; i < value.size(); ++i) {
        uuid += fmt::format("{}{:02x}", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                            static_cast<unsigned char>(value[i]));
      }
      return uuid;
    }
    default:
      return std::string(value);
  }
}

}  // namespace

bool StatementSubject::any(fault::Field field, std::string_view /*name*/, const Test& test) const {
  switch (field) {
    case fault::Field::kind:
      return test(operation_.kind);
    case fault::Field::statement:
      return test(text_);
    case fault::Field::table:
      return std::any_of(operation_.objects.begin(), operation_.objects.end(), test);
    case fault::Field::transaction:
      return test(in_transaction_ ? "true" : "false");
    case fault::Field::database:
      return test(login_.database);
    case fault::Field::user:
      return test(login_.user);
    case fault::Field::parameter:
      return any_parameter(test);
    default:
      return false;
  }
}

// Bind (55.7): how many formats, those, how many values, and each behind its length, -1 for NULL. One format is for all of
// them, none is text.
bool StatementSubject::any_parameter(const Test& test) const {
  std::string_view rest = bound_;
  const auto take = [&](std::size_t size) {
    const std::string_view taken = rest.substr(0, size);
    rest.remove_prefix(taken.size());
    return taken;
  };
  const std::uint64_t formats = number(take(2));
  const std::string_view format = take(2 * formats);
  const std::uint64_t count = number(take(2));
  for (std::uint64_t i = 0; i < count && rest.size() >= 4; ++i) {
    const auto length = static_cast<std::int32_t>(number(take(4)));
    if (length < 0) {
      continue;
    }
    const std::string_view value = take(static_cast<std::size_t>(length));
    const bool binary =
        formats > 0 && number(format.substr(formats == 1 ? 0 : std::min(2 * i, format.size()), 2)) == 1;
    if (binary ? test(text_of_binary(value)) : test(value)) {
      return true;
    }
  }
  return false;
}

}  // namespace faultline::protocol::postgres
