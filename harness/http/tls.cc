#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace faultline::http {

TlsContext::TlsContext(const Tls& tls) : context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) {
    problem_ = "OpenSSL gives no context";
    return;
  }
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  static constexpr unsigned char kHttp1[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context, kHttp1, sizeof kHttp1 - 1);
  if (tls.insecure) {
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    return;
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  const bool loaded = tls.ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(context) == 1
                          : SSL_CTX_load_verify_locations(context, tls.ca_file.c_str(), nullptr) == 1;
  if (!loaded) {
    problem_ = "cannot read the certificate authorities of " +
               (tls.ca_file.empty() ? std::string("the system") : tls.ca_file);
    ERR_clear_error();
  }
}

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

}  // namespace faultline::http
