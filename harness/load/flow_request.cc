#include "load/flow_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "http/message.h"

namespace faultline::load {
namespace {

// The tags that requests have without being given any.
constexpr std::string_view kOwnTags[] = {"phase",  "flow",   "journey", "name",
                                         "method", "status", "error",   "expected_response"};
constexpr const char* kContentType = "Content-Type";
constexpr std::int64_t kAttemptsAtMost = 10'000;
constexpr std::int64_t kRedirectsAtMost = 100;
constexpr Duration kTimeoutAtMost = std::chrono::minutes(10);

bool has(const HeaderTemplates& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& field) { return http::same_ignoring_case(field.first, name); });
}

// RFC 9110, 5.6.2: a field's name is a token.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// "POST /api/v1/jobs/${jobId}/run" -> method and target.
void read_request_line(Table& table, const Names& names, Diagnostics& problems, RequestStep& request) {
  static const std::vector<std::string> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                    "PATCH", "DELETE", "OPTIONS"};
  const auto value = table.get("request");
  if (!value || value->kind() != Value::Kind::text) {
    table.problem("request", "'request' must be a string", "write it like \"GET /healthz\"");
    return;
  }
  const std::string text = value->text();
  request.method = text.substr(0, text.find(' '));
  if (std::find(kMethods.begin(), kMethods.end(), request.method) == kMethods.end()) {
    value->problem(fmt::format("unknown method '{}'", request.method),
                   did_you_mean(request.method, kMethods));
    return;
  }
  const std::size_t target = request.method.size() + 1;
  if (text.size() <= target || text[target] != '/') {
    value->problem("a target begins with '/'", "write the request like \"GET /healthz\"");
    return;
  }
  if (const auto blank = text.find_first_of(" \t\r\n", target); blank != std::string::npos) {
    problems.push_back({value->place_in_text(blank), "a target has no blank", "write it as %20"});
    return;
  }
  if (auto line = read_template(*value, names, problems)) {
    line->pieces.front().text.erase(0, target);  // the method and the '/' are part of the first piece
    request.target = std::move(*line);
  }
}

void read_captures(Table& table, Names& names, RequestStep& request) {
  auto captures = table.table("capture");
  if (!captures) {
    return;
  }
  for (const std::string& name : captures->keys()) {
    auto from = read_source(*captures, name);
    if (!is_name(name)) {
      captures->problem(name, fmt::format("'{}' cannot be a name", name), "use letters, digits and _");
    } else if (const bool captured_before = names.captured.contains(name);
               !captured_before && names.known.contains(name)) {
      captures->problem(name, fmt::format("'{}' has a value already", name), "capture it under another name");
    } else {
      names.known[name] = Names::Kind::text;
      names.captured.insert(name);
    }
    if (from) {
      request.capture.push_back({name, std::move(*from)});
    }
  }
  captures->finish();
}

void read_timeout(Table& table, std::string_view key, std::optional<Duration>& limit) {
  const auto timeout = table.duration(key);
  if (timeout && (*timeout <= Duration::zero() || *timeout > kTimeoutAtMost)) {
    table.problem(key, fmt::format("'{}' must be more than 0 and at most {}", key, to_text(kTimeoutAtMost)));
  } else if (timeout) {
    limit = timeout;
  }
}

void read_timeouts(Table& table, http::Timeouts& timeouts) {
  const auto value = table.get("timeout");
  if (!value || value->kind() != Value::Kind::table) {
    return read_timeout(table, "timeout", timeouts.whole);
  }
  Table limits = value->table();
  read_timeout(limits, "connect", timeouts.connect);
  read_timeout(limits, "first_byte", timeouts.first_byte);
  read_timeout(limits, "whole", timeouts.whole);
  limits.finish();
}

void read_tags(Table& table, RequestStep& request) {
  auto tags = table.table("tags");
  if (!tags) {
    return;
  }
  for (const std::string& name : tags->keys()) {
    const auto value = tags->text(name);
    if (!is_name(name)) {
      tags->problem(name, fmt::format("'{}' cannot be the name of a tag", name), "use letters, digits and _");
    } else if (std::find(std::begin(kOwnTags), std::end(kOwnTags), name) != std::end(kOwnTags)) {
      tags->problem(name, fmt::format("every request has a tag '{}' already", name));
    } else if (value) {
      request.tags.emplace_back(name, *value);
    }
  }
  tags->finish();
}

std::optional<Repeat> read_repeat(Table& table) {
  auto repeat = table.table("repeat");
  if (!repeat) {
    return std::nullopt;
  }
  Repeat result;
  if (auto until = repeat->table("until")) {
    result.pointer = read_pointer(*until, "pointer");
    result.in = until->texts("in");
    if (result.in.empty()) {
      until->problem("in", "'in' must name the values that end it");
    }
    until->finish();
  } else if (!repeat->has("until")) {
    repeat->missing("until");
  }
  result.every = repeat->required_duration("every");
  if (!repeat->has("at_most")) {
    repeat->missing("at_most");
  }
  const std::int64_t at_most = repeat->integer("at_most").value_or(1);
  if (at_most < 1 || at_most > kAttemptsAtMost) {
    repeat->problem("at_most", fmt::format("'at_most' must be 1 to {}", kAttemptsAtMost));
  } else {
    result.at_most = static_cast<std::uint32_t>(at_most);
  }
  repeat->finish();
  return result;
}

// A form is one, whatever the flow says that its requests are.
void add_fields_of_body(Table& table, RequestStep& request) {
  using enum Body::Kind;
  if (!request.body || (request.body->kind != form && request.body->kind != multipart)) {
    return;
  }
  if (!has(request.headers, kContentType)) {
    request.headers.emplace_back(kContentType, content_type(request.body->kind));
  } else if (request.body->kind == multipart) {
    table.problem("headers", "the Content-Type of a multipart body says what stands between its parts",
                  "leave it out");
  }
}

bool expects_redirect(const RequestStep& request) {
  constexpr int kFirst = 300, kLast = 399;
  return std::any_of(request.expect.begin(), request.expect.end(),
                     [](int status) { return status >= kFirst && status <= kLast; });
}

}  // namespace

bool is_name(std::string_view text) {
  const auto letter = [](unsigned char c) { return std::isalpha(c) != 0 || c == '_'; };
  return !text.empty() && letter(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(),
                     [&](unsigned char c) { return letter(c) || std::isdigit(c) != 0; });
}

HeaderTemplates read_headers(Table& table, const Names& names, Diagnostics& problems) {
  HeaderTemplates headers;
  auto fields = table.table("headers");
  if (!fields) {
    return headers;
  }
  for (const std::string& name : fields->keys()) {
    const auto value = fields->get(name);
    const auto is = [&](std::string_view other) { return http::same_ignoring_case(name, other); };
    if (!is_token(name)) {
      fields->problem(name, fmt::format("'{}' cannot be the name of a header", name));
    } else if (is("host") || is("content-length") || is("connection") || is("transfer-encoding") ||
               is("traceparent")) {
      fields->problem(name, fmt::format("'{}' is sent with every request already", name), "leave it out");
    } else if (value && value->kind() != Value::Kind::text) {
      value->problem(fmt::format("'{}' must be a string", name));
    } else if (value) {
      if (auto text = read_template(*value, names, problems)) {
        headers.emplace_back(name, std::move(*text));
      }
    }
  }
  return headers;
}

std::optional<std::uint32_t> read_redirects(Table& table) {
  const auto redirects = table.integer("redirects");
  if (redirects && (*redirects < 0 || *redirects > kRedirectsAtMost)) {
    table.problem("redirects", fmt::format("'redirects' must be 0 to {}", kRedirectsAtMost));
    return std::nullopt;
  }
  return redirects ? std::optional(static_cast<std::uint32_t>(*redirects)) : std::nullopt;
}

RequestStep read_request(Table& table, const Common& common, Names& names, Diagnostics& problems) {
  RequestStep request;
  read_request_line(table, names, problems, request);
  const auto line = table.get("request");
  request.route = table.text("name").value_or(line && line->kind() == Value::Kind::text ? line->text() : "");
  request.headers = read_headers(table, names, problems);
  request.body = read_body(table, names, problems);
  add_fields_of_body(table, request);
  for (const auto& field : common.headers) {
    if (!has(request.headers, field.first)) {
      request.headers.push_back(field);
    }
  }
  if (request.body && !has(request.headers, kContentType)) {
    request.headers.emplace_back(kContentType, content_type(request.body->kind));
  }
  request.expect = read_statuses(table, "expect");
  request.redirects = read_redirects(table).value_or(expects_redirect(request) ? 0 : common.redirects);
  request.repeat = read_repeat(table);
  read_timeouts(table, request.timeouts);
  request.checks = read_checks(table);
  request.measures = read_measures(table);
  read_tags(table, request);
  read_captures(table, names, request);  // last: a request cannot use what it captures
  table.finish();
  return request;
}

}  // namespace faultline::load
