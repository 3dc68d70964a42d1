#pragma once
// One connection through a proxy: a client, an upstream, and a direction of bytes each way. Internal to this folder;
// lives on the proxy's transport.

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "fault/rule.h"
#include "protocol/conversation.h"
#include "stream/proxy.h"
#include "stream/shaper.h"
#include "transport/transport.h"

namespace faultline::stream {

/// The rules that are on, as a session sees them.
struct ActiveRules {
  std::vector<fault::Rule> rules;     // for connections and their bytes
  std::set<std::string> of_messages;  // names: what one of these holds back goes on when it is lifted
};

/// What a session needs of its proxy.
class SessionHost {
 public:
  SessionHost() = default;
  SessionHost(const SessionHost&) = delete;
  SessionHost& operator=(const SessionHost&) = delete;
  virtual ~SessionHost() = default;

  virtual transport::Transport& carrier() = 0;
  virtual Counters& counters() = 0;
  /// Memory to put bytes together in; what is in it is used up before anybody else uses it.
  virtual std::string& scratch() = 0;
  virtual void acted(const std::string& rule, std::uint64_t connection, const std::string& effect) = 0;
  virtual void acted(const protocol::Effect& effect, std::uint64_t connection) = 0;
  virtual void unframed(std::uint64_t connection, const protocol::Piece& piece) = 0;
  virtual void ended(std::uint64_t connection) = 0;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  /// `conversation` is null where bytes are not framed.
  Session(SessionHost& host, std::uint64_t ordinal, Seed seed, transport::Fd client,
          const transport::Endpoint& upstream, std::unique_ptr<protocol::Conversation> conversation);

  /// Connects to the upstream and lets bytes through, unless the rules keep it from that.
  void start(const ActiveRules& active);
  /// The rules that are on have changed.
  void set_rules(const ActiveRules& active);
  /// Ends it with a reset at both ends.
  void reset();

 private:
  // A client or an upstream. Null where there is no connection yet, or any more.
  using End = std::unique_ptr<transport::Connection>;

  // Bytes from one end to the other. Read only when what was read before is on its way, or is held back by a delay
  // and there is room.
  struct Direction {
    Direction(Session& of, End& source, End& sink, std::uint64_t& count, Seed seed, Way way);

    void set_rules(const ActiveRules& active);
    void read_or_not();
    void on_bytes(std::span<const char> bytes);
    void understand(std::span<const char> bytes);
    void treat(const protocol::Treatment& treatment, std::span<const char> piece);
    void take(std::span<const char> bytes);
    void take_end(bool reset);
    void flush();
    bool cut_if_due();
    void report_acted();
    std::size_t write(std::span<const char> bytes);
    void close_sink();
    void discard();
    void drop_held();
    bool done() const { return source_ended && held.empty(); }
    std::size_t room() const;

    struct Chunk {
      enum class Is { bytes, end, reset, cut, nothing };
      Is is = Is::bytes;
      std::string bytes{};
      std::size_t written = 0;
      Instant due{};
      fault::Cut::How how{};        // of a cut
      double bytes_per_second = 0;  // above 0: no faster
      std::string rule{};           // for messages, that makes it late; empty: none
    };
    void hold(Chunk chunk);
    void end(Chunk::Is is, fault::Cut::How how);

    Session& session;
    End& from;
    End& to;
    std::uint64_t& written;
    const Way way;
    std::string head;  // of a message: what has come of it
    Shaper shaper;
    Timer timer;
    std::deque<Chunk> held;
    std::size_t held_bytes = 0;
    bool held_by_rule = false;  // for messages
    Instant paced_until{};      // what has gone out at its pace is paid for
    bool writing = false;       // waits until `to` is writable
    bool source_ended = false;  // the end of the stream was read
    bool sink_closed = false;   // and passed on
    bool discarding = false;    // what still comes is thrown away
    bool broken = false;        // `to` takes nothing any more
    bool source_reset = false;  // `from` is known to be gone: what can still be read ends in a reset
  };

  Direction& other(const Direction& direction) {
    return &direction == &to_upstream_ ? to_client_ : to_upstream_;
  }
  // What one end tells goes to the direction that it is the source of, or the sink.
  class Ear final : public transport::Events {
   public:
    Ear(Session& session, Direction& source_of, Direction& sink_of)
        : session_(session), source_of_(source_of), sink_of_(sink_of) {}
    void on_bytes(std::span<const char> bytes) override;
    void on_end(bool reset) override;
    void on_writable() override;
    void on_broken() override;

   private:
    Session& session_;
    Direction &source_of_, &sink_of_;
  };

  void stop_framing(const protocol::Piece& piece);
  void connect();
  void on_connected(transport::Fd socket);
  void end_if_done();
  void close();
  void write_failed(Direction& direction);
  void cut(fault::Cut::How how, Direction& direction);
  void act_as_hole();
  bool forgets();

  SessionHost& host_;
  const std::uint64_t ordinal_;
  const transport::Endpoint upstream_endpoint_;
  End client_, upstream_;
  std::unique_ptr<transport::Ongoing> connecting_;
  std::unique_ptr<protocol::Conversation> conversation_;
  Direction to_upstream_, to_client_;
  Ear client_ear_, upstream_ear_;
  Timer closing_;  // while both ends are to close after a cut
  bool connected_ = false;
  std::optional<fault::DropIdle> drop_idle_;
  std::string drop_idle_rule_;
  Instant last_bytes_{};
  bool forgotten_ = false;  // idle for too long: nothing passes any more
  std::string hole_;        // the black hole's rule that it is in
  bool hole_told_ = false;
  bool paused_ = false;  // in a black hole
  bool ended_ = false;
};

}  // namespace faultline::stream
