#include "load/json_body.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace faultline::load {
namespace {

class JsonWriter {
 public:
  JsonWriter(const Names& names, Diagnostics& problems) : names_(names), problems_(problems) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::text:
        return write_text(value);
      case Value::Kind::integer:
        return literal(nlohmann::json(value.integer()).dump());
      case Value::Kind::real:
        return literal(nlohmann::json(value.real()).dump());
      case Value::Kind::boolean:
        return literal(value.boolean() ? "true" : "false");
      case Value::Kind::array: {
        std::string_view before = "[";
        for (const Value& element : value.array()) {
          literal(before);
          write(element);
          before = ",";
        }
        return literal(before == "[" ? "[]" : "]");
      }
      case Value::Kind::table: {
        Table table = value.table();
        std::string_view before = "{";
        for (const std::string& key : table.keys()) {
          if (const auto member = table.get(key)) {
            literal(before);
            literal(nlohmann::json(key).dump());
            literal(":");
            write(*member);
            before = ",";
          }
        }
        return literal(before == "{" ? "{}" : "}");
      }
    }
  }

  Template take() { return std::move(body_); }

 private:
  void literal(std::string_view text) { append(body_, text); }

  void write_text(const Value& value) {
    const auto text = read_template(value, names_, problems_);
    if (!text) {
      return;
    }
    if (text->pieces.size() == 1 && text->pieces.front().placeholder &&
        is_integer(text->pieces.front().text)) {
      body_.pieces.push_back(text->pieces.front());
      return;
    }
    literal("\"");
    for (const Template::Piece& piece : text->pieces) {
      if (piece.placeholder) {
        body_.pieces.push_back(piece);
      } else {
        const std::string quoted = nlohmann::json(piece.text).dump();
        literal(std::string_view(quoted).substr(1, quoted.size() - 2));
      }
    }
    literal("\"");
  }

  bool is_integer(const std::string& name) const {
    const auto known = names_.known.find(name);
    return known != names_.known.end() && known->second == Names::Kind::integer;
  }

  const Names& names_;
  Diagnostics& problems_;
  Template body_;
};

}  // namespace

std::optional<Template> read_json_body(const Value& value, const Names& names, Diagnostics& problems) {
  if (value.kind() == Value::Kind::text) {
    auto text = read_template(value, names, problems);
    // A digit is right for a placeholder inside a JSON string as well as for a bare one.
    static const std::string kDigit = "0";
    const auto sample = [](const std::string&) { return &kDigit; };
    if (text && !nlohmann::json::accept(*expand(*text, Encoding::json, sample))) {
      value.problem("'json' is not JSON", "check its quotes and commas");
      return std::nullopt;
    }
    return text;
  }
  const std::size_t problems_before = problems.size();
  JsonWriter writer(names, problems);
  writer.write(value);
  return problems.size() == problems_before ? std::optional(writer.take()) : std::nullopt;
}

}  // namespace faultline::load
