// faultline proxy, as it is typed.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "process/port.h"

namespace faultline::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// A Redis, a proxy before it with these options, some commands through it, and then Ctrl-C.
Said session(const std::string& options, const std::string& commands) {
  const std::string server = std::to_string(process::free_port()),
                    port = std::to_string(process::free_port());
  return shell("redis-server --bind 127.0.0.1 --port " + server +
               " --save '' >/dev/null & redis=$!; "
               "./faultline proxy --listen :" +
               port + " --upstream 127.0.0.1:" + server + " " + options +
               " & proxy=$!; "
               "until redis-cli -p " +
               server + " PING >/dev/null 2>&1 && redis-cli -p " + port +
               " PING >/dev/null 2>&1; "
               "do sleep 0.05; done; for command in " +
               commands + "; do redis-cli -p " + port +
               " $command >&2; done; "
               "kill -INT $proxy; wait $proxy; status=$?; kill $redis; exit $status");
}

TEST(ProxyCommand, ShowsAtItsEndWhatWentThrough) {
  const Said said = session("--protocol redis", "'GET user:17' 'GET user:18' 'SET a 1'");
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.out, AllOf(HasSubstr("redis 127.0.0.1:"), HasSubstr(" -> 127.0.0.1:")));
  EXPECT_THAT(said.out, AllOf(HasSubstr("2  GET user:*"), HasSubstr("1  SET a")));
}

TEST(ProxyCommand, InjectsWhatItIsTold) {
  const Said said = session(
      "--protocol redis --fault 'match = { command = \"SET\" }, when = { every = 2, of = \"run\" }, "
      "inject = { error = { kind = \"READONLY\" } }'",
      "'SET a 1' 'SET a 2' 'GET a'");
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_THAT(said.err, AllOf(HasSubstr("OK\nREADONLY You can't write"), HasSubstr("\n1\n")));
  EXPECT_THAT(said.out, HasSubstr("fault 1 has acted 1 times"));
  const Said wrong =
      shell("./faultline proxy --listen :0 --upstream :1 --protocol redis --fault 'inject = { mis = {} }'");
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("--fault:1:18: error: unknown fault 'mis', did you mean 'miss'?"));
}

TEST(ProxyCommand, WritesLinesOfJson) {
  const Said said = session("--protocol redis --json", "'GET user:17'");
  EXPECT_EQ(said.status, 0) << said.err;
  const auto last = said.out.rfind('\n', said.out.size() - 2);
  const auto line = nlohmann::json::parse(said.out.substr(last == std::string::npos ? 0 : last + 1));
  const auto& proxy = line.at("proxies").at(0);
  EXPECT_EQ(proxy.at("calls").at("GET user:*"), 1);
  EXPECT_EQ(proxy.at("unframed"), 0);
  EXPECT_GT(proxy.at("bytes_to_client"), 0);
}

TEST(ProxyCommand, SpreadsRawConnectionsOverThreadsAndWaitsForThemAtTheEnd) {
  for (const std::string transport : {"reactor", "auto"}) {
    const Said said =
        session("--threads 3 --drain 2s --transport " + transport, "PING PING PING PING PING PING");
    EXPECT_EQ(said.status, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("raw: 7 connections")) << "one of them from the wait for its start";
  }
}

TEST(ProxyCommand, SaysOnceWhyAConnectionIsNotFramed) {
  const Said said = session("--protocol postgres", "PING PING");
  EXPECT_EQ(said.status, 0);
  const std::string reason = "no start-up packet of PostgreSQL";
  EXPECT_THAT(said.err, AllOf(HasSubstr("is not framed: " + reason), HasSubstr("PONG")));
  EXPECT_EQ(said.err.find(reason), said.err.rfind(reason));
}

TEST(ProxyCommand, NamesThePortThatIsTaken) {
  const std::string port = std::to_string(process::free_port());
  const Said taken = shell("./faultline proxy --listen :" + port +
                           " --upstream :1 >said & first=$!; "
                           "until grep -q raw said 2>/dev/null; do sleep 0.05; done; rm said; "
                           "./faultline proxy --listen :" +
                           port + " --upstream :1; status=$?; kill $first; exit $status");
  EXPECT_EQ(taken.status, 3);
  EXPECT_THAT(taken.err,
              AllOf(HasSubstr("cannot listen on 127.0.0.1:" + port), HasSubstr("choose another one")));
}

TEST(ProxyCommand, NamesAnUpstreamThatCannotBeResolvedAndAnAddressThatIsNotOurs) {
  const Said unknown = run({"proxy", "--listen", ":0", "--upstream", "no-such-host.invalid:80"});
  EXPECT_EQ(unknown.status, 3);
  EXPECT_THAT(unknown.err, HasSubstr("cannot resolve 'no-such-host.invalid'"));
  const Said foreign = run({"proxy", "--listen", "192.0.2.1:8080", "--upstream", ":1"});
  EXPECT_EQ(foreign.status, 3);
  EXPECT_THAT(foreign.err, AllOf(HasSubstr("192.0.2.1:8080"), HasSubstr("no such address")));
}

TEST(ProxyCommand, SaysWhatIsWrongWithItsArguments) {
  const auto wrong = [](const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {"proxy"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const Said said = run(words);
    EXPECT_EQ(said.status, 2) << said.out;
    return said.out + said.err;
  };
  EXPECT_THAT(wrong({}), HasSubstr("are given in pairs"));
  EXPECT_THAT(wrong({"--listen", ":0"}), HasSubstr("are given in pairs"));
  EXPECT_THAT(wrong({"--listen", "here", "--upstream", ":1"}), HasSubstr("'here' is no address"));
  EXPECT_THAT(wrong({"--listen", ":0", "--upstream", ":1", "--protocol", "reddis"}), HasSubstr("reddis"));
  EXPECT_THAT(wrong({"--listen", ":0", "--upstream", ":1", "--transport", "urin"}), HasSubstr("urin"));
  EXPECT_THAT(wrong({"--listen", ":0", "--upstream", ":1", "--drain", "soon"}),
              HasSubstr("'soon' is not a duration"));
  EXPECT_THAT(wrong({"--listen", ":0", "--upstream", ":1", "--protocol", "redis", "--threads", "2"}),
              HasSubstr("redis is followed by one thread"));
}

TEST(ProxyCommand, ReadsAFileAndShowsWhereItIsWrong) {
  const Scratch scratch;
  const std::string file =
      scratch.write("proxies.toml", "[[proxy]]\nlisten = \":0\"\nupstrem = \":1\"\nprotocol = \"postgrs\"\n");
  const Said said = run({"proxy", file});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.err, AllOf(HasSubstr("proxies.toml:3:1: error: unknown key 'upstrem'"),
                              HasSubstr("did you mean 'upstream'?"), HasSubstr("proxies.toml:4:"),
                              HasSubstr("did you mean 'postgres'?")));
  EXPECT_EQ(run({"proxy", (scratch / "none.toml").string()}).status, 3);
}

}  // namespace
}  // namespace faultline::e2e
