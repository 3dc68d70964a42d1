// Whatever bytes come as a script of Artillery become files that can be read, or a list of what is wrong with them.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "import/artillery.h"
#include "loadtest/test.h"

namespace {

using faultline::Diagnostics;
namespace fs = std::filesystem;

// In memory, where that is a file system; gone when the fuzzer ends as it should.
class Directory {
 public:
  Directory() {
    const fs::path memory = "/dev/shm";
    std::string pattern =
        ((fs::is_directory(memory) ? memory : fs::temp_directory_path()) / "artillery_fuzz_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
    fs::create_directory(path_ / "load");
    fs::create_directory(path_ / "flows");
  }
  ~Directory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Directory kDirectory;
  const std::string_view script(reinterpret_cast<const char*>(data), size);
  Diagnostics problems;
  const auto import = faultline::import::artillery(script, "fuzzed.yml", "fuzzed", problems);
  if (!problems.empty()) {
    return 0;
  }
  const fs::path load = kDirectory.path() / "load" / "fuzzed.toml";
  write(kDirectory.path() / "flows" / "fuzzed.toml", import.flow);
  write(load, import.load_test);
  faultline::loadtest::read(load, {}, problems);
  if (!problems.empty()) {
    std::fprintf(stderr, "does not hold: what is written can be read\n%s\n%s\n%s\n",
                 to_text(problems.front()).c_str(), import.load_test.c_str(), import.flow.c_str());
    std::abort();
  }
  return 0;
}
