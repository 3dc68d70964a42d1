#pragma once
// The PostgreSQL protocol, version 3.0 and its minors, as PostgreSQL's documentation describes it in chapter 55
// ("Frontend/Backend Protocol"; message formats in 55.7).
//
// A request is what the server answers on its own: a simple Query, an Execute, a FunctionCall, a start-up, a
// CancelRequest. Its operation is the fingerprint of its text; a Bind or an Execute has that of the statement which it
// names. Sync, Flush, Describe, Close and COPY data belong to the requests around them.
//
// How faults are made. Client and server must agree about the transaction afterwards, so an error is one of the server's
// own: in place of the Query it is sent one that raises it, in place of the Execute one of a portal that does not exist,
// and what it says is worded as the error that was wished for. The server skips the rest of a batch, and rolls back, by
// itself. In place of a COMMIT that is a Query it is sent ROLLBACK. What ends the session (FATAL) the proxy says in the
// server's place, and closes.

#include <map>
#include <unordered_map>

#include "protocol/conversation.h"
#include "protocol/pending.h"
#include "protocol/postgres/subject.h"

namespace faultline::protocol::postgres {

class Postgres;

class Conversation final : public protocol::Conversation {
 public:
  Conversation(Postgres& postgres, std::uint64_t connection, Decider* decider);
  ~Conversation() override;

  Piece next(Way way, std::span<const char> bytes) override;
  const Treatment* injected() override;

  /// As the last ReadyForQuery said: 'I' idle, 'T' in a transaction, 'E' in one that failed; 0 before the first.
  char transaction() const { return transaction_; }
  /// The connection that a CancelRequest on this one is for; 0: none that this proxy knows.
  std::uint64_t cancels() const { return cancels_; }

 private:
  enum class Waits : char { start_up, query, execute, sync, function, copy_end };
  // Of a request that rules act on.
  struct Special {
    std::shared_ptr<const Plan> plan;
    bool ours = false;   // the server is not asked: `answer` ends the session
    std::string answer;  // an ErrorResponse …
    std::string
        in_place_of;  // … given instead of the server's with this code, or of CommandComplete where it is "00000"
    std::string key;       // of what is remembered; empty: nothing
    std::string captured;  // the rows so far
  };
  struct Pending {
    Waits for_ = Waits::query;
    bool copy_in = false;  // of execute: the server has asked for the data of a COPY
    Operation* operation = nullptr;
    std::uint64_t request = 0;
    std::unique_ptr<Special> special{};
  };
  // What was sent with a Parse or a Bind, as far as rules may ask for it.
  struct Statement {
    Operation* operation = nullptr;
    std::shared_ptr<const std::string> text;
    std::string trace;  // of its text, until it is bound: what comes later says nothing about it
  };
  struct Portal {
    Operation* operation = nullptr;
    bool executed = false;
    std::shared_ptr<const std::string> text;
    std::string trace;
    std::string bound;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const;
  };
  template <typename T>
  using Named = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

  Piece from_client(std::span<const char> bytes);
  Piece start_up(std::span<const char> bytes);
  void understand(Message& message, char type, std::string_view fields, bool whole);
  void parse(Message& begins, std::string_view fields);
  void bind(Message& begins, std::string_view fields, bool whole);
  void decide(Operation& operation, std::string_view text, std::string_view bound, std::string_view trace);
  void decide_about_login(Operation& operation, std::string_view fields);
  void change_request(Operation& operation, Special& special);
  void keep_what_applies(const Operation& operation, Plan& plan) const;
  bool deciding() const { return decider_ && decider_->active(); }
  Piece on_request(Piece piece, std::span<const char> bytes);
  Treatment* on_answer(char type, std::string_view fields, std::span<const char> piece);
  Treatment* on_row(char type, std::string_view fields, std::span<const char> piece);
  Treatment& instead(std::string bytes);
  Piece from_server(std::span<const char> bytes);
  void answered(char type, std::string_view fields);
  void failed();
  void copied();
  void ready(char transaction);
  void wait(Waits for_, Operation* operation, std::uint64_t request);
  Statement* statement(std::string_view name);
  Portal* portal(std::string_view name);
  template <typename T>
  void name(Named<T>& named, T& unnamed, std::string_view name, T value);

  Postgres& postgres_;
  const std::uint64_t connection_;
  Decider* const decider_;
  std::uint64_t requests_ = 0;
  bool started_ = false;  // the start-up packet was sent
  char encryption_ = 0;   // 'S' or 'G' was asked for, and the server has not answered yet
  std::uint64_t client_body_ = 0,
                server_body_ = 0;  // of the message that is being passed on: so much is to come
  PendingQueue<Pending> pending_;
  Statement statement_;  // the unnamed one
  Portal portal_;
  Named<Statement> statements_;
  Named<Portal> portals_;
  char transaction_ = 0;
  char sent_transaction_ = 'I';  // as it will be when everything that was sent has succeeded
  std::string owner_;            // the trace that the BEGIN of the transaction bore
  Login login_;

  std::shared_ptr<const Plan> request_plan_;  // of the request that is being passed on
  Passage request_, response_;
  std::unique_ptr<Special> answering_;  // of the request that is being answered
  std::uint64_t answering_request_ = 0;
  bool losing_ = false;     // nothing is passed on any more, until the session is to end
  bool in_answer_ = false;  // the message that is being passed on is part of that answer
  char in_type_ = 0;
  std::string answer_instead_;

  std::uint64_t cancels_ = 0;
  std::string cancel_key_;  // what a CancelRequest for this session says
};

class Postgres final : public Protocol {
 public:
  std::unique_ptr<protocol::Conversation> open(std::uint64_t connection, Decider* decider) override;

 private:
  friend class Conversation;
  Memory answers_;  // to equal queries

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
