#pragma once
// Reads one answer of HTTP/1.1 (RFC 9112) out of bytes, cut as they may be: interim answers are skipped, and a body ends
// by its Content-Length, by its last chunk or with the connection. Beast reads the header, behind this one.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.h"

namespace faultline::http {

/// One object reads one answer after the other. What it finds does not depend on how the bytes are cut.
class AnswerParser {
 public:
  static constexpr std::size_t kHeaderBytes = 64 * 1024;    // status line and fields; so much of trailers too
  static constexpr std::size_t kChunkLineBytes = 8 * 1024;  // a chunk's size with its extensions

  enum class State {
    more,       // the answer goes on
    whole,      // to be had with `take`
    malformed,  // not HTTP/1.1, or beyond the limits
  };

  /// Expects a new answer, with a body of at most `body_bytes`; `to_head` is one that has none, whatever its header says.
  void begin(bool to_head, std::size_t body_bytes);

  /// Takes all the bytes: those behind the end of the answer are `surplus`. Not to be called after `malformed`.
  State feed(std::string_view bytes);
  /// The connection has ended: `whole` for a body that ends so, `more` for an answer that was cut off.
  State end();

  /// Whether any byte came.
  bool began() const { return began_; }
  /// Once it is whole: whether the connection can carry the next request.
  bool keep_alive() const { return keep_alive_ && !surplus_; }
  /// Whether bytes came that do not belong to the answer.
  bool surplus() const { return surplus_; }

  /// The answer, once. Trailers are left out (RFC 9110, 6.5.1).
  Response take() { return std::move(response_); }

 private:
  enum class Part {
    header,
    body,
    body_to_end,
    chunk_line,
    chunk,
    chunk_cr,
    chunk_lf,
    trailers,
    whole,
    malformed
  };

  void take_header(std::string_view header);
  void take_chunk_line(std::string_view line);
  void take_trailer(std::string_view line);
  std::string_view take_body(std::string_view bytes);
  std::string_view take_until(std::string_view end, std::size_t limit, std::string_view& bytes);

  Part part_ = Part::whole;
  std::string held_;   // the beginning of a header or of a line, whose end has not come
  std::string taken_;  // what was held of the one that is being read
  Response response_;
  std::uint64_t left_ = 0;  // of the body or the chunk
  std::size_t body_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;
  bool to_head_ = false;
  bool began_ = false;
  bool keep_alive_ = false;
  bool surplus_ = false;
};

}  // namespace faultline::http
