#include "http/server.h"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <set>

#include "core/error.h"

namespace faultline::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

using BeastRequest = beast::http::request<beast::http::string_body>;
using BeastResponse = beast::http::response<beast::http::string_body>;

// One connection: reads a request, has it answered, writes the answer, and so on. While an answer is awaited
// nothing is read, which keeps pipelined answers in order and a fast client from filling our memory.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, Loop& loop, std::shared_ptr<const Handler> handler,
             const ServerLimits& limits, std::function<void(Connection*)> closed)
      : socket_(std::move(socket)),
        idle_(loop.clock()),
        clock_(loop.clock()),
        handler_(std::move(handler)),
        limits_(limits),
        closed_(std::move(closed)) {}

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser_->body_limit(limits_.body_bytes);
    idle_.call_at(clock_.now() + limits_.idle, [self = shared_from_this()] { self->close(); });
    beast::http::async_read(socket_, buffer_, *parser_,
                            [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                              self->idle_.cancel();
                              self->on_read(error);
                            });
  }

  // Ends it now; the handler is not called any more.
  void close() {
    if (closed_) {
      beast::error_code ignored;
      socket_.close(ignored);
      idle_.cancel();
      handler_.reset();
      const auto closed = std::exchange(closed_, nullptr);
      closed(this);
    }
  }

 private:
  void on_read(const beast::error_code& error) {
    if (!closed_) {
      return;
    }
    if (error == beast::http::error::body_limit) {
      return refuse(413, "the body is larger than this server takes\n");
    }
    if (error == beast::http::error::header_limit) {
      return refuse(431, "the header is larger than this server takes\n");
    }
    if (error &&
        error.category() == beast::http::make_error_code(beast::http::error::bad_method).category() &&
        error != beast::http::error::end_of_stream && error != beast::http::error::partial_message) {
      return refuse(400, "this is no HTTP/1.1 request\n");
    }
    if (error) {
      return close();
    }
    BeastRequest message = parser_->release();
    keep_alive_ = message.keep_alive();
    head_ = message.method() == beast::http::verb::head;
    version_ = message.version();
    Request request{
        std::string(message.method_string()), std::string(message.target()), {}, std::move(message.body())};
    for (const auto& field : message) {
      request.headers.add(std::string(field.name_string()), std::string(field.value()));
    }
    (*handler_)(request,
                [self = shared_from_this(), answered = std::make_shared<bool>(false)](Response response) {
                  if (!std::exchange(*answered, true) && self->closed_) {
                    self->write(std::move(response));
                  }
                });
  }

  void refuse(int status, std::string body) {
    keep_alive_ = false;
    write({status, {{"Content-Type", "text/plain"}}, std::move(body)});
  }

  void write(Response response) {
    response_.emplace(static_cast<beast::http::status>(response.status), version_);
    for (const auto& [name, value] : response.headers) {
      response_->insert(name, value);
    }
    response_->body() = std::move(response.body);
    response_->keep_alive(keep_alive_);
    const bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
    if (bodiless) {
      response_->body().clear();
    } else {
      response_->prepare_payload();
    }
    if (head_) {
      response_->body().clear();  // Content-Length stays what a GET would have
    }
    beast::http::async_write(socket_, *response_,
                             [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                               if (error || !self->keep_alive_) {
                                 self->finish();
                               } else if (self->closed_) {
                                 self->read();
                               }
                             });
  }

  // Our side is done: the client gets the end of the stream after what was written.
  void finish() {
    if (closed_) {
      beast::error_code ignored;
      socket_.shutdown(tcp::socket::shutdown_send, ignored);
      close();
    }
  }

  tcp::socket socket_;
  Timer idle_;
  Clock& clock_;
  std::shared_ptr<const Handler> handler_;
  const ServerLimits limits_;
  std::function<void(Connection*)> closed_;  // empty once closed
  beast::flat_buffer buffer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::optional<BeastResponse> response_;
  unsigned version_ = 11;
  bool keep_alive_ = true;
  bool head_ = false;
};

}  // namespace

// Lives on the loop's thread; the handlers of its sockets keep it alive until they have all been told to end.
struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  Impl(Loop& on, Handler handle, ServerLimits within)
      : loop(on),
        acceptor(on.io()),
        handler(std::make_shared<const Handler>(std::move(handle))),
        limits(within),
        retry(on.clock()) {}

  void listen(const std::string& host, std::uint16_t wanted) {
    const tcp::endpoint endpoint(asio::ip::make_address(host), wanted);
    try {
      acceptor.open(endpoint.protocol());
      acceptor.set_option(tcp::acceptor::reuse_address(true));
      acceptor.bind(endpoint);
      acceptor.listen();
    } catch (const boost::system::system_error& error) {
      throw EnvironmentError(fmt::format("cannot listen on {}:{}: {}", host, wanted, error.code().message()),
                             "end the program that holds the port, or choose another port");
    }
    port = acceptor.local_endpoint().port();
  }

  void accept() {
    acceptor.async_accept([self = shared_from_this()](const beast::error_code& error, tcp::socket socket) {
      if (!self->acceptor.is_open()) {
        return;
      }
      if (error) {  // out of file descriptors: try again when some may have come back
        self->retry.call_at(self->loop.clock().now() + std::chrono::milliseconds(50),
                            [self] { self->accept(); });
        return;
      }
      beast::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      auto connection =
          std::make_shared<Connection>(std::move(socket), self->loop, self->handler, self->limits,
                                       [weak = std::weak_ptr(self)](Connection* gone) {
                                         if (const auto server = weak.lock()) {
                                           server->connections.erase(gone);
                                         }
                                       });
      self->connections.emplace(connection.get(), connection);
      connection->read();
      self->accept();
    });
  }

  void close() {
    beast::error_code ignored;
    acceptor.close(ignored);
    retry.cancel();
    for (const auto& [connection, owner] : std::exchange(connections, {})) {
      connection->close();
    }
  }

  Loop& loop;
  tcp::acceptor acceptor;
  std::shared_ptr<const Handler> handler;
  const ServerLimits limits;
  Timer retry;
  std::map<Connection*, std::shared_ptr<Connection>> connections;
  std::uint16_t port = 0;
};

Server::Server(Loop& loop, const std::string& host, std::uint16_t port, Handler handler,
               ServerLimits limits) {
  impl_ = loop.run([&] {
    auto impl = std::make_shared<Impl>(loop, std::move(handler), limits);
    impl->listen(host, port);
    impl->accept();
    return impl;
  });
}

Server::~Server() {
  Loop& loop = impl_->loop;
  loop.run([&] {
    impl_->close();
    impl_.reset();
  });
}

std::uint16_t Server::port() const {
  return impl_->port;
}

}  // namespace faultline::http
