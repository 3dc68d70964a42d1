// Whatever bytes come as a file of data, CSV or JSON, become rows that each have a value for each column, or what is wrong
// with them.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "load/records.h"

namespace {

void check(faultline::load::Records (*parse)(std::string_view), std::string_view text) {
  try {
    const auto records = parse(text);
    for (const auto& row : records.rows) {
      if (row.size() != records.columns.size()) {
        std::fprintf(stderr, "does not hold: a row has a value for each column\n");
        std::abort();
      }
    }
  } catch (const std::runtime_error&) {
    return;  // it is said what is wrong
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(faultline::load::parse_csv, text);
  check(faultline::load::parse_json, text);
  return 0;
}
