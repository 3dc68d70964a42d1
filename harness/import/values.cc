#include "import/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>

#include "import/fields.h"
#include "import/toml_text.h"

namespace faultline::import {
namespace {

using Kind = Expression::Kind;

// A variable with an expression is written out wherever it is used.
constexpr std::size_t kWrittenOutAtMost = 1024;
constexpr double kIntegerAtMost = 0x1p53;

void append_characters(std::string_view characters, Text& text) {
  if (text.pieces.empty() || text.pieces.back().placeholder) {
    text.pieces.push_back({});
  }
  text.pieces.back().text += characters;
}

void append_text(const Text& other, Text& text) {
  for (const Text::Piece& piece : other.pieces) {
    if (piece.placeholder) {
      text.pieces.push_back(piece);
    } else {
      append_characters(piece.text, text);
    }
  }
}

// `${` in characters is written `$${`.
std::string escaped(std::string_view characters) {
  std::string result;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    result += characters.substr(i).starts_with("${") ? "$$" : std::string(1, characters[i]);
  }
  return result;
}

template <typename Write>
std::string written(const Text& text, const Write& write) {
  std::string result;
  for (const Text::Piece& piece : text.pieces) {
    result += piece.placeholder ? fmt::format("${{{}}}", piece.text) : write(piece.text);
  }
  return result;
}

std::string one_of(const std::vector<std::string>& values) {
  std::vector<std::string> texts;
  for (const std::string& value : values) {
    texts.push_back(in_quotes(value));
  }
  return table({"pick = " + array(texts)});
}

std::optional<std::int64_t> integer(const Yaml& value) {
  const auto number = value.plain ? value.number() : std::nullopt;
  return number && std::abs(*number) <= kIntegerAtMost && *number == std::floor(*number)
             ? std::optional(static_cast<std::int64_t>(*number))
             : std::nullopt;
}

Text placeholder(std::string name, bool is_integer = false) {
  return {{{true, std::move(name), is_integer}}};
}

}  // namespace

std::string in_string(const Text& text) {
  return written(text, escaped);
}

std::string in_target(const Text& text) {
  return written(text, [](std::string_view characters) {
    std::string result;
    for (const char c : characters) {
      const auto byte = static_cast<unsigned char>(c);
      const bool stays =
          byte > 0x20 && byte < 0x7F && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
      result += stays ? std::string(1, c) : fmt::format("%{:02X}", byte);
    }
    return result;
  });
}

std::string in_json(const Text& text) {
  return written(text, [](std::string_view characters) {
    const std::string json = nlohmann::json(std::string(characters)).dump();
    return escaped(std::string_view(json).substr(1, json.size() - 2));
  });
}

bool is_integer(const Text& text) {
  return text.pieces.size() == 1 && text.pieces.front().integer;
}

std::string Data::free_name(std::string_view wanted) {
  constexpr std::size_t kLongest = 64;
  std::string base;
  for (const char c : wanted.substr(0, kLongest)) {
    base += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  }
  if (base.empty() || std::isdigit(static_cast<unsigned char>(base.front())) != 0) {
    base.insert(0, "_");
  }
  std::string name = base;
  for (int n = 2; !taken_.insert(name).second; ++n) {
    name = fmt::format("{}_{}", base, n);
  }
  return name;
}

std::string Data::add(std::string_view wanted, std::string generator) {
  std::string name = free_name(wanted);
  generators_.emplace_back(name, std::move(generator));
  return name;
}

std::string Data::nth(std::string_view wanted, const std::string& generator, std::size_t n) {
  std::vector<std::string>& names = drawn_[generator];
  while (names.size() <= n) {
    names.push_back(add(wanted, generator));
  }
  return names[n];
}

std::string Data::nth_uuid(std::size_t n) {
  std::vector<std::string>& names = drawn_["uuid"];
  while (names.size() <= n) {
    // RFC 9562, 5.4: the version is 4, and the variant's digit is one of 8, 9, a and b.
    const auto digits = [&](int count) { return add("uuid_part", fmt::format("{{ hex = {} }}", count)); };
    const std::string a = digits(8), b = digits(4), c = digits(3), d = digits(3), e = digits(12);
    names.push_back(add(
        "uuid", fmt::format("{{ text = \"${{{}}}-${{{}}}-4${{{}}}-a${{{}}}-${{{}}}\" }}", a, b, c, d, e)));
  }
  return names[n];
}

std::string Data::captured(const std::string& name) {
  const auto [found, added] = captured_.try_emplace(name);
  if (added) {
    found->second = free_name(name);
  }
  return found->second;
}

std::string Data::to_toml() const {
  std::string lines;
  for (const auto& [name, generator] : generators_) {
    lines += fmt::format("{} = {}\n", name, generator);
  }
  return lines;
}

std::optional<Text> Values::read(std::string_view text, int line, std::string& lacking) {
  Text result;
  for (const Expression& piece : parse_expressions(text)) {
    if (!append(piece, line, result, lacking)) {
      return std::nullopt;
    }
  }
  // "$" before a placeholder would be read as an escape.
  for (std::size_t i = 0; i + 1 < result.pieces.size(); ++i) {
    Text::Piece& piece = result.pieces[i];
    if (!piece.placeholder && piece.text.ends_with('$')) {
      piece.text.pop_back();
      const auto after = result.pieces.begin() + static_cast<std::ptrdiff_t>(i) + 1;
      result.pieces.insert(after, {true, data_.nth("dollar", one_of({"$"}), 0)});
      ++i;
    }
  }
  return result;
}

bool Values::append(const Expression& piece, int line, Text& text, std::string& lacking) {
  const auto drawn = [&](std::string_view wanted, const std::string& generator, bool is_integer) {
    text.pieces.push_back({true, data_.nth(wanted, generator, drawn_[generator]++), is_integer});
  };
  switch (piece.kind) {
    case Kind::text:
      append_characters(piece.text, text);
      return true;
    case Kind::environment:
      text.pieces.push_back({true, "env:" + piece.text});
      if (piece.fallback) {
        notes_.push_back(
            {line, fmt::format("the default of {}", piece.text),
             fmt::format("a flow has none for the environment: set {}; the script's default is '{}'",
                         piece.text, *piece.fallback)});
      }
      return true;
    case Kind::random_string:
      drawn("random_string", fmt::format("{{ hex = {} }}", piece.most), false);
      return true;
    case Kind::random_number:
      drawn("random_number", fmt::format("{{ integer = [{}, {}] }}", piece.least, piece.most), true);
      return true;
    case Kind::uuid:
      text.pieces.push_back({true, data_.nth_uuid(drawn_["uuid"]++)});
      return true;
    case Kind::variable:
      if (const auto known = known_.find(piece.text); known != known_.end()) {
        append_text(known->second, text);
        return true;
      }
      if (lost_.contains(piece.text)) {
        lacking = fmt::format("uses {{{{ {} }}}}, which comes from what was not carried over", piece.text);
        return false;
      }
      if (const auto variable = variables_.find(piece.text); variable != variables_.end()) {
        append_text(variable->second, text);
        return true;
      }
      lacking = fmt::format(
          "uses {{{{ {} }}}}, which nothing before it in the scenario captures: Artillery sends it empty",
          piece.text);
      return false;
    case Kind::other:
      lacking = fmt::format("uses {{{{ {} }}}}, which has no counterpart here", piece.text);
      return false;
  }
  return false;
}

std::string Values::capture(const std::string& name) {
  std::string captured = data_.captured(name);
  set(name, placeholder(captured));
  return captured;
}

void Values::lose(const std::string& name) {
  known_.erase(name);
  lost_.insert(name);
}

void Values::set(const std::string& name, Text text) {
  lost_.erase(name);
  known_[name] = std::move(text);
}

void read_variables(const Yaml& value, Data& data, Variables& variables, std::vector<Note>& notes) {
  Fields fields(value, "config.variables", notes);
  const Variables none;
  Values values(data, none, notes);
  for (const Member& member : value.members) {
    const auto note = [&](std::string why) {
      notes.push_back({member.line, fmt::format("variable '{}'", member.name), std::move(why)});
    };
    std::vector<std::string> of;
    bool texts = true, plain = true;
    for (const Yaml* item : as_list(member.value)) {
      const auto pieces = parse_expressions(item->text);
      texts = texts && item->kind == Yaml::Kind::text;
      plain = plain && std::all_of(pieces.begin(), pieces.end(),
                                   [](const Expression& piece) { return piece.kind == Kind::text; });
      of.push_back(item->text);
    }
    std::string lacking;
    if (of.empty() || !texts) {
      note("only texts and numbers, and lists of them, can be picked from");
    } else if (const auto number = integer(member.value)) {
      variables[member.name] =
          placeholder(data.add(member.name, fmt::format("{{ integer = [{0}, {0}] }}", *number)), true);
    } else if (plain) {
      variables[member.name] = placeholder(data.add(member.name, one_of(of)));
    } else if (of.size() > 1 || of.front().size() > kWrittenOutAtMost) {
      note("what is picked from is fixed: no expression may be in it");
    } else if (auto text = values.read(of.front(), member.line, lacking)) {
      variables[member.name] = std::move(*text);
    } else {
      note(lacking);
    }
  }
}

void read_payload(const Yaml& value, Data& data, Variables& variables, std::vector<Note>& notes) {
  for (const Yaml* one : as_list(value)) {
    Fields payload(*one, "config.payload", notes);
    const std::string* path = payload.text("path");
    const Yaml* columns = payload.get("fields");
    std::vector<std::string> names;
    for (const Yaml* column : columns ? as_list(*columns) : std::vector<const Yaml*>{}) {
      if (column->kind == Yaml::Kind::text && !variables.contains(column->text)) {
        names.push_back(data.add(column->text, one_of({column->text})));
        variables[column->text] = placeholder(names.back());
      }
    }
    notes.push_back({one->line, fmt::format("payload '{}'", path ? *path : ""),
                     names.empty()
                         ? "its columns have no names here: give it 'fields', and import it again"
                         : fmt::format("is not read: put the file's values into [flow.data], for {}. Each is "
                                       "drawn alone, not row by row",
                                       fmt::join(names, ", "))});
    for (const std::string_view how :
         {"order", "skipHeader", "delimiter", "cast", "skipEmptyLines", "name", "loadAll"}) {
      payload.get(how);  // how a file is read that is not read
    }
    payload.finish();
  }
}

}  // namespace faultline::import
