#pragma once
// A TCP proxy in front of one dependency: bytes go through it unchanged, until faults are switched on.
//
// What the two ends must not notice: half-close goes through in both directions, a reset is passed on as a reset,
// small writes are not held back (TCP_NODELAY), and a reader that stops makes the writer stop (nothing is read that
// cannot be written). An upstream that cannot be reached resets the client's connection.
//
//   proxy (listener, the rules that are on)  ->  session (one connection)  ->  two directions (bytes and their timing)

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/draw.h"
#include "fault/rule.h"
#include "loop/loop.h"

namespace faultline::stream {

struct ProxyOptions {
  std::string name;  // of the dependency
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 0;  // 0: any free one
  std::string upstream_host = "127.0.0.1";
  std::uint16_t upstream_port = 0;
  Seed seed = 1;
};

/// The first time that a rule changed something on a connection.
struct Action {
  std::string rule;
  std::uint64_t connection = 0;  // its ordinal, from 1; 0 where the rule acts on the listener
  std::string effect;            // for people
};

/// Called on the loop's thread; must not call the proxy.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;
  virtual void acted(const Action& /*action*/) {}
};

struct Counters {
  std::uint64_t accepted = 0;
  std::uint64_t open = 0;
  std::uint64_t unreachable = 0;  // connections that were reset because the upstream could not be reached
  std::uint64_t bytes_to_upstream = 0;  // written
  std::uint64_t bytes_to_client = 0;
  std::uint64_t bytes_held = 0;                // read and not written yet, of all connections together
  std::map<std::string, std::uint64_t> acted;  // rule -> connections on which it acted
};

class Proxy {
 public:
  /// Listens when it returns. Throws EnvironmentError when the port cannot be had. The observer must outlive it.
  Proxy(Loop& loop, ProxyOptions options, Observer& observer);
  /// Closes everything.
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::uint16_t port() const;

  // From any thread; done when they return.

  /// Replaces the rules that are on. A change takes effect between chunks; connections that no rule ends stay open,
  /// and what a lifted rule held back goes on its way.
  void apply(std::vector<fault::Rule> rules);

  /// The dependency was taken down on purpose: nobody can connect, as if it were reached directly. The port stays
  /// ours.
  void close_listener();
  void open_listener();

  Counters counters() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace faultline::stream
