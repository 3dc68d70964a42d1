#include "run/live_world.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <array>
#include <cctype>
#include <fstream>
#include <memory>
#include <pqxx/pqxx>

#include "http/client.h"
#include "loop/loop.h"

namespace faultline::run {
namespace {

timeval to_timeval(Duration limit) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(limit).count();
  return {us / 1'000'000, us % 1'000'000};
}

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
  const auto url = http::parse_url("http" + environment_.addresses().proxied.at("redis").substr(5));
  const std::unique_ptr<redisContext, decltype(&redisFree)> context(
      redisConnectWithTimeout(url->host.c_str(), std::stoi(url->port), to_timeval(limit)), &redisFree);
  if (!context || context->err != 0) {
    return {false, context ? context->errstr : "out of memory", 0};
  }
  redisSetTimeout(context.get(), to_timeval(limit));
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  const std::unique_ptr<redisReply, decltype(&freeReplyObject)> reply(
      static_cast<redisReply*>(
          redisCommandArgv(context.get(), static_cast<int>(words.size()), words.data(), sizes.data())),
      &freeReplyObject);
  if (!reply) {
    return {false, context->errstr, 0};
  }
  return {reply->type != REDIS_REPLY_ERROR, text_of(*reply), 0};
}

steps::Answer LiveWorld::sql(const std::string& statement, Duration limit) {
  const auto limit_s = std::max<long>(1, std::chrono::duration_cast<std::chrono::seconds>(limit).count());
  const std::string target =
      fmt::format("{}?connect_timeout={}&options=-c%20statement_timeout%3D{}ms",
                  environment_.addresses().proxied.at("postgres"), limit_s,
                  std::chrono::duration_cast<std::chrono::milliseconds>(limit).count());
  try {
    pqxx::connection connection(target);
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
