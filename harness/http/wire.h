#pragma once
// The client's end of a TCP connection, plain or within TLS: bytes in and out, never waiting.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/tls.h"

struct ssl_st;  // OpenSSL's SSL

namespace faultline::http {

/// Belongs to one thread. Raises no SIGPIPE.
class Wire {
 public:
  enum class Is {
    done,         // all, or a part, of what was asked for
    wants_read,   // nothing was done: again when there is something to read
    wants_write,  // likewise, when there is room to write
    ended,        // the other side has sent all that it will send
    broken,       // reset, or no TLS; see `detail`
  };
  struct Moved {
    Is is = Is::done;
    std::size_t bytes = 0;  // with `done`: more than none
  };

  Wire() = default;
  /// Takes a socket that does not block, and closes it at its end.
  explicit Wire(int fd) : fd_(fd) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  Wire(Wire&& other) noexcept;
  Wire& operator=(Wire&& other) noexcept;
  ~Wire();

  int fd() const { return fd_; }  // -1 without a socket

  /// Puts TLS on a connected socket, with a server that must prove to be `host`, a name or an address, unless the
  /// context takes any. `handshake` comes next. False where OpenSSL refuses; see `detail`.
  bool secure(const TlsContext& context, const std::string& host);
  /// To be called until it is done, or broken.
  Is handshake();

  Moved read(char* into, std::size_t size);
  Moved write(std::string_view bytes);

  /// Whether there may be more to read than the last `read` into `size` bytes gave, which no poll of the socket tells.
  bool may_hold_more(const Moved& last, std::size_t size) const { return ssl_ || last.bytes == size; }

  /// Why it broke, as OpenSSL puts it; empty where TLS has no part in it.
  const std::string& detail() const { return detail_; }

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  Is why(int result);

  int fd_ = -1;
  std::unique_ptr<ssl_st, Free> ssl_;
  std::string detail_;
};

}  // namespace faultline::http
