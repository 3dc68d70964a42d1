#pragma once
// The Redis protocol, RESP2 and RESP3, as the Redis serialization protocol specification describes it, and what the
// documentation of Pub/Sub, MONITOR, CLIENT REPLY and HELLO says about who answers what.
//
// A request is one command; its operation is the command with the pattern of its first key.

#include "protocol/conversation.h"
#include "protocol/pending.h"
#include "protocol/redis/command.h"
#include "protocol/redis/reply.h"

namespace faultline::protocol::redis {

class Redis final : public Protocol {
 public:
  std::unique_ptr<protocol::Conversation> open(std::uint64_t connection) override;

 private:
  friend class Conversation;
  // Memory that is used again for each command.
  Command command_;
  std::string buffer_;
};

class Conversation final : public protocol::Conversation {
 public:
  explicit Conversation(Redis& redis) : redis_(redis) {}

  Piece next(Way way, std::span<const char> bytes) override;

  /// Between MULTI and EXEC, as the client has sent them.
  bool in_multi() const { return in_multi_; }

 private:
  // What answers a command, where that is not one reply.
  enum class Answer : char {
    reply,
    subscribe,  // one confirmation for each channel; the others likewise
    psubscribe,
    ssubscribe,
    unsubscribe,
    punsubscribe,
    sunsubscribe,
    monitor,  // one reply, and then everything that the server does
    hello,
    reset,
  };
  struct Pending {
    Answer answer = Answer::reply;
    std::uint64_t confirmations = 0;  // still to come; 0 of an unsubscribe without channels: not known yet
    Operation* operation = nullptr;
    std::uint64_t request = 0;
  };

  Piece from_client(std::span<const char> bytes);
  Piece rest_of_command(std::span<const char> bytes);
  bool understand(const Command& command, Pending& pending);
  bool answered_later(const Command& command);
  Piece from_server(std::span<const char> bytes);
  bool pushed(const Reply& reply) const;
  void answered(const Reply& reply);
  bool confirmed(const Reply& reply);

  Redis& redis_;
  std::uint64_t requests_ = 0;
  std::uint64_t bytes_left_ = 0, arguments_left_ = 0;  // of the command that is being passed on
  bool in_multi_ = false;
  bool replies_off_ = false;      // CLIENT REPLY OFF
  unsigned replies_skipped_ = 0;  // of the commands to come, after CLIENT REPLY SKIP
  PendingQueue<Pending> pending_;

  ReplyReader reader_;
  bool in_reply_ = false;
  bool resp3_ = false;
  bool monitoring_ = false;
  std::int64_t channels_ = 0, patterns_ = 0, shard_channels_ = 0;  // subscribed to
};

}  // namespace faultline::protocol::redis
