#pragma once
// A TCP proxy in front of one dependency: bytes go through it unchanged, until faults are switched on.
//
// What the two ends must not notice: half-close goes through in both directions, a reset is passed on as a reset,
// small writes are not held back (TCP_NODELAY), and a reader that stops makes the writer stop (nothing is read that
// cannot be written). An upstream that cannot be reached resets the client's connection.
//
// Where the proxy knows the protocol, it understands each message before it passes it on, and counts calls by operation
// (protocol/conversation.h). A connection that turns out to speak something else goes on as plain bytes.
//
//   proxy (listener, the rules that are on)  ->  session (one connection)  ->  two directions (messages, then bytes and
//   their timing)

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/draw.h"
#include "fault/rule.h"
#include "transport/transport.h"

namespace faultline::stream {

class Causes;

struct ProxyOptions {
  std::string name;           // of the dependency
  transport::Address listen;  // port 0: any free one
  transport::Address upstream;
  bool share_port = false;  // with another proxy of this program: the kernel spreads connections over them
  std::string protocol = "raw";  // a name in protocol/protocols.h
  Seed seed = 1;
  fault::Observe observe = fault::Observe::off;
  Causes* causes = nullptr;  // null: by the trace that a message bears. Outlives the proxy
};

/// A rule changed something: on a connection, for the first time there, or a message.
struct Action {
  std::string rule;
  std::uint64_t connection = 0;  // its ordinal, from 1; 0 where the rule acts on the listener
  std::string effect;            // for people
  // Of a message: its fault point.
  std::string operation;  // empty: it was no message
  std::string_view edge;  // "request": the dependency did not see it, or not so; "response": it did
  std::string cause;
  std::string_view known;  // how the cause is: "header", …
  std::uint64_t nth = 0;
  bool by_order = false;  // the decision depends on the order in which messages came
};

/// A request has come: a fault point on each of its edges. Views are valid until the call returns.
struct FaultPoint {
  std::string_view operation, cause, known;
  std::uint64_t nth = 0;
};

/// The rules for one proxy: those that are on, and those that are not now, and may come on.
struct RuleSet {
  std::vector<fault::Rule> on, off;
};

/// Called on the transport's thread; must not call the proxy.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;
  virtual void acted(const Action& /*action*/) {}
  /// A rule would have acted, but the message is longer than its effect can take (64 KiB), and went on as it was.
  virtual void did_not_fit(const Action& /*action*/) {}
  virtual void passed(const FaultPoint& /*point*/) {}
  /// From here on a connection is only bytes: what it speaks is not the proxy's protocol (`reason` says how that was
  /// seen), or its two ends went over to another one, and `reason` is which.
  virtual void unframed(std::uint64_t /*connection*/, std::string_view /*reason*/, bool /*handed_through*/) {}
};

struct Counters {
  std::uint64_t accepted = 0;
  std::uint64_t open = 0;
  std::uint64_t unreachable = 0;  // connections that were reset because the upstream could not be reached
  std::uint64_t bytes_to_upstream = 0;  // written
  std::uint64_t bytes_to_client = 0;
  std::uint64_t bytes_held = 0;                // read and not written yet, of all connections together
  std::uint64_t messages = 0;                  // understood, of both directions
  std::uint64_t unframed = 0;                  // connections that did not speak the proxy's protocol
  std::uint64_t handed_through = 0;            // connections that went over to another one
  std::map<std::string, std::uint64_t> acted;  // rule -> connections, or messages, on which it acted

  Counters& operator+=(const Counters& other);
};

class Proxy {
 public:
  /// Listens when it returns. Throws EnvironmentError when the port cannot be had, or a host not be
  /// resolved. The transport and the observer must
  /// outlive it.
  Proxy(transport::Transport& carrier, ProxyOptions options, Observer& observer);
  /// Closes everything.
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::uint16_t port() const;

  // From any thread; done when they return.

  /// Replaces the rules. A change takes effect between messages, or between chunks of bytes; connections that no rule
  /// ends stay open, and what a lifted rule held back goes on its way.
  void apply(RuleSet rules);

  /// The dependency was taken down on purpose: nobody can connect, as if it were reached directly. The port stays
  /// ours.
  void close_listener();
  void open_listener();

  Counters counters() const;

  struct Calls {
    std::string operation;
    std::uint64_t calls = 0;
  };
  /// So far, the most called first.
  std::vector<Calls> calls() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace faultline::stream
