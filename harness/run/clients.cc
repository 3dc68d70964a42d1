#include "run/clients.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/client.h"

namespace faultline::run {
namespace {

timeval to_timeval(Duration limit) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(limit).count();
  return {us / 1'000'000, us % 1'000'000};
}

}  // namespace

RedisConnection connect_redis(const Addresses& addresses, Duration limit) {
  const auto url = http::parse_url("http" + addresses.proxied.at("redis").substr(5));
  RedisConnection connection(
      redisConnectWithTimeout(url->host.c_str(), std::stoi(url->port), to_timeval(limit)));
  if (connection && connection->err == 0) {
    redisSetTimeout(connection.get(), to_timeval(limit));
  }
  return connection;
}

RedisReply ask_redis(redisContext& connection, const std::vector<std::string>& command) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : command) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  return RedisReply(static_cast<redisReply*>(
      redisCommandArgv(&connection, static_cast<int>(words.size()), words.data(), sizes.data())));
}

std::string postgres_target(const Addresses& addresses, Duration limit) {
  const auto limit_s = std::max<long>(1, std::chrono::duration_cast<std::chrono::seconds>(limit).count());
  return fmt::format("{}?connect_timeout={}&options=-c%20statement_timeout%3D{}ms",
                     addresses.proxied.at("postgres"), limit_s,
                     std::chrono::duration_cast<std::chrono::milliseconds>(limit).count());
}

}  // namespace faultline::run
