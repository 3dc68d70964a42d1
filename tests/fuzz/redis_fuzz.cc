#include "fuzz.h"
#include "protocol/redis/conversation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  faultline::fuzz::check(faultline::fuzz::make<faultline::protocol::redis::Redis>, data, size);
  return 0;
}
