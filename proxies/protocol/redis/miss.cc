#include "protocol/redis/miss.h"

#include <algorithm>
#include <array>

namespace faultline::protocol::redis {
namespace {

enum class Shape { null, null_array, nulls, array, map, set, zero, no_expiry, none };

struct Row {
  std::string_view command;
  Shape shape;
};

// By name: commands of Redis 7.0 that read keys and write none.
constexpr auto kReads = std::to_array<Row>({
    {"BITCOUNT", Shape::zero},  {"EXISTS", Shape::zero},      {"GET", Shape::null},
    {"GETBIT", Shape::zero},    {"GETEX", Shape::null},       {"HEXISTS", Shape::zero},
    {"HGET", Shape::null},      {"HGETALL", Shape::map},      {"HKEYS", Shape::array},
    {"HLEN", Shape::zero},      {"HMGET", Shape::nulls},      {"HVALS", Shape::array},
    {"LINDEX", Shape::null},    {"LLEN", Shape::zero},        {"LRANGE", Shape::array},
    {"MGET", Shape::nulls},     {"PTTL", Shape::no_expiry},   {"SCARD", Shape::zero},
    {"SISMEMBER", Shape::zero}, {"SMEMBERS", Shape::set},     {"STRLEN", Shape::zero},
    {"TTL", Shape::no_expiry},  {"TYPE", Shape::none},        {"XLEN", Shape::zero},
    {"XRANGE", Shape::array},   {"XREAD", Shape::null_array}, {"ZCARD", Shape::zero},
    {"ZCOUNT", Shape::zero},    {"ZRANGE", Shape::array},     {"ZRANGEBYSCORE", Shape::array},
    {"ZRANK", Shape::null},     {"ZREVRANGE", Shape::array},  {"ZREVRANGEBYSCORE", Shape::array},
    {"ZREVRANK", Shape::null},  {"ZSCORE", Shape::null},
});

}  // namespace

std::optional<std::string> reply_of_miss(std::string_view command, std::uint64_t arguments, bool resp3) {
  const auto row =
      std::find_if(kReads.begin(), kReads.end(), [&](const Row& one) { return one.command == command; });
  if (row == kReads.end()) {
    return std::nullopt;
  }
  const std::string null = resp3 ? "_\r\n" : "$-1\r\n";
  switch (row->shape) {
    case Shape::null:
      return null;
    case Shape::null_array:
      return resp3 ? "_\r\n" : "*-1\r\n";
    case Shape::nulls: {
      const std::uint64_t keys = arguments - std::min<std::uint64_t>(arguments, command == "MGET" ? 1 : 2);
      std::string reply = "*" + std::to_string(keys) + "\r\n";
      for (std::uint64_t i = 0; i < keys; ++i) {
        reply += null;
      }
      return reply;
    }
    case Shape::array:
      return "*0\r\n";
    case Shape::map:
      return resp3 ? "%0\r\n" : "*0\r\n";
    case Shape::set:
      return resp3 ? "~0\r\n" : "*0\r\n";
    case Shape::zero:
      return ":0\r\n";
    case Shape::no_expiry:
      return ":-2\r\n";
    case Shape::none:
      return "+none\r\n";
  }
  return std::nullopt;
}

}  // namespace faultline::protocol::redis
