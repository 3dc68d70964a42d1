#include "http/answer_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace faultline::http {
namespace {

using State = AnswerParser::State;

constexpr std::size_t kMegabyte = 1024 * 1024;

struct Read {
  State state{};
  bool keep_alive = false;
  Response response;
};

// In pieces of `piece` bytes, the first of them of `first`; and the end of the stream behind them where it says so.
Read read_in_pieces(std::string_view bytes, std::size_t first, std::size_t piece, bool ends = false,
                    bool head = false, std::size_t limit = kMegabyte) {
  AnswerParser parser;
  parser.begin(head, limit);
  State state = State::more;
  for (std::size_t size = first; !bytes.empty() && state != State::malformed; size = piece) {
    // Memory of its own, so that a read beyond it is seen.
    const std::string part(bytes.substr(0, size));
    state = parser.feed(part);
    bytes.remove_prefix(part.size());
  }
  if (ends && state == State::more) {
    state = parser.end();
  }
  const bool whole = state == State::whole;
  return {state, whole && parser.keep_alive(), whole ? parser.take() : Response{}};
}

Read read(std::string_view bytes, bool ends = false, bool head = false, std::size_t limit = kMegabyte) {
  return read_in_pieces(bytes, bytes.size(), bytes.size(), ends, head, limit);
}

State state_of(std::string_view bytes) {
  return read(bytes).state;
}

TEST(AnswerParser, FindsTheSameHoweverTheBytesAreCut) {
  for (const std::string_view bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 "
        "OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n2;a=b\r\nhe\r\n03 "
        "\r\nllo\r\n0\r\nX-B: "
        "c\r\nX-C: d\r\n\r\n",
        "HTTP/1.0 200 OK\r\nX-A: b\r\n\r\nhello"}) {
    const bool to_the_end = bytes.starts_with("HTTP/1.0");
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
      for (const std::size_t first : {piece, bytes.size() - piece}) {
        const Read one = read_in_pieces(bytes, std::max<std::size_t>(first, 1), piece, to_the_end);
        ASSERT_EQ(one.state, State::whole) << bytes << " in pieces of " << piece << " after " << first;
        EXPECT_EQ(one.response.status, 200);
        EXPECT_EQ(one.response.body, "hello") << piece;
        EXPECT_EQ(one.response.headers.find("X-A"), "b") << piece;
        EXPECT_EQ(one.keep_alive, !to_the_end);
      }
    }
  }
}

TEST(AnswerParser, AnAnswerThatIsCutOffIsNeverWhole) {
  for (const std::string_view bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-B: c\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n"}) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_EQ(read(bytes.substr(0, size), true).state, State::more) << bytes.substr(0, size);
    }
    EXPECT_EQ(read(bytes, true).state, State::whole) << bytes;
  }
}

TEST(AnswerParser, LeavesTrailersOut) {
  const Read one = read(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Late: 1\r\nContent-Length: 9\r\n\r\n");
  EXPECT_EQ(one.state, State::whole);
  EXPECT_FALSE(one.response.headers.has("X-Late"));
}

TEST(AnswerParser, AnAnswerWithoutABodyIsWholeBehindItsHeader) {
  for (const std::string_view status : {"204 No Content", "304 Not Modified", "101 Switching Protocols"}) {
    const std::string bytes = "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 7\r\n\r\n";
    const Read one = read(bytes);
    EXPECT_EQ(one.state, State::whole) << status;
    EXPECT_EQ(one.response.body, "");
    EXPECT_EQ(one.keep_alive, !status.starts_with("101")) << status;
  }
  for (const std::string_view field :
       {"Content-Length: 7", "Content-Length: 70000000", "Transfer-Encoding: chunked", "A: b"}) {
    const std::string bytes = "HTTP/1.1 200 OK\r\n" + std::string(field) + "\r\n\r\n";
    const Read one = read(bytes, false, true);
    EXPECT_EQ(one.state, State::whole) << "to HEAD: " << field;
    EXPECT_TRUE(one.keep_alive) << field;
  }
}

TEST(AnswerParser, BytesBehindTheAnswerEndTheConnection) {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  EXPECT_TRUE(read(answer).keep_alive);
  for (std::size_t piece = 1; piece <= answer.size() + 1; ++piece) {
    const Read one = read_in_pieces(answer + "H", piece, piece);
    EXPECT_EQ(one.state, State::whole);
    EXPECT_EQ(one.response.body, "ok");
    EXPECT_FALSE(one.keep_alive) << piece;
  }
}

TEST(AnswerParser, KnowsWhenTheServerCloses) {
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").keep_alive);
  EXPECT_FALSE(read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").keep_alive);
  EXPECT_TRUE(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").keep_alive);
}

TEST(AnswerParser, TellsAtTheFirstByteThatSomethingElseIsSpoken) {
  EXPECT_EQ(state_of("S"), State::malformed);
  EXPECT_EQ(state_of("HTTP/2"), State::malformed);
  EXPECT_EQ(state_of("HTTP/1."), State::more);
  AnswerParser parser;
  parser.begin(false, kMegabyte);
  EXPECT_EQ(parser.feed("HTT"), State::more);
  EXPECT_EQ(parser.feed("X"), State::malformed);
}

TEST(AnswerParser, WhatIsNoAnswerIsMalformed) {
  const std::string ok = "HTTP/1.1 200 OK\r\n", chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& bytes :
       {std::string("HTTP/1.1 two\r\n\r\n"), std::string("HTTP/1.9 200 OK\r\n\r\n"),
        ok + "Content-Length: x\r\n\r\n", ok + "Content-Length: -1\r\n\r\n",
        ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", ok + "no colon\r\n\r\n",
        ok + "A b: c\r\n\r\n", chunked + "\r\n", chunked + "x\r\n", chunked + "5 x\r\n", chunked + "-1\r\n",
        chunked + "1\r\nab", chunked + "1\r\na\rb", chunked + "10000000000000002\r\nab",
        chunked + "1;a\nb\r\n", chunked + "0\r\nno colon\r\n", chunked + "0\r\n: b\r\n"}) {
    EXPECT_EQ(state_of(bytes), State::malformed) << bytes;
    EXPECT_EQ(read_in_pieces(bytes, 1, 1).state, State::malformed) << bytes;
  }
}

TEST(AnswerParser, HasALimitForTheHeader) {
  const std::string front = "HTTP/1.1 204 OK\r\nA: ", back = "\r\n\r\n";
  const std::string full(AnswerParser::kHeaderBytes - front.size() - back.size(), 'x');
  const std::string fits = front + full + back, beyond = front + full + "x" + back,
                    endless = front + full + "xxxxx";
  for (const std::size_t piece : {std::size_t{1000}, AnswerParser::kHeaderBytes + 1}) {
    EXPECT_EQ(read_in_pieces(fits, piece, piece).state, State::whole) << piece;
    EXPECT_EQ(read_in_pieces(beyond, piece, piece).state, State::malformed) << piece;
    EXPECT_EQ(read_in_pieces(endless, piece, piece).state, State::malformed) << piece;
  }
}

TEST(AnswerParser, HasALimitForChunkLinesAndTrailers) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string line = "0;" + std::string(AnswerParser::kChunkLineBytes - 4, 'x');
  EXPECT_EQ(state_of(chunked + line + "\r\n\r\n"), State::whole);
  EXPECT_EQ(state_of(chunked + line + "x\r\n\r\n"), State::malformed);
  EXPECT_EQ(state_of(chunked + line + "xxx"), State::malformed) << "without an end";
  std::string trailers;
  while (trailers.size() <= AnswerParser::kHeaderBytes) {
    trailers += "A: " + std::string(1000, 'x') + "\r\n";
  }
  EXPECT_EQ(state_of(chunked + "0\r\n" + trailers), State::malformed)
      << "many short ones are too long as well";
}

TEST(AnswerParser, HasALimitForTheBody) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const std::string& bytes :
       {ok + "Content-Length: 5\r\n\r\n12345", ok + "\r\n12345",
        ok + "Transfer-Encoding: chunked\r\n\r\n2\r\n12\r\n3\r\n345\r\n0\r\n\r\n"}) {
    EXPECT_EQ(read(bytes, true, false, 5).response.body, "12345");
    EXPECT_EQ(read(bytes, true, false, 4).state, State::malformed) << bytes;
  }
}

TEST(AnswerParser, ReadsOneAnswerAfterTheOther) {
  AnswerParser parser;
  parser.begin(false, kMegabyte);
  EXPECT_EQ(parser.feed("HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\nokX"), State::whole);
  parser.take();
  parser.begin(false, kMegabyte);
  EXPECT_FALSE(parser.began());
  EXPECT_EQ(parser.feed("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"), State::whole);
  EXPECT_TRUE(parser.keep_alive());
  const Response response = parser.take();
  EXPECT_EQ(response.status, 404);
  EXPECT_FALSE(response.headers.has("A"));
  EXPECT_EQ(response.body, "");
}

}  // namespace
}  // namespace faultline::http
