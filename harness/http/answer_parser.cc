#include "http/answer_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <utility>

namespace faultline::http {

namespace beast = boost::beast;

namespace {

// A body is given room ahead only so far: its length is what the server says.
constexpr std::uint64_t kRoomAhead = 1024 * 1024;
// More than most answers have.
constexpr std::size_t kFields = 12;

// Reads a header that is there as a whole, and nothing behind it.
class HeaderReader final : public beast::http::basic_parser<false> {
 public:
  explicit HeaderReader(Response& into) : into_(into) {
    // Both limits are kept before Beast and after it.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
  }

 private:
  using Text = beast::string_view;

  static std::string to_string(Text text) { return {text.data(), text.size()}; }

  void on_response_impl(int code, Text /*reason*/, int /*version*/, beast::error_code& error) override {
    into_.status = code;
    error = {};
  }
  void on_field_impl(beast::http::field /*known*/, Text name, Text value, beast::error_code& error) override {
    into_.headers.add(to_string(name), to_string(value));
    error = {};
  }
  void on_header_impl(beast::error_code& error) override { error = {}; }
  void on_finish_impl(beast::error_code& error) override { error = {}; }

  // No body comes to it, and no request.
  void on_request_impl(beast::http::verb /*method*/, Text /*name*/, Text /*target*/, int /*version*/,
                       beast::error_code& error) override {
    error = {};
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                         beast::error_code& error) override {
    error = {};
  }
  std::size_t on_body_impl(Text /*body*/, beast::error_code& error) override {
    error = {};
    return 0;
  }
  void on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/, beast::error_code& error) override {
    error = {};
  }
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, Text /*body*/, beast::error_code& error) override {
    error = {};
    return 0;
  }

  Response& into_;
};

// Whether what was held and what comes now can be the front of an answer: what is none is told at once.
bool may_begin_with(std::string_view held, std::string_view bytes) {
  static constexpr std::string_view kFront = "HTTP/1.";
  if (held.size() >= kFront.size()) {
    return true;
  }
  const std::string_view expected = kFront.substr(held.size());
  const std::size_t both = std::min(expected.size(), bytes.size());
  return expected.substr(0, both) == bytes.substr(0, both);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

void AnswerParser::begin(bool to_head, std::size_t body_bytes) {
  part_ = Part::header;
  held_.clear();
  response_ = {};
  body_bytes_ = body_bytes;
  to_head_ = to_head;
  began_ = keep_alive_ = surplus_ = false;
}

AnswerParser::State AnswerParser::feed(std::string_view bytes) {
  static constexpr std::string_view kLineEnd = "\r\n", kHeaderEnd = "\r\n\r\n";
  began_ = began_ || !bytes.empty();
  while (!bytes.empty() && part_ != Part::whole && part_ != Part::malformed) {
    switch (part_) {
      case Part::header:
        if (!may_begin_with(held_, bytes)) {
          part_ = Part::malformed;
        } else if (const auto header = take_until(kHeaderEnd, kHeaderBytes, bytes); !header.empty()) {
          take_header(header);
        }
        break;
      case Part::body:
      case Part::body_to_end:
      case Part::chunk:
        bytes = take_body(bytes);
        break;
      case Part::chunk_cr:
      case Part::chunk_lf: {
        const bool cr = part_ == Part::chunk_cr;
        const bool expected = bytes.front() == (cr ? '\r' : '\n');
        part_ = !expected ? Part::malformed : cr ? Part::chunk_lf : Part::chunk_line;
        bytes.remove_prefix(1);
        break;
      }
      case Part::chunk_line:
        if (const auto line = take_until(kLineEnd, kChunkLineBytes, bytes); !line.empty()) {
          take_chunk_line(line);
        }
        break;
      case Part::trailers:
        if (const auto line = take_until(kLineEnd, kHeaderBytes, bytes); !line.empty()) {
          take_trailer(line);
        }
        break;
      case Part::whole:
      case Part::malformed:
        break;
    }
  }
  surplus_ = surplus_ || (part_ == Part::whole && !bytes.empty());
  return part_ == Part::whole ? State::whole : part_ == Part::malformed ? State::malformed : State::more;
}

AnswerParser::State AnswerParser::end() {
  if (part_ == Part::body_to_end) {
    part_ = Part::whole;
  }
  return part_ == Part::whole ? State::whole : State::more;
}

// The header or line at the front, with its end, once that is there; nothing before. Longer than the limit, with or
// without an end, is malformed.
std::string_view AnswerParser::take_until(std::string_view end, std::size_t limit, std::string_view& bytes) {
  const std::size_t held = held_.size();
  std::string_view all = bytes;
  if (held != 0) {
    held_.append(bytes);
    all = held_;
  }
  const std::size_t at = all.find(end, held - std::min(held, end.size() - 1));
  if (at == std::string_view::npos) {
    if (held == 0) {
      held_ = bytes;
    }
    bytes = {};
    if (held_.size() >= limit) {
      part_ = Part::malformed;
    }
    return {};
  }
  const std::size_t size = at + end.size();
  bytes.remove_prefix(size - held);
  if (size > limit) {
    part_ = Part::malformed;
    return {};
  }
  if (held != 0) {
    std::swap(taken_, held_);
    all = taken_;
  }
  held_.clear();
  return all.substr(0, size);
}

void AnswerParser::take_header(std::string_view header) {
  response_.headers = {};
  response_.headers.reserve(kFields);
  HeaderReader reader(response_);
  reader.skip(to_head_);
  beast::error_code error;
  const std::size_t read = reader.put({header.data(), header.size()}, error);
  if (error || read != header.size() || !reader.is_header_done()) {
    part_ = Part::malformed;
    return;
  }
  const int status = response_.status;
  if (status < 200 && status != 101) {
    return;  // interim (RFC 9110, 15.2): the answer is still to come
  }
  // Behind a switch of protocols something else is spoken.
  keep_alive_ = reader.keep_alive() && status != 101;
  if (reader.is_done()) {
    part_ = Part::whole;
  } else if (reader.chunked()) {
    part_ = Part::chunk_line;
  } else if (const auto length = reader.content_length()) {
    part_ = *length > body_bytes_ ? Part::malformed : Part::body;
    left_ = *length;
    response_.body.reserve(
        static_cast<std::size_t>(std::min({*length, kRoomAhead, std::uint64_t{body_bytes_}})));
  } else {
    part_ = Part::body_to_end;
  }
}

// Gives back what is behind the body, or the chunk.
std::string_view AnswerParser::take_body(std::string_view bytes) {
  const std::size_t size = part_ == Part::body_to_end
                               ? bytes.size()
                               : static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (size > body_bytes_ - response_.body.size()) {
    part_ = Part::malformed;
    return {};
  }
  response_.body.append(bytes.substr(0, size));
  if (part_ != Part::body_to_end) {
    left_ -= size;
    if (left_ == 0) {
      part_ = part_ == Part::chunk ? Part::chunk_cr : Part::whole;
    }
  }
  return bytes.substr(size);
}

// chunk-size [ chunk-ext ] CRLF (RFC 9112, 7.1). What the extensions say is not looked at.
void AnswerParser::take_chunk_line(std::string_view line) {
  line.remove_suffix(2);
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < line.size() && hex_digit(line[digits]) >= 0; ++digits) {
    if (size >> 60 != 0) {
      part_ = Part::malformed;
      return;
    }
    size = size * 16 + static_cast<std::uint64_t>(hex_digit(line[digits]));
  }
  line.remove_prefix(digits);
  const bool ends =
      line.find_first_not_of(" \t") == std::string_view::npos || line[line.find_first_not_of(" \t")] == ';';
  if (digits == 0 || !ends || line.find_first_of("\r\n") != std::string_view::npos ||
      size > body_bytes_ - response_.body.size()) {
    part_ = Part::malformed;
    return;
  }
  part_ = size == 0 ? Part::trailers : Part::chunk;
  left_ = size;
  trailer_bytes_ = 0;
}

void AnswerParser::take_trailer(std::string_view line) {
  line.remove_suffix(2);
  trailer_bytes_ += line.size() + 2;
  const std::size_t colon = line.find_first_of(": \t");
  if (line.empty()) {
    part_ = Part::whole;
  } else if (colon == 0 || colon == std::string_view::npos || line[colon] != ':' ||
             line.find_first_of("\r\n") != std::string_view::npos) {
    part_ = Part::malformed;
  }
  if (trailer_bytes_ > kHeaderBytes) {
    part_ = Part::malformed;
  }
}

}  // namespace faultline::http
