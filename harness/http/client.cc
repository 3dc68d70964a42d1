#include "http/client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "http/answer_parser.h"
#include "http/inflate.h"
#include "http/lookup.h"
#include "http/readiness.h"
#include "http/serialise.h"
#include "http/wire.h"

namespace faultline::http {

std::string_view to_text(Failure failure) {
  switch (failure) {
    case Failure::none:
      return "none";
    case Failure::refused:
      return "refused";
    case Failure::connect_timeout:
      return "connect_timeout";
    case Failure::tls:
      return "tls";
    case Failure::reset:
      return "reset";
    case Failure::timeout:
      return "timeout";
    case Failure::malformed:
      return "malformed";
    case Failure::redirects:
      return "redirects";
  }
  return "";
}

namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
// What a kept connection may go on holding for the request to come.
constexpr std::size_t kKeptBytes = 16 * 1024;
constexpr std::string_view kAcceptEncoding = "gzip";

}  // namespace

struct Client::Impl : std::enable_shared_from_this<Impl> {
  struct Connection;

  // Who the connections of one origin go to, and those that are idle: the one used last at the back.
  struct Destination {
    Origin origin;
    std::string host_field;
    std::vector<Connection*> idle{};
  };

  // One request until its answer. Those that have ended are used again for later ones.
  struct Flight {
    enum class Stage {
      ended,
      blocked,  // for the room for a connection
      connecting,
      handshaking,
      exchanging,
      failing,  // it has failed, and that is about to be told
    };

    Stage stage = Stage::ended;
    std::uint64_t serial = 0;  // tells it from others that used the same object
    std::size_t index = 0;     // among those under way
    Destination* to = nullptr;
    Request request{};
    std::function<void(Exchange)> done{};
    Exchange exchange{};
    Duration connect{};
    std::optional<Duration> first_byte{};
    Instant asked{}, whole_by{};
    Instant deadline{};  // the next of its limits
    Instant began{};     // the stage
    Instant sent_whole{}, answer_began{};
    Connection* connection = nullptr;
  };

  Impl(Loop& on, ClientOptions with)
      : loop(on), options(std::move(with)), readiness(std::in_place, on), deadline_timer(on.clock()) {}

  Instant now() const { return loop.clock().now(); }

  void send(const Origin& to, Request request, const Timeouts& timeouts, std::function<void(Exchange)> done);
  void close();

  Destination& destination(const Origin& origin);
  Flight& new_flight();

  // From a request to a connection.
  bool place(Flight& flight);
  bool room();
  Connection* take_idle(Destination& to);
  void open(Flight& flight);
  void connect_next(Connection& connection);
  void connected(Connection& connection);
  void handshake(Connection& connection);
  void serve_blocked();

  // From the request to its answer.
  void begin(Connection& connection, Flight& flight);
  void write(Connection& connection);
  void read(Connection& connection);
  void answered(Connection& connection);
  void lost(Connection& connection);

  void on_ready(Connection& connection, bool readable, bool writable);
  void want(Connection& connection, Readiness::Interest interest);
  void close(Connection& connection);
  void keep(Connection& connection);

  void limit(Flight& flight, Instant deadline);
  void arm(Instant when);
  void expire();
  void fail_later(Flight& flight, Failure failure);
  void finish(Flight& flight, Failure failure, bool reusable = false);

  Loop& loop;
  const ClientOptions options;
  std::optional<TlsContext> tls;  // made by the first request that needs it
  std::map<std::tuple<std::string, std::string, bool>, Destination, std::less<>> destinations;
  Destination* last_destination = nullptr;

  std::vector<std::unique_ptr<Flight>> flights;
  std::vector<Flight*> ended, under_way;
  std::deque<Flight*> blocked;  // in the order of their calls
  std::uint64_t serials = 0;

  std::optional<Readiness> readiness;
  std::vector<std::unique_ptr<Connection>> connections;
  std::size_t idle_count = 0;
  std::array<char, kReadBytes> received;  // by the connection that is being read

  // One call for the earliest of all limits: nearly every request ends long before its own.
  Timer deadline_timer;
  Instant armed = Instant::max();
  bool closed = false;
};

struct Client::Impl::Connection final : Watcher {
  Connection(Impl& its_client, Destination& its_destination) : client(its_client), to(its_destination) {}
  ~Connection() = default;

  void on_ready(bool readable, bool writable) override { client.on_ready(*this, readable, writable); }

  // Nothing to read, not even its end: how a kept-alive connection looks between two requests. What TLS says of its own
  // is taken in.
  bool silent() {
    char byte = 0;
    return wire.read(&byte, 1).is == Wire::Is::wants_read;
  }
  bool sent_whole() const { return written == out.size() && !write_failed; }

  Impl& client;
  Destination& to;
  Wire wire{};
  Readiness::Interest interest{};
  AnswerParser answer{};
  std::string out{};  // the request
  std::size_t written = 0;
  bool write_failed = false;
  Flight* flight = nullptr;  // none: it is idle
  std::size_t index = 0;     // among the client's connections
  std::vector<Address> addresses{};
  std::size_t next_address = 0;
  std::unique_ptr<Lookup> lookup{};
};

Client::Impl::Destination& Client::Impl::destination(const Origin& origin) {
  const auto is = [&](const Destination& at) {
    return at.origin.port == origin.port && at.origin.host == origin.host && at.origin.tls == origin.tls;
  };
  if (last_destination && is(*last_destination)) {
    return *last_destination;
  }
  const auto key = std::tie(origin.host, origin.port, origin.tls);
  auto found = destinations.find(key);
  if (found == destinations.end()) {
    found = destinations.emplace(key, Destination{origin, host_field_of(origin)}).first;
  }
  last_destination = &found->second;
  return found->second;
}

Client::Impl::Flight& Client::Impl::new_flight() {
  if (ended.empty()) {
    flights.push_back(std::make_unique<Flight>());
    ended.push_back(flights.back().get());
  }
  Flight& flight = *ended.back();
  ended.pop_back();
  flight.serial = ++serials;
  flight.index = under_way.size();
  under_way.push_back(&flight);
  return flight;
}

void Client::Impl::send(const Origin& to, Request request, const Timeouts& timeouts,
                        std::function<void(Exchange)> done) {
  Flight& flight = new_flight();
  flight.to = &destination(to);
  flight.request = std::move(request);
  flight.done = std::move(done);
  flight.connect = timeouts.connect.value_or(options.connect_timeout);
  flight.first_byte = timeouts.first_byte ? timeouts.first_byte : options.first_byte_timeout;
  flight.asked = now();
  flight.whole_by = flight.asked + timeouts.whole.value_or(options.whole_timeout);
  flight.stage = Flight::Stage::blocked;
  limit(flight, flight.whole_by);
  if (!blocked.empty() || !place(flight)) {
    blocked.push_back(&flight);
  }
}

// Sends it on an idle connection, or opens one; false when there is no room for that.
bool Client::Impl::place(Flight& flight) {
  if (Connection* const idle = take_idle(*flight.to)) {
    flight.exchange.reused = true;
    begin(*idle, flight);
    return true;
  }
  if (!room()) {
    return false;
  }
  open(flight);
  return true;
}

// Makes room, if need be, by closing a connection that is idle: its origin has not asked for it.
bool Client::Impl::room() {
  if (options.max_connections == 0 || connections.size() < options.max_connections) {
    return true;
  }
  for (const auto& connection : connections) {
    if (!connection->flight) {
      close(*connection);
      return true;
    }
  }
  return false;
}

// A kept-alive connection, the one used last first. Those that the server has closed are dropped on the way.
Client::Impl::Connection* Client::Impl::take_idle(Destination& to) {
  while (!to.idle.empty()) {
    Connection* const connection = to.idle.back();
    if (connection->silent()) {
      to.idle.pop_back();
      --idle_count;
      return connection;
    }
    close(*connection);
  }
  return nullptr;
}

void Client::Impl::open(Flight& flight) {
  connections.push_back(std::make_unique<Connection>(*this, *flight.to));
  Connection& connection = *connections.back();
  connection.index = connections.size() - 1;
  connection.flight = &flight;
  flight.connection = &connection;
  flight.stage = Flight::Stage::connecting;
  flight.began = now();
  limit(flight, std::min(flight.whole_by, flight.began + flight.connect));
  const Origin& origin = flight.to->origin;
  if (const auto address = numeric_address(origin.host, origin.port)) {
    connection.addresses.push_back(*address);
    connect_next(connection);
    return;
  }
  connection.lookup = std::make_unique<Lookup>(loop, origin.host, origin.port,
                                               [this, &connection](std::vector<Address> addresses) {
                                                 connection.addresses = std::move(addresses);
                                                 connect_next(connection);
                                               });
}

void Client::Impl::connect_next(Connection& connection) {
  while (connection.next_address < connection.addresses.size()) {
    const Address& address = connection.addresses[connection.next_address++];
    if (connection.wire.fd() >= 0) {
      readiness->forget(connection.wire.fd(), connection);
    }
    connection.wire =
        Wire(socket(address.socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    const int fd = connection.wire.fd();
    if (fd < 0) {
      continue;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const bool begun = connect(fd, reinterpret_cast<const sockaddr*>(&address.socket), address.size) == 0 ||
                       errno == EINPROGRESS;
    connection.interest = {.write = true};
    if (begun && readiness->watch(fd, connection, connection.interest)) {
      return;
    }
  }
  fail_later(*connection.flight, Failure::refused);
}

void Client::Impl::connected(Connection& connection) {
  Flight& flight = *connection.flight;
  const Instant at = now();
  flight.exchange.timings.connecting = at - flight.began;
  if (!connection.to.origin.tls) {
    begin(connection, flight);
    return;
  }
  flight.stage = Flight::Stage::handshaking;
  flight.began = at;
  if (!tls) {
    tls.emplace(options.tls);
  }
  if (!connection.wire.secure(*tls, connection.to.origin.host)) {
    fail_later(flight, Failure::tls);
    return;
  }
  handshake(connection);
}

void Client::Impl::handshake(Connection& connection) {
  Flight& flight = *connection.flight;
  switch (connection.wire.handshake()) {
    case Wire::Is::done:
      flight.exchange.timings.handshaking = now() - flight.began;
      begin(connection, flight);
      break;
    case Wire::Is::wants_read:
      want(connection, {.read = true});
      break;
    case Wire::Is::wants_write:
      want(connection, {.write = true});
      break;
    case Wire::Is::ended:
    case Wire::Is::broken:
      fail_later(flight, Failure::tls);
      break;
  }
}

void Client::Impl::serve_blocked() {
  while (!blocked.empty()) {
    Flight& flight = *blocked.front();
    flight.exchange.timings.blocked = now() - flight.asked;
    if (!place(flight)) {
      return;
    }
    blocked.pop_front();
  }
}

void Client::Impl::begin(Connection& connection, Flight& flight) {
  static const std::string kGzip(kAcceptEncoding), kNothing;
  connection.flight = &flight;
  flight.connection = &connection;
  flight.stage = Flight::Stage::exchanging;
  connection.out.clear();
  append_request(connection.out, flight.request, connection.to.host_field, options.gzip ? kGzip : kNothing);
  connection.written = 0;
  connection.write_failed = false;
  connection.answer.begin(flight.request.method == "HEAD", options.body_bytes);
  flight.began = now();
  flight.sent_whole = flight.answer_began = {};
  if (flight.exchange.sent == Instant{}) {
    flight.exchange.sent = flight.began;
  }
  limit(flight, flight.whole_by);
  write(connection);
}

void Client::Impl::write(Connection& connection) {
  Flight& flight = *connection.flight;
  while (connection.written < connection.out.size()) {
    const Wire::Moved moved =
        connection.wire.write(std::string_view(connection.out).substr(connection.written));
    if (moved.is == Wire::Is::done) {
      connection.written += moved.bytes;
      flight.exchange.bytes_sent += moved.bytes;
      continue;
    }
    if (moved.is == Wire::Is::wants_write || moved.is == Wire::Is::wants_read) {
      want(connection, {.read = true, .write = moved.is == Wire::Is::wants_write});
      return;
    }
    // There may still be an answer: the refusal of a large body. Reading tells.
    connection.write_failed = true;
    want(connection, {.read = true});
    if (connection.to.origin.tls) {
      fail_later(flight, Failure::reset);
    }
    return;
  }
  want(connection, {.read = true});
  flight.sent_whole = now();
  flight.exchange.timings.sending = flight.sent_whole - flight.began;
  if (flight.first_byte && flight.answer_began == Instant{}) {
    limit(flight, std::min(flight.whole_by, flight.sent_whole + *flight.first_byte));
  }
}

void Client::Impl::read(Connection& connection) {
  Flight& flight = *connection.flight;
  while (true) {
    const Wire::Moved moved = connection.wire.read(received.data(), received.size());
    switch (moved.is) {
      case Wire::Is::done:
        break;
      case Wire::Is::wants_read:
        if (connection.sent_whole()) {
          want(connection, {.read = true});
        }
        return;
      case Wire::Is::wants_write:
        want(connection, {.read = true, .write = true});
        return;
      case Wire::Is::ended:
        if (connection.answer.end() == AnswerParser::State::whole) {
          answered(connection);
        } else {
          lost(connection);
        }
        return;
      case Wire::Is::broken:
        lost(connection);
        return;
    }
    if (flight.answer_began == Instant{}) {
      flight.answer_began = now();
      if (flight.sent_whole != Instant{}) {
        flight.exchange.timings.waiting = flight.answer_began - flight.sent_whole;
      }
      limit(flight, flight.whole_by);
    }
    flight.exchange.bytes_received += moved.bytes;
    switch (connection.answer.feed({received.data(), moved.bytes})) {
      case AnswerParser::State::more:
        break;
      case AnswerParser::State::whole:
        answered(connection);
        return;
      case AnswerParser::State::malformed:
        finish(flight, Failure::malformed);
        return;
    }
    if (!connection.wire.may_hold_more(moved, received.size())) {
      return;
    }
  }
}

void Client::Impl::answered(Connection& connection) {
  Flight& flight = *connection.flight;
  Response& response = flight.exchange.response;
  response = connection.answer.take();
  if (options.gzip && !response.body.empty()) {
    const auto encoding = response.headers.find("Content-Encoding");
    if (encoding && is_compressed(*encoding)) {
      auto body = inflated(response.body, options.body_bytes);
      if (!body) {
        finish(flight, Failure::malformed);
        return;
      }
      response.body = std::move(*body);
    }
  }
  const bool reusable =
      connection.answer.keep_alive() && connection.sent_whole() && !asks_for_close(flight.request);
  finish(flight, Failure::none, reusable);
}

// The connection is gone, and the answer is not whole.
void Client::Impl::lost(Connection& connection) {
  Flight& flight = *connection.flight;
  if (flight.exchange.reused && !connection.answer.began() && is_idempotent(flight.request.method)) {
    // The server closed the connection while this request was on its way: once more, on a new one.
    flight.exchange.reused = false;
    flight.exchange.timings = {.blocked = flight.exchange.timings.blocked};
    close(connection);
    open(flight);
    return;
  }
  finish(flight, Failure::reset);
}

void Client::Impl::on_ready(Connection& connection, bool readable, bool writable) {
  if (!connection.flight) {
    if (!connection.silent()) {
      close(connection);
    }
    return;
  }
  switch (connection.flight->stage) {
    case Flight::Stage::connecting: {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(connection.wire.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
      if (error == 0) {
        connected(connection);
      } else {
        connect_next(connection);
      }
      break;
    }
    case Flight::Stage::handshaking:
      handshake(connection);
      break;
    case Flight::Stage::exchanging:
      if (connection.written < connection.out.size() && !connection.write_failed &&
          (writable || connection.to.origin.tls)) {
        write(connection);
      }
      // TLS may need to write before it can read.
      if ((readable || connection.to.origin.tls) && connection.flight->stage == Flight::Stage::exchanging) {
        read(connection);
      }
      break;
    case Flight::Stage::ended:
    case Flight::Stage::blocked:
    case Flight::Stage::failing:
      break;
  }
}

void Client::Impl::want(Connection& connection, Readiness::Interest interest) {
  if (connection.interest != interest) {
    connection.interest = interest;
    readiness->change(connection.wire.fd(), connection, interest);
  }
}

// Destroys it. Whose it was is left without one.
void Client::Impl::close(Connection& connection) {
  if (connection.flight) {
    connection.flight->connection = nullptr;
  } else {
    std::erase(connection.to.idle, &connection);
    --idle_count;
  }
  if (connection.wire.fd() >= 0) {
    readiness->forget(connection.wire.fd(), connection);
  }
  const std::size_t index = connection.index;
  std::swap(connections[index], connections.back());
  connections[index]->index = index;
  connections.pop_back();
}

void Client::Impl::keep(Connection& connection) {
  if (connection.out.capacity() > kKeptBytes) {
    connection.out = {};
  }
  connection.flight = nullptr;
  connection.to.idle.push_back(&connection);
  ++idle_count;
}

void Client::Impl::limit(Flight& flight, Instant deadline) {
  flight.deadline = deadline;
  if (deadline < armed) {
    arm(deadline);
  }
}

void Client::Impl::arm(Instant when) {
  // In whole milliseconds, so that many limits in a row are looked for together.
  armed = Instant(std::chrono::ceil<std::chrono::milliseconds>(when.time_since_epoch()));
  deadline_timer.call_at(armed, [this] { expire(); });
}

void Client::Impl::expire() {
  const auto self = shared_from_this();
  const Instant at = now();
  std::vector<std::pair<Flight*, std::uint64_t>> late;
  Instant next = Instant::max();
  for (Flight* const flight : under_way) {
    if (flight->deadline <= at) {
      late.emplace_back(flight, flight->serial);
    } else {
      next = std::min(next, flight->deadline);
    }
  }
  armed = Instant::max();
  if (next != Instant::max()) {
    arm(next);
  }
  for (const auto& [flight, serial] : late) {
    if (closed) {
      return;
    }
    // The call for another may have ended this one, or brought it on.
    if (flight->serial == serial && flight->stage != Flight::Stage::ended && flight->deadline <= at) {
      const bool failing = flight->stage == Flight::Stage::failing;
      const bool connected = flight->stage == Flight::Stage::exchanging;
      finish(*flight, failing     ? flight->exchange.failure
                      : connected ? Failure::timeout
                                  : Failure::connect_timeout);
    }
  }
}

// Even a failure that is known at once is not told from inside `send`.
void Client::Impl::fail_later(Flight& flight, Failure failure) {
  flight.stage = Flight::Stage::failing;
  flight.exchange.failure = failure;
  if (Connection* const connection = flight.connection) {
    if (connection->wire.fd() >= 0) {
      readiness->forget(connection->wire.fd(), *connection);
    }
  }
  loop.post([weak = weak_from_this(), &flight, serial = flight.serial, failure] {
    const auto self = weak.lock();
    if (self && !self->closed && flight.serial == serial && flight.stage == Flight::Stage::failing) {
      self->finish(flight, failure);
    }
  });
}

void Client::Impl::finish(Flight& flight, Failure failure, bool reusable) {
  Exchange& exchange = flight.exchange;
  // Where a second connection could not be had, the first one's server may still have seen the request.
  const bool unseen =
      failure == Failure::refused || failure == Failure::connect_timeout || failure == Failure::tls;
  exchange.failure = unseen && exchange.sent != Instant{} ? Failure::reset : failure;
  exchange.finished = now();
  if (flight.answer_began != Instant{}) {
    exchange.timings.receiving = exchange.finished - flight.answer_began;
  }
  if (Connection* const connection = flight.connection) {
    if (exchange.detail.empty() && failure != Failure::none) {
      exchange.detail = connection->wire.detail();
    }
    if (reusable && idle_count < options.max_idle) {
      keep(*connection);
    } else {
      close(*connection);
    }
  } else if (flight.stage == Flight::Stage::blocked) {
    exchange.timings.blocked = exchange.finished - flight.asked;
    std::erase(blocked, &flight);
  }
  Exchange told = std::move(exchange);
  const auto done = std::exchange(flight.done, nullptr);
  flight.exchange = {};
  flight.request = {};
  flight.connection = nullptr;
  flight.stage = Flight::Stage::ended;
  under_way[flight.index] = under_way.back();
  under_way[flight.index]->index = flight.index;
  under_way.pop_back();
  ended.push_back(&flight);
  serve_blocked();
  done(std::move(told));  // which may destroy the client
}

void Client::Impl::close() {
  closed = true;
  deadline_timer.cancel();
  blocked.clear();
  while (!connections.empty()) {
    close(*connections.back());
  }
  readiness.reset();
  under_way.clear();
  ended.clear();
  flights.clear();
}

Client::Client(Loop& loop, ClientOptions options) : impl_(std::make_shared<Impl>(loop, std::move(options))) {}

Client::~Client() {
  impl_->loop.run([this] { impl_->close(); });
}

void Client::send(const Origin& to, Request request, std::function<void(Exchange)> done) {
  impl_->send(to, std::move(request), {}, std::move(done));
}

void Client::send(const Origin& to, Request request, const Timeouts& timeouts,
                  std::function<void(Exchange)> done) {
  impl_->send(to, std::move(request), timeouts, std::move(done));
}

void Client::send(const Origin& to, Request request, Duration whole_timeout,
                  std::function<void(Exchange)> done) {
  impl_->send(to, std::move(request), {.whole = whole_timeout}, std::move(done));
}

Exchange fetch(const Url& url, Request request, Duration timeout) {
  request.headers.set("Connection", "close");
  std::promise<Exchange> promise;  // outlives the client, and with it the call that sets it
  Loop loop("fetch");
  Client client(loop, {.connect_timeout = timeout, .whole_timeout = timeout, .max_idle = 0});
  loop.run([&] {
    client.send(url.origin(), std::move(request),
                [&promise](Exchange exchange) { promise.set_value(std::move(exchange)); });
  });
  return promise.get_future().get();
}

}  // namespace faultline::http
