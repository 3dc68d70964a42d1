#pragma once
// A flow: what a user of the service does, as a weighted set of journeys. A file of its own
// (suites/flows/NAME.toml) that a scenario names in its [[load]].
//
//   [flow]
//   name    = "settler-mixed"
//   headers = { "X-API-Key" = "${api_key}" }   # with every request; a step may replace one
//   redirects = 10                             # that a request follows, the default; 0: a redirect is an answer
//
//   [flow.data]                                # drawn for each arrival from the seed, in the order of the file
//   token  = { hex = 12 }                      # 1 to 64 hexadecimal digits
//   name   = { text = "job-${token}" }         # made of what stands above it
//   limit  = { integer = [1, 500] }            # both ends included
//   tenant = { pick = ["tenant-a", "tenant-b"], skew = 1.0 }
//                                              # the n-th as often as 1/n^skew (Zipf); 0, the default: all alike
//   card   = { file = "cards.csv" }            # a row of a file beside this one, ${card.number} a column of it:
//                                              # CSV with a heading, or a JSON array of objects
//
//   [[journey]]
//   name   = "create and run"
//   weight = 40                                # its share of all weights; default 1
//
//   [[journey.step]]                           # a step is a request …
//   request = "POST /api/v1/jobs"              # method, and target with placeholders
//   name    = "create job"                     # what it is called in results; default: `request` as written
//   headers = { "Idempotency-Key" = "${token}" }
//   json    = { name = "${name}" }             # the body: a table, or JSON text in a string; or form, body, body_file or
//                                              # multipart (body.h)
//   expect  = [201]                            # statuses that are no error; default: every 2xx
//   capture = { jobId = "/data/id" }           # out of an answer that was expected: a JSON pointer (RFC 6901),
//                                              # { header = "ETag" }, or { pattern = 'token=(\w+)' } in the body
//   check   = [{ name = "has an id", pointer = "/data/id" }, { name = "fast", within = "200ms" }]   # check.h
//   measure = [{ rate = "jobs_created" }, { trend = "job_creation" }]                             # measure.h
//   tags    = { kind = "write" }               # for thresholds, beside those that every request has
//   redirects = 3                              # default: the flow's; 0 where it expects a status of 300 to 399
//   timeout = "10s"                            # to the whole answer; default 10 s. Or, each left out as you like,
//                                              # { connect = "1s", first_byte = "2s", whole = "10s" }
//
//   [[journey.step]]                           # … or a pause before the next one
//   think = "1s"                               # or ["1s", "3s"]: drawn from between them
//
//   [[journey.step]]                           # a request may be repeated until its answer says so
//   request = "GET /api/v1/jobs/${jobId}/executions"
//   repeat  = { until = { pointer = "/data/0/status", in = ["completed"] }, every = "500ms", at_most = 12 }
//
// Steps may be made once before the load begins, and once when it has ended. What a setup captures, every journey may use;
// if it does not come to its end, there is no load.
//
//   [[setup.step]]
//   request = "POST /login"
//   capture = { session = "/token" }
//   [[teardown.step]]
//   request = "DELETE /sessions/${session}"
//
// Placeholders: the names of [flow.data], what an earlier step of the journey captured, ${arrival} (its number),
// ${api_key} (the key of ${tenant}, which must be a pick), ${env:NAME}. The last two are looked up when the
// run starts and are never part of a plan.
//
// A journey ends with its last step, or before it: at the first request that does not get the answer it
// expects (for a repeated one: with its last attempt, or when `until` was never met), or at the first whose
// placeholder was not captured, since the answer expected did not hold it.
//
// A redirect is followed on the service itself, with a request that counts like any other, and the step's answer is the
// last one (redirect.h): its status is expected, and it is checked, measured and captured from. One that leads elsewhere is
// an answer. More than may be followed end the request without an answer, with the error `redirects`. A timeout is of each
// of these requests; `within`, and a trend of time, are of all of them.
//
// Every request also carries `traceparent` (W3C Trace Context), equal for all requests of an arrival.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/diagnostic.h"
#include "core/table.h"
#include "core/time.h"
#include "http/client.h"
#include "load/body.h"
#include "load/check.h"
#include "load/measure.h"
#include "load/records.h"
#include "load/source.h"
#include "load/template.h"

namespace faultline::load {

struct Hex {
  std::size_t digits = 1;
};
struct Pick {
  std::vector<std::string> of;
  std::vector<double> up_to{};  // with a skew: the shares of these and those before them, not yet of 1
};
struct Integer {
  std::int64_t least = 0, most = 0;
};
struct Text {
  Template text;
};
/// One column of a file's rows. The columns of one file are one generator each, and draw one row.
struct Column {
  std::shared_ptr<const Records> records;
  std::size_t column = 0;
  std::size_t first = 0;  // the place of the file's first column in the flow's data
};

/// One value of every arrival.
struct Generator {
  std::string name;
  std::variant<Hex, Pick, Integer, Text, Column> kind;
};

/// Fills a name with what an answer holds.
struct Capture {
  std::string name;
  Source from;
};

struct Repeat {
  std::string pointer;          // where in the answer to look
  std::vector<std::string> in;  // the values that end it; a number or a boolean as JSON writes it
  Duration every{};             // from the end of one attempt to the time the next is due
  std::uint32_t at_most = 1;    // attempts
};

/// Redirects that a request follows unless a flow says otherwise: as many as with k6 and Artillery.
inline constexpr std::uint32_t kRedirects = 10;

struct RequestStep {
  std::string method;
  Template target;
  std::string route;  // what it is called in results
  std::vector<std::pair<std::string, Template>> headers;
  std::optional<Body> body;
  std::vector<int> expect;               // empty: every 2xx
  std::uint32_t redirects = kRedirects;  // at most followed
  std::vector<Capture> capture;
  std::vector<Check> checks;      // of a repeated request: of its last answer
  std::vector<Measure> measures;  // likewise
  std::vector<std::pair<std::string, std::string>> tags;
  http::Timeouts timeouts{.whole = std::chrono::seconds(10)};
  std::optional<Repeat> repeat;

  bool expects(int status) const;
};

struct ThinkStep {
  Duration least{}, most{};
};

using Step = std::variant<RequestStep, ThinkStep>;

struct Journey {
  std::string name;
  std::uint32_t weight = 1;
  std::vector<Step> steps;
};

struct Flow {
  std::string name;
  std::vector<Generator> data;
  std::vector<Journey> journeys;               // at least one, each with at least one request
  std::optional<Journey> setup{}, teardown{};  // likewise
  bool wants_api_key = false;                  // some request has ${api_key}
  std::set<std::string> environment;           // the variables that its requests name
  std::vector<std::filesystem::path> files;    // of its data and its bodies, beside the flow; each once

  const Journey* journey(const std::string& wanted) const;
};

/// Reads a flow file. Nothing when something is wrong: then it is in `problems`.
std::optional<Flow> read_flow(const std::filesystem::path& path, Diagnostics& problems);
/// The same from a table that was parsed with the same `problems`.
std::optional<Flow> read_flow(Table& file, Diagnostics& problems);

/// The tenants that arrivals may draw: each needs an API key. Empty when no request has ${api_key}.
std::vector<std::string> tenants(const Flow& flow);

/// The requests that an arrival makes on average when every answer is the expected one and no request has to
/// be repeated: fewer come only from journeys that end early.
double expected_requests(const Flow& flow);

}  // namespace faultline::load
