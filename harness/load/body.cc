#include "load/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "http/message.h"
#include "load/flow_file.h"
#include "load/json_body.h"

namespace faultline::load {
namespace {

constexpr std::size_t kMebibytesAtMost = 64;

// In the order of Body::Kind.
const std::vector<std::string>& keys() {
  static const std::vector<std::string> kKeys = {"json", "form", "body", "body_file", "multipart"};
  return kKeys;
}

// A text with placeholders; a number or a boolean as JSON writes it.
std::optional<Template> read_scalar(const Value& value, const Names& names, Diagnostics& problems) {
  switch (value.kind()) {
    case Value::Kind::text:
      return read_template(value, names, problems);
    case Value::Kind::integer:
      return Template{{{false, nlohmann::json(value.integer()).dump()}}};
    case Value::Kind::real:
      return Template{{{false, nlohmann::json(value.real()).dump()}}};
    case Value::Kind::boolean:
      return Template{{{false, value.boolean() ? "true" : "false"}}};
    case Value::Kind::array:
    case Value::Kind::table:
      break;
  }
  value.problem("this must be a string, a number or a boolean");
  return std::nullopt;
}

std::optional<BodyFile> read_body_file(Table& table, std::string_view key) {
  const std::string name = table.required_text(key);
  try {
    const auto path = beside(table, name);
    return BodyFile{path, std::make_shared<const std::string>(read_file(path, kMebibytesAtMost))};
  } catch (const std::runtime_error& error) {
    table.problem(key, fmt::format("'{}': {}", name, error.what()));
    return std::nullopt;
  }
}

// What is written of a form is encoded here, once; what its placeholders stand for is when it is sent.
void append_pair(Template& form, const std::string& name, const Template& value) {
  append(form, form.pieces.empty() ? "" : "&");
  append(form, http::form_encoded(name) + "=");
  for (const Template::Piece& piece : value.pieces) {
    if (piece.placeholder) {
      form.pieces.push_back(piece);
    } else {
      append(form, http::form_encoded(piece.text));
    }
  }
}

Template read_form(Table fields, const Names& names, Diagnostics& problems) {
  Template form;
  for (const std::string& name : fields.keys()) {
    const auto value = fields.get(name);
    const bool several = value && value->kind() == Value::Kind::array;
    for (const Value& each : several ? value->array() : std::vector<Value>{*value}) {
      if (const auto text = read_scalar(each, names, problems)) {
        append_pair(form, name, *text);
      }
    }
  }
  return form;
}

// In quotes, as browsers write it (RFC 7578, 4.2, and html.spec.whatwg.org, "multipart/form-data").
std::string in_quotes(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) {
    result += c == '"' ? "%22" : c == '\r' ? "%0D" : c == '\n' ? "%0A" : std::string(1, c);
  }
  return result + '"';
}

class MultipartReader {
 public:
  MultipartReader(const Names& names, Diagnostics& problems) : names_(names), problems_(problems) {}

  void read(const std::string& name, const Value& value) {
    if (value.kind() != Value::Kind::table) {
      const auto text = read_scalar(value, names_, problems_);
      return text ? add(name, {}, {}, *text) : void();
    }
    Table part = value.table();
    const std::string type = read_type(part);
    if (part.has("file") == part.has("value")) {
      part.problem("value", fmt::format("'{}' must have a 'value' or a 'file'", name));
      part.get("value");
      part.get("file");
    } else if (part.has("file")) {
      if (const auto file = read_body_file(part, "file")) {
        add(name, part.text("name").value_or(file->path.filename().string()),
            type.empty() ? "application/octet-stream" : type, *file);
      }
    } else if (const auto text = read_scalar(*part.get("value"), names_, problems_)) {
      add(name, {}, type, *text);
    }
    part.finish();
  }

  std::vector<std::variant<Template, BodyFile>> take() {
    append(text(), "--");
    text().pieces.push_back({true, std::string(kBoundaryName)});
    append(text(), "--\r\n");
    return std::move(pieces_);
  }

 private:
  static std::string read_type(Table& part) {
    const std::string type = part.text("type").value_or("");
    const bool harmless =
        std::all_of(type.begin(), type.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7F; });
    if (part.has("type") && (!harmless || type.find('/') == std::string::npos)) {
      part.problem("type", "this is no media type", "write it like \"text/csv\"");
    }
    return type;
  }

  // The text at the end of what there is so far.
  Template& text() {
    if (pieces_.empty() || !std::holds_alternative<Template>(pieces_.back())) {
      pieces_.emplace_back(Template{});
    }
    return std::get<Template>(pieces_.back());
  }

  void add(const std::string& name, const std::optional<std::string>& file_name, std::string_view type,
           const std::variant<Template, BodyFile>& content) {
    append(text(), "--");
    text().pieces.push_back({true, std::string(kBoundaryName)});
    append(text(), "\r\nContent-Disposition: form-data; name=" + in_quotes(name));
    append(text(), file_name ? "; filename=" + in_quotes(*file_name) : "");
    append(text(), type.empty() ? "" : fmt::format("\r\nContent-Type: {}", type));
    append(text(), "\r\n\r\n");
    if (const auto* value = std::get_if<Template>(&content)) {
      text().pieces.insert(text().pieces.end(), value->pieces.begin(), value->pieces.end());
    } else {
      pieces_.push_back(content);
    }
    append(text(), "\r\n");
  }

  const Names& names_;
  Diagnostics& problems_;
  std::vector<std::variant<Template, BodyFile>> pieces_;
};

std::vector<std::variant<Template, BodyFile>> read_multipart(Table parts, const Names& names,
                                                             Diagnostics& problems) {
  MultipartReader reader(names, problems);
  for (const std::string& name : parts.keys()) {
    reader.read(name, *parts.get(name));
  }
  return reader.take();
}

Encoding encoding_of(Body::Kind kind) {
  switch (kind) {
    case Body::Kind::json:
      return Encoding::json;
    case Body::Kind::form:
      return Encoding::form;
    case Body::Kind::text:
    case Body::Kind::file:
    case Body::Kind::multipart:
      break;
  }
  return Encoding::plain;
}

}  // namespace

std::optional<Body> read_body(Table& step, const Names& names, Diagnostics& problems) {
  std::optional<Body> body;
  std::string_view first;
  for (std::size_t kind = 0; kind < keys().size(); ++kind) {
    const std::string& key = keys()[kind];
    const auto value = step.get(key);
    if (!value) {
      continue;
    }
    if (!first.empty()) {
      value->problem(fmt::format("a request has one body: '{}', or '{}'", first, key));
      return std::nullopt;
    }
    first = key;
    body = Body{static_cast<Body::Kind>(kind), {}};
    const auto add = [&](auto piece) {
      if (piece) {
        body->pieces.emplace_back(std::move(*piece));
      }
    };
    switch (body->kind) {
      case Body::Kind::json:
        add(read_json_body(*value, names, problems));
        break;
      case Body::Kind::form:
        if (auto fields = step.table(key)) {
          add(std::optional(read_form(*fields, names, problems)));
        }
        break;
      case Body::Kind::text:
        if (step.text(key)) {
          add(read_template(*value, names, problems));
        }
        break;
      case Body::Kind::file:
        add(read_body_file(step, key));
        break;
      case Body::Kind::multipart:
        if (auto parts = step.table(key)) {
          body->pieces = read_multipart(*parts, names, problems);
        }
        break;
    }
  }
  return body;
}

Template content_type(Body::Kind kind) {
  static constexpr std::string_view kTypes[] = {"application/json", "application/x-www-form-urlencoded",
                                                "text/plain", "application/octet-stream",
                                                "multipart/form-data; boundary="};
  Template type{{{false, std::string(kTypes[static_cast<std::size_t>(kind)])}}};
  if (kind == Body::Kind::multipart) {
    type.pieces.push_back({true, std::string(kBoundaryName)});
  }
  return type;
}

std::optional<std::string> expand(const Body& body, const Lookup& lookup) {
  std::string bytes;
  for (const auto& piece : body.pieces) {
    if (const auto* file = std::get_if<BodyFile>(&piece)) {
      bytes += *file->bytes;
      continue;
    }
    auto text = expand(std::get<Template>(piece), encoding_of(body.kind), lookup);
    if (!text) {
      return std::nullopt;
    }
    if (bytes.empty()) {
      bytes = std::move(*text);
    } else {
      bytes += *text;
    }
  }
  return bytes;
}

}  // namespace faultline::load
