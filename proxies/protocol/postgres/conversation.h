#pragma once
// The PostgreSQL protocol, version 3.0 and its minors, as PostgreSQL's documentation describes it in chapter 55
// ("Frontend/Backend Protocol"; message formats in 55.7).
//
// A request is what the server answers on its own: a simple Query, an Execute, a FunctionCall, a start-up, a
// CancelRequest. Its operation is the fingerprint of its text; a Bind or an Execute has that of the statement which it
// names. Sync, Flush, Describe, Close and COPY data belong to the requests around them.

#include <map>
#include <unordered_map>

#include "protocol/conversation.h"
#include "protocol/pending.h"

namespace faultline::protocol::postgres {

class Postgres;

class Conversation final : public protocol::Conversation {
 public:
  Conversation(Postgres& postgres, std::uint64_t connection);
  ~Conversation() override;

  Piece next(Way way, std::span<const char> bytes) override;

  /// As the last ReadyForQuery said: 'I' idle, 'T' in a transaction, 'E' in one that failed; 0 before the first.
  char transaction() const { return transaction_; }
  /// The connection that a CancelRequest on this one is for; 0: none that this proxy knows.
  std::uint64_t cancels() const { return cancels_; }

 private:
  enum class Waits : char { start_up, query, execute, sync, function, copy_end };
  struct Pending {
    Waits for_ = Waits::query;
    bool copy_in = false;  // of execute: the server has asked for the data of a COPY
    Operation* operation = nullptr;
    std::uint64_t request = 0;
  };
  struct Portal {
    Operation* operation = nullptr;
    bool executed = false;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const;
  };
  template <typename T>
  using Named = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

  Piece from_client(std::span<const char> bytes);
  Piece start_up(std::span<const char> bytes);
  void understand(Message& message, char type, std::string_view fields);
  Piece from_server(std::span<const char> bytes);
  void answered(char type, std::string_view fields);
  void failed();
  void copied();
  void ready(char transaction);
  void wait(Waits for_, Operation* operation, std::uint64_t request);
  Operation* statement(std::string_view name) const;
  Portal* portal(std::string_view name);
  template <typename T>
  void name(Named<T>& named, T& unnamed, std::string_view name, const T& value);

  Postgres& postgres_;
  const std::uint64_t connection_;
  std::uint64_t requests_ = 0;
  bool started_ = false;  // the start-up packet was sent
  char encryption_ = 0;   // 'S' or 'G' was asked for, and the server has not answered yet
  std::uint64_t client_body_ = 0,
                server_body_ = 0;  // of the message that is being passed on: so much is to come
  PendingQueue<Pending> pending_;
  Operation* statement_ = nullptr;  // the unnamed one
  Portal portal_;
  Named<Operation*> statements_;
  Named<Portal> portals_;
  char transaction_ = 0;
  std::uint64_t cancels_ = 0;
  std::string cancel_key_;  // what a CancelRequest for this session says
};

class Postgres final : public Protocol {
 public:
  std::unique_ptr<protocol::Conversation> open(std::uint64_t connection) override;

 private:
  friend class Conversation;

  /// The operation of a text; `repeated` texts are remembered.
  Operation& operation_of(std::string_view text, bool whole, bool repeated);

  struct Remembered {
    std::string text;
    Operation* operation = nullptr;
  };
  std::unordered_map<std::uint64_t, Remembered> remembered_;  // by the text's hash
  std::string buffer_;
  std::map<std::string, std::uint64_t, std::less<>> cancel_keys_;  // -> connection
};

}  // namespace faultline::protocol::postgres
