#include "fault/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fault/sqlstates.h"

namespace faultline::fault {
namespace {

struct SqlWords {
  std::string_view sqlstate, message;
  bool fatal = false, at_login = false;
};

constexpr auto kSqlWords = std::to_array<SqlWords>({
    {"08006", "connection failure", true},
    {"23505", "duplicate key value violates unique constraint"},
    {"25006", "cannot execute this statement in a read-only transaction"},
    {"40001", "could not serialize access due to concurrent update"},
    {"40P01", "deadlock detected"},
    {"53100", "could not extend file: No space left on device"},
    {"53200", "out of memory"},
    {"53300", "sorry, too many clients already", true, true},
    {"55P03", "canceling statement due to lock timeout"},
    {"57014", "canceling statement due to statement timeout"},
    {"57P01", "terminating connection due to administrator command", true},
    {"57P02", "terminating connection because of crash of another server process", true},
    {"57P03", "the database system is starting up", true, true},
    {"57P05", "terminating connection due to idle-session timeout", true},
});

const SqlWords* words_of(std::string_view sqlstate) {
  const auto words = std::find_if(kSqlWords.begin(), kSqlWords.end(),
                                  [&](const SqlWords& one) { return one.sqlstate == sqlstate; });
  return words == kSqlWords.end() ? nullptr : &*words;
}

constexpr auto kRedisKinds = std::to_array<RedisKind>({
    {"LOADING", "LOADING Redis is loading the dataset in memory"},
    {"READONLY", "READONLY You can't write against a read only replica."},
    {"OOM", "OOM command not allowed when used memory > 'maxmemory'."},
    {"MISCONF",
     "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. "
     "Commands that may "
     "modify the data set are disabled, because this instance is configured to report errors during writes "
     "if RDB "
     "snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about "
     "the RDB "
     "error."},
    {"CLUSTERDOWN", "CLUSTERDOWN The cluster is down"},
    {"TRYAGAIN", "TRYAGAIN Multiple keys request during rehashing of slot"},
    {"MOVED", "MOVED 3999 127.0.0.1:6381"},
    {"MASTERDOWN", "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."},
    {"BUSY", "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."},
    {"NOAUTH", "NOAUTH Authentication required."},
});

// Stripe's error envelope (its API reference, "Errors").
std::string stripe_body(int code) {
  struct Kind {
    int code;
    std::string_view type, error_code, message;
  };
  constexpr auto kKinds = std::to_array<Kind>({
      {400, "invalid_request_error", "parameter_invalid_empty",
       "You passed an empty string for a parameter."},
      {401, "invalid_request_error", "", "Invalid API Key provided."},
      {402, "card_error", "card_declined", "Your card was declined."},
      {404, "invalid_request_error", "resource_missing", "No such object."},
      {409, "idempotency_error", "",
       "There is currently another in-progress request using this Idempotent Key."},
      {429, "invalid_request_error", "rate_limit",
       "Request rate limit exceeded. Learn more about rate limits at https://stripe.com/docs/rate-limits."},
  });
  const auto kind =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& one) { return one.code == code; });
  if (kind == kKinds.end()) {
    return R"({"error":{"message":"An unknown error occurred","type":"api_error"}})";
  }
  std::string page(kind->error_code);
  std::replace(page.begin(), page.end(), '_', '-');
  const std::string named =
      page.empty() ? ""
                   : fmt::format(R"("code":"{}","doc_url":"https://stripe.com/docs/error-codes/{}",)",
                                 kind->error_code, page);
  return fmt::format(R"({{"error":{{{}"message":"{}","type":"{}"}}}})", named, kind->message, kind->type);
}

// Shopify's Admin REST API, "Response status and error codes".
std::string shopify_body(int code) {
  switch (code) {
    case 401:
      return R"json({"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"})json";
    case 404:
      return R"({"errors":"Not Found"})";
    case 429:
      return R"({"errors":"Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted )"
             R"(service."})";
    default:
      return fmt::format(R"({{"errors":"{}"}})", reason_phrase(code));
  }
}

}  // namespace

std::string sql_message(std::string_view sqlstate) {
  if (const SqlWords* words = words_of(sqlstate)) {
    return std::string(words->message);
  }
  const SqlState* state = find_sql_state(sqlstate);
  std::string text(state ? state->condition : sqlstate);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

bool sql_fatal(std::string_view sqlstate) {
  const SqlWords* words = words_of(sqlstate);
  return words && words->fatal;
}

bool sql_at_login(std::string_view sqlstate) {
  const SqlWords* words = words_of(sqlstate);
  return words && words->at_login;
}

std::span<const RedisKind> redis_kinds() {
  return kRedisKinds;
}

Status status_as(std::string_view service, int code) {
  Status status{code, {}, {}};
  if (service == "stripe") {
    status.body = stripe_body(code);
    status.headers = {{"Content-Type", "application/json"},
                      {"Request-Id", "req_injected00000"},
                      {"Stripe-Should-Retry", code == 409 || code == 429 || code >= 500 ? "true" : "false"}};
  } else if (service == "shopify") {
    status.body = shopify_body(code);
    status.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    if (code == 429) {
      status.headers.emplace_back("X-Shopify-Shop-Api-Call-Limit", "40/40");
      status.headers.emplace_back("Retry-After", "2.0");
    }
  } else {
    status.body = fmt::format("{} {}\n", code, reason_phrase(code));
    status.headers = {{"Content-Type", "text/plain"}};
    if (code == 429 || code == 503) {
      status.headers.emplace_back("Retry-After", "1");
    }
  }
  return status;
}

std::string_view reason_phrase(int code) {
  struct Phrase {
    int code;
    std::string_view phrase;
  };
  constexpr auto kPhrases = std::to_array<Phrase>({
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {402, "Payment Required"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {422, "Unprocessable Content"},
      {423, "Locked"},
      {425, "Too Early"},
      {429, "Too Many Requests"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {507, "Insufficient Storage"},
  });
  const auto phrase =
      std::find_if(kPhrases.begin(), kPhrases.end(), [&](const Phrase& one) { return one.code == code; });
  return phrase == kPhrases.end() ? "Unknown" : phrase->phrase;
}

}  // namespace faultline::fault
