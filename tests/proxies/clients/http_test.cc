// HTTP's clients do not notice the proxy: nginx behind it, curl, node's fetch and wrk before it.

#include <fstream>

#include "behind.h"
#include "process/directory.h"
#include "process/guardian.h"
#include "process/port.h"

namespace faultline::stream {
namespace {

class HttpClients : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    guardian_ = std::make_unique<process::Guardian>();
    directory_ = std::make_unique<process::Directory>(*guardian_, "clients");
    port_ = process::free_port();
    const std::string root = directory_->path().string();
    std::ofstream(root + "/small") << "small\n";
    std::ofstream(root + "/large") << std::string(3'000'000, 'x');
    std::ofstream(root + "/nginx.conf")
        << "daemon off; pid " << root << "/pid; error_log " << root << "/error.log; worker_processes 1;\n"
        << "events {}\nhttp { access_log " << root << "/access.log; client_body_temp_path " << root
        << "/body;\n"
        << "proxy_temp_path " << root << "/proxy; fastcgi_temp_path " << root << "/f; uwsgi_temp_path "
        << root << "/u; scgi_temp_path " << root
        << "/s; client_max_body_size 10m; keepalive_requests 1000000;\n"
        << "server { listen 127.0.0.1:" << port_ << "; root " << root << "; error_page 405 =200 $uri;\n"
        << "location /chunked { gzip on; gzip_min_length 0; gzip_types *; default_type text/plain; alias "
        << root << "/large; } } }\n";
    process::ChildOptions options;
    options.name = "nginx";
    options.argv = {"/usr/sbin/nginx", "-p", root, "-e", root + "/error.log", "-c", root + "/nginx.conf"};
    options.log = directory_->path() / "nginx.log";
    nginx_ = guardian_->spawn(std::move(options));
    process::wait_until_ready(
        *nginx_,
        [] { return shell("curl -s -o /dev/null http://127.0.0.1:" + std::to_string(port_)).status == 0; },
        std::chrono::seconds(10));
  }
  static void TearDownTestSuite() {
    nginx_.reset();
    directory_.reset();
    guardian_.reset();
  }

  static void same(const std::string& line) {
    expect_the_same(
        port_, "http", [] {},
        [&](std::uint16_t port) {
          const Outcome outcome = shell(line, {{"URL", "http://127.0.0.1:" + std::to_string(port)}});
          return std::to_string(outcome.status) + "\n" + outcome.said;
        });
  }

  static std::unique_ptr<process::Guardian> guardian_;
  static std::unique_ptr<process::Directory> directory_;
  static std::unique_ptr<process::Child> nginx_;
  static std::uint16_t port_;
};

std::unique_ptr<process::Guardian> HttpClients::guardian_;
std::unique_ptr<process::Directory> HttpClients::directory_;
std::unique_ptr<process::Child> HttpClients::nginx_;
std::uint16_t HttpClients::port_ = 0;

TEST_F(HttpClients, CurlGetsTheSame) {
  same(
      "curl -s $URL/small $URL/small $URL/missing; curl -s -I $URL/large | grep -v Date; curl -s $URL/large "
      "| md5sum; "
      "curl -s --compressed $URL/chunked | md5sum; curl -s -H 'Range: bytes=1000-2000' $URL/large | md5sum; "
      "curl -s -0 $URL/small; head -c 2000000 /dev/zero | curl -s -o /dev/null -w '%{http_code}\\n' "
      "-H 'Expect: 100-continue' -H 'Transfer-Encoding: chunked' --data-binary @- $URL/small");
}

TEST_F(HttpClients, NodesFetchGetsTheSame) {
  same("node http.mjs $URL");
}

TEST_F(HttpClients, WrkIsCountedAsTheServerCounts) {
  const std::string log = (directory_->path() / "access.log").string();
  for (const Way& way : ways()) {
    SCOPED_TRACE(way.name);
    const Behind behind(port_, "http", way.kind, way.rechunked);
    ASSERT_EQ(shell("kill -USR1 $(cat " + (directory_->path() / "pid").string() + "); : > " + log).status, 0);
    const Outcome outcome =
        shell("wrk -t 1 -c 10 -d 1s http://127.0.0.1:" + std::to_string(behind.port()) + "/small");
    EXPECT_EQ(outcome.status, 0) << outcome.said;
    EXPECT_EQ(outcome.said.find("Socket errors"), std::string::npos) << outcome.said;
    behind.expect_framed();
    EXPECT_GT(behind.calls()["GET /small"], 100U);
    EXPECT_EQ(shell("grep -c 'GET /small' " + log).said, std::to_string(behind.calls()["GET /small"]) + "\n");
  }
}

}  // namespace
}  // namespace faultline::stream
