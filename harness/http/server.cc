#include "http/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/error.h"
#include "http/serialise.h"

namespace faultline::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

namespace {

using namespace std::string_view_literals;

// Of a loop's executor itself: the one that sockets have unless told otherwise holds any, and copies it at every step.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

using BeastRequest = beast::http::request<beast::http::string_body>;

constexpr Duration kAcceptAgain = std::chrono::milliseconds(50);
// Room to read into: Beast reads as much as its buffer has room for, and 512 bytes where it has none.
constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kUsualFields = 12;  // of a request
constexpr unsigned kHttp11 = 11;          // as Beast has it

std::string_view to_view(beast::string_view text) {
  return {text.data(), text.size()};
}

// As proxies are asked, with the whole URL, whose host goes before that of the header (RFC 9112, 3.2.2).
void take_origin_form(Request& request) {
  constexpr std::string_view kScheme = "http://";
  if (!same_ignoring_case(std::string_view(request.target).substr(0, kScheme.size()), kScheme)) {
    return;
  }
  const std::size_t path =
      std::min(request.target.find_first_of("/?", kScheme.size()), request.target.size());
  request.headers.set("Host", request.target.substr(kScheme.size(), path - kScheme.size()));
  request.target.erase(0, path);
  if (!request.target.starts_with('/')) {
    request.target.insert(0, "/");
  }
}

// One connection: reads a request, has it answered, writes the answer, and so on. While an answer is awaited
// nothing is read, which keeps pipelined answers in order and a fast client from filling our memory.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, Loop& loop, std::shared_ptr<const Handler> handler, const ServerLimits& limits,
             std::function<void(Connection*)> closed)
      : socket_(std::move(socket)),
        timer_(loop.clock()),
        clock_(loop.clock()),
        handler_(std::move(handler)),
        limits_(limits),
        closed_(std::move(closed)) {
    buffer_.reserve(kReadBytes);
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
    parser_->body_limit(limits_.body_bytes);
    awaited_since_ = clock_.now();
    if (!timer_.pending()) {
      timer_.call_at(awaited_since_ + limits_.idle, [this] { end_if_idle(); });
    }
    beast::http::async_read_header(socket_, buffer_, *parser_,
                                   [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                                     if (self->open()) {
                                       self->on_header(error);
                                     }
                                   });
  }

  // Ends it now; the handler is not called any more.
  void close() {
    if (open()) {
      beast::error_code ignored;
      socket_.close(ignored);
      timer_.cancel();
      handler_.reset();
      const auto closed = std::exchange(closed_, nullptr);
      closed(this);
    }
  }

 private:
  bool open() const { return static_cast<bool>(closed_); }

  // Once in each idle time, and not with each request.
  void end_if_idle() {
    if (awaited_since_ == Instant::max()) {
      return;  // whoever reads next waits again
    }
    if (clock_.now() - awaited_since_ >= limits_.idle) {
      close();
    } else {
      timer_.call_at(awaited_since_ + limits_.idle, [this] { end_if_idle(); });
    }
  }

  void on_header(const beast::error_code& error) {
    using beast::http::field;
    if (error) {
      on_read(error);
      return;
    }
    const auto& header = parser_->get();
    const std::string_view coding = to_view(header[field::transfer_encoding]);
    if (header.version() == kHttp11 && header.count(field::host) != 1) {
      refuse(400, "A request of HTTP/1.1 says once which host it is for.\n");
    } else if (!coding.empty() && !same_ignoring_case(coding, "chunked")) {
      refuse(501, "This server takes no other transfer coding than chunked.\n");
    } else {
      read_body();
    }
  }

  void read_body() {
    const beast::error_code failure = take_what_is_here();
    if (failure || parser_->is_done()) {
      on_read(failure);
      return;
    }
    // A client that asks whether it may go on waits for the word (RFC 9110, 10.1.1).
    const auto& header = parser_->get();
    if (header.version() == kHttp11 &&
        same_ignoring_case(to_view(header[beast::http::field::expect]), "100-continue")) {
      beast::error_code ignored;  // it is seen when the rest is read
      asio::write(socket_, asio::buffer("HTTP/1.1 100 Continue\r\n\r\n"sv), ignored);
    }
    beast::http::async_read(socket_, buffer_, *parser_,
                            [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                              if (self->open()) {
                                self->on_read(error);
                              }
                            });
  }

  // What has come of the body with its header.
  beast::error_code take_what_is_here() {
    beast::error_code failure;
    parser_->eager(true);
    while (!failure && !parser_->is_done() && buffer_.size() > 0) {
      buffer_.consume(parser_->put(buffer_.data(), failure));
    }
    return failure == beast::http::error::need_more ? beast::error_code() : failure;
  }

  void on_read(const beast::error_code& error) {
    awaited_since_ = Instant::max();
    using beast::http::error::body_limit;
    using beast::http::error::end_of_stream;
    using beast::http::error::header_limit;
    using beast::http::error::partial_message;
    static const auto& of_http = beast::http::make_error_code(beast::http::error::bad_method).category();
    if (error == body_limit) {
      refuse(413, "The body is larger than this server takes.\n");
    } else if (error == header_limit) {
      refuse(431, "The header is larger than this server takes.\n");
    } else if (error && error.category() == of_http && error != end_of_stream && error != partial_message) {
      refuse(400, "This is not an HTTP/1.1 request.\n");
    } else if (error) {
      close();
    } else {
      handle(parser_->release());
    }
  }

  void handle(BeastRequest message) {
    keep_alive_ = message.keep_alive();
    head_ = message.method() == beast::http::verb::head;
    version_ = message.version();
    Request request{
        std::string(message.method_string()), std::string(message.target()), {}, std::move(message.body())};
    request.headers.reserve(kUsualFields);
    for (const auto& each : message) {
      request.headers.add(std::string(each.name_string()), std::string(each.value()));
    }
    take_origin_form(request);
    const auto handler = handler_;  // which may close the server, and so this connection
    (*handler)(request, Respond([self = shared_from_this(),
                                 ended = std::make_shared<bool>(false)](std::optional<Response> response) {
                 if (std::exchange(*ended, true) || !self->open()) {
                   return;
                 }
                 if (response) {
                   self->write(*std::move(response));
                 } else {
                   self->reset();
                 }
               }));
  }

  // With no time to linger, closing sends a RST and drops what was not sent (socket(7), SO_LINGER).
  void reset() {
    beast::error_code ignored;
    socket_.set_option(tcp::socket::linger(true, 0), ignored);
    close();
  }

  void refuse(int status, std::string body) {
    awaited_since_ = Instant::max();
    keep_alive_ = false;
    head_ = false;
    version_ = kHttp11;
    write({status, {{"Content-Type", "text/plain"}}, std::move(body)});
  }

  void write(Response response) {
    if (response.headers.find("Connection") == "close") {
      keep_alive_ = false;
    }
    head_bytes_.clear();
    append_head(head_bytes_, response, {.minor_version = version_ % 10, .keep_alive = keep_alive_});
    body_ = head_ || !may_have_body(response.status) ? "" : std::move(response.body);
    // What the socket takes at once needs nobody to wait for it.
    beast::error_code error;
    const std::size_t written = asio::write(socket_, unwritten(0), error);
    if (error != asio::error::would_block) {
      on_written(error);
      return;
    }
    asio::async_write(socket_, unwritten(written),
                      [self = shared_from_this()](const beast::error_code& failure, std::size_t) {
                        if (self->open()) {
                          self->on_written(failure);
                        }
                      });
  }

  // What is left of the answer behind so many bytes.
  std::array<asio::const_buffer, 2> unwritten(std::size_t written) const {
    const std::size_t of_body = written - std::min(written, head_bytes_.size());
    return {asio::buffer(head_bytes_) + written, asio::buffer(body_) + of_body};
  }

  void on_written(const beast::error_code& error) {
    if (error) {
      close();
    } else if (keep_alive_) {
      read();
    } else {
      finish();
    }
  }

  // Our side is done. Closing with bytes unread would reset the connection and could take the answer from the
  // client, so what it still sends is read and dropped for a moment (RFC 9112, 9.6).
  void finish() {
    beast::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    buffer_.clear();
    timer_.call_at(clock_.now() + limits_.linger, [this] { close(); });
    discard();
  }

  void discard() {
    socket_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](const beast::error_code& error, std::size_t) {
                              if (error) {
                                self->close();
                              } else if (self->open()) {
                                self->discard();
                              }
                            });
  }

  Socket socket_;
  Timer timer_;                             // of the idle limit, and of the lingering close
  Instant awaited_since_ = Instant::max();  // of the request that is read; max while one is answered
  Clock& clock_;
  std::shared_ptr<const Handler> handler_;
  const ServerLimits limits_;
  std::function<void(Connection*)> closed_;  // empty once closed
  beast::flat_buffer buffer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::string head_bytes_, body_;  // of the answer
  unsigned version_ = kHttp11;
  bool keep_alive_ = true;
  bool head_ = false;  // only that of an answer is wanted
};

}  // namespace

// Lives on the loop's thread; the acceptor's handler keeps it alive until it has been told to end.
struct Server::Impl : std::enable_shared_from_this<Server::Impl> {
  Impl(Loop& on, Handler handle, ServerLimits within)
      : loop(on),
        acceptor(on.io()),
        handler(std::make_shared<const Handler>(std::move(handle))),
        limits(within),
        accept_again(on.clock()) {}

  void listen(const std::string& host, std::uint16_t wanted) {
    try {
      const tcp::endpoint endpoint(asio::ip::make_address(host), wanted);
      acceptor.open(endpoint.protocol());
      acceptor.set_option(tcp::acceptor::reuse_address(true));
      acceptor.bind(endpoint);
      acceptor.listen();
      port = acceptor.local_endpoint().port();
    } catch (const boost::system::system_error& error) {
      throw EnvironmentError(fmt::format("cannot listen on {}:{}: {}", host, wanted, error.code().message()),
                             "give a numeric address of this machine, and a port that no program holds");
    }
  }

  void accept() {
    acceptor.async_accept([self = shared_from_this()](const beast::error_code& error, Socket socket) {
      if (!self->acceptor.is_open()) {
        return;
      }
      if (error) {  // out of file descriptors: again, when some may have come back
        self->accept_again.call_at(self->loop.clock().now() + kAcceptAgain,
                                   [impl = self.get()] { impl->accept(); });
        return;
      }
      self->adopt(std::move(socket));
      self->accept();
    });
  }

  void adopt(Socket socket) {
    beast::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    auto connection = std::make_shared<Connection>(std::move(socket), loop, handler, limits,
                                                   [this](Connection* gone) { connections.erase(gone); });
    connections.emplace(connection.get(), connection);
    connection->read();
  }

  void close() {
    beast::error_code ignored;
    acceptor.close(ignored);
    accept_again.cancel();
    handler.reset();
    while (!connections.empty()) {
      const auto connection = connections.begin()->second;
      connection->close();  // which takes itself from the list
    }
  }

  Loop& loop;
  Acceptor acceptor;
  std::shared_ptr<const Handler> handler;
  const ServerLimits limits;
  Timer accept_again;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;
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
  impl_->loop.run([this] { impl_->close(); });
}

std::uint16_t Server::port() const {
  return impl_->port;
}

}  // namespace faultline::http
