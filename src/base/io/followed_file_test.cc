#include "base/io/followed_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

namespace mseavro {
namespace {

namespace fs = std::filesystem;

class FollowedFileTest : public testing::Test {
 protected:
  FollowedFileTest() { fs::create_directories(folder_); }
  ~FollowedFileTest() override { fs::remove_all(folder_); }

  void append(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary | std::ios::app) << text;
  }

  // All that there is now; | where another file begins.
  std::string read(FollowedFile& file, size_t size = 64) {
    std::string all;
    std::array<uint8_t, 64> buffer;
    while (true) {
      const auto piece = file.read(std::span(buffer).first(size));
      if (!piece) return all + piece.error().message;
      if (piece->size == 0) return all;
      if (piece->begins_file) all += "|";
      all.append(buffer.begin(), buffer.begin() + piece->size);
    }
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("followed_" + std::to_string(getpid()));
  const std::string path_ = (folder_ / "log").string();
};

TEST_F(FollowedFileTest, WaitsForTheFileAndReadsWhatIsAdded) {
  FollowedFile file(path_);
  EXPECT_EQ(read(file), "");
  append("log", "one");
  EXPECT_EQ(read(file, 2), "|one");
  EXPECT_EQ(read(file), "");
  append("log", "two");
  EXPECT_EQ(read(file), "two");
}

TEST_F(FollowedFileTest, ReadsARenamedFileToItsEnd) {
  FollowedFile file(path_);
  append("log", "a");
  EXPECT_EQ(read(file), "|a");
  fs::rename(path_, folder_ / "log.1");
  append("log.1", "b");
  EXPECT_EQ(read(file), "b") << "while no other file has the name";
  append("log.1", "c");
  append("log", "d");
  EXPECT_EQ(read(file), "c|d");
}

TEST_F(FollowedFileTest, BeginsACutFileAgain) {
  FollowedFile file(path_);
  append("log", "long text");
  EXPECT_EQ(read(file), "|long text");
  fs::resize_file(path_, 0);
  EXPECT_EQ(read(file), "");
  append("log", "new");
  EXPECT_EQ(read(file), "|new");
  std::ofstream(path_, std::ios::trunc) << "x";
  EXPECT_EQ(read(file), "|x");
}

TEST_F(FollowedFileTest, RefusesWhatIsNoRegularFile) {
  FollowedFile file(folder_.string());
  std::array<uint8_t, 8> buffer;
  const auto piece = file.read(buffer);
  ASSERT_FALSE(piece);
  EXPECT_EQ(piece.error().code, ErrorCode::kUnreadable);
}

// Whatever writers and rotation do between two looks, every byte comes once and in order.
TEST_F(FollowedFileTest, LosesAndDoublesNothingInASimulation) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random(seed);
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    FollowedFile file(path_);
    std::string written;
    std::string found;
    int next = 0;
    for (int step = 0; step < 200; ++step) {
      switch (random() % 6) {
        case 0:
          // Only after a look: what is renamed or cut away unseen cannot be known.
          found += read(file);
          if (fs::exists(path_)) fs::rename(path_, folder_ / ("log." + std::to_string(step)));
          break;
        case 1:
          found += read(file);
          if (fs::exists(path_)) fs::resize_file(path_, 0);
          found += read(file);
          break;
        case 2:
          found += read(file, random() % 8 + 1);
          break;
        default: {
          const std::string text = std::to_string(next++) + ",";
          append("log", text);
          written += text;
        }
      }
    }
    found += read(file);
    std::erase(found, '|');
    ASSERT_EQ(found, written) << "seed " << seed;
  }
}

}  // namespace
}  // namespace mseavro
