#include "base/io/byte_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace mseavro {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// An empty folder of the test's own.
class ByteSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("byte_sink_" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      result.push_back(entry.path().filename().string());
    }
    return result;
  }

  fs::path folder_;
};

TEST_F(ByteSinkTest, AFileAppearsWholeAtCommit) {
  for (const Durability durability : {Durability::kSynced, Durability::kUnsynced}) {
    auto sink = create_file(path("out"), durability);
    ASSERT_TRUE(sink) << sink.error().message;
    ASSERT_TRUE((*sink)->write_text("one "));
    ASSERT_TRUE((*sink)->write_text("two"));
    EXPECT_FALSE(fs::exists(path("out")));
    ASSERT_EQ(names().size(), 1u);
    EXPECT_TRUE(names()[0].starts_with(".out.tmp-" + std::to_string(getpid()) + "-")) << names()[0];
    ASSERT_TRUE((*sink)->commit());
    EXPECT_EQ(names(), std::vector<std::string>{"out"});
    EXPECT_EQ(read_file(path("out")), "one two");
    fs::remove(path("out"));
  }
}

TEST_F(ByteSinkTest, WithoutCommitNothingIsLeftAndTheOldFileStays) {
  std::ofstream(path("out")) << "old";
  {
    auto sink = create_file(path("out"));
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->write_text(std::string(200000, 'n')));
  }
  EXPECT_EQ(names(), std::vector<std::string>{"out"});
  EXPECT_EQ(read_file(path("out")), "old");
}

TEST_F(ByteSinkTest, WhatIsFinishedHoldsNothingOpenAndIsSeenWhenItIsCommitted) {
  std::ofstream(path("out")) << "old";
  auto sink = create_file(path("out"));
  ASSERT_TRUE(sink);
  const int descriptor_before = dup(STDERR_FILENO);
  close(descriptor_before);
  ASSERT_TRUE((*sink)->write_text("new"));
  ASSERT_TRUE((*sink)->finish());
  EXPECT_EQ(read_file(path("out")), "old");
  const int descriptor_after = dup(STDERR_FILENO);
  close(descriptor_after);
  EXPECT_LT(descriptor_after, descriptor_before);
  ASSERT_TRUE((*sink)->commit());
  EXPECT_EQ(read_file(path("out")), "new");
}

TEST_F(ByteSinkTest, ReplacingKeepsTheModeAndTheLink) {
  std::ofstream(path("target")) << "old";
  fs::permissions(path("target"), fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("target", path("link"));
  auto sink = create_file(path("link"));
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write_text("new"));
  ASSERT_TRUE((*sink)->commit());
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(read_file(path("target")), "new");
  EXPECT_EQ(fs::status(path("target")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(ByteSinkTest, WritesOfAnySizeArriveInOrder) {
  std::string expected;
  auto sink = create_file(path("out"));
  ASSERT_TRUE(sink);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{65535}, size_t{65536}, size_t{3},
                            size_t{300000}, size_t{65533}, size_t{3}}) {
    const std::string part(size, static_cast<char>('a' + expected.size() % 26));
    ASSERT_TRUE((*sink)->write_text(part));
    expected += part;
  }
  ASSERT_TRUE((*sink)->commit());
  EXPECT_EQ(read_file(path("out")), expected);
}

TEST_F(ByteSinkTest, TwoSinksOfOnePathDoNotMeetAndTheLastCommitWins) {
  auto first = create_file(path("out"));
  auto second = create_file(path("out"));
  ASSERT_TRUE(first && second);
  ASSERT_TRUE((*first)->write_text("first"));
  ASSERT_TRUE((*second)->write_text("second"));
  ASSERT_TRUE((*second)->commit());
  ASSERT_TRUE((*first)->commit());
  EXPECT_EQ(read_file(path("out")), "first");
  EXPECT_EQ(names().size(), 1u);
}

TEST_F(ByteSinkTest, TheLongestNameIsWritable) {
  const std::string name(255, 'n');
  auto sink = create_file(path(name));
  ASSERT_TRUE(sink) << sink.error().message;
  ASSERT_TRUE((*sink)->commit());
  EXPECT_EQ(names(), std::vector<std::string>{name});
}

TEST_F(ByteSinkTest, ARelativePathIsWrittenInTheWorkingFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  auto sink = create_file("out");
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write_text("x"));
  const auto committed = (*sink)->commit();
  fs::current_path(before);
  ASSERT_TRUE(committed);
  EXPECT_EQ(read_file(path("out")), "x");
}

TEST_F(ByteSinkTest, WhatCannotBeCreatedIsATypedErrorWithItsPath) {
  std::ofstream(path("file")) << "x";
  for (const std::string& bad :
       {path("absent/out"), path("file/out"), folder_.string(), path(std::string(256, 'n'))}) {
    const auto sink = create_file(bad);
    ASSERT_FALSE(sink) << bad;
    EXPECT_EQ(sink.error().code, ErrorCode::kWriteFailed);
    EXPECT_EQ(sink.error().place.file, bad);
  }
}

TEST_F(ByteSinkTest, ATargetThatBecomesAFolderFailsAtCommitAndLeavesNothing) {
  {
    auto sink = create_file(path("out"));
    ASSERT_TRUE(sink);
    fs::create_directory(path("out"));
    const auto committed = (*sink)->commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().code, ErrorCode::kWriteFailed);
  }
  EXPECT_EQ(names(), std::vector<std::string>{"out"});
}

TEST_F(ByteSinkTest, DevicesArePassedThroughAndKept) {
  auto sink = create_file("/dev/null");
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write_text(std::string(100000, 'x')));
  ASSERT_TRUE((*sink)->commit());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(ByteSinkTest, AFullDeviceIsAWriteError) {
  auto sink = create_file("/dev/full");
  ASSERT_TRUE(sink);
  ASSERT_TRUE((*sink)->write_text("x"));
  const auto committed = (*sink)->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, ErrorCode::kWriteFailed);
  EXPECT_NE(committed.error().message.find("No space left"), std::string::npos);
}

TEST_F(ByteSinkTest, APipeWithoutReaderIsAWriteError) {
  std::signal(SIGPIPE, SIG_IGN);
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  const int reader = open(path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
  auto sink = create_file(path("pipe"));
  ASSERT_TRUE(sink);
  close(reader);
  const auto written = (*sink)->write_text(std::string(100000, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kWriteFailed);
}

TEST_F(ByteSinkTest, TheFileThatStandardErrorLeadsToIsContinuedNotReplaced) {
  if (!std::filesystem::exists("/dev/stderr")) GTEST_SKIP() << "/dev/stderr needs /proc";
  const int saved = dup(STDERR_FILENO);
  const int log = open(path("log").c_str(), O_WRONLY | O_CREAT, 0600);
  ASSERT_EQ(::write(log, "before ", 7), 7);
  dup2(log, STDERR_FILENO);
  auto sink = create_file("/dev/stderr");
  bool written = sink && (*sink)->write_text("result ") && (*sink)->commit();
  written = written && ::write(STDERR_FILENO, "after", 5) == 5;
  dup2(saved, STDERR_FILENO);
  close(saved);
  close(log);
  EXPECT_TRUE(written);
  EXPECT_EQ(read_file(path("log")), "before result after");
}

TEST_F(ByteSinkTest, ASignalHandlerCanRemoveWhatIsNotCommitted) {
  auto committed = create_file(path("committed"));
  ASSERT_TRUE(committed && (*committed)->commit());
  committed->reset();
  {
    std::vector<std::unique_ptr<ByteSink>> open_sinks;
    for (int i = 0; i < 100; ++i) {
      auto sink = create_file(path("open" + std::to_string(i)));
      ASSERT_TRUE(sink);
      open_sinks.push_back(std::move(*sink));
    }
    EXPECT_EQ(names().size(), 101u);
    remove_temporary_files();
    EXPECT_EQ(names(), std::vector<std::string>{"committed"});
  }
}

TEST_F(ByteSinkTest, AMemorySinkAppends) {
  std::string bytes = "a";
  const auto sink = memory_sink(&bytes);
  ASSERT_TRUE(sink->write_text("bc"));
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(bytes, "abc");
}

TEST_F(ByteSinkTest, AppendsToAFileThatIsThere) {
  std::ofstream(path("out")) << "old";
  auto sink = append_file(path("out"));
  ASSERT_TRUE(sink) << sink.error().message;
  ASSERT_TRUE((*sink)->write_text(" and"));
  ASSERT_TRUE((*sink)->write_text(" new"));
  ASSERT_TRUE((*sink)->commit());
  sink->reset();
  EXPECT_EQ(read_file(path("out")), "old and new");
}

TEST_F(ByteSinkTest, WhatWasAppendedWithoutCommitIsCutOffAgain) {
  std::ofstream(path("out")) << "old";
  {
    auto sink = append_file(path("out"));
    ASSERT_TRUE(sink);
    ASSERT_TRUE((*sink)->write_text(std::string(200000, 'n')));
    EXPECT_GT(fs::file_size(path("out")), 3u);
  }
  EXPECT_EQ(read_file(path("out")), "old");
}

TEST_F(ByteSinkTest, AppendsToNothingButRegularFiles) {
  EXPECT_EQ(append_file(path("none")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(append_file(folder_.string()).error().code, ErrorCode::kWriteFailed);
  EXPECT_EQ(append_file("/dev/null").error().code, ErrorCode::kWriteFailed);
}

}  // namespace
}  // namespace mseavro
