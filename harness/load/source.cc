#include "load/source.h"

#include <fmt/format.h>
#include <re2/re2.h>

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

Answer::Answer(const http::Response& response) : response_(response) {}
Answer::~Answer() = default;

const nlohmann::json* Answer::find(const std::string& pointer) const {
  if (!document_) {
    document_ = std::make_unique<nlohmann::json>(nlohmann::json::parse(response_.body, nullptr, false));
  }
  const nlohmann::json::json_pointer path(pointer);
  return document_->contains(path) ? &document_->at(path) : nullptr;
}

std::optional<std::string> Answer::text(const Source& from) const {
  switch (from.kind) {
    case Source::Kind::pointer: {
      const nlohmann::json* value = find(from.text);
      if (!value || value->is_null() || value->is_structured()) {
        return std::nullopt;
      }
      return value->is_string() ? value->get<std::string>() : value->dump();
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
    const nlohmann::json* value = find(what.text);
    return value && !value->is_null();
  }
  return text(what).has_value();
}

}  // namespace faultline::load
