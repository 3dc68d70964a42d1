#include "protocol/postgres/fingerprint.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "protocol/operations.h"

// Lexical structure: PostgreSQL 15, section 4.1, and src/backend/parser/scan.l.

namespace faultline::protocol::postgres {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool in_name(char c) {
  return begins_name(c) || is_digit(c) || c == '$';
}

bool same_word(std::string_view word, std::string_view upper_case) {
  return word.size() == upper_case.size() &&
         std::equal(word.begin(), word.end(), upper_case.begin(), [](char a, char b) {
           return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
         });
}

template <std::size_t N>
bool any_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view one) { return same_word(word, one); });
}

// Words after which a minus is a sign, since no operand can have ended there.
constexpr std::array<std::string_view, 28> kBeforeOperand = {
    "SELECT", "WHERE",     "AND",  "OR", "NOT",      "IN",     "THEN", "ELSE",    "WHEN",    "LIMIT",
    "OFFSET", "VALUES",    "SET",  "BY", "ON",       "HAVING", "CASE", "DEFAULT", "BETWEEN", "LIKE",
    "ILIKE",  "RETURNING", "FROM", "TO", "DISTINCT", "ALL",    "ANY",  "IS"};

constexpr std::array<std::string_view, 3> kConstants = {"NULL", "TRUE", "FALSE"};
// Words after which NULL, TRUE and FALSE belong to the statement: IS NULL, NOT NULL, ON DELETE SET NULL.
constexpr std::array<std::string_view, 3> kBeforeKeyword = {"IS", "NOT", "SET"};

// Beyond that an operation's name is cut.
constexpr std::size_t kLongest = Operations::kLongestName;

class Scanner {
 public:
  Scanner(std::string_view sql, std::string& to) : sql_(sql), to_(to) {}

  void run() {
    while (at_ < sql_.size() && to_.size() <= kLongest) {
      one();
    }
    while (!to_.empty() && (to_.back() == ';' || to_.back() == ' ')) {
      to_.pop_back();
    }
  }

 private:
  enum class Last { nothing, operand, symbol, word };

  char peek(std::size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }

  void one() {
    const char c = peek();
    if (is_space(c)) {
      space_ = true;
      ++at_;
    } else if (c == '-' && peek(1) == '-') {
      space_ = true;
      at_ = std::min(sql_.find('\n', at_), sql_.size());
    } else if (c == '/' && peek(1) == '*') {
      space_ = true;
      skip_block_comment();
    } else if (c == '\'') {
      skip_string(false);
      placeholder();
    } else if (c == '"') {
      quoted_name();
    } else if (c == '$') {
      dollar();
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      skip_number();
      placeholder();
    } else if (c == '-' && expects_operand() && signed_number()) {
      placeholder();
    } else if (begins_name(c)) {
      word();
    } else {
      emit(sql_.substr(at_, 1));
      ++at_;
      last_ = c == ')' || c == ']' ? Last::operand : Last::symbol;
    }
  }

  bool expects_operand() const {
    return last_ == Last::nothing || last_ == Last::symbol ||
           (last_ == Last::word && any_of(last_word_, kBeforeOperand));
  }

  // At a minus: goes behind the number that it is the sign of, if it is.
  bool signed_number() {
    std::size_t ahead = 1;
    while (is_space(peek(ahead))) {
      ++ahead;
    }
    if (!is_digit(peek(ahead)) && !(peek(ahead) == '.' && is_digit(peek(ahead + 1)))) {
      return false;
    }
    at_ += ahead;
    skip_number();
    return true;
  }

  void skip_number() {
    while (is_digit(peek()) || peek() == '.') {
      ++at_;
    }
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
      at_ += 1 + sign;
      while (is_digit(peek())) {
        ++at_;
      }
    }
  }

  // At the opening quote.
  void skip_string(bool escapes) {
    for (++at_; at_ < sql_.size(); ++at_) {
      if (escapes && sql_[at_] == '\\') {
        ++at_;
      } else if (sql_[at_] == '\'') {
        if (peek(1) != '\'') {
          ++at_;
          return;
        }
        ++at_;
      }
    }
    at_ = std::min(at_, sql_.size());
  }

  void skip_block_comment() {
    std::size_t depth = 1;
    for (at_ += 2; at_ < sql_.size() && depth > 0; ++at_) {
      if (peek() == '/' && peek(1) == '*') {
        ++depth;
        ++at_;
      } else if (peek() == '*' && peek(1) == '/') {
        --depth;
        ++at_;
      }
    }
    at_ = std::min(at_, sql_.size());
  }

  void quoted_name() {
    std::size_t end = sql_.find('"', at_ + 1);
    end = end == std::string_view::npos ? sql_.size() : end + 1;
    emit(sql_.substr(at_, end - at_));
    at_ = end;
    last_ = Last::operand;
  }

  // $1, $$text$$, $tag$text$tag$, or only a dollar.
  void dollar() {
    std::size_t end = at_ + 1;
    if (is_digit(peek(1))) {
      while (end < sql_.size() && is_digit(sql_[end])) {
        ++end;
      }
      at_ = end;
      placeholder();
      return;
    }
    while (end < sql_.size() && sql_[end] != '$' && in_name(sql_[end])) {
      ++end;
    }
    if (end < sql_.size() && sql_[end] == '$') {
      const std::string_view tag = sql_.substr(at_, end + 1 - at_);
      const std::size_t close = sql_.find(tag, end + 1);
      at_ = close == std::string_view::npos ? sql_.size() : close + tag.size();
      placeholder();
      return;
    }
    emit("$");
    ++at_;
    last_ = Last::symbol;
  }

  void word() {
    std::size_t end = at_;
    while (end < sql_.size() && in_name(sql_[end])) {
      ++end;
    }
    const std::string_view word = sql_.substr(at_, end - at_);
    if (end < sql_.size() && sql_[end] == '\'' && word.size() == 1 && string_prefix(word[0])) {
      at_ = end;
      skip_string(word[0] == 'e' || word[0] == 'E');
      placeholder();
      return;
    }
    if (same_word(word, "U") && sql_.substr(end).starts_with("&'")) {
      at_ = end + 1;
      skip_string(false);
      placeholder();
      return;
    }
    at_ = end;
    const bool keyword = last_ == Last::word && any_of(last_word_, kBeforeKeyword);
    if (any_of(word, kConstants) && !keyword && last_ != Last::nothing) {
      placeholder();
      return;
    }
    emit(word);
    last_ = Last::word;
    last_word_ = word;
  }

  static bool string_prefix(char c) {
    constexpr std::string_view kPrefixes = "eEbBxXnN";
    return kPrefixes.find(c) != std::string_view::npos;
  }

  void emit(std::string_view text) {
    if (space_ && !to_.empty()) {
      to_ += ' ';
    }
    space_ = false;
    to_ += text;
  }

  void placeholder() {
    std::array<char, 16> number{};
    const auto end = std::to_chars(number.data(), number.data() + number.size(), ++placeholders_).ptr;
    emit("$");
    to_.append(number.data(), end);
    last_ = Last::operand;
  }

  const std::string_view sql_;
  std::string& to_;
  std::size_t at_ = 0;
  bool space_ = false;  // white space or a comment since the last token
  Last last_ = Last::nothing;
  std::string_view last_word_;
  unsigned placeholders_ = 0;
};

}  // namespace

std::string_view fingerprint(std::string_view sql, std::string& buffer) {
  buffer.clear();
  Scanner(sql, buffer).run();
  return buffer;
}

}  // namespace faultline::protocol::postgres
