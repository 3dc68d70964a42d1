#include "fault/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "fault/match.h"
#include "fault/wording.h"

namespace faultline::fault {
namespace {

using Type = Attribute::Type;
using On = Row::On;

Duration nanoseconds(const Attributes& attributes, const std::string& name) {
  return Duration(static_cast<Duration::rep>(attributes.numbers.at(name)));
}

std::uint64_t number(const Attributes& attributes, const std::string& name) {
  return static_cast<std::uint64_t>(attributes.numbers.at(name));
}

std::optional<Duration> optional_duration(const Attributes& attributes, const std::string& name) {
  return attributes.has(name) ? std::optional(nanoseconds(attributes, name)) : std::nullopt;
}

Cut::How how_of(const std::string& word) {
  return word == "rst" ? Cut::How::rst : word == "fin" ? Cut::How::fin : Cut::How::half;
}

std::string too_little(const Attributes& attributes, const std::string& rate) {
  return attributes.numbers.at(rate) < 1 ? "a rate of less than a byte a second is a hang" : std::string{};
}

std::string jitter_problem(const Attributes& a, Edge /*edge*/) {
  return a.numbers.at("jitter") > a.numbers.at("by") ? "jitter must not be above the delay" : std::string{};
}

Fault make_delay(const Attributes& a) {
  return Delay{nanoseconds(a, "by"), nanoseconds(a, "jitter")};
}

std::string corrupt_problem(const Attributes& a, Edge /*edge*/) {
  if (a.has("nth_byte") == a.has("probability")) {
    return "give one of nth_byte and probability";
  }
  return a.has("nth_byte") && number(a, "nth_byte") == 0 ? "nth_byte counts from 1" : std::string{};
}

std::string sql_problem(const Attributes& a, Edge edge) {
  const std::string& sqlstate = a.words.at("sqlstate");
  const bool fatal = a.words.contains("severity") ? a.words.at("severity") == "FATAL" : sql_fatal(sqlstate);
  if (sql_at_login(sqlstate)) {
    return fmt::format(
        "the server says {} at the start of a session only: write refuse_login = {{ sqlstate = \"{}\" }}",
        sqlstate, sqlstate);
  }
  return edge == Edge::response && !fatal ? "no server says that a statement failed that it has executed: "
                                            "severity must be \"FATAL\" on this edge, or "
                                            "use lose_answer"
                                          : std::string{};
}

std::string text_or(const Attributes& a, const std::string& name, const std::string& fallback) {
  const auto found = a.words.find(name);
  return found == a.words.end() ? fallback : found->second;
}

Fault make_sql_error(const Attributes& a) {
  const std::string& sqlstate = a.words.at("sqlstate");
  const std::string severity = text_or(a, "severity", sql_fatal(sqlstate) ? "FATAL" : "ERROR");
  return SqlError{sqlstate, text_or(a, "message", sql_message(sqlstate)), severity == "FATAL"};
}

std::vector<std::string> redis_kind_names() {
  std::vector<std::string> names;
  for (const RedisKind& kind : redis_kinds()) {
    names.emplace_back(kind.kind);
  }
  return names;
}

std::string redis_problem(const Attributes& a, Edge /*edge*/) {
  if (a.has("kind") == a.has("text")) {
    return "give one of kind and text";
  }
  const std::string text = text_or(a, "text", "ERR");
  return text.empty() || text.find_first_of("\r\n") != std::string::npos ? "an error of Redis is one line"
                                                                         : std::string{};
}

Fault make_redis_error(const Attributes& a) {
  const auto kinds = redis_kinds();
  const auto kind = std::find_if(kinds.begin(), kinds.end(),
                                 [&](const RedisKind& one) { return one.kind == text_or(a, "kind", ""); });
  return RedisError{kind == kinds.end() ? a.words.at("text") : std::string(kind->text)};
}

std::string status_problem(const Attributes& a, Edge /*edge*/) {
  const double code = a.numbers.at("code");
  if (code < 200 || code > 599) {
    return "a status is from 200 to 599";
  }
  for (const auto& [name, value] : a.headers) {
    if (name.find_first_of(" :\r\n") != std::string::npos ||
        value.find_first_of("\r\n") != std::string::npos) {
      return fmt::format("'{}: {}' is no header", name, value);
    }
  }
  return {};
}

Fault make_status(const Attributes& a) {
  Status status = status_as(a.words.at("as"), static_cast<int>(a.numbers.at("code")));
  status.body = text_or(a, "body", status.body);
  for (const auto& [name, value] : a.headers) {
    std::erase_if(status.headers,
                  [&name = name](const auto& header) { return glob(name, header.first, true); });
    status.headers.emplace_back(name, value);
  }
  return status;
}

int signal_of(const std::string& word) {
  return word == "TERM" ? SIGTERM : word == "INT" ? SIGINT : word == "QUIT" ? SIGQUIT : SIGKILL;
}

Fault make_malform(const Attributes& a) {
  const std::string& what = a.words.at("what");
  return Malform{what == "json"           ? Malform::What::json
                 : what == "content_type" ? Malform::What::content_type
                 : what == "chunk_size"   ? Malform::What::chunk_size
                                          : Malform::What::status_line};
}

const Attribute kHow = {"how", Type::word, {"rst", "fin", "half"},
                        "rst", false,      "reset, closed, or one direction closed"};
const Attribute kSqlState = {"sqlstate", Type::sqlstate, {}, "", true, "a code, or its condition's name"};
const Attribute kMessage = {"message", Type::text, {}, "", false, "the server's own wording, unless given"};

// An error is worded by the protocol; an edge of both is two points.
const std::vector<Row> kCatalogue = {
    // ---- any stream ----
    {.name = "refuse",
     .meaning = "nothing listens: connect gives ECONNREFUSED",
     .on = On::connections,
     .attributes =
         {{"existing", Type::word, {"reset", "keep"}, "reset", false, "what becomes of open connections"}},
     .make = [](const Attributes& a) -> Fault { return Refuse{a.words.at("existing") == "reset"}; }},
    {.name = "blackhole",
     .meaning = "nothing ever answers",
     .on = On::connections,
     .attributes =
         {{"connect", Type::word, {"accept", "hang"}, "accept", false, "whether a connection comes about"}},
     .make = [](const Attributes& a) -> Fault { return Blackhole{a.words.at("connect") == "accept"}; }},
    {.name = "max_connections",
     .meaning = "connections beyond so many are accepted and not served",
     .on = On::connections,
     .attributes = {{"n", Type::count, {}, "", true, "that are open at a time"},
                    {"beyond", Type::word, {"reset", "hang"}, "reset", false, "what becomes of the others"}},
     .make = [](const Attributes& a) -> Fault {
       return MaxConnections{number(a, "n"), a.words.at("beyond") == "reset"};
     }},
    {.name = "drop_idle",
     .meaning = "once idle for so long, a connection's bytes vanish, as behind a firewall",
     .on = On::bytes,
     .attributes = {{"after", Type::duration, {}, "", true, "without a byte in either direction"}},
     .make = [](const Attributes& a) -> Fault { return DropIdle{nanoseconds(a, "after")}; }},
    {.name = "delay",
     .meaning = "each chunk comes later, or each message that matches; the order stays",
     .on = On::bytes_or_messages,
     .edges = {Edge::response, Edge::request, Edge::both},
     .attributes = {{"by", Type::duration, {}, "", true, "how much later"},
                    {"jitter", Type::duration, {}, "0s", false, "more or less than that, drawn for each"}},
     .problem = jitter_problem,
     .make = make_delay},
    {.name = "throttle",
     .meaning = "at most so many bytes a second, on each connection",
     .on = On::bytes,
     .edges = {Edge::both, Edge::request, Edge::response},
     .attributes = {{"rate", Type::bytes_per_second, {}, "", true, "in each direction on its own"}},
     .problem = [](const Attributes& a, Edge /*edge*/) { return too_little(a, "rate"); },
     .make = [](const Attributes& a) -> Fault { return Throttle{a.numbers.at("rate")}; }},
    {.name = "slice",
     .meaning = "bytes go out in small writes",
     .on = On::bytes,
     .edges = {Edge::both, Edge::request, Edge::response},
     .attributes = {{"size", Type::size, {}, "", true, "of a write"},
                    {"variation", Type::size, {}, "0B", false, "more or less than that, drawn for each"},
                    {"pause", Type::duration, {}, "0s", false, "between writes"}},
     .problem =
         [](const Attributes& a, Edge /*edge*/) {
           return number(a, "variation") >= number(a, "size") ? "variation must be below the size"
                                                              : std::string{};
         },
     .make = [](const Attributes& a) -> Fault {
       return Slice{number(a, "size"), number(a, "variation"), nanoseconds(a, "pause")};
     }},
    {.name = "limit",
     .meaning = "the connection is closed after so many bytes",
     .on = On::bytes,
     .edges = {Edge::response, Edge::request, Edge::both},
     .attributes = {{"bytes", Type::size, {}, "", true, "that have passed since the fault came on"}},
     .make = [](const Attributes& a) -> Fault {
       return Cut{Cut::How::fin, number(a, "bytes")};
     }},
    {.name = "cut",
     .meaning = "the connection ends, at once or at a message that matches",
     .on = On::bytes_or_messages,
     .edges = {Edge::response, Edge::request, Edge::both},
     .attributes =
         {kHow, {"after", Type::size, {}, "0B", false, "bytes since the fault came on, or of the message"}},
     .make = [](const Attributes& a) -> Fault {
       return Cut{how_of(a.words.at("how")), number(a, "after")};
     }},
    {.name = "hang",
     .meaning = "bytes stop, the connection stays; none is lost",
     .on = On::bytes_or_messages,
     .edges = {Edge::both, Edge::request, Edge::response},
     .attributes = {{"for", Type::duration, {}, "", false, "until it is lifted, unless given"}},
     .make = [](const Attributes& a) -> Fault { return Hang{optional_duration(a, "for")}; }},
    {.name = "slow_close",
     .meaning = "the end of a stream arrives later",
     .on = On::bytes,
     .edges = {Edge::response, Edge::request, Edge::both},
     .attributes = {{"by", Type::duration, {}, "", true, "how much later"}},
     .make = [](const Attributes& a) -> Fault { return SlowClose{nanoseconds(a, "by")}; }},
    {.name = "corrupt",
     .meaning = "a bit flips",
     .on = On::bytes_or_messages,
     .edges = {Edge::response, Edge::request, Edge::both},
     .attributes = {{"nth_byte", Type::count, {}, "", false, "since the fault came on, or of the message"},
                    {"probability", Type::probability, {}, "", false, "of each byte, drawn"}},
     .problem = corrupt_problem,
     .make = [](const Attributes& a) -> Fault {
       return Corrupt{a.has("nth_byte") ? number(a, "nth_byte") : 0,
                      a.has("probability") ? a.numbers.at("probability") : 0};
     }},
    // ---- PostgreSQL ----
    {.name = "error",
     .protocol = "postgres",
     .meaning = "the server fails at the statement, and says that it was for this reason",
     .edges = {Edge::request, Edge::response},
     .attributes =
         {kSqlState,
          kMessage,
          {"severity", Type::word, {"ERROR", "FATAL"}, "", false, "FATAL ends the session; by the code"}},
     .problem = sql_problem,
     .make = make_sql_error},
    {.name = "lose_commit_answer",
     .protocol = "postgres",
     .meaning = "a COMMIT is applied, then the connection is reset",
     .edges = {Edge::response},
     .make = [](const Attributes&) -> Fault { return LoseCommitAnswer{}; }},
    {.name = "lose_answer",
     .protocol = "postgres",
     .meaning = "a statement outside a transaction is executed, then the connection is reset",
     .edges = {Edge::response},
     .make = [](const Attributes&) -> Fault { return LoseAnswer{}; }},
    {.name = "slow_query",
     .protocol = "postgres",
     .meaning = "a statement comes later, or its result",
     .edges = {Edge::response, Edge::request},
     .attributes = {{"by", Type::duration, {}, "", true, "how much later"},
                    {"jitter", Type::duration, {}, "0s", false, "more or less than that, drawn for each"}},
     .problem = jitter_problem,
     .make = make_delay},
    {.name = "empty_result",
     .protocol = "postgres",
     .meaning = "no rows",
     .edges = {Edge::response},
     .make = [](const Attributes&) -> Fault { return EmptyResult{}; }},
    {.name = "stale_result",
     .protocol = "postgres",
     .meaning = "the rows of the previous equal query, if they were others",
     .edges = {Edge::response},
     .make = [](const Attributes&) -> Fault { return Stale{}; }},
    {.name = "refuse_login",
     .protocol = "postgres",
     .meaning = "a session is refused at its start",
     .edges = {Edge::request},
     .attributes = {{"sqlstate", Type::sqlstate, {}, "53300", false, "a code, or its condition's name"},
                    kMessage},
     .make = [](const Attributes& a) -> Fault {
       const std::string& sqlstate = a.words.at("sqlstate");
       return RefuseLogin{sqlstate, text_or(a, "message", sql_message(sqlstate))};
     }},
    // ---- Redis ----
    {.name = "error",
     .protocol = "redis",
     .meaning = "an error in the place of the right reply; the command is not executed",
     .edges = {Edge::request},
     .attributes = {{"kind", Type::word, redis_kind_names(), "", false, "as the server words it"},
                    {"text", Type::text, {}, "", false, "or any text: \"ERR something\""}},
     .problem = redis_problem,
     .make = make_redis_error},
    {.name = "miss",
     .protocol = "redis",
     .meaning = "a read finds nothing",
     .edges = {Edge::response},
     .make = [](const Attributes&) -> Fault { return Miss{}; }},
    {.name = "lose_answer",
     .protocol = "redis",
     .meaning = "a command is executed, then the connection is reset",
     .edges = {Edge::response},
     .make = [](const Attributes&) -> Fault { return LoseAnswer{}; }},
    {.name = "stale",
     .protocol = "redis",
     .meaning = "what an equal read got before, if it was something else",
     .edges = {Edge::response},
     .make = [](const Attributes&) -> Fault { return Stale{}; }},
    {.name = "abort_exec",
     .protocol = "redis",
     .meaning = "EXEC executes nothing, as if a watched key had changed",
     .edges = {Edge::request},
     .make = [](const Attributes&) -> Fault { return AbortExec{}; }},
    // ---- HTTP ----
    {.name = "status",
     .protocol = "http",
     .meaning = "another answer than the real one, instead of a request or after it",
     .edges = {Edge::request, Edge::response},
     .attributes =
         {{"code", Type::count, {}, "", true, "200 to 599"},
          {"as", Type::word, {"plain", "stripe", "shopify"}, "plain", false, "whose body and headers"},
          {"body", Type::text, {}, "", false, "instead of that body"},
          {"headers", Type::headers, {}, "", false, "a table, besides those headers"}},
     .problem = status_problem,
     .make = make_status},
    {.name = "lose_answer",
     .protocol = "http",
     .meaning = "the upstream answered; the client gets a reset",
     .edges = {Edge::response},
     .make = [](const Attributes&) -> Fault { return LoseAnswer{}; }},
    {.name = "hang_answer",
     .protocol = "http",
     .meaning = "the answer never comes, or stops half-way",
     .edges = {Edge::response},
     .attributes =
         {{"at", Type::word, {"headers", "body"}, "headers", false, "before its head, or in its body"},
          {"for", Type::duration, {}, "", false, "until it is lifted, unless given"}},
     .make = [](const Attributes& a) -> Fault {
       return Hang{optional_duration(a, "for"),
                   a.words.at("at") == "body" ? Hang::At::body : Hang::At::begin};
     }},
    {.name = "truncate",
     .protocol = "http",
     .meaning = "the body ends early, and the connection with it",
     .edges = {Edge::response},
     .attributes = {{"bytes", Type::size, {}, "0B", false, "of the body that come"}},
     .make = [](const Attributes& a) -> Fault { return Truncate{number(a, "bytes")}; }},
    {.name = "malform",
     .protocol = "http",
     .meaning = "an answer that no parser should take",
     .edges = {Edge::response},
     .attributes = {{"what",
                     Type::word,
                     {"json", "content_type", "chunk_size", "status_line"},
                     "json",
                     false,
                     "what is wrong with it"}},
     .make = make_malform},
    {.name = "duplicate",
     .protocol = "http",
     .meaning = "the request reaches the upstream twice; the client gets the second answer",
     .edges = {Edge::request},
     .make = [](const Attributes&) -> Fault { return Duplicate{}; }},
    {.name = "slow_body",
     .protocol = "http",
     .meaning = "the answer comes at so many bytes a second",
     .edges = {Edge::response},
     .attributes = {{"rate", Type::bytes_per_second, {}, "", true, "of its body"}},
     .problem = [](const Attributes& a, Edge /*edge*/) { return too_little(a, "rate"); },
     .make = [](const Attributes& a) -> Fault { return Throttle{a.numbers.at("rate")}; }},
    // ---- processes ----
    {.name = "kill",
     .meaning = "it ends by a signal, and is started again when the fault is lifted",
     .on = On::process,
     .processes = {"service", "postgres", "redis"},
     .attributes = {{"signal", Type::word, {"KILL", "TERM", "INT", "QUIT"}, "KILL", false, "which"}},
     .make = [](const Attributes& a) -> Fault { return Kill{signal_of(a.words.at("signal"))}; }},
    {.name = "pause",
     .meaning = "it is stopped where it is, until the fault is lifted (SIGSTOP, SIGCONT)",
     .on = On::process,
     .processes = {"service", "postgres", "redis"},
     .make = [](const Attributes&) -> Fault { return Pause{}; }},
    {.name = "restart",
     .meaning = "it is stopped and started",
     .on = On::process,
     .processes = {"service", "postgres", "redis"},
     .make = [](const Attributes&) -> Fault { return Restart{}; }},
    {.name = "delete_data",
     .meaning = "it is stopped, loses what it has stored, and is started",
     .on = On::process,
     .processes = {"postgres", "redis"},
     .make = [](const Attributes&) -> Fault { return DeleteData{}; }},
    {.name = "fill_disk",
     .meaning = "the disk with its data is full, until the fault is lifted",
     .on = On::process,
     .processes = {"postgres"},
     .attributes = {{"free", Type::size, {}, "0B", false, "what is left of it"}},
     .make = [](const Attributes& a) -> Fault { return FillDisk{number(a, "free")}; }},
    {.name = "clock_skew",
     .meaning = "its time of day is wrong, until the fault is lifted (libfaketime)",
     .on = On::process,
     .processes = {"service"},
     .attributes = {{"by", Type::duration, {}, "", true, "how much"},
                    {"direction", Type::word, {"ahead", "behind"}, "ahead", false, "of the right time"}},
     .make = [](const Attributes& a) -> Fault {
       return ClockSkew{a.words.at("direction") == "ahead" ? nanoseconds(a, "by") : -nanoseconds(a, "by")};
     }},
    {.name = "cpu_pressure",
     .meaning = "processes beside it do nothing but compute, until the fault is lifted",
     .on = On::process,
     .processes = {"service"},
     .attributes = {{"workers", Type::count, {}, "2", false, "how many"}},
     .make = [](const Attributes& a) -> Fault { return CpuPressure{number(a, "workers")}; }},
};

}  // namespace

const std::vector<Row>& catalogue() {
  return kCatalogue;
}

std::string_view name_of(const Fault& fault) {
  constexpr std::array<std::string_view, std::variant_size_v<Fault>> kNames = {
      "refuse",       "blackhole",    "max_connections",
      "delay",        "throttle",     "slice",
      "cut",          "hang",         "slow_close",
      "corrupt",      "drop_idle",    "lose_answer",
      "stale",        "error",        "lose_commit_answer",
      "empty_result", "refuse_login", "error",
      "miss",         "abort_exec",   "status",
      "truncate",     "malform",      "duplicate",
      "kill",         "pause",        "restart",
      "delete_data",  "fill_disk",    "clock_skew",
      "cpu_pressure"};
  return kNames[fault.index()];
}

std::string_view to_text(Edge edge) {
  return edge == Edge::request ? "request" : edge == Edge::response ? "response" : "both";
}

}  // namespace faultline::fault
