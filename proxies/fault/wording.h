#pragma once
// How the real servers word their errors, so that a client cannot tell an injected one.

#include <span>
#include <string>
#include <string_view>

#include "fault/fault.h"

namespace faultline::fault {

/// PostgreSQL's message for a code (src/backend of version 15, in English).
std::string sql_message(std::string_view sqlstate);
/// Whether the server ends the session with this error.
bool sql_fatal(std::string_view sqlstate);
/// Whether it is an answer to a start-up packet only.
bool sql_at_login(std::string_view sqlstate);

struct RedisKind {
  std::string_view kind, text;
};
/// Redis's error replies (src/server.c and src/cluster.c of version 7.0), without the sign before them.
std::span<const RedisKind> redis_kinds();

/// A status as Stripe, Shopify, or a plain proxy would answer with it: "stripe", "shopify", "plain".
Status status_as(std::string_view service, int code);

/// The reason phrase that goes with a status (RFC 9110, section 15).
std::string_view reason_phrase(int code);

}  // namespace faultline::fault
