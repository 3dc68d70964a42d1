#include "fuzz.h"
#include "protocol/http1/conversation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  faultline::fuzz::check(faultline::fuzz::make<faultline::protocol::http1::Http1>, data, size);
  return 0;
}
