#include "stream/proxy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fault/catalogue.h"
#include "protocol/protocols.h"
#include "stream/causes.h"
#include "stream/decider.h"
#include "stream/listener.h"
#include "stream/session.h"

namespace faultline::stream {

namespace {

template <typename F>
const fault::Rule* find(const std::vector<fault::Rule>& rules) {
  for (const fault::Rule& rule : rules) {
    if (std::holds_alternative<F>(rule.fault)) {
      return &rule;
    }
  }
  return nullptr;
}

// What the build for testing the tests leaves out: with it, every scenario must turn red.
RuleSet heeded(RuleSet rules) {
#ifdef FAULTLINE_IGNORE_RULES
  rules = {};
#endif
  return rules;
}

}  // namespace

Counters& Counters::operator+=(const Counters& other) {
  accepted += other.accepted;
  open += other.open;
  unreachable += other.unreachable;
  bytes_to_upstream += other.bytes_to_upstream;
  bytes_to_client += other.bytes_to_client;
  bytes_held += other.bytes_held;
  messages += other.messages;
  unframed += other.unframed;
  handed_through += other.handed_through;
  for (const auto& [rule, times] : other.acted) {
    acted[rule] += times;
  }
  return *this;
}

// Lives on the transport's thread.
struct Proxy::Impl final : SessionHost {
  Impl(transport::Transport& on, ProxyOptions with, Observer& tell)
      : loop(on),
        options(std::move(with)),
        observer(tell),
        upstream(transport::resolve(options.upstream)),
        protocol(protocol::find_protocol(options.protocol)->make()),
        decider(options.name, options.seed, options.causes ? *options.causes : own_causes, options.observe,
                observer),
        listener(on, transport::resolve(options.listen), options.share_port,
                 [this](transport::Fd socket) { accept(std::move(socket)); }) {}

  transport::Transport& carrier() override { return loop; }
  Counters& counters() override { return count; }
  std::string& scratch() override { return scratch_bytes; }

  void acted(const std::string& rule, std::uint64_t connection, const std::string& effect) override {
    ++count.acted[rule];
    observer.acted({.rule = rule, .connection = connection, .effect = effect});
  }

  void acted(const protocol::Effect& effect, std::uint64_t connection) override {
    const protocol::Plan& plan = *effect.plan;
    const fault::Act& act = *effect.act;
    const Action action{.rule = act.rule->name,
                        .connection = connection,
                        .effect = std::string(fault::name_of(act.rule->fault)),
                        .operation = plan.operation,
                        .edge = fault::to_text(act.edge),
                        .cause = plan.cause.name,
                        .known = fault::to_text(plan.known),
                        .nth = plan.nth,
                        .by_order = act.by_order};
    if (!effect.fits) {
      return observer.did_not_fit(action);
    }
    ++count.acted[act.rule->name];
    observer.acted(action);
  }

  void unframed(std::uint64_t connection, const protocol::Piece& piece) override {
    ++(piece.handed_through ? count.handed_through : count.unframed);
    observer.unframed(connection, piece.reason, piece.handed_through);
  }

  void ended(std::uint64_t connection) override {
    --count.open;
    sessions.erase(connection);
  }

  void accept(transport::Fd socket) {
    const fault::Rule* most = find<fault::MaxConnections>(rules.on);
    if (most && count.open >= std::get<fault::MaxConnections>(most->fault).most) {
      refuse_beyond(*most, std::move(socket));
      return;
    }
    serve(std::move(socket));
  }

  // TCP has no refusal once its handshake is over: it is reset, or nobody talks to it until the rule is lifted.
  void refuse_beyond(const fault::Rule& rule, transport::Fd socket) {
    const auto& most = std::get<fault::MaxConnections>(rule.fault);
    acted(rule.name, 0,
          fmt::format("a connection beyond {} is {}", most.most, most.reset ? "reset" : "not served"));
    if (most.reset) {
      transport::close_will_reset(socket.get());
    } else {
      waiting.push_back(std::move(socket));
    }
  }

  void serve(transport::Fd socket) {
    const std::uint64_t ordinal = ++count.accepted;
    ++count.open;
    const auto session = std::make_shared<Session>(*this, ordinal, options.seed, std::move(socket), upstream,
                                                   protocol ? protocol->open(ordinal, &decider) : nullptr);
    sessions.emplace(ordinal, session);
    session->start(of_bytes);
  }

  // Of the sessions as they are now: what is done to one may end it.
  std::vector<std::shared_ptr<Session>> all_sessions() const {
    std::vector<std::shared_ptr<Session>> list;
    for (const auto& [ordinal, session] : sessions) {
      list.push_back(session);
    }
    return list;
  }

  void apply(RuleSet next) {
    const RuleSet before = std::exchange(rules, heeded(std::move(next)));
    decider.set_rules(rules);
    of_bytes.rules.clear();
    of_bytes.of_messages.clear();
    for (const fault::Rule& rule : rules.on) {
      if (rule.of_messages) {
        of_bytes.of_messages.insert(rule.name);
      } else {
        of_bytes.rules.push_back(rule);
      }
    }
    place_listener();
    for (const fault::Rule& rule : rules.on) {
      const bool was_on = std::any_of(before.on.begin(), before.on.end(), [&](const fault::Rule& other) {
        return other.name == rule.name && other.fault == rule.fault;
      });
      if (std::holds_alternative<fault::Refuse>(rule.fault) && !was_on) {
        start_refusing(rule);
      }
    }
    for (const auto& session : all_sessions()) {
      session->set_rules(of_bytes);
    }
    for (transport::Fd& socket : std::exchange(waiting, {})) {
      accept(std::move(socket));
    }
  }

  // A refused connection leaves no trace in a program: the kernel answers it. What can be known is that open
  // connections were reset, and that whoever was connecting until now finds nothing listening.
  void start_refusing(const fault::Rule& rule) {
    std::size_t reset = 0;
    if (std::get<fault::Refuse>(rule.fault).reset_existing) {
      for (const auto& session : all_sessions()) {
        session->reset();
        ++reset;
      }
    }
    if (count.accepted > 0) {
      acted(rule.name, 0,
            fmt::format("nothing listens after {} connections, {} of them open and reset", count.accepted,
                        reset));
    }
  }

  void place_listener() {
    const fault::Rule* hole = find<fault::Blackhole>(rules.on);
    if (down || find<fault::Refuse>(rules.on)) {
      listener.close();
    } else if (hole && !std::get<fault::Blackhole>(hole->fault).accept) {
      listener.hang();
    } else {
      listener.open();
    }
  }

  void close() {
    listener.close();
    waiting.clear();
    for (const auto& session : all_sessions()) {
      session->reset();
    }
  }

  transport::Transport& loop;
  const ProxyOptions options;
  Observer& observer;
  const transport::Endpoint upstream;
  const std::unique_ptr<protocol::Protocol> protocol;
  TraceCauses own_causes;
  RuleDecider decider;
  Counters count;
  RuleSet rules;
  ActiveRules of_bytes;
  std::vector<transport::Fd> waiting;  // connections beyond the most, not served
  bool down = false;
  std::string scratch_bytes;
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions;
  Listener listener;
};

Proxy::Proxy(transport::Transport& carrier, ProxyOptions options, Observer& observer) {
  impl_ = carrier.run([&] {
    auto impl = std::make_shared<Impl>(carrier, std::move(options), observer);
    impl->place_listener();
    return impl;
  });
}

Proxy::~Proxy() {
  transport::Transport& carrier = impl_->loop;
  carrier.run([&] {
    impl_->close();
    impl_.reset();
  });
}

std::uint16_t Proxy::port() const {
  return impl_->listener.port();
}

void Proxy::apply(RuleSet rules) {
  impl_->loop.run([&] { impl_->apply(std::move(rules)); });
}

void Proxy::close_listener() {
  impl_->loop.run([&] {
    impl_->down = true;
    impl_->place_listener();
  });
}

void Proxy::open_listener() {
  impl_->loop.run([&] {
    impl_->down = false;
    impl_->place_listener();
  });
}

Counters Proxy::counters() const {
  return impl_->loop.run([&] { return impl_->count; });
}

std::vector<Proxy::Calls> Proxy::calls() const {
  std::vector<Calls> list;
  impl_->loop.run([&] {
    if (impl_->protocol) {
      impl_->protocol->operations.for_each([&](const protocol::Operation& operation) {
        if (operation.calls > 0) {
          list.push_back({operation.name, operation.calls});
        }
      });
    }
  });
  std::sort(list.begin(), list.end(), [](const Calls& a, const Calls& b) {
    return a.calls != b.calls ? a.calls > b.calls : a.operation < b.operation;
  });
  return list;
}

}  // namespace faultline::stream
