#pragma once
// What an SQL text means without its data.

#include <string>
#include <string_view>

namespace faultline::protocol::postgres {

/// The text with comments dropped, white space collapsed, and each literal and parameter replaced by $1, $2, … in
/// order, so that a statement has one fingerprint whether its data are written into it or bound to it, as in
/// pg_stat_statements: SELECT * FROM t WHERE id = -5 AND name = 'x'  ->  SELECT * FROM t WHERE id = $1 AND name = $2
///
/// Literals are numbers (with the sign before them), strings of every kind ('…', E'…', B'…', X'…', N'…', U&'…', $tag$…$tag$),
/// TRUE, FALSE and NULL where they are values. Keywords, names and quoted names stay as written. A text that ends in
/// the middle of a literal is taken as far as it goes. The result is in `buffer`, whose memory is used again.
std::string_view fingerprint(std::string_view sql, std::string& buffer);

}  // namespace faultline::protocol::postgres
