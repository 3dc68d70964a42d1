#include "http/wire.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

namespace faultline::http {
namespace {

int send_without_signal(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent =
      send(static_cast<int>(BIO_get_fd(bio, nullptr)), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
    BIO_set_retry_write(bio);
  }
  return static_cast<int>(sent);
}

// OpenSSL's own BIO for sockets, but for its writing with write(2), which raises SIGPIPE.
BIO* bio_of(int fd) {
  static BIO_METHOD* const method = [] {
    const BIO_METHOD* const socket = BIO_s_socket();
    BIO_METHOD* made =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "socket, no signals");
    BIO_meth_set_create(made, BIO_meth_get_create(socket));
    BIO_meth_set_destroy(made, BIO_meth_get_destroy(socket));
    BIO_meth_set_read(made, BIO_meth_get_read(socket));
    BIO_meth_set_ctrl(made, BIO_meth_get_ctrl(socket));
    BIO_meth_set_write(made, send_without_signal);
    return made;
  }();
  BIO* const bio = BIO_new(method);
  if (bio) {
    BIO_set_fd(bio, fd, BIO_NOCLOSE);
  }
  return bio;
}

bool is_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 || inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

int clamped(std::size_t size) {
  return static_cast<int>(std::min(size, static_cast<std::size_t>(std::numeric_limits<int>::max())));
}

}  // namespace

void Wire::Free::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

Wire::Wire(Wire&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ssl_(std::move(other.ssl_)), detail_(std::move(other.detail_)) {}

Wire& Wire::operator=(Wire&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(ssl_, other.ssl_);
  std::swap(detail_, other.detail_);
  return *this;
}

Wire::~Wire() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

bool Wire::secure(const TlsContext& context, const std::string& host) {
  if (!context.problem().empty()) {
    detail_ = context.problem();
    return false;
  }
  ERR_clear_error();
  ssl_.reset(SSL_new(context.get()));
  BIO* const bio = ssl_ ? bio_of(fd_) : nullptr;
  if (!bio) {
    detail_ = "OpenSSL has no memory for a connection";
    return false;
  }
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_connect_state(ssl_.get());
  const bool named = is_address(host)
                         ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1
                         : SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1 &&
                               SSL_set1_host(ssl_.get(), host.c_str()) == 1;
  if (!named) {
    detail_ = "no host name that TLS can check: " + host;
    return false;
  }
  SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return true;
}

Wire::Is Wire::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Is::done : why(result);
}

Wire::Moved Wire::read(char* into, std::size_t size) {
  if (ssl_) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), into, clamped(size));
    return got > 0 ? Moved{Is::done, static_cast<std::size_t>(got)} : Moved{why(got)};
  }
  const ssize_t got = recv(fd_, into, size, 0);
  if (got > 0) {
    return {Is::done, static_cast<std::size_t>(got)};
  }
  if (got == 0) {
    return {Is::ended};
  }
  return {errno == EAGAIN || errno == EINTR ? Is::wants_read : Is::broken};
}

Wire::Moved Wire::write(std::string_view bytes) {
  if (ssl_) {
    ERR_clear_error();
    const int put = SSL_write(ssl_.get(), bytes.data(), clamped(bytes.size()));
    return put > 0 ? Moved{Is::done, static_cast<std::size_t>(put)} : Moved{why(put)};
  }
  const ssize_t put = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (put >= 0) {
    return {Is::done, static_cast<std::size_t>(put)};
  }
  return {errno == EAGAIN || errno == EINTR ? Is::wants_write : Is::broken};
}

// What a call of OpenSSL that did nothing waits for.
Wire::Is Wire::why(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Is::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return Is::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return Is::ended;
    default:
      break;
  }
  // The end of the stream without a close_notify is here too: whether something was cut off cannot be told.
  const long verified = SSL_get_verify_result(ssl_.get());
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  if (verified != X509_V_OK && SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE) {
    reason = X509_verify_cert_error_string(verified);
  }
  detail_ = reason ? reason : "the connection was closed within TLS";
  ERR_clear_error();
  return Is::broken;
}

}  // namespace faultline::http
