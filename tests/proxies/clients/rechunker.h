#pragma once
// A relay that cuts what passes through it into chunks of random sizes, drawn from a seed: it stands before and behind
// a proxy, so that messages reach it in pieces as no local network makes them.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "core/draw.h"

namespace faultline::stream {

class Rechunker {
 public:
  Rechunker(std::uint16_t upstream, Seed seed);
  ~Rechunker();
  Rechunker(const Rechunker&) = delete;
  Rechunker& operator=(const Rechunker&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void accept();
  void relay(int from, int to, std::uint64_t direction);

  const std::uint16_t upstream_;
  const Seed seed_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> relays_;
  std::thread acceptor_;
};

}  // namespace faultline::stream
