#include "load/template.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "http/message.h"

namespace faultline::load {
namespace {

bool is_variable(const std::string& name) {
  return name.starts_with(kEnvironmentPrefix) && name.size() > kEnvironmentPrefix.size();
}

bool is_known(const std::string& name, const Names& names) {
  return names.known.contains(name) || (names.secrets && is_variable(name));
}

Diagnostic unknown(const std::string& name, const Names& names, Place place) {
  if (!names.secrets && (name == kApiKeyName || is_variable(name))) {
    return {std::move(place), fmt::format("'${{{}}}' cannot be drawn: a plan holds no secret", name),
            "use it in a request"};
  }
  if (name == kApiKeyName) {
    return {std::move(place), "'${api_key}' is the key of ${tenant}, which is not drawn",
            "add to [flow.data]: tenant = { pick = [...] }"};
  }
  std::vector<std::string> candidates;
  for (const auto& [known, kind] : names.known) {
    candidates.push_back(known);
  }
  return {
      std::move(place),
      fmt::format("unknown placeholder '${{{}}}': it is not drawn, and no earlier step captures it", name),
      did_you_mean(name, candidates)};
}

std::string encoded(const std::string& value, Encoding encoding) {
  switch (encoding) {
    case Encoding::plain:
      return value;
    case Encoding::target:
      return http::percent_encoded(value);
    case Encoding::form:
      return http::form_encoded(value);
    case Encoding::header: {
      std::string field = value;
      for (char& c : field) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          c = ' ';
        }
      }
      return field;
    }
    case Encoding::json: {
      const auto invalid_utf8 = nlohmann::json::error_handler_t::replace;
      const std::string quoted = nlohmann::json(value).dump(-1, ' ', false, invalid_utf8);
      return quoted.substr(1, quoted.size() - 2);
    }
  }
  return {};
}

}  // namespace

void append(Template& text, std::string_view characters) {
  if (text.pieces.empty() || text.pieces.back().placeholder) {
    text.pieces.push_back({false, {}});
  }
  text.pieces.back().text += characters;
}

std::optional<Template> read_template(const Value& value, const Names& names, Diagnostics& problems) {
  constexpr std::string_view kOpen = "${", kEscaped = "$${";
  const std::size_t problems_before = problems.size();
  const std::string source = value.text();
  Template text;
  for (std::size_t at = 0; at < source.size();) {
    const std::string_view rest = std::string_view(source).substr(at);
    if (rest.starts_with(kEscaped)) {
      append(text, kOpen);
      at += kEscaped.size();
    } else if (rest.starts_with(kOpen)) {
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos) {
        problems.push_back({value.place_in_text(at), "this placeholder has no end", "write ${name}"});
        return std::nullopt;
      }
      const std::string name(rest.substr(kOpen.size(), end - kOpen.size()));
      if (!is_known(name, names)) {
        problems.push_back(unknown(name, names, value.place_in_text(at)));
      }
      text.pieces.push_back({true, name});
      at += end + 1;
    } else {
      append(text, rest.substr(0, 1));
      ++at;
    }
  }
  return problems.size() == problems_before ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<std::string> expand(const Template& text, Encoding encoding, const Lookup& lookup) {
  std::string expanded;
  for (const Template::Piece& piece : text.pieces) {
    if (!piece.placeholder) {
      expanded += piece.text;
      continue;
    }
    const std::string* value = lookup(piece.text);
    if (!value) {
      return std::nullopt;
    }
    expanded += encoded(*value, encoding);
  }
  return expanded;
}

}  // namespace faultline::load
