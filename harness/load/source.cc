#include "load/source.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <simdjson.h>

#include <nlohmann/json.hpp>

namespace faultline::load {
namespace {

constexpr std::int64_t kExpressionBytes = 1 << 20;  // of memory that one may take

bool is_pointer(const std::string& text) {
  try {
    const nlohmann::json::json_pointer pointer(text);
    return !pointer.empty();
  } catch (const nlohmann::json::parse_error&) {
    return false;
  }
}

std::optional<Source> read_pattern(Table& table) {
  const auto text = table.text("pattern");
  if (!text) {
    return std::nullopt;
  }
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kExpressionBytes);
  auto expression = std::make_shared<RE2>(*text, options);
  if (!expression->ok()) {
    table.problem("pattern", fmt::format("this is no regular expression: {}", expression->error()));
    return std::nullopt;
  }
  return Source{Source::Kind::pattern, *text, std::move(expression)};
}

}  // namespace

std::string read_pointer(Table& table, std::string_view key) {
  std::string pointer = table.required_text(key);
  if (table.has(key) && !pointer.empty() && !is_pointer(pointer)) {
    table.problem(key, fmt::format("'{}' is not a JSON pointer", pointer), "write it like \"/data/0/id\"");
  }
  return pointer;
}

std::optional<Source> read_source(Table& table, std::string_view key) {
  const auto value = table.get(key);
  if (!value || value->kind() != Value::Kind::table) {
    std::string pointer = read_pointer(table, key);
    return pointer.empty() ? std::nullopt : std::optional(Source{Source::Kind::pointer, std::move(pointer)});
  }
  Table source = value->table();
  auto from = read_source_in(source);
  if (!from && source.empty()) {
    source.missing("pointer");
  }
  source.finish();
  return from;
}

std::optional<Source> read_source_in(Table& table) {
  if (table.has("pointer")) {
    return Source{Source::Kind::pointer, read_pointer(table, "pointer")};
  }
  if (table.has("header")) {
    const auto name = table.text("header");
    return name ? std::optional(Source{Source::Kind::header, *name}) : std::nullopt;
  }
  table.get("pointer");  // what there could have been, for a misspelling
  table.get("header");
  return read_pattern(table);
}

// A body as JSON. simdjson reads it, in a twentieth of the time that nlohmann-json takes; what that refuses, such as an
// integer of more than 64 bits, nlohmann-json may yet read.
struct Answer::Document {
  explicit Document(const std::string& body) {
    if (parser.parse(body).get(root) != simdjson::SUCCESS) {
      other = nlohmann::json::parse(body, nullptr, false);
    }
  }

  // What is there: null where nothing is, an empty array in the place of any array or object.
  nlohmann::json at(const std::string& pointer) const {
    if (other) {
      const nlohmann::json::json_pointer path(pointer);
      return other->contains(path) ? other->at(path) : nlohmann::json();
    }
    simdjson::dom::element found;
    if (root.at_pointer(pointer).get(found) != simdjson::SUCCESS) {
      return {};
    }
    using Type = simdjson::dom::element_type;
    switch (found.type()) {
      case Type::STRING:
        return std::string(std::string_view(found));
      case Type::INT64:
        return std::int64_t(found);
      case Type::UINT64:
        return std::uint64_t(found);
      case Type::DOUBLE:
        return double(found);
      case Type::BOOL:
        return bool(found);
      case Type::NULL_VALUE:
        return {};
      case Type::ARRAY:
      case Type::OBJECT:
        return nlohmann::json::array();
    }
    return {};
  }

  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::optional<nlohmann::json> other;
};

Answer::Answer(const http::Response& response) : response_(response) {}
Answer::~Answer() = default;

const Answer::Document& Answer::document() const {
  if (!document_) {
    document_ = std::make_unique<const Document>(response_.body);
  }
  return *document_;
}

std::optional<std::string> Answer::text(const Source& from) const {
  switch (from.kind) {
    case Source::Kind::pointer: {
      const nlohmann::json value = document().at(from.text);
      if (value.is_null() || value.is_structured()) {
        return std::nullopt;
      }
      return value.is_string() ? value.get<std::string>() : value.dump();
    }
    case Source::Kind::header: {
      const auto value = response_.headers.find(from.text);
      return value ? std::optional(std::string(*value)) : std::nullopt;
    }
    case Source::Kind::pattern: {
      const bool group = from.expression->NumberOfCapturingGroups() > 0;
      re2::StringPiece match[2];
      if (!from.expression->Match(response_.body, 0, response_.body.size(), RE2::UNANCHORED, match, 2)) {
        return std::nullopt;
      }
      return std::string(match[group ? 1 : 0]);
    }
  }
  return std::nullopt;
}

bool Answer::has(const Source& what) const {
  if (what.kind == Source::Kind::pointer) {
    return !document().at(what.text).is_null();
  }
  return text(what).has_value();
}

}  // namespace faultline::load
