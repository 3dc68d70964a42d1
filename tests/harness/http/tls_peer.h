#pragma once
// An authority that signs whatever a test wants, and a server that speaks TLS with it.

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "raw_peer.h"

namespace faultline::http {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* what) const {
    Free(what);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;

struct Identity {
  Key key;
  Certificate certificate;
};

/// `names` as subjectAltName has them: "DNS:localhost,IP:127.0.0.1". Without an issuer it is an authority of its own.
inline Identity identity(const std::string& common_name, const std::string& names, const Identity* issuer) {
  Identity made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* const certificate = made.certificate.get();
  static long serial = 0;
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  const Identity& by = issuer ? *issuer : made;
  X509_set_issuer_name(certificate, X509_get_subject_name(by.certificate.get()));
  const auto extend = [&](int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, by.certificate.get(), certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
    EXPECT_EQ(X509_add_ext(certificate, extension, -1), 1) << value;
    X509_EXTENSION_free(extension);
  };
  extend(NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
  if (!names.empty()) {
    extend(NID_subject_alt_name, names);
  }
  EXPECT_GT(X509_sign(certificate, by.key.get(), EVP_sha256()), 0);
  return made;
}

/// The certificate as PEM, in a file of its own for as long as this is there: other tests run at the same time.
class PemFile {
 public:
  explicit PemFile(const Identity& identity) : path_(::testing::TempDir() + "faultline_XXXXXX") {
    FILE* const file = fdopen(mkstemp(path_.data()), "w");
    EXPECT_NE(file, nullptr) << path_;
    EXPECT_EQ(PEM_write_X509(file, identity.certificate.get()), 1);
    std::fclose(file);
  }
  ~PemFile() { std::remove(path_.c_str()); }
  PemFile(const PemFile&) = delete;
  PemFile& operator=(const PemFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// TLS on a connection that was accepted.
class TlsPeer {
 public:
  TlsPeer(RawConnection connection, const Identity& identity)
      : connection_(std::move(connection)),
        context_(SSL_CTX_new(TLS_server_method())),
        ssl_((SSL_CTX_use_certificate(context_.get(), identity.certificate.get()),
              SSL_CTX_use_PrivateKey(context_.get(), identity.key.get()), SSL_new(context_.get()))) {
    // OpenSSL's writes to a client that has gone: in this thread alone, so that the client's own would be seen.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    SSL_set_fd(ssl_.get(), connection_.fd());
    accepted_ = SSL_accept(ssl_.get()) == 1;
  }

  bool accepted() const { return accepted_; }
  std::string server_name() const {
    const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    return name ? name : "";
  }

  std::string read_until_size(std::size_t size) {
    return read([size](const std::string& all) { return all.size() >= size; });
  }
  std::string read_until(std::string_view text) {
    return read([text](const std::string& all) { return all.find(text) != std::string::npos; });
  }
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const int n = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
      if (n <= 0) {
        return;
      }
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  /// Says that it ends; without it, the end is an abrupt one.
  void end() { SSL_shutdown(ssl_.get()); }

 private:
  template <typename Enough>
  std::string read(Enough enough) {
    std::string all;
    char buffer[16 * 1024];
    while (!enough(all)) {
      const int n = SSL_read(ssl_.get(), buffer, sizeof buffer);
      if (n <= 0) {
        break;
      }
      all.append(buffer, static_cast<std::size_t>(n));
    }
    return all;
  }

  RawConnection connection_;
  std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, Freed<SSL_free>> ssl_;
  bool accepted_ = false;
};

}  // namespace faultline::http
