#include "run/live_world.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <csignal>
#include <pqxx/pqxx>

#include "core/error.h"
#include "core/file.h"
#include "core/units.h"
#include "http/client.h"
#include "loop/loop.h"
#include "run/clients.h"
#include "scenario/tenants.h"

namespace faultline::run {
namespace {

std::string trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.pop_back();
  }
  return text;
}

// A reply as a person would read it.
std::string text_of(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      return std::to_string(reply.integer);
    case REDIS_REPLY_NIL:
      return "(nil)";
    case REDIS_REPLY_ARRAY: {
      std::string text;
      for (std::size_t i = 0; i < reply.elements; ++i) {
        text += (i == 0 ? "" : " ") + text_of(*reply.element[i]);
      }
      return text;
    }
    default:
      return std::string(reply.str, static_cast<std::size_t>(reply.len));
  }
}

constexpr int kShownRows = 10;

// The same of rows: a line each.
std::string text_of(const pqxx::result& result) {
  std::vector<std::string> rows;
  for (const auto& row : result) {
    if (rows.size() == kShownRows) {
      break;
    }
    std::vector<std::string_view> columns;
    columns.reserve(static_cast<std::size_t>(row.size()));
    for (const auto& column : row) {
      columns.emplace_back(column.c_str());  // of a null: empty
    }
    rows.push_back(fmt::format("{}", fmt::join(columns, " | ")));
  }
  return fmt::format("{}", fmt::join(rows, "\n"));
}

// A status as a shell gives it.
steps::Answer answer_of(CommandEnd end, Duration limit) {
  if (!end.exit) {
    return {
        false,
        fmt::format("did not end within {}{}{}", to_text(limit), end.output.empty() ? "" : "\n", end.output),
        128 + SIGKILL};
  }
  const int status = end.exit->signal != 0 ? 128 + end.exit->signal : end.exit->code;
  return {status == 0, std::move(end.output), status};
}

steps::Answer answer_of(const Stored& stored, std::string_view done, Duration limit) {
  steps::Answer answer = answer_of(stored.end, limit);
  if (answer.ok) {
    answer.text = fmt::format("{} {} tables, {} bytes", done, stored.tables, stored.bytes);
  }
  return answer;
}

constexpr std::array kProcesses = {"service", "postgres", "redis"};

}  // namespace

LiveWorld::LiveWorld(Environment& environment, Rules& rules, const Stop& stop)
    : environment_(environment), rules_(rules), stop_(stop) {}

steps::Answer LiveWorld::redis(const std::vector<std::string>& command, Duration limit) {
  const RedisConnection connection = connect_redis(environment_.addresses(), limit);
  if (!connection || connection->err != 0) {
    return {false, connection ? connection->errstr : "out of memory"};
  }
  const RedisReply reply = ask_redis(*connection, command);
  if (!reply) {
    return {false, connection->errstr};
  }
  return {reply->type != REDIS_REPLY_ERROR, text_of(*reply)};
}

steps::Answer LiveWorld::sql(const std::string& statement, Duration limit) {
  try {
    pqxx::connection connection(postgres_target(environment_.addresses(), limit));
    pqxx::nontransaction session(connection);
    const pqxx::result result = session.exec(statement);
    const bool has_value = !result.empty() && result.columns() > 0;
    return {.ok = true, .text = text_of(result), .value = has_value ? result[0][0].c_str() : ""};
  } catch (const pqxx::failure& error) {
    return {false, trimmed(error.what())};
  }
}

steps::Answer LiveWorld::http(const steps::Request& request, Duration limit) {
  http::Request sent{request.method, request.target, {}, request.body};
  for (const auto& [name, value] : request.headers) {
    sent.headers.add(name, value);
  }
  if (!request.body.empty() && !sent.headers.has("Content-Type")) {
    sent.headers.add("Content-Type", "application/json");
  }
  if (!sent.headers.has("X-API-Key")) {
    sent.headers.add("X-API-Key", scenario::key_of(request.tenant));
  }
  const http::Exchange exchange =
      http::fetch(*http::parse_url(environment_.addresses().service), std::move(sent), limit);
  if (!exchange.answered()) {
    return {false, std::string(to_text(exchange.failure))};
  }
  return {exchange.response.status < 400, exchange.response.body, exchange.response.status};
}

steps::Answer LiveWorld::run(const std::vector<std::string>& command, Duration limit) {
  try {
    return answer_of(environment_.run(command, limit), limit);
  } catch (const EnvironmentError& error) {
    return {false, error.what()};
  }
}

steps::Answer LiveWorld::begin(const std::vector<std::string>& command) {
  try {
    environment_.begin(command);
    return {true, "started"};
  } catch (const EnvironmentError& error) {
    return {false, error.what()};
  }
}

steps::Answer LiveWorld::stop(const std::string& process, Duration grace) {
  const Stopped stopped = environment_.stop(process, grace);
  if (!stopped.exit) {
    return {false, "it was not running"};
  }
  if (stopped.killed) {
    return {false, fmt::format("did not end within {}, and was killed", faultline::to_text(grace))};
  }
  return {stopped.exit->ok(), to_text(*stopped.exit)};
}

steps::Answer LiveWorld::dump(const std::string& process, Duration limit) {
  try {
    return answer_of(environment_.dump(process, limit), "dumped", limit);
  } catch (const EnvironmentError& error) {
    return {false, error.what()};
  }
}

steps::Answer LiveWorld::restore(const std::string& process, Duration limit) {
  try {
    return answer_of(environment_.restore(process, limit), "restored", limit);
  } catch (const EnvironmentError& error) {
    return {false, error.what()};
  }
}

std::string LiveWorld::log(const std::string& process) {
  std::uintmax_t from = 0;
  {
    const std::lock_guard lock(mutex_);
    from = marks_[process];
  }
  return read_file(environment_.log(process), from).value_or("");
}

void LiveWorld::mark_logs() {
  const std::lock_guard lock(mutex_);
  for (const char* process : kProcesses) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(environment_.log(process), missing);
    marks_[process] = missing ? 0 : size;
  }
}

Instant LiveWorld::now() const {
  return monotonic_now();
}

bool LiveWorld::pause(Duration duration) {
  return stop_.wait_until(monotonic_now() + duration);
}

}  // namespace faultline::run
