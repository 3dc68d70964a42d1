#pragma once
// Whom a client trusts when it speaks TLS; OpenSSL stays behind this header and wire.h.

#include <memory>
#include <string>

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace faultline::http {

struct Tls {
  std::string ca_file;    // PEM; the only authorities that are trusted. Empty: those of the system
  bool insecure = false;  // takes any certificate, for any name
};

/// What every TLS connection of one client has in common.
class TlsContext {
 public:
  explicit TlsContext(const Tls& tls);

  /// Why no connection can be made with it: the file of authorities cannot be read. Empty when all is well.
  const std::string& problem() const { return problem_; }
  ssl_ctx_st* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::string problem_;
};

}  // namespace faultline::http
