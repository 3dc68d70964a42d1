#include "core/words.h"

#include <fmt/format.h>

namespace faultline {

std::map<std::string, std::string> read_words(Table& table, std::string_view key) {
  std::map<std::string, std::string> words;
  if (auto inner = table.table(key)) {
    for (const std::string& name : inner->keys()) {
      const auto value = inner->get(name);
      if (!value) {
        continue;
      }
      switch (value->kind()) {
        case Value::Kind::text:
          words[name] = value->text();
          break;
        case Value::Kind::integer:
          words[name] = std::to_string(value->integer());
          break;
        case Value::Kind::real:
          words[name] = fmt::format("{}", value->real());
          break;
        case Value::Kind::boolean:
          words[name] = fmt::format("{:d}", value->boolean());
          break;
        default:
          value->problem(fmt::format("'{}' must be a string", name));
      }
    }
  }
  return words;
}

}  // namespace faultline
