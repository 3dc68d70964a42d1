#pragma once
// What a load test leaves in its directory: load_test.toml and its flows as they were read, seconds.ndjson (the time
// series, written as it happens), histograms/*.hlog (HdrHistogram), result.json.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>

#include "loadtest/result.h"
#include "loadtest/test.h"

namespace faultline::metrics {
class HdrLog;
}

namespace faultline::loadtest {

class Output {
 public:
  /// Makes the directory, which must not hold a run already. Throws EnvironmentError when something cannot be written,
  /// like the other functions.
  Output(std::filesystem::path directory, const LoadTest& test, double begin);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  const std::filesystem::path& directory() const { return directory_; }

  /// What happened in a second, in which so many arrivals were due, and how far the load was at its end.
  void write(std::int64_t second, const Second& seen, std::uint64_t due, const load::Counters& counters);
  void write(const Result& result);

 private:
  const std::filesystem::path directory_;
  std::ofstream seconds_, latency_;
  std::unique_ptr<metrics::HdrLog> latency_log_;
};

}  // namespace faultline::loadtest
