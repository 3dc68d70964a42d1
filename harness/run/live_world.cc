#include "run/live_world.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <fstream>
#include <pqxx/pqxx>

#include "http/client.h"
#include "loop/loop.h"
#include "run/clients.h"

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

constexpr std::array kProcesses = {"service", "postgres", "redis"};

}  // namespace

LiveWorld::LiveWorld(Environment& environment, Rules& rules, const Stop& stop)
    : environment_(environment), rules_(rules), stop_(stop) {}

steps::Answer LiveWorld::redis(const std::vector<std::string>& command, Duration limit) {
  const RedisConnection connection = connect_redis(environment_.addresses(), limit);
  if (!connection || connection->err != 0) {
    return {false, connection ? connection->errstr : "out of memory", 0};
  }
  const RedisReply reply = ask_redis(*connection, command);
  if (!reply) {
    return {false, connection->errstr, 0};
  }
  return {reply->type != REDIS_REPLY_ERROR, text_of(*reply), 0};
}

steps::Answer LiveWorld::sql(const std::string& statement, Duration limit) {
  try {
    pqxx::connection connection(postgres_target(environment_.addresses(), limit));
    pqxx::nontransaction session(connection);
    const pqxx::result result = session.exec(statement);
    const bool has_value = !result.empty() && result.columns() > 0 && !result[0][0].is_null();
    return {true, has_value ? result[0][0].c_str() : "", 0};
  } catch (const pqxx::failure& error) {
    return {false, trimmed(error.what()), 0};
  }
}

steps::Answer LiveWorld::http(const std::string& method, const std::string& target, const std::string& body,
                              Duration limit) {
  http::Request request{method, target, {}, body};
  if (!body.empty()) {
    request.headers.add("Content-Type", "application/json");
  }
  request.headers.add("X-API-Key", tenants().front().key);
  const http::Exchange exchange =
      http::fetch(*http::parse_url(environment_.addresses().service), std::move(request), limit);
  if (!exchange.answered()) {
    return {false, std::string(to_text(exchange.failure)), 0};
  }
  return {exchange.response.status < 400, exchange.response.body, exchange.response.status};
}

std::string LiveWorld::log(const std::string& process) {
  std::uintmax_t from = 0;
  {
    const std::lock_guard lock(mutex_);
    from = marks_[process];
  }
  std::ifstream file(environment_.log(process), std::ios::binary);
  file.seekg(static_cast<std::streamoff>(from));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
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
