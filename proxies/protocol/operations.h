#pragma once
// The operations that one proxy has seen: what messages with equal meaning and other data have in common.
//
//   PostgreSQL  SELECT abalance FROM pgbench_accounts WHERE aid = $1
//   Redis       SETEX response:*
//   HTTP        GET /v1/charges/*

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace faultline::protocol {

struct Operation {
  std::string name;
  std::uint64_t calls = 0;
  // What is the same for all of its messages, where rules ask for it. Empty until the protocol has filled it in.
  std::string kind;                  // the command, the method, the kind of statement: in capitals
  std::vector<std::string> objects;  // the tables that a statement names; of HTTP the route
  // Which rules can match its messages at all, as the proxy's decider remembers it: a bit each, of these rules.
  std::uint64_t candidates = 0, rules = 0;
  std::uint64_t background = 0;  // its messages of no known cause
};

/// Belongs to the proxy's thread.
class Operations {
 public:
  /// Names beyond so many share one operation, `kOthers`: data that no pattern takes out must not fill the memory.
  static constexpr std::size_t kMost = 10'000;
  static constexpr std::string_view kOthers = "(others)";
  /// Longer names are cut.
  static constexpr std::size_t kLongestName = 1'000;

  /// The operation of this name: the same object each time, for as long as this lives.
  Operation& named(std::string_view name);

  std::size_t size() const { return by_name_.size(); }

  template <typename F>
  void for_each(F&& f) const {
    for (const auto& [name, operation] : by_name_) {
      f(*operation);
    }
  }

 private:
  struct Hash {
    std::size_t operator()(std::string_view name) const;
  };
  std::unordered_map<std::string_view, std::unique_ptr<Operation>, Hash>
      by_name_;  // keys are the operations' own
};

}  // namespace faultline::protocol
