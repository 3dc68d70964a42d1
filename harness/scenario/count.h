#pragma once
// A number that must be right for each arrival once the run is over, by what is known of the work that it asked for.
//
//   [[expect]]
//   name    = "a job exists once if its creation was answered, at most once if nobody knows"
//   sql     = "SELECT count(*) FROM jobs WHERE name = ${arrival.name}"
//   of      = "POST /api/v1/jobs"    # the request, by its name in the flow, whose outcome counts; else the whole journey's
//   acked   = 1                      # "0..1", "1..": a range, both ends included
//   unknown = "0..1"
//   failed  = 0                      # what is left out is not looked at
//   within  = "5s"                   # what is not right is asked for again so long; the default
//
//   redis   = ["EXISTS", "response:${arrival.token}"]       an integer, or a text that is one; nothing is 0
//   http    = "GET /api/v1/jobs?name=${arrival.name}"       the status …
//   pointer = "/pagination/total"                           … or a number there, or the length of an array; 404 is 0
//   headers = { "X-API-Key" = "…" }                         the key of the arrival's tenant, unless given
//
// ${arrival} is the arrival's number, ${arrival.NAME} a datum of it or what it captured. In SQL a placeholder is a
// parameter of the statement.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/units.h"
#include "load/observer.h"
#include "load/template.h"

namespace faultline::scenario {

/// Both ends included.
struct Range {
  std::int64_t least = 0;
  std::optional<std::int64_t> most;

  bool holds(std::int64_t value) const { return value >= least && (!most || value <= *most); }
};
/// "1", "0..1", "1..".
std::string to_text(const Range& range);

struct SqlQuestion {
  load::Template statement;
};
struct RedisQuestion {
  std::vector<load::Template> command;
};
struct HttpQuestion {
  std::string method;
  load::Template target;
  std::vector<std::pair<std::string, load::Template>> headers;
  std::string pointer;  // empty: the status
};

struct Count {
  std::string name;
  std::variant<SqlQuestion, RedisQuestion, HttpQuestion> question;
  std::string of;                     // a request's name; empty: the journey
  std::vector<std::string> journeys;  // those that it is about; none: all
  std::optional<Range> acked, failed, unknown;
  Duration within = std::chrono::seconds(5);

  /// What is right for that outcome; null: it is not looked at.
  const Range* right(load::Outcome outcome) const;
};

}  // namespace faultline::scenario
