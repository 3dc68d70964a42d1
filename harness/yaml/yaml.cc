#include "yaml/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <type_traits>

namespace faultline::yaml {
namespace {

// Thrown through the recursion below, and caught in guarded().
struct Broken {
  YAML::Mark mark;
  std::string message;
};

// `before`: the lines before the text that the mark is in.
Place place_of(const YAML::Mark& mark, const std::string& file, int before) {
  return mark.is_null() ? Place{file} : Place{file, mark.line + before + 1, mark.column + 1};
}

class Reader {
 public:
  /// Of a document that is not at the begin of its file.
  void begin_after(int lines) { before_ = lines; }

  Value read(const YAML::Node& node, int depth) {
    if (depth > kDepthAtMost) {
      throw Broken{node.Mark(), fmt::format("this is more than {} levels deep", kDepthAtMost)};
    }
    count(node);
    Value value{.line = node.Mark().line + before_ + 1, .column = node.Mark().column + 1};
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
      map.members.push_back({name, member.first.Mark().line + before_ + 1, member.first.Mark().column + 1,
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
  int before_ = 0;
};

struct Document {
  std::string text;
  int before = 0;  // lines
};

// Whether the line is this marker, which nothing but a marker can be at the begin of a line.
bool is_marker(std::string_view line, std::string_view marker) {
  return line.starts_with(marker) &&
         (line.size() == marker.size() ||
          std::string_view(" \t\r\n").find(line[marker.size()]) != std::string_view::npos);
}

// yaml-cpp's own LoadAll goes round for ever where something is left that belongs to no document.
std::vector<Document> split(std::string_view text) {
  std::vector<Document> documents(1);
  int lines = 0;
  bool ended = false, content = false;  // of the last document
  while (!text.empty()) {
    const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
    if (ended || (content && is_marker(line, "---"))) {
      documents.push_back({{}, lines});
    }
    documents.back().text += line;
    content = true;
    ended = is_marker(line, "...");
    ++lines;
    text.remove_prefix(line.size());
  }
  return documents;
}

class Nothing final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}
};

// yaml-cpp reads a document until it understands no more, and says nothing of the rest.
bool is_whole(const std::string& document) {
  std::istringstream stream(document);
  YAML::Parser parser(stream);
  Nothing nothing;
  parser.HandleNextDocument(nothing);
  return !parser;
}

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

// What `read` makes of the text, or nothing and the reason among the problems. It is given an int for the lines before the
// document that it is at.
template <typename Read>
auto guarded(std::string_view text, const std::string& file, Diagnostics& problems, const Read& read)
    -> std::optional<std::invoke_result_t<Read, int&>> {
  int before = 0;
  if (text.size() > kBytesAtMost) {
    problems.push_back({{file}, fmt::format("this is longer than {} bytes", kBytesAtMost), {}});
    return std::nullopt;
  }
  if (!is_utf8(text)) {
    problems.push_back({{file}, "this is no text in UTF-8", {}});
    return std::nullopt;
  }
  try {
    return read(before);
  } catch (const Broken& broken) {
    problems.push_back({place_of(broken.mark, file, before), broken.message, {}});
  } catch (const YAML::Exception& error) {
    problems.push_back({place_of(error.mark, file, before), "this is no YAML: " + error.msg, {}});
  }
  return std::nullopt;
}

}  // namespace

std::optional<Value> read(std::string_view text, const std::string& file, Diagnostics& problems) {
  return guarded(text, file, problems, [&](int&) { return Reader().read(YAML::Load(std::string(text)), 0); });
}

std::optional<std::vector<Value>> read_documents(std::string_view text, const std::string& file,
                                                 Diagnostics& problems) {
  return guarded(text, file, problems, [&](int& before) {
    std::vector<Value> values;
    Reader reader;
    const std::vector<Document> documents = split(text);
    values.reserve(documents.size());
    for (const Document& document : documents) {
      before = document.before;
      reader.begin_after(before);
      values.push_back(reader.read(YAML::Load(document.text), 0));
      if (!is_whole(document.text)) {
        throw Broken{{}, "something in this document, or after it, belongs to nothing: mind the indentation"};
      }
    }
    return values;
  });
}

}  // namespace faultline::yaml
