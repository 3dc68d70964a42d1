#pragma once
// Who made the service send a message, told by the values in it: for services that pass no trace on, and for Redis, which
// has no place for one. Pure: it is told messages in their order, and knows no socket and no time.
//
// Every arrival has words of its own: names, keys, tokens, made from the seed. A message that bears such a word has that
// cause; so have the messages of the same transaction, and those that bear an id which was first seen in a message of that
// cause. A word that two causes have, or that was seen where no cause was known, says nothing. Where the words of a message
// speak for two causes, none is chosen.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "protocol/conversation.h"

namespace faultline::stream {

class ValueCauses {
 public:
  /// A word is a run of letters, digits, _ and - of at least so many bytes.
  static constexpr std::size_t kShortest = 8;

  /// `words` are an arrival's own: every word in it belongs to that cause, which must be 1 or more.
  void add(std::uint64_t cause, std::string_view words);
  /// The service has given these to the cause, which may use them from now on: an id that another cause had is its own,
  /// where that has settled, and otherwise nobody's.
  void give(std::uint64_t cause, std::string_view words);
  /// Any cause may have these words: from the first on they say nothing.
  void share(std::string_view words);
  /// The cause has come to its end.
  void settle(std::uint64_t cause) { settled_.insert(cause); }

  /// The cause of a message, 0 where it is not known. `dependency` tells connections of different proxies apart.
  std::uint64_t find(std::string_view dependency, const protocol::Request& request);

 private:
  static constexpr std::size_t kMostWords = 1'000'000;
  static constexpr std::uint64_t kShared = ~std::uint64_t{0};

  void learn(std::uint64_t cause);

  std::unordered_map<std::string, std::uint64_t> cause_of_;  // word -> cause, or kShared
  std::unordered_set<std::uint64_t> settled_;
  std::unordered_map<std::string, std::uint64_t> transactions_;  // dependency and connection -> cause
  std::vector<std::string> words_;                               // of the message, used again for each
  std::string connection_;
};

}  // namespace faultline::stream
