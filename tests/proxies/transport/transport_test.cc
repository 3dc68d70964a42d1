// Both transports behave alike.

#include "transport/transport.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>

#include "core/error.h"
#include "loop/loop.h"

namespace faultline::transport {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto kPatience = 5s;

// Collects what a connection tells; a test waits for it.
class Heard final : public Events {
 public:
  void on_bytes(std::span<const char> bytes) override {
    note([&] { bytes_.append(bytes.data(), bytes.size()); });
  }
  void on_end(bool reset) override {
    note([&] { end_ = reset ? "reset" : "end"; });
  }
  void on_writable() override {
    note([&] { ++writable_; });
  }
  void on_broken() override {
    note([&] { broken_ = true; });
  }

  std::string bytes() {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }
  bool wait_for_bytes(std::size_t size) {
    return wait([&] { return bytes_.size() >= size; });
  }
  bool wait_for_end(const std::string& kind) {
    return wait([&] { return end_ == kind; });
  }
  bool wait_until_writable() {
    return wait([&] { return writable_ > 0; });
  }
  bool wait_until_broken() {
    return wait([&] { return broken_; });
  }

 private:
  template <typename F>
  void note(F what) {
    const std::lock_guard lock(mutex_);
    what();
    changed_.notify_all();
  }
  template <typename F>
  bool wait(F what) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, what);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string bytes_, end_;
  int writable_ = 0;
  bool broken_ = false;
};

Fd blocking_listener(Endpoint& at) {
  Fd socket = bound_socket(resolve({"127.0.0.1", 0}), false);
  listen(socket.get(), 16);
  at = local_endpoint(socket);
  return socket;
}

class OnEachTransport : public testing::TestWithParam<Kind> {
 protected:
  ~OnEachTransport() override {
    transport->run([this] { connection.reset(); });
  }

  // Makes `connection`, and `peer`, its other end, a blocking socket.
  void connect(Events& events) {
    Endpoint at;
    const Fd listener = blocking_listener(at);
    peer = Fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(peer.get(), at.address(), at.size), 0);
    Fd ours(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    EXPECT_TRUE(ours);
    connection = transport->run([&] { return transport->adopt(std::move(ours), events); });
  }
  std::size_t write(std::string_view bytes) { return connection->write(bytes); }
  template <typename F>
  auto on_thread(F what) {
    return transport->run(what);
  }
  static void send_all(const Fd& to, std::string_view bytes) {
    EXPECT_EQ(send(to.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  // Everything until the end of the stream; "(reset)" behind it when that was a reset.
  static std::string read_all(const Fd& from) {
    std::string all;
    std::array<char, 65'536> buffer{};
    while (true) {
      const ssize_t size = recv(from.get(), buffer.data(), buffer.size(), 0);
      if (size <= 0) {
        return size == 0 ? all : all + "(reset)";
      }
      all.append(buffer.data(), static_cast<std::size_t>(size));
    }
  }

  const std::unique_ptr<Transport> transport = make(GetParam(), "transport-test");
  Heard heard;  // outlives the connection
  std::unique_ptr<Connection> connection;
  Fd peer;
};

INSTANTIATE_TEST_SUITE_P(On, OnEachTransport, testing::ValuesIn(available()), [](const auto& which) {
  return std::string(which.param == Kind::reactor ? "Reactor" : "Uring");
});

TEST_P(OnEachTransport, IsTheOneThatWasAskedFor) {
  EXPECT_EQ(transport->name(), GetParam() == Kind::reactor ? "reactor" : "uring");
  EXPECT_EQ(make(Kind::automatic, "auto")->name(), make(available().back(), "preferred")->name());
}

TEST_P(OnEachTransport, ReadsOnlyWhileReadingIsOn) {
  connect(heard);
  send_all(peer, "early");
  on_thread([] {});
  EXPECT_EQ(heard.bytes(), "") << "it is off at first";
  on_thread([&] { connection->read(true); });
  EXPECT_TRUE(heard.wait_for_bytes(5));
  on_thread([&] { connection->read(false); });
  send_all(peer, "held");
  for (int turn = 0; turn < 10; ++turn) {
    on_thread([] {});
  }
  EXPECT_EQ(heard.bytes(), "early");
  on_thread([&] { connection->read(true); });
  EXPECT_TRUE(heard.wait_for_bytes(9));
  EXPECT_EQ(heard.bytes(), "earlyheld");
}

TEST_P(OnEachTransport, TellsTheEndBehindTheBytes) {
  connect(heard);
  send_all(peer, std::string(300'000, 'x'));
  shutdown(peer.get(), SHUT_WR);
  on_thread([&] { connection->read(true); });
  EXPECT_TRUE(heard.wait_for_end("end"));
  EXPECT_EQ(heard.bytes().size(), 300'000U);
}

TEST_P(OnEachTransport, TellsAResetFromAnEnd) {
  connect(heard);
  on_thread([&] { connection->read(true); });
  close_will_reset(peer.get());
  peer = Fd();
  EXPECT_TRUE(heard.wait_for_end("reset"));
}

TEST_P(OnEachTransport, TakesWhatThereIsRoomForAndSaysWhenThereIsMore) {
  connect(heard);
  const std::string much(32 << 20, 'x');
  std::size_t taken = 0;
  // Until the buffers of the kernel are full too.
  on_thread([&] { taken = write(much); });
  EXPECT_LT(taken, much.size());
  std::string got;
  std::thread reader([&] { got = read_all(peer); });
  while (taken < much.size() && heard.wait_until_writable()) {
    on_thread([&] { taken += write(std::string_view(much).substr(taken)); });
  }
  on_thread([&] { connection->finish(); });
  reader.join();
  EXPECT_EQ(got.size(), much.size());
}

TEST_P(OnEachTransport, DeliversWhatWasWrittenBeforeItIsClosed) {
  connect(heard);
  const std::string bytes(20'000, 'x');
  on_thread([&] {
    EXPECT_EQ(write(bytes), bytes.size());
    EXPECT_EQ(write("behind"), 6U);
    connection.reset();
  });
  EXPECT_EQ(read_all(peer), bytes + "behind");
}

TEST_P(OnEachTransport, FinishesBehindWhatWasWrittenAndGoesOnReading) {
  connect(heard);
  on_thread([&] {
    connection->read(true);
    write("last words");
    connection->finish();
  });
  EXPECT_EQ(read_all(peer), "last words");
  send_all(peer, "answer");
  EXPECT_TRUE(heard.wait_for_bytes(6));
}

TEST_P(OnEachTransport, ResetsAtOnce) {
  connect(heard);
  on_thread([&] {
    connection->read(true);
    connection->reset();
    connection.reset();
  });
  EXPECT_EQ(read_all(peer), "(reset)");
}

TEST_P(OnEachTransport, TellsThatWhatIsWrittenCannotBeDelivered) {
  connect(heard);
  close_will_reset(peer.get());
  peer = Fd();
  // The first write may still go out before the reset has come in.
  for (int i = 0; i < 100; ++i) {
    on_thread([&] { write("into the void"); });
  }
  EXPECT_TRUE(heard.wait_until_broken());
}

// Ends its connection from inside of what it is told.
class Suicidal final : public Events {
 public:
  std::unique_ptr<Connection> connection;
  std::promise<void> gone;

  void on_bytes(std::span<const char> /*bytes*/) override { end(); }
  void on_end(bool /*reset*/) override { end(); }
  void on_writable() override { end(); }
  void on_broken() override { end(); }

 private:
  void end() {
    if (connection) {
      connection.reset();
      gone.set_value();
    }
  }
};

TEST_P(OnEachTransport, LetsAConnectionGoInsideOfWhatItTells) {
  Suicidal events;
  connect(events);
  events.connection = std::move(connection);
  on_thread([&] { events.connection->read(true); });
  send_all(peer, "x");
  EXPECT_EQ(events.gone.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(read_all(peer), "");
}

TEST_P(OnEachTransport, AcceptsUntilItIsToldNotTo) {
  Endpoint at;
  Fd listener = blocking_listener(at);
  std::mutex mutex;
  std::vector<Fd> accepted;
  auto accepting = on_thread([&] {
    return transport->accept(std::move(listener), [&](Fd socket) {
      const std::lock_guard lock(mutex);
      accepted.push_back(std::move(socket));
    });
  });
  const auto dial = [&] {
    Fd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return ::connect(client.get(), at.address(), at.size) == 0 ? std::move(client) : Fd();
  };
  std::vector<Fd> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(dial());
    EXPECT_TRUE(clients.back());
  }
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    const std::lock_guard lock(mutex);
    if (accepted.size() == clients.size()) {
      break;
    }
  }
  EXPECT_EQ(accepted.size(), clients.size());
  on_thread([&] { accepting.reset(); });
  EXPECT_FALSE(dial());
  EXPECT_EQ(errno, ECONNREFUSED);
}

TEST_P(OnEachTransport, ConnectsOrSaysWhyNot) {
  Endpoint at;
  Fd listener = blocking_listener(at);
  const auto dial = [&] {
    std::promise<int> answer;
    auto connecting = on_thread([&] {
      return transport->connect(tcp_socket(at), at, [&](Fd socket, int error) {
        EXPECT_EQ(static_cast<bool>(socket), error == 0);
        answer.set_value(error);
      });
    });
    const int error = answer.get_future().get();
    on_thread([&] { connecting.reset(); });
    return error;
  };
  EXPECT_EQ(dial(), 0);
  listener = Fd();
  EXPECT_EQ(dial(), ECONNREFUSED);
}

TEST_P(OnEachTransport, CanBeGivenUpWhileItConnects) {
  Endpoint at;
  const Fd listener = blocking_listener(at);
  for (int i = 0; i < 20; ++i) {
    on_thread([&] {
      const auto connecting =
          transport->connect(tcp_socket(at), at, [](Fd, int) { ADD_FAILURE() << "nobody asks any more"; });
    });
  }
  on_thread([] {});
}

TEST_P(OnEachTransport, RunsWhatIsPostedInOrder) {
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) {
    transport->post([&order, i] { order.push_back(i); });
  }
  on_thread([] {});
  ASSERT_EQ(order.size(), 100U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_TRUE(on_thread([&] { return transport->on_this_thread(); }));
  EXPECT_FALSE(transport->on_this_thread());
}

TEST_P(OnEachTransport, HasAClockOfTheLoopsKind) {
  std::promise<void> called;
  std::vector<int> order;
  on_thread([&] {
    Clock& clock = transport->clock();
    const Instant now = clock.now();
    clock.call_at(now + 2ms, [&] {
      order.push_back(2);
      called.set_value();
    });
    clock.call_at(now + 1ms, [&] { order.push_back(1); });
    clock.cancel(clock.call_at(now, [&] { order.push_back(0); }));
  });
  called.get_future().get();
  EXPECT_THAT(order, testing::ElementsAre(1, 2));
}

TEST_P(OnEachTransport, EndsWithConnectionsWhoseOtherEndIsSilent) {
  connect(heard);
  on_thread([&] {
    connection->read(true);
    write(std::string(50'000, 'x'));
    connection.reset();
  });
  // The transport goes with the test, while the other end reads nothing.
}

TEST(Address, IsReadAndWritten) {
  EXPECT_EQ(to_text(parse_address("127.0.0.1:80").value()), "127.0.0.1:80");
  EXPECT_EQ(to_text(parse_address(":6379").value()), "127.0.0.1:6379");
  EXPECT_EQ(to_text(parse_address("db.local:5432").value()), "db.local:5432");
  EXPECT_EQ(to_text(parse_address("[::1]:80").value()), "[::1]:80");
  for (const char* wrong : {"", "80", "host", "host:", "host:x", "host:70000", "::1:80", "host:80 "}) {
    EXPECT_FALSE(parse_address(wrong)) << wrong;
  }
}

TEST(Address, IsResolvedOrNamedInTheError) {
  EXPECT_EQ(resolve({"127.0.0.1", 80}).to_text(), "127.0.0.1:80");
  EXPECT_EQ(resolve({"::1", 80}).to_text(), "[::1]:80");
  EXPECT_EQ(resolve({"localhost", 80}).to_text(), "127.0.0.1:80");
  try {
    resolve({"no-such-host.invalid", 80});
    FAIL() << "it was resolved";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no-such-host.invalid"));
  }
}

}  // namespace
}  // namespace faultline::transport
