#pragma once
// What the bytes of a connection mean. A Conversation is given the bytes of both directions in the order in which the
// proxy read them, and takes them apart into pieces, each a whole message or a part of one, without losing a byte:
// written out again in order, the pieces are the stream. It follows both directions together, because neither can be
// understood alone: which answer belongs to which request, whether a HEAD has a body, what a COPY has begun.
//
//   while (!bytes.empty()) {
//     const Piece piece = conversation.next(way, bytes);
//     if (piece.is == Piece::Is::incomplete) { … keep `bytes`, and come again with more behind them … }
//     if (piece.is == Piece::Is::unframed) { … everything from here on, both ways, is only bytes … }
//     … pass on bytes.first(piece.size); piece.message says what begins here, if anything does …
//     bytes = bytes.subspan(piece.size);
//   }
//
// Where rules are on, a Decider is asked about each request, and the pieces of the messages that a rule acts on come with
// a Treatment: what is to go out instead of just the piece. What goes to the client although the server has sent nothing
// is `injected`, asked for after each piece.
//
// Whatever the chunks, the messages are the same. A message is never gathered whole: what identifies it (its head) is
// waited for, up to kHeadBytes, and the rest is streamed. A conversation belongs to one thread, holds no socket, and
// allocates nothing for a message once it has seen messages of that kind.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "protocol/operations.h"
#include "protocol/treatment.h"

namespace faultline::protocol {

/// Which way bytes go.
enum class Way { to_upstream, to_client };

/// A head is waited for up to this size; what is longer is identified by its beginning. Where an effect needs more of a
/// message than that, it does not act.
inline constexpr std::size_t kHeadBytes = 64 * 1024;

/// The requests of one connection that may wait for their answers: what is beyond it is not framed any more.
inline constexpr std::size_t kMostPending = std::size_t{1} << 20;

/// The first byte of a TLS connection: a record of the handshake (RFC 8446, section 5.1).
inline constexpr char kTlsHandshake = 0x16;

/// What begins at a piece.
struct Message {
  Way way = Way::to_upstream;
  /// Of the request, or of the request that this answers. Null for what is neither: a notice, a published message.
  Operation* operation = nullptr;
  /// The ordinal of that request on its connection, from 1; 0 for none.
  std::uint64_t request = 0;
  /// It asks the dependency to do something: what is counted as a call of its operation. The other messages of a
  /// request (a Bind, a Sync) are not.
  bool call = false;
};

struct Piece {
  enum class Is {
    message,  // a message begins here: so many of its bytes are at hand
    body,     // so many bytes go on with the message before
    incomplete,  // a message begins here, and more of it is needed; nothing was taken, and `bytes` is below kHeadBytes
    unframed  // from here on the conversation understands nothing any more; nothing was taken
  };
  Is is = Is::incomplete;
  std::size_t size = 0;
  Message message;  // of `message`
  const Treatment* treatment =
      nullptr;                  // of `message` and `body`; null: it is passed on. Valid until the next call
  std::string_view reason;      // of `unframed`: static text, for people
  bool handed_through = false;  // of `unframed`: the two ends agreed on another protocol, nothing is wrong
};

class Conversation {
 public:
  Conversation() = default;
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  virtual ~Conversation() = default;

  /// `bytes` is not empty, and begins where the last piece of this direction ended.
  virtual Piece next(Way way, std::span<const char> bytes) = 0;

  /// What goes to the client now, behind all pieces so far: the answer to a request that the server was not asked. Null
  /// when there is none; otherwise to be asked for again. Valid until the next call.
  virtual const Treatment* injected() { return nullptr; }
};

/// A request as a decider is told about it.
struct Request {
  const fault::Subject& subject;
  Operation& operation;
  std::uint64_t connection = 0;
  bool login = false;        // a session begins with it
  bool transaction = false;  // it belongs to the same transaction as the request before it
  std::string_view trace;    // W3C's traceparent, or an id of the request's own, as it bears it; empty: none
};

/// Says what is to become of requests. Belongs to the proxy's thread.
class Decider {
 public:
  Decider() = default;
  Decider(const Decider&) = delete;
  Decider& operator=(const Decider&) = delete;
  virtual ~Decider() = default;

  /// Whether anything is to be decided at all: where nothing is, requests need not be taken apart.
  virtual bool active() const = 0;
  /// Whether some rule asks about this.
  virtual bool asks_for(fault::Field field) const = 0;
  /// Null: it passes.
  virtual std::unique_ptr<Plan> decide(const Request& request) = 0;
};

inline Piece incomplete() {
  return {};
}
inline Piece body(std::size_t size) {
  return {.is = Piece::Is::body, .size = size, .message = {}, .reason = {}};
}
inline Piece message(std::size_t size, const Message& begins) {
  return {.is = Piece::Is::message, .size = size, .message = begins, .reason = {}};
}
/// Not what this protocol is.
inline Piece unframed(std::string_view reason) {
  return {.is = Piece::Is::unframed, .size = 0, .message = {}, .reason = reason};
}
/// Another protocol from here on, as both ends agreed.
inline Piece handed_through(std::string_view reason) {
  return {.is = Piece::Is::unframed, .size = 0, .message = {}, .reason = reason, .handed_through = true};
}

/// What the conversations of one proxy share. Belongs to the proxy's thread, and outlives its conversations.
class Protocol {
 public:
  Protocol() = default;
  Protocol(const Protocol&) = delete;
  Protocol& operator=(const Protocol&) = delete;
  virtual ~Protocol() = default;

  /// For a connection with this ordinal. The decider may be null, and outlives the conversation.
  virtual std::unique_ptr<Conversation> open(std::uint64_t connection, Decider* decider) = 0;

  Operations operations;
};

}  // namespace faultline::protocol
