#include "base/text/line_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/result/result.h"

namespace mseavro {
namespace {

using Lines = std::vector<std::pair<int64_t, std::string>>;

// The lines with their numbers, of text that comes in pieces of `step` bytes.
Result<Lines> read_lines(std::string_view text, size_t step, int64_t size_limit_bytes = 1 << 20) {
  LineReader reader(
      [&](std::span<uint8_t> into) -> Result<size_t> {
        const size_t count = std::min({into.size(), step, text.size()});
        std::ranges::copy(text.substr(0, count), into.begin());
        text.remove_prefix(count);
        return count;
      },
      size_limit_bytes);
  Lines lines;
  std::string_view line;
  while (true) {
    MSEAVRO_ASSIGN(const bool found, reader.next(&line));
    if (!found) return lines;
    lines.emplace_back(reader.line(), line);
  }
}

TEST(LineReader, TakesLinesHoweverTheirBytesAreCut) {
  const std::string long_line(100'000, 'x');
  const struct {
    std::string text;
    Lines lines;
  } kCases[] = {
      {"", {}},
      {"\n \r\n\t\n", {}},
      {"a", {{1, "a"}}},
      {"a\nb\r\n", {{1, "a"}, {2, "b"}}},
      {"a\n\n\nb", {{1, "a"}, {4, "b"}}},
      {"\xEF\xBB\xBF{}\n", {{1, "{}"}}},
      {long_line + "\n" + long_line, {{1, long_line}, {2, long_line}}},
  };
  for (const auto& [text, lines] : kCases) {
    for (const size_t step : {size_t{1}, size_t{3}, size_t{70'000}, text.size() + 1}) {
      EXPECT_EQ(*read_lines(text, step), lines);
    }
  }
}

TEST(LineReader, KnowsWhereALineBegins) {
  std::string_view text = "ab\r\n\nc";
  LineReader reader(
      [&](std::span<uint8_t> into) -> Result<size_t> {
        const std::string_view all = std::exchange(text, std::string_view());
        std::ranges::copy(all, into.begin());
        return all.size();
      },
      10);
  std::string_view line;
  ASSERT_TRUE(*reader.next(&line));
  EXPECT_EQ(reader.offset_bytes(), 0);
  ASSERT_TRUE(*reader.next(&line));
  EXPECT_EQ(reader.offset_bytes(), 5);
}

TEST(LineReader, BoundsALine) {
  EXPECT_TRUE(read_lines("a\n1234\r\n", 1, 4));
  const auto refused = read_lines("a\n123456\n", 1, 4);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(refused.error().place.line, 2);
  EXPECT_FALSE(read_lines(std::string(200'000, 'x'), 1'000, 150'000));
}

}  // namespace
}  // namespace mseavro
