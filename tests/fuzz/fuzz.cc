#include "fuzz.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace faultline::fuzz {

using protocol::Piece;
using protocol::Way;

namespace {

void require(bool good, const char* what) {
  if (!good) {
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
  }
}

struct Found {
  Way way{};
  std::string operation;
  std::uint64_t request = 0;
  bool call = false;
  std::size_t size = 0;
  bool operator==(const Found&) const = default;
};

struct Turn {
  Way way{};
  std::string_view bytes;
};

// A length that goes beyond the input is cut, so that every input says something.
std::vector<Turn> read(std::string_view input) {
  constexpr std::size_t kHeader = 5;
  std::vector<Turn> turns;
  while (input.size() > kHeader) {
    std::size_t size = 0;
    for (std::size_t i = 1; i < kHeader; ++i) {
      size = size * 256 + static_cast<unsigned char>(input[i]);
    }
    size = std::min(size, input.size() - kHeader);
    turns.push_back({input[0] == '<' ? Way::to_client : Way::to_upstream, input.substr(kHeader, size)});
    input.remove_prefix(kHeader + size);
  }
  return turns;
}

// Chunks of `chunk` bytes; 0: each turn whole.
std::vector<Found> dissect(protocol::Protocol& protocol, const std::vector<Turn>& turns, std::size_t chunk) {
  std::vector<Found> found;
  const auto conversation = protocol.open(1, nullptr);
  std::string kept[2];
  std::size_t last[2] = {0, 0};
  bool begun[2] = {false, false};
  for (const Turn& turn : turns) {
    const auto way = static_cast<std::size_t>(turn.way);
    for (std::size_t at = 0; at < turn.bytes.size();) {
      const std::size_t size = std::min(chunk == 0 ? turn.bytes.size() : chunk, turn.bytes.size() - at);
      // Memory of its own, so that a read beyond it is seen.
      const std::string bytes = kept[way] + std::string(turn.bytes.substr(at, size));
      kept[way].clear();
      at += size;
      for (std::size_t done = 0; done < bytes.size();) {
        const Piece piece = conversation->next(turn.way, std::span(bytes).subspan(done));
        if (piece.is == Piece::Is::incomplete) {
          kept[way] = bytes.substr(done);
          require(kept[way].size() < protocol::kHeadBytes, "no more than a head is waited for");
          break;
        }
        if (piece.is == Piece::Is::unframed) {
          require(!piece.reason.empty(), "there is a reason why it is not framed");
          return found;
        }
        require(piece.size > 0 && piece.size <= bytes.size() - done,
                "a piece is of the bytes that were given");
        if (piece.is == Piece::Is::message) {
          begun[way] = true;
          last[way] = found.size();
          found.push_back({turn.way, piece.message.operation ? piece.message.operation->name : "",
                           piece.message.request, piece.message.call, piece.size});
        } else {
          require(begun[way], "a body belongs to a message");
          found[last[way]].size += piece.size;
        }
        done += piece.size;
      }
    }
  }
  return found;
}

}  // namespace

void check(std::unique_ptr<protocol::Protocol> (*make)(), const std::uint8_t* data, std::size_t size) {
  const auto turns = read({reinterpret_cast<const char*>(data), size});
  const auto whole = make(), split = make();
  const std::vector<Found> as_sent = dissect(*whole, turns, 0);
  // Where a stream ends in bytes that are no message, how much of it was taken before that is not promised.
  std::vector<Found> in_chunks = dissect(*split, turns, 1 + size % 7);
  const std::size_t both = std::min(as_sent.size(), in_chunks.size());
  for (std::size_t i = 0; i + 1 < both; ++i) {
    require(as_sent[i] == in_chunks[i], "the messages are the same however the bytes are cut");
  }
}

}  // namespace faultline::fuzz
