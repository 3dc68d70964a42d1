#pragma once
// What can go wrong, as plain data. What each does on the wire is proxies/stream's where it acts on bytes or connections,
// and proxies/protocol's where it acts on messages; what happens to a process is harness/run's. What each is called, and
// what it can be given, is the catalogue's.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/time.h"

namespace faultline::fault {

// ---- connections and bytes ----

/// Nothing listens: connect gives ECONNREFUSED, and open connections are reset unless they are kept.
struct Refuse {
  bool reset_existing = true;
  bool operator==(const Refuse&) const = default;
};

/// Connections are accepted, or hang in the handshake; nothing ever answers.
struct Blackhole {
  bool accept = true;
  bool operator==(const Blackhole&) const = default;
};

/// No more connections than this are served: those beyond are accepted and reset, or never answered.
struct MaxConnections {
  std::uint64_t most = 1;
  bool reset = true;
  bool operator==(const MaxConnections&) const = default;
};

/// Each chunk, or each message that matches, comes later, in the same order.
struct Delay {
  Duration by{};
  Duration jitter{};  // at most `by`: the delay is within by +/- jitter
  bool operator==(const Delay&) const = default;
};

/// Bytes a second, in each direction on its own; of a message that matches, this one's.
struct Throttle {
  double bytes_per_second = 0;
  bool operator==(const Throttle&) const = default;
};

/// Bytes go out in writes of size +/- variation, with a pause between them.
struct Slice {
  std::uint64_t size = 1;
  std::uint64_t variation = 0;  // below `size`
  Duration pause{};
  bool operator==(const Slice&) const = default;
};

/// The connection ends, after so many further bytes in the fault's direction, or of a message that matches.
struct Cut {
  enum class How {
    fin,  // both ends see the end of the stream
    rst,  // both ends see a reset
    half  // the receiver of the fault's direction sees the end of the stream, the other direction goes on
  };
  How how = How::rst;
  std::uint64_t after = 0;
  bool operator==(const Cut&) const = default;
};

/// Bytes stop, the connection stays. They go on after `length`, or when the fault is lifted; none is lost.
struct Hang {
  std::optional<Duration> length;
  enum class At { begin, body } at = At::begin;  // of an HTTP message that matches: its body stops half-way
  bool operator==(const Hang&) const = default;
};

/// The end of a stream arrives later.
struct SlowClose {
  Duration by{};
  bool operator==(const SlowClose&) const = default;
};

/// The lowest bit of bytes is flipped: of one of each connection or message that matches, or of each with a
/// probability.
struct Corrupt {
  std::uint64_t nth_byte = 0;  // from 1; 0: by probability
  double probability = 0;
  bool operator==(const Corrupt&) const = default;
};

/// Once no byte has passed for so long, none passes any more, in either direction.
struct DropIdle {
  Duration after{};
  bool operator==(const DropIdle&) const = default;
};

// ---- messages of every protocol ----

/// The dependency did what it was asked to; its answer is thrown away and the connection reset.
struct LoseAnswer {
  bool operator==(const LoseAnswer&) const = default;
};

/// What an equal request was answered before, if that was something else.
struct Stale {
  bool operator==(const Stale&) const = default;
};

// ---- PostgreSQL ----

/// The server fails, and says that it was for this reason.
struct SqlError {
  std::string sqlstate;
  std::string message;
  bool fatal = false;  // the session ends with it
  bool operator==(const SqlError&) const = default;
};

/// LoseAnswer for a COMMIT that was applied.
struct LoseCommitAnswer {
  bool operator==(const LoseCommitAnswer&) const = default;
};

/// A result without its rows.
struct EmptyResult {
  bool operator==(const EmptyResult&) const = default;
};

/// The session is refused at its start.
struct RefuseLogin {
  std::string sqlstate;
  std::string message;
  bool operator==(const RefuseLogin&) const = default;
};

// ---- Redis ----

/// An error in the place of the right reply.
struct RedisError {
  std::string text;  // "READONLY You can't write against a read only replica."
  bool operator==(const RedisError&) const = default;
};

/// A read finds nothing.
struct Miss {
  bool operator==(const Miss&) const = default;
};

/// EXEC aborts, as if a watched key had changed.
struct AbortExec {
  bool operator==(const AbortExec&) const = default;
};

// ---- HTTP ----

/// Another answer than the real one.
struct Status {
  int code = 503;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  bool operator==(const Status&) const = default;
};

/// Of the body only so many bytes come; then the connection is closed.
struct Truncate {
  std::uint64_t bytes = 0;
  bool operator==(const Truncate&) const = default;
};

/// An answer that no parser should take.
struct Malform {
  enum class What { json, content_type, chunk_size, status_line } what = What::json;
  bool operator==(const Malform&) const = default;
};

/// The request reaches the upstream twice; the answer to the second is the one that the client gets.
struct Duplicate {
  bool operator==(const Duplicate&) const = default;
};

// ---- processes ----

/// It ends by this signal; lifted, it is started again, unless it runs by then.
struct Kill {
  int signal = 9;
  bool operator==(const Kill&) const = default;
};

/// It is stopped where it is (SIGSTOP), and goes on when the fault is lifted.
struct Pause {
  bool operator==(const Pause&) const = default;
};

struct Restart {
  bool operator==(const Restart&) const = default;
};

/// It is stopped, loses all that it has stored, and is started again.
struct DeleteData {
  bool operator==(const DeleteData&) const = default;
};

/// Of the disk that its data are on so many bytes are left.
struct FillDisk {
  std::uint64_t free = 0;
  bool operator==(const FillDisk&) const = default;
};

/// Its clock of the time of day is wrong by so much. Its clocks of elapsed time are not.
struct ClockSkew {
  Duration by{};
  bool operator==(const ClockSkew&) const = default;
};

/// So many processes beside it do nothing but compute.
struct CpuPressure {
  std::uint64_t workers = 1;
  bool operator==(const CpuPressure&) const = default;
};

using Fault = std::variant<Refuse, Blackhole, MaxConnections, Delay, Throttle, Slice, Cut, Hang, SlowClose,
                           Corrupt, DropIdle, LoseAnswer, Stale, SqlError, LoseCommitAnswer, EmptyResult,
                           RefuseLogin, RedisError, Miss, AbortExec, Status, Truncate, Malform, Duplicate,
                           Kill, Pause, Restart, DeleteData, FillDisk, ClockSkew, CpuPressure>;

/// Which way the bytes go that a fault acts on.
enum class Edge {
  request,   // from the service to its dependency
  response,  // from the dependency to the service
  both,
};

}  // namespace faultline::fault
