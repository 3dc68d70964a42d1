#include "import/request.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

#include "core/units.h"
#include "import/answer.h"
#include "import/fields.h"
#include "import/toml_text.h"

namespace faultline::import {
namespace {

constexpr std::size_t kLineAtMost = 80;  // of JSON: what is longer is written over several

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

// A YAML value as JSON text with placeholders.
class JsonWriter {
 public:
  JsonWriter(Values& values, std::string& lacking) : values_(values), lacking_(lacking) {}

  std::string write(const Yaml& value, std::size_t indent = 0) {
    switch (value.kind) {
      case Yaml::Kind::none:
        return "null";
      case Yaml::Kind::text:
        return scalar(value);
      case Yaml::Kind::list: {
        std::vector<std::string> items;
        for (const Yaml& item : value.items) {
          items.push_back(write(item, indent + 2));
        }
        return joined('[', items, ']', indent);
      }
      case Yaml::Kind::map: {
        std::vector<std::string> members;
        for (const Member& member : value.members) {
          members.push_back(
              fmt::format("\"{}\": {}", text(member.name, member.line), write(member.value, indent + 2)));
        }
        return joined('{', members, '}', indent);
      }
    }
    return {};
  }

 private:
  static std::string joined(char open, const std::vector<std::string>& items, char close,
                            std::size_t indent) {
    if (items.empty()) {
      return {open, close};
    }
    std::size_t length = 0;
    bool lines = false;
    for (const std::string& item : items) {
      length += item.size() + 2;
      lines = lines || item.find('\n') != std::string::npos;
    }
    if (indent > 0 && !lines && length <= kLineAtMost) {
      return fmt::format("{} {} {}", open, fmt::join(items, ", "), close);
    }
    const std::string blanks(indent, ' ');
    return fmt::format("{0}\n  {1}{2}\n{1}{3}", open, blanks, fmt::join(items, ",\n  " + blanks), close);
  }

  std::string scalar(const Yaml& value) {
    if (value.plain) {
      if (const auto boolean = value.boolean()) {
        return *boolean ? "true" : "false";
      }
      if (value.text == "null" || value.text == "Null" || value.text == "NULL") {
        return "null";
      }
      if (const auto number = value.number()) {
        // As it is written where that is JSON, so that no digit is lost.
        return nlohmann::json::accept(value.text) ? value.text : nlohmann::json(*number).dump();
      }
    }
    if (const auto read = values_.read(value.text, value.line, lacking_)) {
      return is_integer(*read) ? in_string(*read) : fmt::format("\"{}\"", in_json(*read));
    }
    return "\"\"";
  }

  std::string text(const std::string& characters, int line) {
    const auto read = values_.read(characters, line, lacking_);
    return read ? in_json(*read) : std::string();
  }

  Values& values_;
  std::string& lacking_;
};

// The path and the query of a request. Nothing when it goes elsewhere, or `lacking` says what it has no value for.
std::optional<std::string> target_of(std::string url, int line, const Script& script, Values& values,
                                     std::string& lacking) {
  constexpr std::string_view kTarget = "{{ target }}";
  for (const std::string_view start : {std::string_view(script.target), kTarget}) {
    if (!start.empty() && url.starts_with(start)) {
      url.erase(0, start.size());
      break;
    }
  }
  if (url.find("://") < url.find_first_of("/?{")) {
    lacking = "goes to another address: a load test has one";
    return std::nullopt;
  }
  if (!url.starts_with('/') && !url.starts_with("{{")) {
    url.insert(0, "/");
  }
  url.erase(std::min(url.find('#'), url.size()));
  const auto text = values.read(url, line, lacking);
  if (!text) {
    return std::nullopt;
  }
  std::string target = in_target(*text);
  if (!target.starts_with('/')) {
    lacking = "begins with a value: a target begins with '/'";
    return std::nullopt;
  }
  return target;
}

// qs -> "?a=1&b=2", behind a query that may be there already.
void append_query(const Yaml& query, Values& values, std::string& target, std::string& lacking) {
  for (const Member& member : query.members) {
    for (const Yaml* value : as_list(member.value)) {
      const auto name = values.read(member.name, member.line, lacking);
      const auto text = values.read(value->text, value->line, lacking);
      if (!name || !text || value->kind != Yaml::Kind::text) {
        lacking = lacking.empty() ? "has a query of more than texts" : lacking;
        return;
      }
      const auto encoded = [](Text part) {
        for (Text::Piece& piece : part.pieces) {
          if (!piece.placeholder) {
            std::string result;
            for (const char c : piece.text) {
              const bool stays = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                                 std::string_view("-._~").find(c) != std::string_view::npos;
              result += stays ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
            }
            piece.text = std::move(result);
          }
        }
        return in_target(part);
      };
      target += target.find('?') == std::string::npos ? '?' : '&';
      target += encoded(*name) + "=" + encoded(*text);
    }
  }
}

class Headers {
 public:
  Headers(Script& script, Values& values) : script_(script), values_(values) {}

  void add(const Member& header, std::string& lacking) {
    const std::string* const value = header.value.kind == Yaml::Kind::text ? &header.value.text : nullptr;
    if (!may_be_header(header.name) || !value || has_control(*value)) {
      script_.notes.push_back({header.line, fmt::format("header '{}'", header.name),
                               "is written by the client itself, or can be no header"});
      return;
    }
    if (const auto text = values_.read(*value, header.line, lacking)) {
      if (names_.insert(folded(header.name)).second) {
        headers_.push_back(fmt::format("{} = {}", key(header.name), in_quotes(in_string(*text))));
      }
    }
  }

  // Is written with the body, where that is of parts.
  void leave_out(std::string_view header) { names_.insert(folded(header)); }

  // What every request has when its value is known.
  void add_defaults() {
    for (const Member& header : script_.headers) {
      std::string lacking;
      if (!names_.contains(folded(header.name))) {
        add(header, lacking);
      }
    }
  }

  std::string to_toml() const {
    return headers_.empty() ? std::string() : fmt::format("headers = {}\n", table(headers_));
  }

 private:
  Script& script_;
  Values& values_;
  std::set<std::string> names_;
  std::vector<std::string> headers_;
};

std::string cookies(const Yaml& cookie) {
  std::vector<std::string> pairs;
  for (const Member& member : cookie.members) {
    pairs.push_back(fmt::format("{}={}", member.name, member.value.text));
  }
  return fmt::format("{}", fmt::join(pairs, "; "));
}

// A text of a form, in quotes; "lacking" says what it has no value for.
std::string form_text(const Yaml& value, Values& values, std::string& lacking) {
  const auto text =
      value.kind == Yaml::Kind::text ? values.read(value.text, value.line, lacking) : std::nullopt;
  if (!text) {
    lacking = lacking.empty() ? "sends a form of more than texts" : lacking;
    return in_quotes("");
  }
  return in_quotes(in_string(*text));
}

std::string write_form(const Yaml& form, Values& values, std::string& lacking) {
  std::vector<std::string> fields;
  for (const Member& field : form.members) {
    fields.push_back(fmt::format("{} = {}", key(field.name), form_text(field.value, values, lacking)));
  }
  return fmt::format("form = {}\n", table(fields));
}

// A part of `formData` is a text, or a map that says more of it.
std::string write_parts(const Yaml& form, Values& values, std::string& lacking) {
  std::vector<std::string> parts;
  for (const Member& part : form.members) {
    const Yaml* value = part.value.kind == Yaml::Kind::map ? part.value.find("value") : &part.value;
    const Yaml* type = part.value.find("contentType");
    if (part.value.find("fromFile")) {
      lacking =
          "uploads a file: put it beside the flow, and add a step with multipart = { … = { file = \"…\" } }";
    } else if (!value || (type && (has_control(type->text) || type->text.find('/') == std::string::npos))) {
      lacking = "sends a form of more than texts";
    } else {
      const std::string text = form_text(*value, values, lacking);
      parts.push_back(
          fmt::format("{} = {}", key(part.name),
                      type ? table({"value = " + text, "type = " + in_quotes(type->text)}) : text));
    }
  }
  return fmt::format("multipart = {}\n", table(parts));
}

// A body of text that is JSON is written as such.
std::string write_text(const Yaml& body, Values& values, std::string& lacking) {
  const auto text = body.kind == Yaml::Kind::text ? values.read(body.text, body.line, lacking) : std::nullopt;
  if (!text) {
    lacking = lacking.empty() ? "sends a body that is no text" : lacking;
    return {};
  }
  std::string sample;
  for (const Text::Piece& piece : text->pieces) {
    sample += piece.placeholder ? "0" : piece.text;
  }
  return fmt::format("{} = {}\n", nlohmann::json::accept(sample) ? "json" : "body", block(in_string(*text)));
}

// The line of the request's body, or nothing.
std::string write_body(Fields& fields, Values& values, std::string& lacking) {
  if (const Yaml* json = fields.get("json")) {
    return fmt::format("json = {}\n", block(JsonWriter(values, lacking).write(*json)));
  }
  if (const Yaml* body = fields.get("body")) {
    return write_text(*body, values, lacking);
  }
  if (const Yaml* form = fields.get("form")) {
    return write_form(*form, values, lacking);
  }
  const Yaml* parts = fields.get("formData");
  return parts ? write_parts(*parts, values, lacking) : std::string();
}

}  // namespace

std::string folded(std::string_view header) {
  std::string result(header);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

bool may_be_header(std::string_view name) {
  static const std::set<std::string> kOwn = {"host", "content-length", "connection", "transfer-encoding",
                                             "traceparent"};
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";  // RFC 9110, 5.6.2
  return !name.empty() && !kOwn.contains(folded(name)) &&
         std::all_of(name.begin(), name.end(), [&](unsigned char c) {
           return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
         });
}

std::optional<std::string> write_request(const Member& request, Script& script, Values& values) {
  Fields fields(request.value, request.name, script.notes);
  std::string method = request.name;
  std::transform(method.begin(), method.end(), method.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string lacking;
  const std::string* url = fields.text("url");
  url = url ? url : fields.text("uri");
  const std::string* name = fields.text("name");
  auto target = url ? target_of(*url, request.line, script, values, lacking) : std::nullopt;
  if (const Yaml* query = fields.get("qs"); query && target) {
    append_query(*query, values, *target, lacking);
  }
  Headers headers(script, values);
  if (fields.get("formData")) {
    headers.leave_out("Content-Type");
  }
  const Yaml* own = fields.get("headers");
  for (const Member& header : own ? own->members : std::vector<Member>{}) {
    headers.add(header, lacking);
  }
  if (const Yaml* cookie = fields.get("cookie")) {
    const Yaml written{.kind = Yaml::Kind::text, .line = cookie->line, .text = cookies(*cookie)};
    headers.add({.name = "Cookie", .line = cookie->line, .value = written}, lacking);
  }
  headers.add_defaults();
  const std::string body = write_body(fields, values, lacking);
  const Yaml* follow = fields.get("followRedirect");
  if (follow && !follow->boolean()) {
    fields.note("followRedirect", "is neither true nor false: redirects are followed");
  }
  const Yaml* capture = fields.get("capture");
  const Yaml* expect = fields.get("expect");
  fields.finish();
  if (!target || !lacking.empty()) {
    script.notes.push_back(
        {request.line, fmt::format("step '{} {}'", method, url ? *url : ""),
         fmt::format("{}; the step is left out", lacking.empty() ? "has no url" : lacking)});
    for (const std::string& lost : capture ? names_captured(*capture) : std::vector<std::string>{}) {
      values.lose(lost);
    }
    return std::nullopt;
  }
  const std::string route = method + " " + target->substr(0, target->find('?'));
  std::string step = fmt::format("[[journey.step]]\nrequest = {}\n", in_quotes(method + " " + *target));
  if (name || target->find('?') != std::string::npos) {
    step += fmt::format("name = {}\n", in_quotes(name ? *name : route));
  }
  step += headers.to_toml() + body + (follow && follow->boolean() == false ? "redirects = 0\n" : "");
  if (script.timeout) {
    step += fmt::format("timeout = \"{}\"\n", to_text(*script.timeout));
  }
  Captured captured;
  const std::string captures = capture ? write_captures(*capture, script, values, captured) : "";
  return step + (expect ? write_expectations(*expect, captured, script) : "") + captures;
}

}  // namespace faultline::import
