#pragma once
// The Redis protocol, RESP2 and RESP3, as the Redis serialization protocol specification describes it, and what the
// documentation of Pub/Sub, MONITOR, CLIENT REPLY and HELLO says about who answers what.
//
// A request is one command; its operation is the command with the pattern of its first key.
//
// How faults are made. An error takes the place of a reply: the server is not sent the command, and the reply is put in
// when all before it have been given. Between MULTI and EXEC the server must know: it is sent a command that it refuses, so
// that its EXEC aborts, and only its words are changed; in place of EXEC it is sent DISCARD. A lost answer is thrown away
// when it has come whole. What a read was answered before is remembered where a rule may want it.

#include "protocol/conversation.h"
#include "protocol/pending.h"
#include "protocol/redis/command.h"
#include "protocol/redis/reply.h"

namespace faultline::protocol::redis {

class Redis final : public Protocol {
 public:
  std::unique_ptr<protocol::Conversation> open(std::uint64_t connection, Decider* decider) override;

 private:
  friend class Conversation;
  Memory answers_;  // to equal commands
  // Memory that is used again for each command.
  Command command_;
  std::string buffer_;
};

class Conversation final : public protocol::Conversation {
 public:
  Conversation(Redis& redis, std::uint64_t connection, Decider* decider)
      : redis_(redis), connection_(connection), decider_(decider) {}

  Piece next(Way way, std::span<const char> bytes) override;
  const Treatment* injected() override;

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
  // Of a command that rules act on.
  struct Special {
    std::shared_ptr<const Plan> plan;
    bool ours = false;      // the server was not asked: `answer` is the reply
    bool replaced = false;  // the server's reply is thrown away, and `answer` given
    std::string answer;
    std::optional<std::string> miss;  // the reply of a miss
    std::string key;                  // of what is remembered; empty: nothing
    std::string captured;             // the reply so far
  };
  struct Pending {
    Answer answer = Answer::reply;
    std::uint64_t confirmations = 0;  // still to come; 0 of an unsubscribe without channels: not known yet
    Operation* operation = nullptr;
    std::uint64_t request = 0;
    std::unique_ptr<Special> special{};
  };

  Piece from_client(std::span<const char> bytes);
  Piece rest_of_command(std::span<const char> bytes);
  bool understand(const Command& command, Pending& pending);
  std::unique_ptr<Special> decide(const Command& command, Operation& operation);
  void change_command(const Command& command, Special& special);
  Piece on_request(Piece piece, std::span<const char> bytes);
  Treatment* on_reply(std::span<const char> piece, bool begins, bool done);
  Treatment* give_again(std::span<const char> piece, bool done);
  bool answered_later(const Command& command);
  Piece from_server(std::span<const char> bytes);
  bool pushed(const Reply& reply) const;
  void answered(const Reply& reply);
  bool confirmed(const Reply& reply);

  Redis& redis_;
  const std::uint64_t connection_;
  Decider* const decider_;
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
  std::string database_ = "0";  // as selected

  std::shared_ptr<const Plan> request_plan_;  // of the command that is being passed on
  Passage request_, response_;
  std::unique_ptr<Special> replying_;                              // of the reply that is being passed on
  std::int64_t channels_ = 0, patterns_ = 0, shard_channels_ = 0;  // subscribed to
};

}  // namespace faultline::protocol::redis
