#include "fuzz.h"
#include "protocol/redis/conversation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  faultline::fuzz::check(
      "redis", faultline::fuzz::make<faultline::protocol::redis::Redis>,
      {
          R"(inject = { error = { kind = "READONLY" } })",
          R"(inject = { error = { text = "ERR tired" } }, match = { command = ["GET", "EXEC"] })",
          R"(inject = { miss = {} })",
          R"(inject = { stale = {} })",
          R"(inject = { abort_exec = {} })",
          R"(inject = { lose_answer = {} })",
          R"(inject = { delay = { by = "1s" } }, match = { key = "*" })",
          R"(inject = { corrupt = { nth_byte = 3 } }, match = { arguments = "?*" })",
          R"(inject = { cut = { after = "2B" } }, match = { in_multi = true })",
          R"(inject = { hang = {} }, match = { command = "*" })",
      },
      data, size);
  return 0;
}
