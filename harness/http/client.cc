#include "http/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <future>
#include <list>
#include <map>
#include <optional>

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
  message.set(beast::http::field::host, port == "80" ? host : host + ":" + port);
  for (const auto& [name, value] : request.headers) {
    message.insert(name, value);
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

Failure failure_of(const beast::error_code& error) {
  // Beast tells a connection that ended early from bytes that are no answer.
  if (error == beast::http::error::end_of_stream || error == beast::http::error::partial_message) {
    return Failure::reset;
  }
  const bool of_http =
      error.category() == beast::http::make_error_code(beast::http::error::bad_version).category();
  return of_http ? Failure::malformed : Failure::reset;
}

struct Connection {
  explicit Connection(asio::io_context& io) : socket(io) {}
  tcp::socket socket;
  beast::flat_buffer buffer;
};

}  // namespace

struct Client::Impl : std::enable_shared_from_this<Client::Impl> {
  Impl(Loop& on, ClientOptions with) : loop(on), options(with) {}

  class Attempt;

  // A kept-alive connection to host:port, the one used last first: the others may be closed by their server.
  std::unique_ptr<Connection> take_idle(const std::string& key) {
    const auto found = idle.find(key);
    if (found == idle.end()) {
      return nullptr;
    }
    auto connection = std::move(found->second.back());
    found->second.pop_back();
    if (found->second.empty()) {
      idle.erase(found);
    }
    --idle_count;
    return connection;
  }

  void keep(const std::string& key, std::unique_ptr<Connection> connection) {
    if (!closed && idle_count < options.max_idle) {
      idle[key].push_back(std::move(connection));
      ++idle_count;
    }
  }

  Loop& loop;
  const ClientOptions options;
  std::map<std::string, std::vector<std::unique_ptr<Connection>>> idle;
  std::size_t idle_count = 0;
  std::map<Attempt*, std::shared_ptr<Attempt>> attempts;
  bool closed = false;
};

// One request until its answer. It lives in the client's list of attempts, and ends exactly once in `finish`.
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
        timer_(client_->loop.clock()),
        connect_timer_(client_->loop.clock()) {}

  void start() {
    timer_.call_at(now() + limit_,
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

  void abandon() {
    done_ = nullptr;
    end();
  }

 private:
  Instant now() const { return client_->loop.clock().now(); }

  void connect() {
    connection_ = std::make_unique<Connection>(client_->loop.io());
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host_ == "localhost" ? "127.0.0.1" : host_, error);
    if (error) {
      resolve();
      return;
    }
    connect_to({tcp::endpoint(address, static_cast<std::uint16_t>(std::stoi(port_)))});
  }

  void resolve() {
    resolver_.emplace(client_->loop.io());
    resolver_->async_resolve(
        host_, port_, [self = shared_from_this()](const beast::error_code& error, const auto& results) {
          if (self->ended_) {
            return;
          }
          if (error) {
            return self->finish(Failure::refused);
          }
          std::vector<tcp::endpoint> endpoints;
          for (const auto& result : results) {
            endpoints.push_back(result.endpoint());
          }
          self->connect_to(std::move(endpoints));
        });
  }

  void connect_to(std::vector<tcp::endpoint> endpoints) {
    connect_timer_.call_at(now() + client_->options.connect_timeout,
                           [this] { finish(Failure::connect_timeout); });
    endpoints_ = std::move(endpoints);
    asio::async_connect(connection_->socket, endpoints_,
                        [self = shared_from_this()](const beast::error_code& error, const tcp::endpoint&) {
                          if (self->ended_) {
                            return;
                          }
                          self->connect_timer_.cancel();
                          if (error) {
                            return self->finish(Failure::refused);
                          }
                          self->connected_ = true;
                          beast::error_code ignored;
                          self->connection_->socket.set_option(tcp::no_delay(true), ignored);
                          self->write();
                        });
  }

  void write() {
    exchange_.sent = now();
    beast::http::async_write(connection_->socket, request_,
                             [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                               if (self->ended_) {
                                 return;
                               }
                               // After a failed write there may still be an answer (a refusal of a large
                               // body).
                               self->read(static_cast<bool>(error));
                             });
  }

  void read(bool write_failed) {
    parser_.emplace();
    parser_->header_limit(kHeaderBytes);
    parser_->body_limit(client_->options.body_bytes);
    parser_->skip(request_.method() == beast::http::verb::head);
    beast::http::async_read(
        connection_->socket, connection_->buffer, *parser_,
        [self = shared_from_this(), write_failed](const beast::error_code& error, std::size_t bytes) {
          if (!self->ended_) {
            self->on_read(error, bytes, write_failed);
          }
        });
  }

  void on_read(const beast::error_code& error, std::size_t bytes, bool write_failed) {
    if (error && bytes == 0 && reused_ && idempotent(request_.method())) {
      // The server had closed the connection before it saw this request: once more, on a new one.
      reused_ = false;
      connected_ = false;
      connect();
      return;
    }
    if (error) {
      finish(failure_of(error));
      return;
    }
    BeastResponse message = parser_->release();
    const bool reusable = message.keep_alive() && !write_failed && connection_->buffer.size() == 0;
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
    exchange_.failure = failure;
    exchange_.finished = now();
    const auto self = shared_from_this();
    const auto done = std::exchange(done_, nullptr);
    end();
    if (done) {
      done(std::move(exchange_));
    }
  }

  void end() {
    ended_ = true;
    timer_.cancel();
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

  const std::shared_ptr<Impl> client_;
  const std::string host_, port_, key_;
  BeastRequest request_;
  const Duration limit_;
  std::function<void(Exchange)> done_;
  Timer timer_, connect_timer_;
  std::optional<tcp::resolver> resolver_;
  std::vector<tcp::endpoint> endpoints_;
  std::unique_ptr<Connection> connection_;
  std::optional<Parser> parser_;
  Exchange exchange_;
  bool reused_ = false;  // the connection had served before
  bool connected_ = false;
  bool ended_ = false;
};

Client::Client(Loop& loop, ClientOptions options) : impl_(std::make_shared<Impl>(loop, options)) {}

Client::~Client() {
  Loop& loop = impl_->loop;
  loop.run([&] {
    impl_->closed = true;
    impl_->idle.clear();
    while (!impl_->attempts.empty()) {
      const auto attempt = impl_->attempts.begin()->second;
      attempt->abandon();
    }
    impl_.reset();
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
  // Posted, so that a failure that is known at once is still not told from inside `send`.
  impl_->loop.post([attempt, weak = std::weak_ptr(impl_)] {
    const auto client = weak.lock();
    if (client && client->attempts.contains(attempt.get())) {
      attempt->start();
    }
  });
}

Exchange fetch(const Url& url, Request request, Duration timeout) {
  Loop loop("fetch");
  Client client(loop, {.connect_timeout = timeout, .whole_timeout = timeout, .max_idle = 0});
  std::promise<Exchange> promise;
  loop.run([&] {
    client.send(url.host, url.port, std::move(request),
                [&promise](Exchange exchange) { promise.set_value(std::move(exchange)); });
  });
  return promise.get_future().get();
}

}  // namespace faultline::http
