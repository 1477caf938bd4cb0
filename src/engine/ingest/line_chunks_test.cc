#include "engine/ingest/line_chunks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace mseavro {
namespace {

using Lines = std::vector<std::pair<int64_t, std::string>>;  // Number and text.

// Fed in pieces of up to `piece_size` bytes and taken after some of them.
Lines cut(std::string_view text, size_t line_size_max, size_t piece_size, uint64_t seed) {
  std::mt19937_64 random(seed);
  LineCutter cutter(line_size_max);
  cutter.begin_source(3);
  Lines lines;
  LineChunk chunk;
  const auto take = [&](bool ends) {
    if (!cutter.take(ends, &chunk)) return;
    EXPECT_EQ(chunk.source, 3u);
    int64_t number = chunk.first_line;
    for (std::string_view rest = chunk.text(); !rest.empty(); ++number) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      lines.emplace_back(number, rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  };
  while (!text.empty()) {
    const std::span<uint8_t> room = cutter.room();
    EXPECT_FALSE(room.empty());
    const size_t size = std::min({room.size(), text.size(), random() % piece_size + 1});
    std::copy_n(text.begin(), size, room.begin());
    cutter.add(size);
    text.remove_prefix(size);
    if (cutter.is_full() || random() % 3 == 0) take(false);
  }
  take(true);
  return lines;
}

TEST(LineCutter, GivesEveryLineOnceWithItsNumber) {
  const Lines expected = {{1, "a"}, {2, ""}, {3, "b\r"}, {4, "\xEF\xBB\xBF"}, {5, "end"}};
  for (uint64_t seed = 0; seed < 50; ++seed) {
    EXPECT_EQ(cut("\xEF\xBB\xBF"
                  "a\n\nb\r\n\xEF\xBB\xBF\nend",
                  100, 5, seed),
              expected)
        << seed;
    EXPECT_EQ(cut("a\n", 100, 2, seed), (Lines{{1, "a"}}));
    EXPECT_EQ(cut("", 100, 2, seed), Lines{});
  }
}

TEST(LineCutter, KeepsOneByteMoreThanTheLimitOfALongLine) {
  std::mt19937_64 random(1);
  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::string text;
    Lines expected;
    for (int64_t number = 1; number <= 20; ++number) {
      const std::string line(random() % 60 == 0 ? 3 << 20 : random() % 40, 'x');
      text += line + "\n";
      expected.emplace_back(number, line);
    }
    Lines lines = cut(text, 20, random() % 2 == 0 ? 7 : 1 << 21, seed);
    for (Lines* each : {&lines, &expected}) {
      for (auto& [number, line] : *each) line.resize(std::min<size_t>(line.size(), 21));
    }
    ASSERT_EQ(lines, expected) << seed;
    if (text.size() > 1 << 20 && seed > 20) break;
  }
}

TEST(LineCutter, CutsChunksAtTheSamePlacesWhateverThePieces) {
  std::mt19937_64 random(2);
  std::string text;
  while (text.size() < 5 * kChunkBytes) {
    const uint64_t size = random() % 1000 == 0 ? 100'000 : random() % 20 == 0 ? 3000 : 40;
    text += std::string(random() % size, 'x') + "\n";
  }
  const auto chunk_begins = [&](size_t piece_size) {
    LineCutter cutter(2000);
    cutter.begin_source(0);
    std::vector<int64_t> first_lines;
    LineChunk chunk;
    for (std::string_view rest = text; !rest.empty();) {
      const std::span<uint8_t> room = cutter.room();
      const size_t size = std::min({room.size(), rest.size(), piece_size});
      std::copy_n(rest.begin(), size, room.begin());
      cutter.add(size);
      rest.remove_prefix(size);
      if (cutter.is_full() && cutter.take(false, &chunk)) first_lines.push_back(chunk.first_line);
    }
    return first_lines;
  };
  const std::vector<int64_t> expected = chunk_begins(kChunkBytes);
  EXPECT_GE(expected.size(), 4u);
  for (const size_t piece_size : {size_t{1000}, size_t{4096}, size_t{65'537}, kChunkBytes - 1}) {
    EXPECT_EQ(chunk_begins(piece_size), expected) << piece_size;
  }
}

TEST(LineCutter, TakesNoMoreRoomForALineWithoutEnd) {
  LineCutter cutter(1000);
  cutter.begin_source(0);
  for (int round = 0; round < 20; ++round) {
    const std::span<uint8_t> room = cutter.room();
    ASSERT_GE(room.size(), kChunkBytes);
    std::ranges::fill(room, 'x');
    cutter.add(room.size());
    EXPECT_FALSE(cutter.is_full());
  }
  LineChunk chunk;
  ASSERT_TRUE(cutter.take(true, &chunk));
  EXPECT_EQ(chunk.size, 1001u);
}

}  // namespace
}  // namespace mseavro
