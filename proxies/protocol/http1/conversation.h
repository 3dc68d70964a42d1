#pragma once
// HTTP/1.0 and 1.1 (RFC 9112, and RFC 9110 for what a status or a method means for the body).
//
// A request is one HTTP request; its operation is the method with the path's pattern. After an Upgrade that was
// accepted (101), or a CONNECT that was (2xx), the connection is handed through.
//
// How faults are made. A status on the request edge is an answer that is put in when all before it have been given and the
// request has come whole, of which the upstream sees nothing. On the response edge the upstream's answer is thrown away as
// it comes. Where a rule asks about bodies, or sends a request twice, a request is waited for with its body, up to
// kHeadBytes.

#include "protocol/conversation.h"
#include "protocol/http1/chunked.h"
#include "protocol/http1/head.h"
#include "protocol/pending.h"

namespace faultline::protocol::http1 {

class Http1 final : public Protocol {
 public:
  std::unique_ptr<protocol::Conversation> open(std::uint64_t connection, Decider* decider) override;

 private:
  friend class Conversation;
  std::string buffer_;  // used again for each request
};

class Conversation final : public protocol::Conversation {
 public:
  Conversation(Http1& http, std::uint64_t connection, Decider* decider)
      : http_(http), connection_(connection), decider_(decider) {}

  Piece next(Way way, std::span<const char> bytes) override;
  const Treatment* injected() override;

 private:
  // Where the message of a direction ends.
  struct Body {
    enum class Is { none, length, chunked, until_close };
    Is is = Is::none;
    std::uint64_t left = 0;
    ChunkedReader chunks{};
  };
  enum class Method : char { other, head, connect };
  // Of a request that rules act on.
  struct Special {
    std::shared_ptr<const Plan> plan;
    bool ours = false;      // the upstream is not asked: `answer` is what the client gets …
    bool complete = false;  // … once its request has come whole
    bool closes = false;    // … and the connection ends
    bool unwanted = false;  // the upstream's answer is thrown away, and the next one given
    std::string answer;
  };
  struct Pending {
    Method method = Method::other;
    Operation* operation = nullptr;
    std::uint64_t request = 0;
    std::unique_ptr<Special> special{};
  };

  Piece from_client(std::span<const char> bytes);
  Piece from_server(std::span<const char> bytes);
  static Piece take_body(Body& of, std::span<const char> bytes);
  bool whole(const Head& head, std::size_t head_size, std::span<const char> bytes, std::size_t& size) const;
  std::unique_ptr<Special> decide(const Head& head, Operation& operation, std::span<const char> bytes,
                                  std::size_t head_size, std::size_t whole_size);
  Piece on_request(Piece piece, std::span<const char> bytes);
  Treatment* on_head(const Head& head, std::span<const char> bytes);
  Treatment* on_body(std::span<const char> bytes);
  Treatment* instead_of_answer(bool begins);

  Http1& http_;
  const std::uint64_t connection_;
  Decider* const decider_;
  std::uint64_t requests_ = 0;
  PendingQueue<Pending> pending_;
  Body request_, response_;

  std::shared_ptr<const Plan> request_plan_;  // of the request that is being passed on
  Passage request_passage_, response_passage_;
  std::uint64_t swallowed_ = 0;             // the last request that did not go out
  std::unique_ptr<Special> answering_;      // of the response that is being passed on
  std::uint64_t body_passed_ = 0;           // of its body
  std::string head_instead_, before_body_;  // of a response that is changed

  std::string_view handed_to_;  // another protocol; empty: still HTTP
};

}  // namespace faultline::protocol::http1
