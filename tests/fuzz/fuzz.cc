#include "fuzz.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/table.h"
#include "fault/rule.h"

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

std::vector<std::shared_ptr<const fault::Rule>> read_rules(const std::string& protocol,
                                                           std::initializer_list<std::string> texts) {
  std::vector<std::shared_ptr<const fault::Rule>> rules;
  for (const std::string& text : texts) {
    Diagnostics problems;
    Table root = Table::parse("fault = { when = { probability = \"20%\" }, " + text + " }", "rule", problems);
    for (Table& table : root.tables("fault")) {
      const std::string name = "rule " + std::to_string(rules.size());
      if (auto rule = fault::read_rule(table, {{protocol, protocol}}, name)) {
        rules.push_back(std::make_shared<const fault::Rule>(std::move(*rule)));
      }
    }
    require(problems.empty(), problems.empty() ? "" : to_text(problems.front()).c_str());
  }
  return rules;
}

// Decides by what a request is and how often that has been asked, so that two conversations are treated alike.
class Decider final : public protocol::Decider {
 public:
  explicit Decider(const std::vector<std::shared_ptr<const fault::Rule>>& rules) : rules_(rules) {}

  bool active() const override { return true; }
  bool asks_for(fault::Field /*field*/) const override { return true; }
  std::unique_ptr<protocol::Plan> decide(const protocol::Request& request) override {
    auto plan = std::make_unique<protocol::Plan>();
    plan->cause.key = 1;
    plan->nth = ++asked_[request.operation.name];
    const fault::FaultPoint point{"fuzzed", request.operation.name, &plan->cause, fault::Known::header,
                                  plan->nth};
    constexpr Seed kSeed = 1;
    plan->decision = fault::decide(rules_, request.subject, point, kSeed, state_);
    plan->remember = plan->nth % 2 == 0;
    return plan;
  }

 private:
  const std::vector<std::shared_ptr<const fault::Rule>>& rules_;
  fault::State state_;
  std::unordered_map<std::string, std::uint64_t> asked_;
};

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

struct Dissected {
  std::vector<Found> found;
  std::string out[2];  // each way
  bool framed = true;
};

// Puts out what a session would, as far as it is bytes. False: the connection has ended.
bool treat(const protocol::Treatment& treatment, std::string_view piece, std::string& out) {
  using protocol::Treatment;
  require(treatment.delay >= Duration{} && treatment.bytes_per_second >= 0, "time goes on");
  require(treatment.stop_at == Treatment::kNowhere || treatment.cut || treatment.hang, "what stops says how");
  require(treatment.patch_at == Treatment::kNowhere || treatment.patch_at < piece.size(),
          "a byte of the piece is changed");
  for (const protocol::Effect& effect : treatment.effects) {
    require(effect.plan && effect.act && effect.act->rule, "an effect says whose it is");
  }
  out += treatment.before;
  if (!treatment.drop) {
    std::string bytes(treatment.cut ? piece.substr(0, treatment.stop_at)
                                    : piece);  // what hangs goes on later
    if (treatment.patch_at < bytes.size()) {
      bytes[treatment.patch_at] = treatment.patch;
    }
    out += bytes;
  }
  return !treatment.cut;
}

// As far as both go.
void require_equal(std::string_view as_sent, std::string_view in_chunks) {
  const std::size_t both = std::min(as_sent.size(), in_chunks.size());
  std::size_t at = 0;
  while (at < both && as_sent[at] == in_chunks[at]) {
    ++at;
  }
  if (at < both) {
    constexpr std::size_t kAround = 100;
    const std::size_t from = at - std::min(at, kAround);
    std::fprintf(stderr, "as sent:\n%s\nin chunks:\n%s\n",
                 std::string(as_sent.substr(from, 2 * kAround)).c_str(),
                 std::string(in_chunks.substr(from, 2 * kAround)).c_str());
  }
  require(at == both, "what goes out is the same however the bytes are cut");
}

// Chunks of `chunk` bytes; 0: each turn whole.
Dissected dissect(protocol::Protocol& protocol, protocol::Decider* decider, const std::vector<Turn>& turns,
                  std::size_t chunk) {
  Dissected result;
  std::vector<Found>& found = result.found;
  const auto conversation = protocol.open(1, decider);
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
          result.framed = false;
          return result;
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
        const std::string_view taken = std::string_view(bytes).substr(done, piece.size);
        done += piece.size;
        std::string& out = result.out[way];
        if (!piece.treatment) {
          out += taken;
        } else if (!treat(*piece.treatment, taken, out)) {
          return result;
        }
        while (const protocol::Treatment* answer = conversation->injected()) {
          if (!treat(*answer, {}, result.out[static_cast<std::size_t>(Way::to_client)])) {
            return result;
          }
        }
      }
    }
  }
  return result;
}

}  // namespace

void check(const std::string& protocol, std::unique_ptr<protocol::Protocol> (*make)(),
           std::initializer_list<std::string> rules, const std::uint8_t* data, std::size_t size) {
  static const auto kRules = read_rules(protocol, rules);
  const auto turns = read({reinterpret_cast<const char*>(data), size});
  const std::size_t chunk = 1 + size % 7;
  {
    const auto whole = make(), split = make();
    const Dissected as_sent = dissect(*whole, nullptr, turns, 0);
    // Where a stream ends in bytes that are no message, how much of it was taken before that is not promised.
    const Dissected in_chunks = dissect(*split, nullptr, turns, chunk);
    const std::size_t both = std::min(as_sent.found.size(), in_chunks.found.size());
    for (std::size_t i = 0; i + 1 < both; ++i) {
      require(as_sent.found[i] == in_chunks.found[i], "the messages are the same however the bytes are cut");
    }
  }
  const auto whole = make(), split = make();
  Decider for_whole(kRules), for_split(kRules);
  const Dissected as_sent = dissect(*whole, &for_whole, turns, 0);
  const Dissected in_chunks = dissect(*split, &for_split, turns, chunk);
  if (as_sent.framed && in_chunks.framed) {
    for (std::size_t way = 0; way < 2; ++way) {
      require_equal(as_sent.out[way], in_chunks.out[way]);
    }
  }
}

}  // namespace faultline::fuzz
