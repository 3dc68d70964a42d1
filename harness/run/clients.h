#pragma once
// The harness's own clients of the private servers, which come in through the proxies as the service does.

#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <vector>

#include "run/environment.h"

namespace faultline::run {

struct FreeRedis {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisConnection = std::unique_ptr<redisContext, FreeRedis>;
using RedisReply = std::unique_ptr<redisReply, FreeRedis>;

/// A connection whose every answer is waited for so long; with an `err` where there is none, null without memory.
RedisConnection connect_redis(const Addresses& addresses, Duration limit);
/// Null: no answer, and the connection says why.
RedisReply ask_redis(redisContext& connection, const std::vector<std::string>& command);

/// What libpq connects to: neither connecting nor a statement may take longer, in seconds at the least.
std::string postgres_target(const Addresses& addresses, Duration limit);

}  // namespace faultline::run
