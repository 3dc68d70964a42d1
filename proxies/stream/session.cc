#include "stream/session.h"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace faultline::stream {

namespace {

// What one direction may hold: enough for a delay to keep a fast stream going, little enough for thousands of
// connections.
constexpr std::size_t kHeldBytes = 256 * 1024;

// An end that does not answer a close is not waited for any longer.
constexpr Duration kCloseWait = std::chrono::seconds(1);

// What goes out at a pace does so in slices of a hundredth of a second; a late timer is made up for as far as one.
constexpr double kSlicesPerSecond = 100;
constexpr Duration kPaceCredit = from_seconds(1 / kSlicesPerSecond);

std::size_t slice_of(double bytes_per_second) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(bytes_per_second / kSlicesPerSecond));
}

}  // namespace

Session::Direction::Direction(Session& of, End& source, End& sink, std::uint64_t& count, Seed seed,
                              Way direction)
    : session(of),
      from(source),
      to(sink),
      written(count),
      way(direction),
      shaper(seed, of.ordinal_, direction),
      timer(of.host_.carrier().clock()) {}

Session::Session(SessionHost& host, std::uint64_t ordinal, Seed seed, transport::Fd client,
                 const transport::Endpoint& upstream, std::unique_ptr<protocol::Conversation> conversation)
    : host_(host),
      ordinal_(ordinal),
      upstream_endpoint_(upstream),
      conversation_(std::move(conversation)),
      to_upstream_(*this, client_, upstream_, host.counters().bytes_to_upstream, seed, Way::to_upstream),
      to_client_(*this, upstream_, client_, host.counters().bytes_to_client, seed, Way::to_client),
      client_ear_(*this, to_upstream_, to_client_),
      upstream_ear_(*this, to_client_, to_upstream_),
      closing_(host.carrier().clock()) {
  transport::send_at_once(client.get());
  client_ = host.carrier().adopt(std::move(client), client_ear_);
}

// A session lasts through what it is told, even where that ends it.
void Session::Ear::on_bytes(std::span<const char> bytes) {
  const auto self = session_.shared_from_this();
  source_of_.on_bytes(bytes);
}

void Session::Ear::on_end(bool reset) {
  const auto self = session_.shared_from_this();
  source_of_.take_end(reset || source_of_.source_reset);
}

void Session::Ear::on_writable() {
  const auto self = session_.shared_from_this();
  sink_of_.writing = false;
  sink_of_.flush();
}

void Session::Ear::on_broken() {
  const auto self = session_.shared_from_this();
  session_.write_failed(sink_of_);
}

// Something is not answered that would have been.
void Session::act_as_hole() {
  if (paused_ && !std::exchange(hole_told_, true)) {
    host_.acted(hole_, ordinal_, "nothing is answered");
  }
}

// Whether it was idle for so long that what comes now is lost.
bool Session::forgets() {
  const Instant now = host_.carrier().clock().now();
  if (!forgotten_ && drop_idle_ && now - last_bytes_ >= drop_idle_->after) {
    forgotten_ = true;
    host_.acted(drop_idle_rule_, ordinal_, "idle for too long: bytes are lost");
  }
  last_bytes_ = now;
  return forgotten_;
}

void Session::start(const ActiveRules& active) {
  last_bytes_ = host_.carrier().clock().now();
  set_rules(active);
  act_as_hole();  // where it begins in one
}

void Session::set_rules(const ActiveRules& active) {
  if (ended_) {
    return;
  }
  const std::vector<fault::Rule>& rules = active.rules;
  drop_idle_.reset();
  for (const fault::Rule& rule : rules) {
    if (const auto* idle = std::get_if<fault::DropIdle>(&rule.fault)) {
      drop_idle_ = *idle;
      drop_idle_rule_ = rule.name;
    }
  }
  const auto hole = std::find_if(rules.begin(), rules.end(), [](const fault::Rule& rule) {
    return std::holds_alternative<fault::Blackhole>(rule.fault);
  });
  paused_ = hole != rules.end();
  if (paused_ && hole->name != hole_) {
    hole_ = hole->name;
    hole_told_ = false;
  }
  to_upstream_.set_rules(active);
  to_client_.set_rules(active);
  if (paused_) {
    to_upstream_.read_or_not();
    to_client_.read_or_not();
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
  if (connecting_) {
    return;
  }
  connecting_ = host_.carrier().connect(transport::tcp_socket(upstream_endpoint_), upstream_endpoint_,
                                        [this](transport::Fd socket, int error) {
                                          const auto self = shared_from_this();
                                          if (error != 0) {
                                            ++host_.counters().unreachable;
                                            reset();
                                            return;
                                          }
                                          on_connected(std::move(socket));
                                        });
}

void Session::on_connected(transport::Fd socket) {
  transport::send_at_once(socket.get());
  upstream_ = host_.carrier().adopt(std::move(socket), upstream_ear_);
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
    for (End* end : {&client_, &upstream_}) {
      if (*end) {
        (*end)->reset();
      }
    }
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
  connecting_.reset();
  client_.reset();
  upstream_.reset();
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
    opposite.held.back().is = Direction::Chunk::Is::reset;  // its end waits to be passed on
  }
}

void Session::cut(fault::Cut::How how, Direction& direction) {
  switch (how) {
    case fault::Cut::How::rst:
      reset();
      break;
    case fault::Cut::How::half:
      direction.discard();
      direction.read_or_not();
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
          each->read_or_not();
        }
      }
      closing_.call_at(host_.carrier().clock().now() + kCloseWait, [this] { close(); });
      end_if_done();
      break;
  }
}

// What a lifted rule held goes on its way.
void Session::Direction::set_rules(const ActiveRules& active) {
  const Instant now = session.host_.carrier().clock().now();
  shaper.set_rules(active.rules, now);
  for (Chunk& chunk : held) {
    if (chunk.rule.empty() ? !shaper.delays() : !active.of_messages.contains(chunk.rule)) {
      chunk.due = std::min(chunk.due, now);
      chunk.bytes_per_second = 0;
    }
  }
}

std::size_t Session::Direction::room() const {
  // Without a rule at most one piece is held: what the sink did not take at once.
  const std::size_t limit = shaper.idle() && !held_by_rule ? 1 : kHeldBytes;
  return held_bytes < limit ? limit - held_bytes : 0;
}

void Session::Direction::read_or_not() {
  if (from) {
    // In a black hole the first bytes are taken, and kept: then it is known to have acted.
    from->read(!source_ended && !broken && (session.connected_ || session.paused_) &&
               (discarding || room() > 0));
  }
}

void Session::Direction::on_bytes(std::span<const char> bytes) {
  if (session.drop_idle_ || session.forgotten_) {
    if (session.forgets()) {
      return;
    }
  }
  if (!discarding) {
    if (head.empty()) {
      understand(bytes);
    } else {
      // With the head that has begun they are one piece of memory.
      std::string& scratch = session.host_.scratch();
      scratch.assign(head).append(bytes.data(), bytes.size());
      head = {};
      understand(scratch);
    }
  }
  if (!session.ended_) {
    read_or_not();
  }
}

// Passes on the messages that are whole enough to be understood, in one piece where no rule acts on any, and keeps the
// head of the last.
void Session::Direction::understand(std::span<const char> bytes) {
  std::size_t passed = 0, understood = 0;
  const auto pass = [&] {
    if (understood > passed) {
      take(bytes.subspan(passed, understood - passed));
    }
    passed = understood;
    return !session.ended_ && !broken && !discarding;
  };
  while (session.conversation_ && understood < bytes.size()) {
    const protocol::Piece piece = session.conversation_->next(way, bytes.subspan(understood));
    if (piece.is == protocol::Piece::Is::incomplete) {
      const std::span<const char> rest = bytes.subspan(understood);
      assert(rest.size() < protocol::kHeadBytes);
      head.assign(rest.begin(), rest.end());
      pass();
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
    if (piece.treatment) {
      if (!pass()) {
        return;
      }
      treat(*piece.treatment, bytes.subspan(understood, piece.size));
      passed = understood + piece.size;
    }
    understood += piece.size;
    if (session.conversation_ && !session.ended_) {
      // An answer of ours goes behind what the server has said so far.
      while (const protocol::Treatment* answer = session.conversation_->injected()) {
        if (way == Way::to_client && !pass()) {
          return;
        }
        session.to_client_.treat(*answer, {});
        if (session.ended_) {
          return;
        }
      }
    }
    if (session.ended_ || broken || discarding) {
      return;
    }
  }
  understood = bytes.size();
  if (!session.ended_) {
    pass();
  }
}

// A piece that rules act on.
void Session::Direction::treat(const protocol::Treatment& treatment, std::span<const char> piece) {
  for (const protocol::Effect& effect : treatment.effects) {
    session.host_.acted(effect, session.ordinal_);
  }
  const Instant now = session.host_.carrier().clock().now();
  const Instant due = now + treatment.delay;
  const std::string rule = treatment.rule ? treatment.rule->name : std::string{};
  const bool late = treatment.delay > Duration{} || treatment.bytes_per_second > 0;
  const auto put = [&](std::span<const char> bytes) {
    if (session.ended_ || discarding || broken || bytes.empty()) {
      return;
    }
    if (late || !held.empty()) {
      hold({.bytes = std::string(bytes.begin(), bytes.end()),
            .due = due,
            .bytes_per_second = treatment.bytes_per_second,
            .rule = late ? rule : std::string{}});
    } else {
      take(bytes);
    }
  };
  put(treatment.before);
  std::size_t out = std::min(treatment.stop_at, piece.size());
  if (treatment.drop) {
    out = 0;
  } else if (treatment.patch_at < out) {
    std::string changed(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(out));
    changed[treatment.patch_at] = treatment.patch;
    put(changed);
  } else {
    put(piece.first(out));
  }
  if (session.ended_ || discarding || broken) {
    return;
  }
  if (treatment.cut) {
    hold({.is = Chunk::Is::cut, .due = due, .how = *treatment.cut});
  } else if (treatment.hang) {
    const auto& length = treatment.hang->length;
    const Instant goes_on = length ? due + *length : Instant::max();
    hold({.is = Chunk::Is::nothing, .due = goes_on, .rule = rule});
    if (!treatment.drop && !session.ended_) {
      put(piece.subspan(out));
    }
  }
  if (!session.ended_) {
    flush();
  }
}

void Session::Direction::hold(Chunk chunk) {
  held_by_rule = held_by_rule || !chunk.rule.empty();
  held_bytes += chunk.bytes.size();
  session.host_.counters().bytes_held += chunk.bytes.size();
  held.push_back(std::move(chunk));
}

void Session::Direction::take(std::span<const char> bytes) {
  if (shaper.idle() && held.empty() && !session.paused_ && session.connected_) {
    const std::size_t taken = write(bytes);
    if (session.ended_ || broken || taken == bytes.size()) {
      return;
    }
    bytes = bytes.subspan(taken);
  }
  const Instant now = session.host_.carrier().clock().now();
  hold({.bytes = std::string(bytes.begin(), bytes.end()), .due = shaper.idle() ? now : shaper.due(now)});
  if (!shaper.idle()) {
    shaper.corrupt(held.back().bytes);
  }
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
  const Instant now = session.host_.carrier().clock().now();
  hold(
      {.is = reset ? Chunk::Is::reset : Chunk::Is::end, .due = shaper.idle() ? now : shaper.due_of_end(now)});
  flush();
}

// Writes what is due and allowed, and makes sure to be called again when more will be.
void Session::Direction::flush() {
  if (session.paused_ && !held.empty()) {
    session.act_as_hole();
  }
  if (session.paused_ || !session.connected_ || writing) {
    return;
  }
  while (!session.ended_ && !discarding && !broken) {
    if (cut_if_due()) {
      return;
    }
    if (held.empty()) {
      held_by_rule = false;
      break;
    }
    Chunk& chunk = held.front();
    const Instant now = session.host_.carrier().clock().now();
    const Shaper::Allowance allowed = shaper.allowance(now);
    const bool paced = chunk.bytes_per_second > 0;
    const Instant due = paced ? std::max(chunk.due, paced_until) : chunk.due;
    if (allowed.bytes == 0 || due > now) {
      report_acted();
      // A hang without an end is ended by a change of the rules, which flushes.
      const Instant again = std::max(allowed.bytes == 0 ? allowed.again.value_or(Instant::max()) : now, due);
      if (again != Instant::max()) {
        timer.call_at(again, [weak = session.weak_from_this(), this] {
          if (const auto self = weak.lock()) {  // flush() may end the session, and is not to outlive it
            flush();
          }
        });
      }
      break;
    }
    if (chunk.is == Chunk::Is::nothing) {
      held.pop_front();
      continue;
    }
    if (chunk.is != Chunk::Is::bytes) {
      end(chunk.is, chunk.how);
      return;
    }
    std::size_t wanted = std::min(allowed.bytes, chunk.bytes.size() - chunk.written);
    if (paced) {
      wanted = std::min(wanted, slice_of(chunk.bytes_per_second));
    }
    const std::size_t taken = write(std::span(chunk.bytes).subspan(chunk.written, wanted));
    if (session.ended_ || broken) {
      return;
    }
    chunk.written += taken;
    if (paced) {
      paced_until = std::max(paced_until, now - kPaceCredit) +
                    from_seconds(static_cast<double>(taken) / chunk.bytes_per_second);
    }
    held_bytes -= taken;
    session.host_.counters().bytes_held -= taken;
    shaper.wrote(taken, now);
    report_acted();
    if (chunk.written == chunk.bytes.size()) {
      held.pop_front();
    } else if (taken < wanted) {
      writing = true;
      break;
    }
  }
  if (!session.ended_) {
    read_or_not();
  }
}

// What is held has come to an end of the stream, or to a cut.
void Session::Direction::end(Chunk::Is is, fault::Cut::How how) {
  held.pop_front();
  if (is == Chunk::Is::reset) {
    session.reset();
  } else if (is == Chunk::Is::cut) {
    session.cut(how, *this);
  } else {
    close_sink();
    session.end_if_done();
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
                          way == Way::to_upstream ? "to the dependency" : "to the service");
    }
  }
}

std::size_t Session::Direction::write(std::span<const char> bytes) {
  if (!to) {
    return 0;
  }
  const std::size_t taken = to->write(bytes);
  writing = taken < bytes.size();
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
  held_by_rule = false;
  held.clear();
}

void Session::Direction::close_sink() {
  if (!std::exchange(sink_closed, true)) {
    if (to) {
      to->finish();
    }
  }
}

}  // namespace faultline::stream
