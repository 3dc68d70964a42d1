#include "protocol/http1/head.h"

#include <algorithm>
#include <charconv>

#include "protocol/conversation.h"
#include "protocol/http1/subject.h"
#include "protocol/pattern.h"

namespace faultline::protocol::http1 {
namespace {

constexpr std::size_t kLongestMethod = 32, kLongestPath = 512;

ParsedHead wrong(std::string_view reason) {
  return {ParsedHead::Is::wrong, 0, reason};
}

bool is_token(char c) {
  constexpr std::string_view kSymbols = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kSymbols.find(c) != std::string_view::npos;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

// The line at `at`, without its end, and goes behind it. Nothing when it is not whole.
std::optional<std::string_view> take_line(std::string_view text, std::size_t& at) {
  const std::size_t end = text.find('\n', at);
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view line = text.substr(at, end - at);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  at = end + 1;
  return line;
}

// RFC 9112, section 6.3: a list of equal numbers is that number.
bool read_length(std::string_view value, Head& head) {
  while (true) {
    const std::size_t comma = value.find(',');
    const std::string_view one = trimmed(value.substr(0, comma));
    std::uint64_t length = 0;
    const auto read = std::from_chars(one.data(), one.data() + one.size(), length);
    if (read.ec != std::errc() || read.ptr != one.data() + one.size() ||
        (head.length && *head.length != length)) {
      return false;
    }
    head.length = length;
    if (comma == std::string_view::npos) {
      return true;
    }
    value.remove_prefix(comma + 1);
  }
}

void read_coding(std::string_view value, Head& head) {
  const std::size_t comma = value.rfind(',');
  const std::string_view last = trimmed(comma == std::string_view::npos ? value : value.substr(comma + 1));
  head.chunked = same(last, "chunked");
  head.other_coding = !head.chunked;
}

// The fields after the start line, up to and with the empty line.
ParsedHead parse_fields(std::string_view text, std::size_t at, Head& head) {
  while (const auto line = take_line(text, at)) {
    if (line->empty()) {
      return {ParsedHead::Is::whole, at, {}};
    }
    // Only four fields matter, and a look at the first letter pays.
    const char first = lower(line->front());
    if (first == 'c' || first == 't' || first == 'e') {
      const std::size_t colon = std::min(line->find(':'), line->size());
      const std::string_view name = line->substr(0, colon);
      const std::string_view value = line->substr(std::min(colon + 1, line->size()));
      if (same(name, "content-length") && !read_length(value, head)) {
        return wrong("a Content-Length that is no number");
      }
      if (same(name, "transfer-encoding")) {
        read_coding(value, head);
      }
      if (same(name, "connection")) {
        head.closes = same(trimmed(value), "close") || (head.closes && !same(trimmed(value), "keep-alive"));
      }
      if (same(name, "expect")) {
        head.expects_continue = same(trimmed(value), "100-continue");
      }
    }
  }
  return text.size() < kHeadBytes ? ParsedHead{} : wrong("a head that is longer than is followed");
}

// RFC 9112, section 2.2: empty lines before a request are ignored.
std::size_t skip_empty_lines(std::string_view text) {
  return std::min(text.find_first_not_of("\r\n"), text.size());
}

}  // namespace

ParsedHead parse_request_head(std::span<const char> bytes, Head& head) {
  const std::string_view text(bytes.data(), std::min(bytes.size(), kHeadBytes));
  head = {};
  std::size_t at = skip_empty_lines(text);
  const std::string_view start = text.substr(at);
  const auto method_end =
      static_cast<std::size_t>(std::find_if_not(start.begin(), start.end(), is_token) - start.begin());
  if (method_end > kLongestMethod ||
      (method_end < start.size() && (start[method_end] != ' ' || method_end == 0))) {
    return wrong("not an HTTP/1 request");
  }
  const auto line = take_line(text, at);
  if (!line) {
    return text.size() < kHeadBytes ? ParsedHead{} : wrong("a request line that is longer than is followed");
  }
  const std::size_t version = line->rfind(' ');
  if (version <= method_end || version == std::string_view::npos ||
      !line->substr(version + 1).starts_with("HTTP/1.")) {
    return wrong("not an HTTP/1 request");
  }
  head.method = line->substr(0, method_end);
  head.target = line->substr(method_end + 1, version - method_end - 1);
  head.closes = line->substr(version + 1) == "HTTP/1.0";
  return parse_fields(text, at, head);
}

ParsedHead parse_response_head(std::span<const char> bytes, Head& head) {
  const std::string_view text(bytes.data(), std::min(bytes.size(), kHeadBytes));
  head = {};
  constexpr std::string_view kVersion = "HTTP/1.";
  const std::size_t known = std::min(text.size(), kVersion.size());
  if (text.substr(0, known) != kVersion.substr(0, known)) {
    return wrong("not an HTTP/1 response");
  }
  std::size_t at = 0;
  const auto line = take_line(text, at);
  if (!line) {
    return text.size() < kHeadBytes ? ParsedHead{} : wrong("a status line that is longer than is followed");
  }
  constexpr std::size_t kStatusAt = 9, kStatusEnd = 12;  // HTTP/1.1 200
  if (line->size() < kStatusEnd || (*line)[kStatusAt - 1] != ' ' ||
      std::from_chars(line->data() + kStatusAt, line->data() + kStatusEnd, head.status).ptr !=
          line->data() + kStatusEnd ||
      head.status < 100) {
    return wrong("not an HTTP/1 response");
  }
  head.closes = line->starts_with("HTTP/1.0");
  return parse_fields(text, at, head);
}

bool same_field(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

void append_operation(std::string& to, const Head& head) {
  to += head.method;
  const std::string_view path = path_of(head.target);
  if (path.starts_with('/')) {
    to += ' ';
    append_pattern(to, path.substr(0, kLongestPath), '/');
  }
}

}  // namespace faultline::protocol::http1
