#include "protocol/redis/subject.h"

#include <algorithm>

namespace faultline::protocol::redis {

bool CommandSubject::any(fault::Field field, std::string_view /*name*/, const Test& test) const {
  const std::string_view kind = operation_.kind;
  switch (field) {
    case fault::Field::kind: {
      const std::size_t space = kind.find(' ');
      return test(kind) || (space != std::string_view::npos && test(kind.substr(0, space)));
    }
    case fault::Field::transaction:
      return test(in_multi_ ? "true" : "false");
    case fault::Field::database:
      return test(database_);
    case fault::Field::key:
      if (!keys_) {
        keys_ = keys_of(kind);
      }
      return any_key(command_, *keys_, test);
    case fault::Field::argument:
      return std::any_of(command_.arguments.begin() + (command_.arguments.empty() ? 0 : 1),
                         command_.arguments.end(), test);
    default:
      return false;
  }
}

}  // namespace faultline::protocol::redis
