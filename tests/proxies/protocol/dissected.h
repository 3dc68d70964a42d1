#pragma once
// Takes a recorded conversation apart, in whatever chunks, and tells what messages were found in it.

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/draw.h"
#include "protocol/conversation.h"

namespace faultline::protocol {

/// What one end sent before the other did.
struct Turn {
  Way way{};
  std::string bytes;
};
inline Turn client(std::string bytes) {
  return {Way::to_upstream, std::move(bytes)};
}
inline Turn server(std::string bytes) {
  return {Way::to_client, std::move(bytes)};
}

/// A message as it was found, with all of its bytes counted.
struct Found {
  Way way{};
  std::string operation;
  std::uint64_t request = 0;
  bool call = false;
  std::size_t size = 0;
  bool operator==(const Found&) const = default;
};
std::ostream& operator<<(std::ostream& to, const Found& found);

struct Dissected {
  std::vector<Found> messages;
  std::string unframed;  // why
  bool handed_through = false;
  std::size_t waiting = 0;  // bytes of a head that never became whole
  std::string passed[2];    // of each way, what was taken

  /// The operation of each call, in order.
  std::vector<std::string> calls() const;
  /// Of each answer that belongs to a request, its first message: which request, in order.
  std::vector<std::uint64_t> answered() const;
};

/// Chunks of `size` bytes, or of random sizes drawn from `split` when it is 0.
Dissected dissect(Protocol& protocol, const std::vector<Turn>& turns, std::size_t size,
                  std::uint64_t split = 0);

/// In one piece for each turn, and in many ways in smaller ones: fails where they do not give the same messages.
Dissected dissect_in_every_way(std::unique_ptr<Protocol> (*make)(), const std::vector<Turn>& turns);

/// Reads a recording: of each turn a byte '>' (from the client) or '<', its length as 4 bytes, most significant first,
/// and its bytes.
std::vector<Turn> read_recording(const std::string& path);

}  // namespace faultline::protocol
