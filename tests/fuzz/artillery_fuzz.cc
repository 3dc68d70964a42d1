// Whatever bytes come as a script of Artillery become files that can be read, or a list of what is wrong with them.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "import/artillery.h"
#include "loadtest/test.h"
#include "scratch.h"

namespace {

using faultline::Diagnostics;
namespace fs = std::filesystem;

// In memory, where that is a file system; gone when the fuzzer ends as it should.
fs::path memory() {
  const fs::path path = "/dev/shm";
  return fs::is_directory(path) ? path : fs::temp_directory_path();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const faultline::Scratch kDirectory(memory());
  const std::string_view script(reinterpret_cast<const char*>(data), size);
  Diagnostics problems;
  const auto import = faultline::import::artillery(script, "fuzzed.yml", "fuzzed", problems);
  if (!problems.empty()) {
    return 0;
  }
  kDirectory.write("flows/fuzzed.toml", import.flow);
  faultline::loadtest::read(kDirectory.write("load/fuzzed.toml", import.load_test), {}, problems);
  if (!problems.empty()) {
    std::fprintf(stderr, "does not hold: what is written can be read\n%s\n%s\n%s\n",
                 to_text(problems.front()).c_str(), import.load_test.c_str(), import.flow.c_str());
    std::abort();
  }
  return 0;
}
