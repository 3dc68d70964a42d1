#include "protocol/postgres/statement.h"

#include <algorithm>
#include <array>

namespace faultline::protocol::postgres {
namespace {

std::string upper(std::string_view word) {
  std::string capitals(word);
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return capitals;
}

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '"' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

// The next word, or a single character that is in none; empty at the end.
std::string_view take(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::size_t size = 0;
  bool quoted = false;
  while (size < text.size() && (quoted || in_word(text[size]))) {
    quoted = text[size] == '"' ? !quoted : quoted;
    ++size;
  }
  size = std::min(std::max<std::size_t>(size, 1), text.size());
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(size);
  return word;
}

// Without schema and quotes.
std::string bare(std::string_view name) {
  if (name.ends_with('"')) {
    name.remove_suffix(1);
    return std::string(name.substr(name.rfind('"') + 1));
  }
  return std::string(name.substr(name.rfind('.') + 1));
}

// The keyword of the statement that follows WITH's queries: the first of these outside of parentheses.
std::string behind_with(std::string_view text) {
  constexpr std::array<std::string_view, 5> kMain = {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"};
  int depth = 0;
  for (std::string_view word = take(text); !word.empty(); word = take(text)) {
    depth += word == "(" ? 1 : word == ")" ? -1 : 0;
    std::string capitals = upper(word);
    if (depth == 0 && std::find(kMain.begin(), kMain.end(), capitals) != kMain.end()) {
      return capitals;
    }
  }
  return "SELECT";
}

}  // namespace

std::string kind_of(std::string_view fingerprint) {
  std::string_view rest = fingerprint;
  std::string kind = upper(take(rest));
  if (kind == "WITH") {
    return behind_with(rest);
  }
  if (kind == "START") {
    return "BEGIN";
  }
  if (kind == "END") {
    return "COMMIT";
  }
  if (kind == "ABORT") {
    return "ROLLBACK";
  }
  // These go on with the transaction, or are no end of one.
  if (kind == "COMMIT" || kind == "ROLLBACK") {
    const std::string next = upper(take(rest));
    if (next == "PREPARED" || next == "TO") {
      return kind + " " + next;
    }
  }
  return kind;
}

std::vector<std::string> tables_of(std::string_view fingerprint) {
  constexpr std::array<std::string_view, 7> kBefore = {"FROM",  "JOIN",     "INTO", "UPDATE",
                                                       "TABLE", "TRUNCATE", "COPY"};
  constexpr std::array<std::string_view, 8> kBetween = {"ONLY", "TABLE",   "IF",   "EXISTS",
                                                        "NOT",  "LATERAL", "TEMP", "OF"};
  std::vector<std::string> tables;
  bool expected = false;
  for (std::string_view word = take(fingerprint); !word.empty(); word = take(fingerprint)) {
    const std::string capitals = upper(word);
    if (std::find(kBefore.begin(), kBefore.end(), capitals) != kBefore.end()) {
      expected = true;
    } else if (expected && std::find(kBetween.begin(), kBetween.end(), capitals) == kBetween.end()) {
      expected = false;
      const bool is_name =
          in_word(word.front()) && word.front() != '$' && capitals != "SET" && capitals != "SELECT";
      const bool function = fingerprint.starts_with("(") || fingerprint.starts_with(" (SELECT");
      const std::string name = bare(word);
      if (is_name && !function && std::find(tables.begin(), tables.end(), name) == tables.end()) {
        tables.push_back(name);
      }
      // A list: FROM a, b
      expected = fingerprint.starts_with(",");
      if (expected) {
        fingerprint.remove_prefix(1);
      }
    }
  }
  return tables;
}

std::string_view traceparent_of(std::string_view sql) {
  constexpr std::string_view kKey = "traceparent='";
  const std::size_t comment = sql.find("/*");
  const std::size_t key = comment == std::string_view::npos ? comment : sql.find(kKey, comment);
  if (key == std::string_view::npos) {
    return {};
  }
  const std::size_t begin = key + kKey.size(), end = sql.find('\'', begin);
  return end == std::string_view::npos ? std::string_view{} : sql.substr(begin, end - begin);
}

}  // namespace faultline::protocol::postgres
