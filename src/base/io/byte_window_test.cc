#include "base/io/byte_window.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/io/byte_source.h"

namespace mseavro {
namespace {

std::string text_of(const ByteWindow& window) {
  return {window.bytes().begin(), window.bytes().end()};
}

class ByteWindowTest : public testing::Test {
 protected:
  ByteWindowTest() : path_(testing::TempDir() + "window_" + std::to_string(getpid())) {
    for (int number = 0; text_.size() < 20'000; ++number) text_ += std::to_string(number) + ",";
    std::ofstream(path_, std::ios::binary) << text_;
  }
  ~ByteWindowTest() override { std::filesystem::remove(path_); }

  std::string path_;
  std::string text_;
};

TEST_F(ByteWindowTest, HoldsTheSameBytesMappedAndCopied) {
  const auto copied = open_file(path_).value();
  const auto mapped = open_file_mapped(path_).value();
  const int64_t size = copied->size_bytes();
  // Around pages and the end of the file.
  for (const int64_t offset : {int64_t{0}, int64_t{1}, int64_t{4095}, int64_t{4096}, size - 1}) {
    for (const int64_t length : {int64_t{1}, int64_t{4096}, size}) {
      const auto count = static_cast<size_t>(std::min(length, size - offset));
      const std::string expected = text_.substr(static_cast<size_t>(offset), count);
      ByteWindow window;
      ASSERT_TRUE(copied->read_window(offset, count, window));
      EXPECT_EQ(text_of(window), expected) << offset;
      ASSERT_TRUE(mapped->read_window(offset, count, window));
      EXPECT_EQ(text_of(window), expected) << offset;
    }
  }
}

TEST_F(ByteWindowTest, IsShorterAtTheEndOfTheSource) {
  for (const auto& source :
       {open_file(path_).value().release(), open_file_mapped(path_).value().release()}) {
    const std::unique_ptr<ByteSource> owner(source);
    ByteWindow window;
    ASSERT_TRUE(owner->read_window(owner->size_bytes() - 5, 100, window));
    EXPECT_EQ(text_of(window), text_.substr(text_.size() - 5));
    ASSERT_TRUE(owner->read_window(owner->size_bytes(), 100, window));
    EXPECT_EQ(text_of(window), "");
  }
}

TEST_F(ByteWindowTest, MovesWithItsBytes) {
  const auto mapped = open_file_mapped(path_).value();
  ByteWindow first;
  ASSERT_TRUE(mapped->read_window(7, 100, first));
  ByteWindow second = std::move(first);
  EXPECT_EQ(text_of(second), text_.substr(7, 100));
  second.allocate(3);
  EXPECT_EQ(second.bytes().size(), 3u);
}

}  // namespace
}  // namespace mseavro
