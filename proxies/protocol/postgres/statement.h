#pragma once
// What rules can ask of a statement, found in its fingerprint, and what a trace wrote into its text.

#include <string>
#include <string_view>
#include <vector>

namespace faultline::protocol::postgres {

/// "SELECT", "INSERT", "BEGIN" (START TRANSACTION too), "COMMIT" (END too), "ROLLBACK" (ABORT too): the first keyword, in
/// capitals; of WITH that of the statement behind its queries.
std::string kind_of(std::string_view fingerprint);

/// The tables that it names after FROM, JOIN, INTO, UPDATE, TABLE, TRUNCATE and COPY, without schema and quotes.
std::vector<std::string> tables_of(std::string_view fingerprint);

/// The value of traceparent in a comment as sqlcommenter writes it (google.github.io/sqlcommenter/spec):
/// /*traceparent='00-…-01'*/. Empty where there is none.
std::string_view traceparent_of(std::string_view sql);

}  // namespace faultline::protocol::postgres
