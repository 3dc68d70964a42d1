// What real clients and servers said to each other (recorded by tests/fuzz/record.py) is framed to its end, however it
// is cut.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "dissected.h"
#include "protocol/protocols.h"

namespace faultline::protocol {
namespace {

class Recorded : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(Recorded, IsFramedToItsEnd) {
  const auto& [protocol, folder] = GetParam();
  std::size_t recordings = 0;
  const auto corpus = std::filesystem::path(FAULTLINE_SOURCE_DIR) / "tests" / "fuzz" / "corpus" / folder;
  for (const auto& file : std::filesystem::directory_iterator(corpus)) {
    SCOPED_TRACE(file.path().string());
    const Dissected found = dissect_in_every_way(find_protocol(protocol)->make, read_recording(file.path()));
    EXPECT_EQ(found.unframed, "");
    EXPECT_EQ(found.waiting, 0U);
    EXPECT_FALSE(found.calls().empty());
    const std::vector<std::uint64_t> answered = found.answered();
    // Every answer came after its request, in order.
    EXPECT_TRUE(std::is_sorted(answered.begin(), answered.end()));
    ++recordings;
  }
  EXPECT_GE(recordings, 5U);
}

INSTANTIATE_TEST_SUITE_P(Protocols, Recorded,
                         testing::Values(std::pair("postgres", "postgres"), std::pair("redis", "redis"),
                                         std::pair("http", "http1")),
                         [](const auto& which) { return std::string(which.param.first); });

}  // namespace
}  // namespace faultline::protocol
