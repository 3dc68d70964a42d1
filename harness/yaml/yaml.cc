#include "yaml/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace faultline::yaml {
namespace {

// Thrown through the recursion below, and caught in guarded().
struct Broken {
  YAML::Mark mark;
  std::string message;
};

Place place_of(const YAML::Mark& mark, const std::string& file) {
  return mark.is_null() ? Place{file} : Place{file, mark.line + 1, mark.column + 1};
}

class Reader {
 public:
  Value read(const YAML::Node& node, int depth) {
    if (depth > kDepthAtMost) {
      throw Broken{node.Mark(), fmt::format("this is more than {} levels deep", kDepthAtMost)};
    }
    count(node);
    Value value{.line = node.Mark().line + 1, .column = node.Mark().column + 1};
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        break;
      case YAML::NodeType::Scalar:
        value.plain = node.Tag() == "?";
        value.kind = value.plain && (node.Scalar().empty() || node.Scalar() == "~") ? Value::Kind::none
                                                                                    : Value::Kind::text;
        value.text = node.Scalar();
        break;
      case YAML::NodeType::Sequence:
        value.kind = Value::Kind::list;
        for (const YAML::Node& item : node) {
          value.items.push_back(read(item, depth + 1));
        }
        break;
      case YAML::NodeType::Map:
        value.kind = Value::Kind::map;
        read_members(node, depth, value);
        break;
    }
    return value;
  }

 private:
  // Aliases make a tree of a graph, which may be far larger than the text.
  void count(const YAML::Node& node) {
    text_ += node.IsScalar() ? node.Scalar().size() : 0;
    if (++values_ > kValuesAtMost || text_ > kTextAtMost) {
      throw Broken{node.Mark(), "this holds too many values, or its aliases make too many of them"};
    }
  }

  void read_members(const YAML::Node& node, int depth, Value& map) {
    std::vector<Value> merged;
    for (const auto& member : node) {
      if (!member.first.IsScalar()) {
        throw Broken{member.first.Mark(), "a key must be a text"};
      }
      count(member.first);
      const std::string& name = member.first.Scalar();
      if (name == "<<" && member.first.Tag() == "?") {
        const Value from = read(member.second, depth + 1);
        for (const Value* each : as_list(from)) {
          merged.push_back(*each);
        }
        continue;
      }
      if (map.find(name)) {
        throw Broken{member.first.Mark(), fmt::format("'{}' is here twice", name)};
      }
      map.members.push_back({name, member.first.Mark().line + 1, member.first.Mark().column + 1,
                             read(member.second, depth + 1)});
    }
    // The map's own members come before those of a merge, and an earlier merge before a later one.
    for (const Value& from : merged) {
      for (const Member& member : from.members) {
        if (!map.find(member.name)) {
          map.members.push_back(member);
        }
      }
    }
  }

  std::size_t values_ = 0, text_ = 0;
};

// yaml-cpp guesses other encodings from their zero bytes.
bool is_utf8(std::string_view text) {
  try {
    return text.find('\0') == std::string_view::npos && !nlohmann::json(std::string(text)).dump().empty();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

}  // namespace

const Value* Value::find(std::string_view name) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& each) { return each.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

std::optional<double> Value::number() const {
  if (kind != Kind::text) {
    return std::nullopt;
  }
  std::string_view digits = text;
  digits.remove_prefix(digits.starts_with('+') ? 1 : 0);
  double number = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc{} && rest == digits.data() + digits.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<bool> Value::boolean() const {
  if (kind != Kind::text || !plain) {
    return std::nullopt;
  }
  const auto is = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
  };
  if (is({"true", "True", "TRUE"})) {
    return true;
  }
  return is({"false", "False", "FALSE"}) ? std::optional(false) : std::nullopt;
}

std::vector<const Value*> as_list(const Value& value) {
  std::vector<const Value*> items;
  if (value.kind == Value::Kind::list) {
    for (const Value& item : value.items) {
      items.push_back(&item);
    }
  } else if (value.kind != Value::Kind::none) {
    items.push_back(&value);
  }
  return items;
}

namespace {

// What `read` makes of the text, or nothing and the reason among the problems.
template <typename Read>
auto guarded(std::string_view text, const std::string& file, Diagnostics& problems, const Read& read)
    -> std::optional<decltype(read())> {
  if (text.size() > kBytesAtMost) {
    problems.push_back({{file}, fmt::format("this is longer than {} bytes", kBytesAtMost), {}});
    return std::nullopt;
  }
  if (!is_utf8(text)) {
    problems.push_back({{file}, "this is no text in UTF-8", {}});
    return std::nullopt;
  }
  try {
    return read();
  } catch (const Broken& broken) {
    problems.push_back({place_of(broken.mark, file), broken.message, {}});
  } catch (const YAML::Exception& error) {
    problems.push_back({place_of(error.mark, file), "this is no YAML: " + error.msg, {}});
  }
  return std::nullopt;
}

}  // namespace

std::optional<Value> read(std::string_view text, const std::string& file, Diagnostics& problems) {
  return guarded(text, file, problems, [&] { return Reader().read(YAML::Load(std::string(text)), 0); });
}

std::optional<std::vector<Value>> read_documents(std::string_view text, const std::string& file,
                                                 Diagnostics& problems) {
  return guarded(text, file, problems, [&] {
    std::vector<Value> documents;
    Reader reader;
    for (const YAML::Node& node : YAML::LoadAll(std::string(text))) {
      documents.push_back(reader.read(node, 0));
    }
    return documents;
  });
}

}  // namespace faultline::yaml
