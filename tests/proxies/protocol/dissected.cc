#include "dissected.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace faultline::protocol {

std::ostream& operator<<(std::ostream& to, const Found& found) {
  return to << (found.way == Way::to_upstream ? "> " : "< ") << found.operation
            << " request=" << found.request << (found.call ? " call" : "") << " size=" << found.size;
}

std::vector<std::string> Dissected::calls() const {
  std::vector<std::string> list;
  for (const Found& found : messages) {
    if (found.call) {
      list.push_back(found.operation);
    }
  }
  return list;
}

std::vector<std::uint64_t> Dissected::answered() const {
  std::vector<std::uint64_t> list;
  for (const Found& found : messages) {
    if (found.way == Way::to_client && found.request != 0 && (list.empty() || list.back() != found.request)) {
      list.push_back(found.request);
    }
  }
  return list;
}

Dissected dissect(Protocol& protocol, const std::vector<Turn>& turns, std::size_t size, std::uint64_t split) {
  Dissected result;
  const auto conversation = protocol.open(1, nullptr);
  std::string kept[2];
  std::size_t last[2] = {0, 0};  // the message that goes on, of each way
  Draws draws(1, "split", split);
  for (const Turn& turn : turns) {
    const auto way = static_cast<std::size_t>(turn.way);
    for (std::size_t at = 0; at < turn.bytes.size() && result.unframed.empty();) {
      const std::size_t chunk =
          std::min<std::size_t>(size > 0 ? size : 1 + draws.below(40), turn.bytes.size() - at);
      const std::string bytes = kept[way] + turn.bytes.substr(at, chunk);
      kept[way].clear();
      at += chunk;
      for (std::size_t done = 0; done < bytes.size();) {
        const Piece piece = conversation->next(turn.way, std::span(bytes).subspan(done));
        if (piece.is == Piece::Is::incomplete) {
          kept[way] = bytes.substr(done);
          EXPECT_LT(kept[way].size(), kHeadBytes) << "a head is waited for without a limit";
          break;
        }
        if (piece.is == Piece::Is::unframed) {
          result.unframed = piece.reason;
          result.handed_through = piece.handed_through;
          break;
        }
        EXPECT_GT(piece.size, 0U);
        EXPECT_LE(piece.size, bytes.size() - done);
        if (piece.is == Piece::Is::message) {
          last[way] = result.messages.size();
          result.messages.push_back({turn.way, piece.message.operation ? piece.message.operation->name : "",
                                     piece.message.request, piece.message.call, piece.size});
        } else {
          EXPECT_LT(last[way], result.messages.size()) << "a body without a message";
          result.messages[last[way]].size += piece.size;
        }
        result.passed[way] += bytes.substr(done, piece.size);
        done += piece.size;
      }
    }
  }
  result.waiting = kept[0].size() + kept[1].size();
  return result;
}

Dissected dissect_in_every_way(std::unique_ptr<Protocol> (*make)(), const std::vector<Turn>& turns) {
  const auto whole_protocol = make();
  Dissected whole = dissect(*whole_protocol, turns, std::string::npos);
  std::string sent[2];
  for (const Turn& turn : turns) {
    sent[static_cast<std::size_t>(turn.way)] += turn.bytes;
  }
  if (whole.unframed.empty() && whole.waiting == 0) {
    EXPECT_EQ(whole.passed[0], sent[0]) << "written out again, the messages are the stream";
    EXPECT_EQ(whole.passed[1], sent[1]);
  }
  const auto same = [&](const Dissected& split, const std::string& how) {
    EXPECT_EQ(split.messages, whole.messages) << how;
    EXPECT_EQ(split.unframed, whole.unframed) << how;
    EXPECT_EQ(split.waiting, whole.waiting) << how;
  };
  for (const std::size_t size : {1U, 2U, 3U, 5U, 7U, 16U, 1000U}) {
    const auto protocol = make();
    same(dissect(*protocol, turns, size), "in chunks of " + std::to_string(size));
  }
  for (std::uint64_t split = 0; split < 30; ++split) {
    const auto protocol = make();
    same(dissect(*protocol, turns, 0, split), "in random chunks, number " + std::to_string(split));
  }
  return whole;
}

std::vector<Turn> read_recording(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<Turn> turns;
  for (std::size_t at = 0; at + 5 <= bytes.size();) {
    std::size_t size = 0;
    for (std::size_t i = 1; i <= 4; ++i) {
      size = size * 256 + static_cast<unsigned char>(bytes[at + i]);
    }
    turns.push_back({bytes[at] == '>' ? Way::to_upstream : Way::to_client, bytes.substr(at + 5, size)});
    at += 5 + size;
  }
  return turns;
}

}  // namespace faultline::protocol
