#pragma once
// An HTTP/1.1 client on a Loop, with a pool of kept-alive connections; and a blocking fetch for probes.
//
//   Client client(loop, {.max_connections = 50});
//   client.send({"127.0.0.1", "8080"}, {.target = "/orders"}, [](Exchange exchange) { … exchange.timings … });

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "http/message.h"
#include "http/tls.h"
#include "loop/loop.h"

namespace faultline::http {

/// Why there is no answer. The kinds are kept apart because they mean different things for what the server
/// did: after `refused`, `connect_timeout` or `tls` it never saw the request, after the others it may have.
enum class Failure {
  none,
  refused,          // ECONNREFUSED, or the host is unreachable
  connect_timeout,  // no connection within the limit
  tls,              // no TLS with the server, or it is not whom it should be
  reset,            // the connection was reset or closed before the whole answer had come
  timeout,          // connected, but the answer did not begin, or was not whole, in time
  malformed,        // what came is not HTTP/1.1, does not decompress, or is larger than the limits
  redirects,        // said by who follows redirects, which a client does not: there were too many
};
std::string_view to_text(Failure failure);

/// Where the time of an exchange went; zero for what did not happen. Where a request had to be sent once more, this is
/// of the second time.
struct Timings {
  Duration blocked{};      // until there was room for a connection
  Duration connecting{};   // the host's name, and TCP
  Duration handshaking{};  // TLS
  Duration sending{};      // from the first byte of the request to its last
  Duration waiting{};      // from there to the first byte of the answer
  Duration receiving{};    // from there to its last
};

struct Exchange {
  Failure failure = Failure::none;
  Response response;   // valid when failure is none
  Instant sent{};      // when the request began to be written; zero when it never was
  Instant finished{};  // when the answer was whole, or the failure known
  Timings timings{};
  bool reused = false;             // on a connection that had served before
  std::size_t bytes_sent = 0;      // of HTTP: headers and bodies as they went over the wire, without TLS
  std::size_t bytes_received = 0;  // likewise, before decompression; interim answers too
  std::string detail{};            // after `tls`: why, in OpenSSL's words; may say more of a `reset` too
  bool answered() const { return failure == Failure::none; }
};

struct ClientOptions {
  Duration connect_timeout = std::chrono::seconds(5);  // name, TCP and TLS
  Duration whole_timeout = std::chrono::seconds(30);   // from the call of `send` to the last byte
  std::size_t max_idle = 256;                          // kept-alive connections held for later
  std::size_t body_bytes = 64 * 1024 * 1024;     // larger answers are `malformed`, decompressed ones too
  std::optional<Duration> first_byte_timeout{};  // from the last byte of the request; beyond it: `timeout`
  std::size_t max_connections = 0;  // open at once; further requests wait for their turn. 0: no limit
  bool gzip = false;  // asks for compressed answers, and decompresses them; headers stay as they came
  Tls tls{};
};

/// The limits of one request; those that are not given are the client's. Each is exact to a millisecond.
struct Timeouts {
  std::optional<Duration> connect{};
  std::optional<Duration> first_byte{};
  std::optional<Duration> whole{};
};

class Client {
 public:
  Client(Loop& loop, ClientOptions options = {});
  /// Closes every connection; callbacks that are pending are not made.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends a request (Host and Content-Length are added) and calls `done` once, on the loop's thread, never
  /// from inside `send`. Call it on the loop's thread. Kept-alive connections that the server has closed are not used.
  /// One that it closes while the request is on its way, before any byte of an answer, has the request sent once more
  /// on a new connection when its method is idempotent (RFC 9110, 9.2.2); otherwise it fails as `reset`. So does a
  /// second sending that finds no connection, since the first may have been seen. A request that runs out of time while
  /// it waits for its turn was never sent: `connect_timeout`.
  void send(const Origin& to, Request request, std::function<void(Exchange)> done);
  void send(const Origin& to, Request request, const Timeouts& timeouts, std::function<void(Exchange)> done);
  void send(const Origin& to, Request request, Duration whole_timeout, std::function<void(Exchange)> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// One request on a connection of its own, blocking: for readiness checks and probes. From any thread; it
/// runs no loop of ours.
Exchange fetch(const Url& url, Request request, Duration timeout);

}  // namespace faultline::http
