#include "http/client.h"

#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <charconv>
#include <future>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/clock.h"

namespace faultline::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

std::string_view to_text(Failure failure) {
  switch (failure) {
    case Failure::none:
      return "none";
    case Failure::refused:
      return "refused";
    case Failure::connect_timeout:
      return "connect_timeout";
    case Failure::reset:
      return "reset";
    case Failure::timeout:
      return "timeout";
    case Failure::malformed:
      return "malformed";
  }
  return "";
}

namespace {

using BeastRequest = beast::http::request<beast::http::string_body>;
using BeastResponse = beast::http::response<beast::http::string_body>;
using Parser = beast::http::response_parser<beast::http::string_body>;

constexpr std::uint32_t kHeaderBytes = 64 * 1024;
// Room to read into: Beast reads as much as its buffer has room for, and 512 bytes where it has none.
constexpr std::size_t kReadBytes = 32 * 1024;

bool idempotent(beast::http::verb method) {
  using beast::http::verb;
  return method == verb::get || method == verb::head || method == verb::put || method == verb::delete_ ||
         method == verb::options || method == verb::trace;
}

BeastRequest to_beast(Request request, const std::string& host, const std::string& port) {
  BeastRequest message;
  message.version(11);
  message.method_string(request.method);
  message.target(request.target);
  const std::string name_or_address = host.find(':') == std::string::npos ? host : "[" + host + "]";
  message.set(beast::http::field::host, port == "80" ? name_or_address : name_or_address + ":" + port);
  for (const auto& [name, value] : request.headers) {
    if (beast::http::string_to_field(name) == beast::http::field::host) {
      message.set(name, value);  // a Host of the caller's own takes the place of ours
    } else {
      message.insert(name, value);
    }
  }
  message.body() = std::move(request.body);
  message.prepare_payload();
  return message;
}

Response from_beast(BeastResponse message) {
  Response response{static_cast<int>(message.result_int()), {}, std::move(message.body())};
  for (const auto& field : message) {
    response.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  return response;
}

// Beast tells a connection that ended early from bytes that are no answer.
Failure failure_of(const beast::error_code& error) {
  if (error == beast::http::error::end_of_stream || error == beast::http::error::partial_message) {
    return Failure::reset;
  }
  static const auto& of_http = beast::http::make_error_code(beast::http::error::bad_version).category();
  return error.category() == of_http ? Failure::malformed : Failure::reset;
}

std::optional<std::uint16_t> to_port(const std::string& text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stopped == end ? std::optional(port) : std::nullopt;
}

struct Connection {
  explicit Connection(asio::io_context& io) : socket(io) { buffer.reserve(kReadBytes); }

  // Nothing to read, not even its end: how a kept-alive connection looks between two requests.
  bool silent() {
    char byte = 0;
    return recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }

  tcp::socket socket;
  beast::flat_buffer buffer;
};

}  // namespace

struct Client::Impl {
  Impl(Loop& on, ClientOptions with) : loop(on), options(with) {}

  class Attempt;

  // A kept-alive connection, the one used last first. Those that the server has closed are dropped on the way.
  std::unique_ptr<Connection> take_idle(const std::string& key) {
    auto& kept = idle[key];
    while (!kept.empty()) {
      auto connection = std::move(kept.back());
      kept.pop_back();
      --idle_count;
      if (connection->silent()) {
        return connection;
      }
    }
    return nullptr;
  }

  void keep(const std::string& key, std::unique_ptr<Connection> connection) {
    if (idle_count < options.max_idle) {
      idle[key].push_back(std::move(connection));
      ++idle_count;
    }
  }

  Loop& loop;
  const ClientOptions options;
  std::unordered_map<std::string, std::vector<std::unique_ptr<Connection>>> idle;  // by host:port
  std::size_t idle_count = 0;
  std::unordered_map<Attempt*, std::shared_ptr<Attempt>> attempts;
};

// One request until its answer. It is in the client's list of attempts until it ends, exactly once, in `end`;
// socket handlers that come later find it ended.
class Client::Impl::Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(std::shared_ptr<Impl> client, const std::string& host, const std::string& port, Request request,
          Duration limit, std::function<void(Exchange)> done)
      : client_(std::move(client)),
        host_(host),
        port_(port),
        key_(host + ":" + port),
        request_(to_beast(std::move(request), host, port)),
        limit_(limit),
        done_(std::move(done)),
        whole_timer_(client_->loop.clock()),
        connect_timer_(client_->loop.clock()) {}

  void start() {
    whole_timer_.call_at(now() + limit_,
                         [this] { finish(connected_ ? Failure::timeout : Failure::connect_timeout); });
    connection_ = client_->take_idle(key_);
    if (connection_) {
      reused_ = true;
      connected_ = true;
      write();
    } else {
      connect();
    }
  }

  // Ends it without telling anybody.
  void end() {
    ended_ = true;
    whole_timer_.cancel();
    connect_timer_.cancel();
    if (connection_) {
      beast::error_code ignored;
      connection_->socket.close(ignored);
    }
    if (resolver_) {
      resolver_->cancel();
    }
    client_->attempts.erase(this);
  }

 private:
  Instant now() const { return client_->loop.clock().now(); }

  void connect() {
    connect_timer_.call_at(now() + client_->options.connect_timeout,
                           [this] { finish(Failure::connect_timeout); });
    connection_ = std::make_unique<Connection>(client_->loop.io());
    const auto port = to_port(port_);
    if (!port) {
      // Posted: even a failure that is known at once is not told from inside `send`.
      client_->loop.post([self = shared_from_this()] { self->finish(Failure::refused); });
      return;
    }
    beast::error_code error;
    const auto address = asio::ip::make_address(host_, error);
    if (error) {
      resolve();
    } else {
      connect_to({tcp::endpoint(address, *port)});
    }
  }

  void resolve() {
    resolver_.emplace(client_->loop.io());
    resolver_->async_resolve(
        host_, port_, [self = shared_from_this()](const beast::error_code& error, const auto& results) {
          if (self->ended_) {
            return;
          }
          if (error) {
            self->finish(Failure::refused);
            return;
          }
          std::vector<tcp::endpoint> endpoints;
          for (const auto& result : results) {
            endpoints.push_back(result.endpoint());
          }
          self->connect_to(std::move(endpoints));
        });
  }

  void connect_to(std::vector<tcp::endpoint> endpoints) {
    endpoints_ = std::move(endpoints);
    asio::async_connect(connection_->socket, endpoints_,
                        [self = shared_from_this()](const beast::error_code& error, const tcp::endpoint&) {
                          if (self->ended_) {
                            return;
                          }
                          self->connect_timer_.cancel();
                          if (error) {
                            self->finish(Failure::refused);
                            return;
                          }
                          self->connected_ = true;
                          beast::error_code ignored;
                          self->connection_->socket.set_option(tcp::no_delay(true), ignored);
                          self->write();
                        });
  }

  void write() {
    if (exchange_.sent == Instant{}) {
      exchange_.sent = now();
    }
    beast::http::async_write(connection_->socket, request_,
                             [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                               if (!self->ended_) {
                                 // After a failed write there may still be an answer: the refusal of a large body.
                                 self->written_ = !error;
                                 self->read();
                               }
                             });
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(kHeaderBytes);
    parser_->body_limit(client_->options.body_bytes);
    parser_->skip(request_.method() == beast::http::verb::head);
    beast::http::async_read(connection_->socket, connection_->buffer, *parser_,
                            [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                              if (!self->ended_) {
                                self->on_read(error);
                              }
                            });
  }

  void on_read(const beast::error_code& error) {
    if (error && reused_ && !parser_->got_some() && idempotent(request_.method())) {
      // The server closed the connection while this request was on its way: once more, on a new one.
      reused_ = false;
      connected_ = false;
      connect();
      return;
    }
    if (error) {
      finish(failure_of(error));
      return;
    }
    const unsigned status = parser_->get().result_int();
    if (status < 200 && status != 101) {
      read();  // interim (RFC 9110, 15.2): the answer is still to come
      return;
    }
    BeastResponse message = parser_->release();
    const bool reusable = message.keep_alive() && written_ && connection_->buffer.size() == 0;
    exchange_.response = from_beast(std::move(message));
    if (reusable) {
      client_->keep(key_, std::move(connection_));
    }
    finish(Failure::none);
  }

  void finish(Failure failure) {
    if (ended_) {
      return;
    }
    // Where a second connection could not be had, the first one's server may still have seen the request.
    const bool unseen = failure == Failure::refused || failure == Failure::connect_timeout;
    exchange_.failure = unseen && exchange_.sent != Instant{} ? Failure::reset : failure;
    exchange_.finished = now();
    const auto self = shared_from_this();
    end();
    done_(std::move(exchange_));
  }

  const std::shared_ptr<Impl> client_;
  const std::string host_, port_, key_;
  BeastRequest request_;
  const Duration limit_;
  const std::function<void(Exchange)> done_;
  Timer whole_timer_, connect_timer_;
  std::optional<tcp::resolver> resolver_;
  std::vector<tcp::endpoint> endpoints_;
  std::unique_ptr<Connection> connection_;
  std::optional<Parser> parser_;
  Exchange exchange_;
  bool reused_ = false;  // the connection had served before
  bool connected_ = false;
  bool written_ = false;
  bool ended_ = false;
};

Client::Client(Loop& loop, ClientOptions options) : impl_(std::make_shared<Impl>(loop, options)) {}

Client::~Client() {
  impl_->loop.run([this] {
    while (!impl_->attempts.empty()) {
      const auto attempt = impl_->attempts.begin()->second;
      attempt->end();
    }
    impl_->idle.clear();
  });
}

void Client::send(const std::string& host, const std::string& port, Request request,
                  std::function<void(Exchange)> done) {
  send(host, port, std::move(request), impl_->options.whole_timeout, std::move(done));
}

void Client::send(const std::string& host, const std::string& port, Request request, Duration whole_timeout,
                  std::function<void(Exchange)> done) {
  auto attempt =
      std::make_shared<Impl::Attempt>(impl_, host, port, std::move(request), whole_timeout, std::move(done));
  impl_->attempts.emplace(attempt.get(), attempt);
  attempt->start();
}

Exchange fetch(const Url& url, Request request, Duration timeout) {
  request.headers.set("Connection", "close");
  std::promise<Exchange> promise;  // outlives the client, and with it the call that sets it
  Loop loop("fetch");
  Client client(loop, {.connect_timeout = timeout, .whole_timeout = timeout, .max_idle = 0});
  loop.run([&] {
    client.send(url.host, url.port, std::move(request),
                [&promise](Exchange exchange) { promise.set_value(std::move(exchange)); });
  });
  return promise.get_future().get();
}

}  // namespace faultline::http
