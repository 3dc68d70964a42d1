#include "core/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "core/error.h"
#include "scratch.h"

namespace faultline {
namespace {

using namespace std::chrono_literals;
using nlohmann::ordered_json;

class JournalTest : public ::testing::Test {
 protected:
  std::string text() const {
    std::ostringstream out;
    out << std::ifstream(path_).rdbuf();
    return out.str();
  }

  const Scratch directory_;
  const std::filesystem::path path_ = directory_ / "journal.ndjson";
  const Instant origin_ = Instant(1000s);
};

TEST_F(JournalTest, WritesOneObjectALineWithIdentityApartFromTime) {
  Journal journal(path_, origin_);
  auto& timeline = journal.producer("timeline");
  timeline.write("phase", origin_ + 1500ms, {{"phase", "steady"}});
  timeline.write("phase", origin_ + 2s, ordered_json::object());
  journal.flush();
  EXPECT_EQ(text(),
            "{\"kind\":\"phase\",\"by\":\"timeline\",\"n\":0,\"t\":1.500000,\"phase\":\"steady\"}\n"
            "{\"kind\":\"phase\",\"by\":\"timeline\",\"n\":1,\"t\":2.000000}\n");
}

TEST_F(JournalTest, KeepsTheOrderOfEachOfManyProducers) {
  constexpr int kProducers = 4, kRecords = 2000;
  {
    Journal journal(path_, origin_);
    std::vector<std::thread> threads;
    threads.reserve(kProducers);
    for (int p = 0; p < kProducers; ++p) {
      threads.emplace_back([&, p] {
        auto& producer = journal.producer("p" + std::to_string(p));
        for (int i = 0; i < kRecords; ++i) {
          producer.write("arrival", origin_, {{"i", i}});
        }
      });
    }
    for (auto& thread : threads) {
      thread.join();
    }
  }
  std::map<std::string, int> next;
  const JournalText journal = read_journal(path_);
  for (const auto& record : journal.records) {
    ASSERT_EQ(record["n"], next[record["by"]]++) << "records of one producer must stay in order";
  }
  EXPECT_EQ(journal.records.size(), std::size_t{kProducers * kRecords}) << "every record must arrive";
}

TEST_F(JournalTest, DropsATornLastLineAndKeepsTheRest) {
  {
    Journal journal(path_, origin_);
    journal.producer("a").write("phase", origin_, {{"x", 1}});
    journal.producer("a").write("phase", origin_, {{"x", 2}});
  }
  const auto whole = std::filesystem::file_size(path_);
  for (const std::uintmax_t cut : {std::uintmax_t{1}, std::uintmax_t{2}, std::uintmax_t{20}}) {
    std::filesystem::resize_file(path_, whole - cut);
    const JournalText journal = read_journal(path_);
    EXPECT_TRUE(journal.torn) << cut << " bytes short";
    EXPECT_EQ(journal.records.size(), 1U);
  }
}

TEST_F(JournalTest, RefusesALineInTheMiddleThatIsNoRecord) {
  std::ofstream(path_) << "{\"kind\":\"phase\"}\ngarbage\n{\"kind\":\"phase\"}\n";
  EXPECT_THROW(read_journal(path_), EnvironmentError);
}

TEST_F(JournalTest, ReplacesBytesThatAreNotUtf8) {
  {
    Journal journal(path_, origin_);
    journal.producer("log").write("log", origin_, {{"line", "\xff broken"}});
  }
  EXPECT_EQ(read_journal(path_).records.at(0)["line"], "\xEF\xBF\xBD broken");
}

TEST_F(JournalTest, NamesThePathWhenItCannotBeCreated) {
  try {
    Journal journal("/nonexistent/journal.ndjson", origin_);
    FAIL() << "a journal in a directory that does not exist";
  } catch (const EnvironmentError& error) {
    EXPECT_STREQ(error.what(), "cannot create /nonexistent/journal.ndjson: No such file or directory");
    EXPECT_NE(error.remedy.find("--out"), std::string::npos);
  }
}

TEST_F(JournalTest, RemembersThatAWriteFailed) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 100;
  setrlimit(RLIMIT_FSIZE, &small);
  Journal journal(path_, origin_);
  journal.producer("a").write("phase", origin_, {{"text", std::string(200, 'x')}});
  journal.flush();
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(journal.failure(), "File too large");
}

}  // namespace
}  // namespace faultline
