#include "fuzz.h"
#include "protocol/postgres/conversation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  faultline::fuzz::check("postgres", faultline::fuzz::make<faultline::protocol::postgres::Postgres>,
                         {
                             R"(inject = { error = { sqlstate = "40001" } })",
                             R"(inject = { error = { sqlstate = "57P01" } }, match = { kind = "COMMIT" })",
                             R"(inject = { refuse_login = {} })",
                             R"(inject = { empty_result = {} })",
                             R"(inject = { stale_result = {} })",
                             R"(inject = { lose_commit_answer = {} })",
                             R"(inject = { lose_answer = {} })",
                             R"(inject = { slow_query = { by = "1s" } }, match = { table = "*" })",
                             R"(inject = { corrupt = { nth_byte = 3 } }, match = { parameters = "*" })",
                             R"(inject = { cut = { after = "2B" } }, match = { in_transaction = true })",
                             R"(inject = { hang = {} }, match = { statement_re = "(?i)select" })",
                         },
                         data, size);
  return 0;
}
