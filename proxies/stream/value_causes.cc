#include "stream/value_causes.h"

#include <algorithm>

namespace faultline::stream {
namespace {

constexpr std::size_t kShortestId = 12;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

template <typename F>
void each_word(std::string_view text, F f) {
  const auto in_word = [](char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '-'; };
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && in_word(text[end])) {
      ++end;
    }
    if (end - at >= ValueCauses::kShortest) {
      f(text.substr(at, end - at));
    }
    at = end + 1;
  }
}

// What looks like an id that somebody has made up: not a name, not a date.
bool is_id(std::string_view word) {
  const auto digits = std::count_if(word.begin(), word.end(), is_digit);
  const bool letters = std::any_of(word.begin(), word.end(), is_letter);
  const bool date =
      word.size() >= 10 && word[4] == '-' && word[7] == '-' && is_digit(word[0]) && is_digit(word[8]);
  return word.size() >= kShortestId && digits >= 2 && letters && !date;
}

std::string without_comments(std::string_view sql) {
  std::string text;
  while (true) {
    const std::size_t begin = sql.find("/*");
    text += sql.substr(0, begin);
    const std::size_t end = begin == std::string_view::npos ? begin : sql.find("*/", begin);
    if (end == std::string_view::npos) {
      return text;
    }
    sql.remove_prefix(end + 2);
  }
}

}  // namespace

void ValueCauses::add(std::uint64_t cause, std::string_view words) {
  each_word(words, [&](std::string_view word) {
    const auto [known, fresh] = cause_of_.emplace(word, cause);
    if (!fresh && known->second != cause) {
      known->second = kShared;
    }
  });
}

void ValueCauses::share(std::string_view words) {
  each_word(words, [&](std::string_view word) { cause_of_.insert_or_assign(std::string(word), kShared); });
}

void ValueCauses::give(std::uint64_t cause, std::string_view words) {
  each_word(words, [&](std::string_view word) {
    const auto [known, fresh] = cause_of_.emplace(word, cause);
    if (!fresh && known->second != cause) {
      known->second = settled_.contains(known->second) ? cause : kShared;
    }
  });
}

std::uint64_t ValueCauses::find(std::string_view dependency, const protocol::Request& request) {
  words_.clear();
  const auto collect = [this](std::string_view value) {
    each_word(value, [this](std::string_view word) { words_.emplace_back(word); });
    return false;
  };
  for (const fault::Field field : {fault::Field::parameter, fault::Field::argument, fault::Field::path}) {
    request.subject.any(field, {}, collect);
  }
  request.subject.any(fault::Field::statement, {},
                      [&](std::string_view sql) { return collect(without_comments(sql)); });
  std::uint64_t cause = 0;
  bool several = false;
  for (const std::string& word : words_) {
    const auto known = cause_of_.find(word);
    if (known != cause_of_.end() && known->second != kShared) {
      several = several || (cause != 0 && cause != known->second);
      cause = known->second;
    }
  }
  cause = several ? 0 : cause;
  connection_.assign(dependency).append(1, ' ').append(std::to_string(request.connection));
  if (!request.transaction) {
    transactions_.erase(connection_);
  } else if (cause != 0) {
    transactions_[connection_] = cause;
  } else if (const auto within = transactions_.find(connection_); within != transactions_.end() && !several) {
    cause = within->second;
  }
  learn(cause);
  return cause;
}

// Ids that are new belong to the message's cause; those that are not, or whose message has none, to nobody.
void ValueCauses::learn(std::uint64_t cause) {
  for (const std::string& word : words_) {
    if (!is_id(word) || cause_of_.size() >= kMostWords) {
      continue;
    }
    const auto [known, fresh] = cause_of_.emplace(word, cause == 0 ? kShared : cause);
    if (!fresh && cause != 0 && known->second != cause) {
      known->second = kShared;
    }
  }
}

}  // namespace faultline::stream
