#include "behind.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>

namespace faultline::stream {

Outcome shell(const std::string& line, const std::map<std::string, std::string>& environment) {
  std::string command = "cd " FAULTLINE_SOURCE_DIR "/tests/proxies/clients";
  for (const auto& [name, value] : environment) {
    command.append(" && export ").append(name).append("='").append(value).append("'");
  }
  command += " && { " + line + "\n} 2>&1 </dev/null";
  Outcome outcome;
  FILE* pipe = popen(command.c_str(), "re");  // NOLINT(cert-env33-c): the shell is what a user types into
  if (!pipe) {
    return outcome;
  }
  std::array<char, 4096> buffer{};
  for (std::size_t size = 0; (size = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    outcome.said.append(buffer.data(), size);
  }
  const int status = pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

std::vector<Way> ways() {
  std::vector<Way> list;
  for (const transport::Kind kind : transport::available()) {
    const std::string name = transport::make(kind, "name")->name();
    list.push_back({name, kind, false});
    list.push_back({name + ", in random chunks", kind, true});
  }
  return list;
}

void Behind::Listening::unframed(std::uint64_t connection, std::string_view reason, bool handed_through) {
  ADD_FAILURE() << "connection " << connection
                << (handed_through ? " was handed through: " : " was not framed: ") << reason;
}

Behind::Behind(std::uint16_t server, const std::string& protocol, transport::Kind kind, bool rechunked)
    : carrier_(transport::make(kind, "proxy")) {
  if (rechunked) {
    behind_ = std::make_unique<Rechunker>(server, 1);
  }
  ProxyOptions options;
  options.name = protocol;
  options.protocol = protocol;
  options.upstream.port = rechunked ? behind_->port() : server;
  proxy_ = std::make_unique<Proxy>(*carrier_, options, observer_);
  if (rechunked) {
    before_ = std::make_unique<Rechunker>(proxy_->port(), 2);
  }
}

std::map<std::string, std::uint64_t> Behind::calls() const {
  std::map<std::string, std::uint64_t> calls;
  for (const Proxy::Calls& one : proxy_->calls()) {
    calls[one.operation] = one.calls;
  }
  return calls;
}

void Behind::expect_framed() const {
  EXPECT_EQ(counters().unframed, 0U);
  EXPECT_EQ(counters().handed_through, 0U);
  EXPECT_GT(counters().messages, 0U) << "nothing went through the proxy";
}

void expect_the_same(std::uint16_t server, const std::string& protocol, const std::function<void()>& prepare,
                     const std::function<std::string(std::uint16_t)>& act) {
  prepare();
  const std::string direct = act(server);
  EXPECT_NE(direct, "");
  for (const Way& way : ways()) {
    prepare();
    const Behind behind(server, protocol, way.kind, way.rechunked);
    EXPECT_EQ(act(behind.port()), direct) << way.name;
    behind.expect_framed();
  }
}

}  // namespace faultline::stream
