#pragma once
// HTTP/1.0 and 1.1 (RFC 9112, and RFC 9110 for what a status or a method means for the body).
//
// A request is one HTTP request; its operation is the method with the path's pattern. After an Upgrade that was
// accepted (101), or a CONNECT that was (2xx), the connection is handed through.

#include "protocol/conversation.h"
#include "protocol/http1/chunked.h"
#include "protocol/pending.h"

namespace faultline::protocol::http1 {

class Http1 final : public Protocol {
 public:
  std::unique_ptr<protocol::Conversation> open(std::uint64_t connection) override;

 private:
  friend class Conversation;
  std::string buffer_;  // used again for each request
};

class Conversation final : public protocol::Conversation {
 public:
  explicit Conversation(Http1& http) : http_(http) {}

  Piece next(Way way, std::span<const char> bytes) override;

 private:
  // Where the message of a direction ends.
  struct Body {
    enum class Is { none, length, chunked, until_close };
    Is is = Is::none;
    std::uint64_t left = 0;
    ChunkedReader chunks{};
  };
  enum class Method : char { other, head, connect };
  struct Pending {
    Method method = Method::other;
    Operation* operation = nullptr;
    std::uint64_t request = 0;
  };

  Piece from_client(std::span<const char> bytes);
  Piece from_server(std::span<const char> bytes);
  static Piece take_body(Body& of, std::span<const char> bytes);

  Http1& http_;
  std::uint64_t requests_ = 0;
  PendingQueue<Pending> pending_;
  Body request_, response_;
  std::string_view handed_to_;  // another protocol; empty: still HTTP
};

}  // namespace faultline::protocol::http1
