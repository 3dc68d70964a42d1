#include "protocol/redis/reply.h"

#include <algorithm>

#include "protocol/redis/command.h"

namespace faultline::protocol::redis {
namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 40, kLongestString = std::int64_t{1} << 40;
// Replies of scripts nest, clients give up at 7 to 10 levels or some hundreds.
constexpr std::size_t kDeepest = 1'000;

}  // namespace

ReplyReader::Step ReplyReader::read(std::span<const char> bytes) {
  const std::string_view all(bytes.data(), bytes.size());
  if (open_.empty()) {
    reply_ = {};
    open_.push_back(1);
  }
  std::size_t at = 0;
  while (at < all.size()) {
    const std::string_view rest = all.substr(at);
    if (bulk_left_ > 0) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bulk_left_, rest.size()));
      skip_bulk(rest.substr(0, size));
      at += size;
    } else if (in_line_) {
      const std::size_t end = rest.find('\n');
      if (reply_.second_byte == 0 && open_.size() == 1) {
        reply_.second_byte = rest[0];
      }
      if (end == std::string_view::npos) {
        return {all.size()};
      }
      at += end + 1;
      in_line_ = false;
      end_value();
    } else {
      std::size_t size = 0;
      if (!begin_value(rest, size)) {
        return {at, false, true};
      }
      if (size == 0) {
        break;
      }
      at += size;
    }
    if (open_.empty()) {
      return {at, true};
    }
  }
  return {at};
}

// At the first byte of a value. `size` is what was taken, 0 when its line is not whole; false when it is none.
bool ReplyReader::begin_value(std::string_view rest, std::size_t& size) {
  const char type = rest[0];
  const bool top = open_.size() == 1;
  switch (type) {
    case '+':
    case '-':
    case ',':
    case '#':
    case '_':
    case '(':
      --open_.back();
      in_line_ = true;
      size = 1;
      break;
    case ':':
    case '$':
    case '!':
    case '=':
    case '*':
    case '~':
    case '>':
    case '%':
    case '|': {
      const Length length = parse_length(rest);
      if (length.is != Length::Is::whole) {
        return length.is == Length::Is::incomplete;
      }
      size = length.size;
      // Which element of the reply it is, if the reply is an aggregate.
      const std::int64_t index =
          open_.size() == 2 ? reply_.elements - static_cast<std::int64_t>(open_.back()) : -1;
      if (type == '|') {
        // Attributes come before a value, and are none.
        if (length.value < 0 || length.value > kMostElements || open_.size() >= kDeepest) {
          return false;
        }
        if (length.value > 0) {
          open_.push_back(2 * static_cast<std::uint64_t>(length.value));
        }
        return true;
      }
      --open_.back();
      if (type == ':') {
        if (index == 2) {
          reply_.third = length.value;
        }
        end_value();
      } else if (type == '$' || type == '!' || type == '=') {
        if (length.value < -1 || length.value > kLongestString) {
          return false;
        }
        if (length.value < 0) {
          end_value();
        } else {
          bulk_left_ = static_cast<std::uint64_t>(length.value) + 2;
          capturing_ = index == 0 && length.value <= static_cast<std::int64_t>(reply_.word.size());
        }
      } else {
        if (length.value < -1 || length.value > kMostElements || open_.size() >= kDeepest) {
          return false;
        }
        const std::int64_t elements = length.value * (type == '%' ? 2 : 1);
        if (top) {
          reply_.elements = std::max<std::int64_t>(0, elements);
        }
        if (elements <= 0) {
          end_value();
        } else {
          open_.push_back(static_cast<std::uint64_t>(elements));
        }
      }
      break;
    }
    default:
      return false;
  }
  if (top) {
    reply_.type = type;
  }
  return true;
}

void ReplyReader::end_value() {
  while (!open_.empty() && open_.back() == 0) {
    open_.pop_back();
  }
}

void ReplyReader::skip_bulk(std::string_view bytes) {
  if (capturing_) {
    // All but the line end.
    const auto text = static_cast<std::size_t>(bulk_left_ > 2 ? bulk_left_ - 2 : 0);
    const std::string_view part = bytes.substr(0, text);
    std::copy(part.begin(), part.end(), reply_.word.begin() + static_cast<std::ptrdiff_t>(reply_.word_size));
    reply_.word_size += part.size();
  }
  bulk_left_ -= bytes.size();
  if (bulk_left_ == 0) {
    capturing_ = false;
    end_value();
  }
}

}  // namespace faultline::protocol::redis
