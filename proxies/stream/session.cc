#include "stream/session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cassert>
#include <chrono>

namespace faultline::stream {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// What one direction may hold: enough for a delay to keep a fast stream going, little enough for thousands of
// connections.
constexpr std::size_t kHeldBytes = 256 * 1024;

// An end that does not answer a close is not waited for any longer.
constexpr Duration kCloseWait = std::chrono::seconds(1);

bool would_block(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

void make_ready(Tcp::socket& socket) {
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(Tcp::no_delay(true), ignored);
}

void close_with_reset(Tcp::socket& socket) {
  error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

}  // namespace

Session::Direction::Direction(Session& of, Tcp::socket& source, Tcp::socket& sink, std::uint64_t& count,
                              Seed seed, Way direction)
    : session(of),
      from(source),
      to(sink),
      written(count),
      way(direction),
      shaper(seed, of.ordinal_, direction),
      timer(of.host_.clock()) {}

Session::Session(SessionHost& host, std::uint64_t ordinal, Seed seed, Tcp::socket client,
                 Tcp::endpoint upstream, std::unique_ptr<protocol::Conversation> conversation)
    : host_(host),
      ordinal_(ordinal),
      client_(std::move(client)),
      upstream_(client_.get_executor()),
      upstream_endpoint_(std::move(upstream)),
      conversation_(std::move(conversation)),
      to_upstream_(*this, client_, upstream_, host.counters().bytes_to_upstream, seed, Way::to_upstream),
      to_client_(*this, upstream_, client_, host.counters().bytes_to_client, seed, Way::to_client),
      closing_(host.clock()) {}

bool Session::blackholed(const std::vector<fault::Rule>& rules) {
  for (const fault::Rule& rule : rules) {
    if (std::holds_alternative<fault::Blackhole>(rule.fault)) {
      if (!paused_) {
        host_.acted(rule.name, ordinal_, "nothing is answered");
      }
      return true;
    }
  }
  return false;
}

void Session::start(const std::vector<fault::Rule>& rules) {
  make_ready(client_);
  set_rules(rules);
}

void Session::set_rules(const std::vector<fault::Rule>& rules) {
  if (ended_) {
    return;
  }
  paused_ = blackholed(rules);
  to_upstream_.set_rules(rules);
  to_client_.set_rules(rules);
  if (paused_) {
    return;
  }
  if (!connected_) {
    connect();
    return;
  }
  for (Direction* direction : {&to_upstream_, &to_client_}) {
    if (!ended_) {
      direction->flush();
    }
  }
}

void Session::connect() {
  if (std::exchange(connecting_, true)) {
    return;
  }
  upstream_.async_connect(upstream_endpoint_, [self = shared_from_this()](const error_code& error) {
    if (self->ended_) {
      return;
    }
    if (error) {
      ++self->host_.counters().unreachable;
      self->reset();
      return;
    }
    make_ready(self->upstream_);
    self->on_connected();
  });
}

void Session::on_connected() {
  connected_ = true;
  if (paused_) {
    return;
  }
  for (Direction* direction : {&to_upstream_, &to_client_}) {
    if (!ended_) {
      direction->flush();
    }
  }
}

void Session::reset() {
  if (!ended_) {
    close_with_reset(client_);
    close_with_reset(upstream_);
    close();
  }
}

// From here on there are only bytes, and those that the other direction was waiting with are some.
void Session::stop_framing(const protocol::Piece& piece) {
  conversation_.reset();
  host_.unframed(ordinal_, piece);
  for (Direction* direction : {&to_upstream_, &to_client_}) {
    if (!direction->head.empty() && !ended_) {
      direction->take(std::exchange(direction->head, {}));
    }
  }
}

// Both ends have been told the end of the stream, and everything before it: an orderly close.
void Session::end_if_done() {
  if (!ended_ && to_upstream_.done() && to_client_.done()) {
    close();
  }
}

void Session::close() {
  ended_ = true;
  closing_.cancel();
  for (Direction* direction : {&to_upstream_, &to_client_}) {
    direction->timer.cancel();
    direction->drop_held();
  }
  error_code ignored;
  client_.close(ignored);
  upstream_.close(ignored);
  host_.ended(ordinal_);
}

// The end that was written to is gone. What it sent before that still belongs to the other end, and the reset comes
// behind it.
void Session::write_failed(Direction& direction) {
  direction.broken = true;
  direction.drop_held();
  Direction& opposite = other(direction);
  if (opposite.done() || opposite.broken) {
    reset();
    return;
  }
  opposite.source_reset = true;
  if (opposite.source_ended) {
    opposite.held.back().reset = true;  // its end waits to be passed on
  }
}

void Session::cut(fault::Cut::How how, Direction& direction) {
  switch (how) {
    case fault::Cut::How::rst:
      reset();
      break;
    case fault::Cut::How::half:
      direction.discard();
      direction.read_when_ready();
      end_if_done();
      break;
    case fault::Cut::How::fin:
      // Both ends see the end of the stream. What they still send is read and thrown away until they close too: a
      // close with unread bytes would be a reset.
      for (Direction* each : {&to_upstream_, &to_client_}) {
        each->discard();
      }
      for (Direction* each : {&to_upstream_, &to_client_}) {
        if (!ended_) {
          each->read_when_ready();
        }
      }
      closing_.call_at(host_.clock().now() + kCloseWait, [this] { close(); });
      end_if_done();
      break;
  }
}

void Session::Direction::set_rules(const std::vector<fault::Rule>& rules) {
  const Instant now = session.host_.clock().now();
  shaper.set_rules(rules, now);
  if (!shaper.delays()) {
    for (Chunk& chunk : held) {
      chunk.due = std::min(chunk.due, now);  // what a lifted delay held goes on its way
    }
  }
}

std::size_t Session::Direction::room() const {
  // Without a rule at most one piece is held: what the sink did not take at once.
  const std::size_t limit = shaper.idle() ? 1 : kHeldBytes;
  return held_bytes < limit ? limit - held_bytes : 0;
}

void Session::Direction::read_when_ready() {
  if (reading || source_ended || broken || session.ended_ || session.paused_ ||
      (!discarding && room() == 0)) {
    return;
  }
  reading = true;
  from.async_wait(Tcp::socket::wait_read, [self = session.shared_from_this(), this](const error_code& error) {
    reading = false;
    if (self->ended_ || self->paused_) {
      return;  // when it is unpaused, flush() reads again
    }
    if (!error) {
      on_readable();
    }
  });
}

void Session::Direction::on_readable() {
  // The head that has begun lies right before what is read now, so that the two are one piece of memory.
  const std::span<char> scratch = session.host_.scratch();
  const std::span<char> fresh = scratch.subspan(protocol::kHeadBytes);
  error_code error;
  const std::size_t size = from.read_some(asio::buffer(fresh.data(), fresh.size()), error);
  if (error == asio::error::eof) {
    take_end(source_reset);
  } else if (error && !would_block(error)) {
    take_end(true);
  } else if (size > 0 && !discarding) {
    const std::size_t begun = head.size();
    const std::span<char> bytes = scratch.subspan(protocol::kHeadBytes - begun, begun + size);
    std::copy(head.begin(), head.end(), bytes.begin());
    head = {};
    understand(bytes);
  }
  if (!session.ended_) {
    read_when_ready();
  }
}

// Passes on the messages that are whole enough to be understood, in one piece, and keeps the head of the last.
void Session::Direction::understand(std::span<const char> bytes) {
  std::size_t understood = 0;
  while (session.conversation_ && understood < bytes.size()) {
    const protocol::Piece piece = session.conversation_->next(way, bytes.subspan(understood));
    if (piece.is == protocol::Piece::Is::incomplete) {
      const std::span<const char> rest = bytes.subspan(understood);
      assert(rest.size() < protocol::kHeadBytes);
      head.assign(rest.begin(), rest.end());
      if (understood > 0) {
        take(bytes.first(understood));
      }
      return;
    }
    if (piece.is == protocol::Piece::Is::unframed) {
      session.stop_framing(piece);
    } else if (piece.is == protocol::Piece::Is::message) {
      ++session.host_.counters().messages;
      if (piece.message.call) {
        ++piece.message.operation->calls;
      }
    }
    understood += piece.size;
  }
  if (!session.ended_ && !broken) {
    take(bytes);
  }
}

void Session::Direction::take(std::span<const char> bytes) {
  if (shaper.idle() && held.empty()) {
    const std::size_t taken = write(bytes);
    if (session.ended_ || broken || taken == bytes.size()) {
      return;
    }
    bytes = bytes.subspan(taken);
  }
  const Instant now = session.host_.clock().now();
  held.push_back({std::string(bytes.begin(), bytes.end()), false, 0, shaper.idle() ? now : shaper.due(now)});
  held_bytes += bytes.size();
  session.host_.counters().bytes_held += bytes.size();
  flush();
}

// A reset keeps its place behind the bytes before it, which the other end would have been given without a proxy too.
void Session::Direction::take_end(bool reset) {
  source_ended = true;
  if (!head.empty() && !discarding) {
    take(std::exchange(head, {}));  // it will never be whole
    if (session.ended_ || broken) {
      return;
    }
  }
  if (discarding) {
    if (reset) {
      session.reset();
    } else {
      session.end_if_done();
    }
    return;
  }
  const Instant now = session.host_.clock().now();
  held.push_back({{}, reset, 0, shaper.idle() ? now : shaper.due(now)});
  flush();
}

// Writes what is due and allowed, and makes sure to be called again when more will be.
void Session::Direction::flush() {
  if (session.paused_ || !session.connected_ || writing) {
    return;
  }
  while (!session.ended_ && !discarding && !broken) {
    if (cut_if_due()) {
      return;
    }
    if (held.empty()) {
      break;
    }
    Chunk& chunk = held.front();
    const Instant now = session.host_.clock().now();
    const Shaper::Allowance allowed = shaper.allowance(now);
    if (allowed.bytes == 0 || chunk.due > now) {
      report_acted();
      // A hang without an end is ended by a change of the rules, which flushes.
      const Instant again =
          std::max(allowed.bytes == 0 ? allowed.again.value_or(Instant::max()) : now, chunk.due);
      if (again != Instant::max()) {
        timer.call_at(again, [weak = session.weak_from_this(), this] {
          if (const auto self = weak.lock()) {  // flush() may end the session, and is not to outlive it
            flush();
          }
        });
      }
      break;
    }
    if (chunk.bytes.empty()) {
      const bool reset = chunk.reset;
      held.pop_front();
      if (reset) {
        session.reset();
        return;
      }
      close_sink();
      session.end_if_done();
      return;
    }
    const std::size_t wanted = std::min(allowed.bytes, chunk.bytes.size() - chunk.written);
    const std::size_t taken = write(std::span(chunk.bytes).subspan(chunk.written, wanted));
    if (session.ended_ || broken) {
      return;
    }
    chunk.written += taken;
    held_bytes -= taken;
    session.host_.counters().bytes_held -= taken;
    shaper.wrote(taken, now);
    report_acted();
    if (chunk.written == chunk.bytes.size()) {
      held.pop_front();
    } else if (taken < wanted) {
      writing = true;
      to.async_wait(Tcp::socket::wait_write, [self = session.shared_from_this(), this](const error_code&) {
        writing = false;
        if (!self->ended_) {
          flush();
        }
      });
      break;
    }
  }
  if (!session.ended_) {
    read_when_ready();
  }
}

bool Session::Direction::cut_if_due() {
  const auto how = shaper.cut();
  if (!how || discarding) {
    return false;
  }
  report_acted();
  session.cut(*how, *this);
  return true;
}

void Session::Direction::report_acted() {
  if (!shaper.idle()) {
    for (const std::string& rule : shaper.take_acted()) {
      session.host_.acted(rule, session.ordinal_,
                          &from == &session.client_ ? "to the dependency" : "to the service");
    }
  }
}

std::size_t Session::Direction::write(std::span<const char> bytes) {
  error_code error;
  const std::size_t taken = to.write_some(asio::buffer(bytes.data(), bytes.size()), error);
  if (error && !would_block(error)) {
    session.write_failed(*this);
    return 0;
  }
  written += taken;
  return taken;
}

// What is held and what still comes is thrown away.
void Session::Direction::discard() {
  discarding = true;
  head = {};
  timer.cancel();
  drop_held();
  close_sink();
}

void Session::Direction::drop_held() {
  session.host_.counters().bytes_held -= held_bytes;
  held_bytes = 0;
  held.clear();
}

void Session::Direction::close_sink() {
  if (!std::exchange(sink_closed, true)) {
    error_code ignored;
    to.shutdown(Tcp::socket::shutdown_send, ignored);
  }
}

}  // namespace faultline::stream
