#include "base/io/byte_source.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <thread>
#include <vector>

namespace mseavro {
namespace {

std::string temporary_path(const std::string& name) {
  return testing::TempDir() + "byte_source_" + std::to_string(getpid()) + "_" + name;
}

std::string read_text(const ByteSource& source, int64_t offset, size_t size) {
  std::vector<uint8_t> bytes(size);
  const auto got = source.read_at(offset, bytes);
  return got ? std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*got))
             : "error " + got.error().message;
}

TEST(ByteSource, FilesAndMemoryReadAlikeAtAnyOffset) {
  const std::string path = temporary_path("plain");
  std::ofstream(path) << "0123456789";
  const auto file = open_file(path);
  ASSERT_TRUE(file) << file.error().message;
  constexpr std::string_view kText = "0123456789";
  const auto memory = memory_source({reinterpret_cast<const uint8_t*>(kText.data()), 10}, "m");
  struct {
    int64_t offset;
    size_t size;
    std::string expected;
  } const cases[] = {{0, 10, "0123456789"}, {0, 3, "012"}, {7, 3, "789"}, {7, 9, "789"},
                     {10, 1, ""},           {99, 5, ""},   {4, 0, ""}};
  for (const auto& test : cases) {
    EXPECT_EQ(read_text(**file, test.offset, test.size), test.expected) << test.offset;
    EXPECT_EQ(read_text(*memory, test.offset, test.size), test.expected) << test.offset;
  }
  EXPECT_EQ((*file)->size_bytes(), 10);
  EXPECT_EQ(memory->size_bytes(), 10);
  EXPECT_EQ((*file)->name(), path);
  EXPECT_EQ(memory->name(), "m");
  std::filesystem::remove(path);
}

TEST(ByteSource, AFileThatBecameShorterIsAnErrorAndNotAnEnd) {
  const std::string path = temporary_path("cut");
  for (const bool is_mapped : {false, true}) {
    std::ofstream(path) << std::string(100'000, 'x');
    const auto file = is_mapped ? open_file_mapped(path) : open_file(path);
    ASSERT_TRUE(file);
    std::filesystem::resize_file(path, 50'000);
    EXPECT_EQ(read_text(**file, 0, 3), "xxx");
    std::vector<uint8_t> bytes(20'000);
    const auto got = (*file)->read_at(40'000, bytes);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kUnreadable);
    EXPECT_EQ(got.error().place.file, path);
    EXPECT_EQ((*file)->size_bytes(), 100'000);
    ByteWindow window;
    const Status filled = (*file)->read_window(40'000, 20'000, window);
    ASSERT_FALSE(filled);
    EXPECT_EQ(filled.error().code, ErrorCode::kUnreadable);
  }
  std::filesystem::remove(path);
}

TEST(ByteSource, BytesAppendedAfterOpeningAreNotPartOfIt) {
  const std::string path = temporary_path("grows");
  std::ofstream(path) << "abc";
  const auto file = open_file(path);
  ASSERT_TRUE(file);
  std::ofstream(path, std::ios::app) << "def";
  EXPECT_EQ(read_text(**file, 0, 9), "abc");
  std::filesystem::remove(path);
}

TEST(ByteSource, EmptyFilesAreReadable) {
  const auto file = open_file("/dev/null");
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->size_bytes(), 0);
  EXPECT_EQ(read_text(*memory_source({}), 0, 4), "");
}

TEST(ByteSource, WhatCannotBeReadIsATypedErrorWithItsPath) {
  const std::string file_path = temporary_path("file");
  std::ofstream(file_path) << "x";
  struct {
    std::string path;
    ErrorCode code;
  } const cases[] = {
      {temporary_path("absent"), ErrorCode::kNotFound},
      {file_path + "/below", ErrorCode::kNotFound},
      {"", ErrorCode::kNotFound},
      {testing::TempDir(), ErrorCode::kUnreadable},
      {temporary_path(std::string(300, 'x')), ErrorCode::kUnreadable},
  };
  for (const auto& test : cases) {
    const auto file = open_file(test.path);
    ASSERT_FALSE(file) << test.path;
    EXPECT_EQ(file.error().code, test.code) << test.path;
    EXPECT_EQ(file.error().place.file, test.path);
  }
  std::filesystem::remove(file_path);
}

TEST(ByteSource, FilesWithoutPermissionAreUnreadable) {
  if (geteuid() == 0) GTEST_SKIP() << "the superuser may read everything";
  const std::string path = temporary_path("secret");
  std::ofstream(path) << "x";
  chmod(path.c_str(), 0);
  const auto file = open_file(path);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kUnreadable);
  std::filesystem::remove(path);
}

// Opens a pipe into which another thread writes `size` bytes.
Result<std::unique_ptr<ByteSource>> open_pipe(size_t size, int64_t limit_bytes) {
  const std::string path = temporary_path("pipe");
  EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path) << std::string(size, 'p'); });
  auto source = open_file(path, limit_bytes);
  writer.join();
  std::filesystem::remove(path);
  return source;
}

TEST(ByteSource, PipesAreReadWholeUpToTheLimit) {
  constexpr size_t kSize = 50000;  // Less than a pipe holds, so that the writer never waits.
  const auto at_limit = open_pipe(kSize, kSize);
  ASSERT_TRUE(at_limit) << at_limit.error().message;
  EXPECT_EQ((*at_limit)->size_bytes(), static_cast<int64_t>(kSize));
  EXPECT_EQ(read_text(**at_limit, kSize - 2, 9), "pp");

  const auto over_limit = open_pipe(kSize, kSize - 1);
  ASSERT_FALSE(over_limit);
  EXPECT_EQ(over_limit.error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace mseavro
