#include "core/file.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "core/error.h"
#include "scratch.h"

namespace faultline {
namespace {

namespace fs = std::filesystem;

class File : public ::testing::Test {
 protected:
  const Scratch directory_;
};

TEST_F(File, IsReadAsItWasWritten) {
  const std::string bytes("one\r\ntwo\0three", 14);
  write_file(directory_ / "a" / "b" / "bytes", bytes, "");
  EXPECT_EQ(read_file(directory_ / "a" / "b" / "bytes"), bytes);
  EXPECT_EQ(read_file(directory_ / "a" / "b" / "bytes", 9), "three");
  EXPECT_EQ(read_file(directory_ / "a" / "b" / "bytes", 100), "");
  write_file(directory_ / "a" / "b" / "bytes", "", "");
  EXPECT_EQ(read_file(directory_ / "a" / "b" / "bytes"), "");
}

TEST_F(File, ThatIsNoneIsNotRead) {
  EXPECT_EQ(read_file(directory_ / "none"), std::nullopt);
  EXPECT_EQ(read_file(directory_.path()), std::nullopt);
}

TEST_F(File, ThatCannotBeWrittenIsTold) {
  const auto told = [](const fs::path& path) {
    try {
      write_file(path, std::string(100'000, 'x'), "what to do");
    } catch (const EnvironmentError& error) {
      EXPECT_EQ(error.remedy, "what to do");
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(told("/dev/full"), "cannot write /dev/full: No space left on device");
  EXPECT_EQ(told(directory_.path()), "cannot write " + directory_.path().string() + ": Is a directory");
  write_file(directory_ / "file", "", "");
  EXPECT_EQ(told(directory_ / "file" / "a" / "b"),
            "cannot make the directory " + (directory_ / "file" / "a").string() + ": Not a directory");
}

}  // namespace
}  // namespace faultline
