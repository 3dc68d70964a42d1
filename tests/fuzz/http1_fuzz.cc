#include "fuzz.h"
#include "protocol/http1/conversation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  faultline::fuzz::check("http", faultline::fuzz::make<faultline::protocol::http1::Http1>,
                         {
                             R"(inject = { status = { code = 429 } })",
                             R"(inject = { status = { code = 500, as = "stripe" } }, edge = "response")",
                             R"(inject = { hang_answer = { at = "body" } })",
                             R"(inject = { truncate = { bytes = "3B" } })",
                             R"(inject = { malform = { what = "json" } })",
                             R"(inject = { malform = { what = "chunk_size" } })",
                             R"(inject = { malform = { what = "status_line" } })",
                             R"(inject = { malform = { what = "content_type" } })",
                             R"(inject = { duplicate = {} })",
                             R"(inject = { slow_body = { rate = "1KB/s" } })",
                             R"(inject = { lose_answer = {} })",
                             R"(inject = { delay = { by = "1s" } }, match = { route = "/*" })",
                             R"(inject = { corrupt = { nth_byte = 3 } }, match = { body = { "/a" = "*" } })",
                             R"(inject = { cut = { after = "2B" } }, match = { header = { host = "*" } })",
                         },
                         data, size);
  return 0;
}
