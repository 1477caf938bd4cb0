#include "avro/wire/value_text.h"

#include <gtest/gtest.h>

#include <limits>

#include "avro/wire/decimal.h"
#include "avro/wire/json_text.h"

namespace mseavro {
namespace {

TEST(AppendTime, WritesDatesTimesAndTimestamps) {
  const struct {
    LogicalType logical;
    int64_t value;
    const char* text;  // Empty when the value has no such text.
  } cases[] = {
      {LogicalType::kDate, 0, "1970-01-01"},
      {LogicalType::kDate, 20'297, "2025-07-28"},
      {LogicalType::kDate, -719'528, "0000-01-01"},
      {LogicalType::kDate, 2'932'896, "9999-12-31"},
      {LogicalType::kDate, -719'529, ""},
      {LogicalType::kDate, 2'932'897, ""},
      {LogicalType::kTimeMillis, 0, "00:00:00"},
      {LogicalType::kTimeMillis, 86'399'999, "23:59:59.999"},
      {LogicalType::kTimeMillis, 86'400'000, ""},
      {LogicalType::kTimeMillis, -1, ""},
      {LogicalType::kTimeMicros, 45'296'000'007, "12:34:56.000007"},
      {LogicalType::kTimeMicros, 45'296'500'000, "12:34:56.500"},
      {LogicalType::kTimestampMillis, 1'753'660'800'000, "2025-07-28T00:00:00Z"},
      {LogicalType::kTimestampMillis, 1'753'660'800'001, "2025-07-28T00:00:00.001Z"},
      {LogicalType::kTimestampMillis, -1, "1969-12-31T23:59:59.999Z"},
      {LogicalType::kTimestampMicros, -1, "1969-12-31T23:59:59.999999Z"},
      {LogicalType::kTimestampMicros, 1'753'660'800'500'000, "2025-07-28T00:00:00.500Z"},
      {LogicalType::kTimestampNanos, 1, "1970-01-01T00:00:00.000000001Z"},
      {LogicalType::kTimestampNanos, -1, "1969-12-31T23:59:59.999999999Z"},
      {LogicalType::kTimestampNanos, 1'000, "1970-01-01T00:00:00.000001Z"},
      {LogicalType::kTimestampMillis, std::numeric_limits<int64_t>::max(), ""},
      {LogicalType::kTimestampMillis, std::numeric_limits<int64_t>::min(), ""},
      {LogicalType::kTimestampNanos, std::numeric_limits<int64_t>::min(),
       "1677-09-21T00:12:43.145224192Z"},
      {LogicalType::kLocalTimestampMillis, 0, "1970-01-01T00:00:00"},
      {LogicalType::kLocalTimestampNanos, 1'000'000, "1970-01-01T00:00:00.001"},
      {LogicalType::kNone, 5, ""},
      {LogicalType::kDecimal, 5, ""},
  };
  for (const auto& [logical, value, expected] : cases) {
    std::string text = "<";
    EXPECT_EQ(append_time(logical, value, &text), *expected != '\0') << value;
    EXPECT_EQ(text, "<" + std::string(expected)) << value;
  }
}

TEST(AppendUuid, GroupsTheDigits) {
  std::string text;
  append_uuid("\x12\x3e\x45\x67\xe8\x9b\x12\xd3\xa4\x56\x42\x66\x14\x17\x40\x0f", &text);
  EXPECT_EQ(text, "123e4567-e89b-12d3-a456-42661417400f");
}

TEST(Decimal, IsWrittenWithItsScaleAndRoundedCorrectly) {
  using namespace std::string_view_literals;
  const struct {
    std::string_view unscaled;
    int32_t scale;
    const char* text;
    double number;
  } cases[] = {
      {""sv, 0, "0", 0},
      {"\0"sv, 2, "0.00", 0},
      {"\x01"sv, 0, "1", 1},
      {"\x7f"sv, 2, "1.27", 1.27},
      {"\x80"sv, 2, "-1.28", -1.28},
      {"\xff"sv, 3, "-0.001", -0.001},
      {"\xff\xff\xff\xff\xff"sv, 0, "-1", -1},
      {"\x00\xff"sv, 0, "255", 255},
      {"\x04\xd2"sv, -2, "123400", 123400},
      {"\x00"sv, -2, "0", 0},
      {"\x80\0\0\0\0\0\0\0"sv, 0, "-9223372036854775808", -9223372036854775808.0},
      {"\x80\0\0\0"sv, 0, "-2147483648", -2147483648.0},
      // 2^53 + 1 lies between two doubles: the tie goes to the even one.
      {"\x20\0\0\0\0\0\x01"sv, 0, "9007199254740993", 9007199254740992.0},
      {"\x20\0\0\0\0\0\x03"sv, 0, "9007199254740995", 9007199254740996.0},
      // 2^128, past any machine integer.
      {"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv, 10, "34028236692093846346337460743.1768211456",
       34028236692093846346337460743.1768211456},
  };
  for (const auto& [unscaled, scale, text, number] : cases) {
    std::string got;
    EXPECT_TRUE(append_decimal({unscaled, scale}, &got));
    EXPECT_EQ(got, text);
    EXPECT_EQ(decimal_to_number({unscaled, scale}), number) << text;
  }
}

TEST(Decimal, BeyondTheDoublesIsInfiniteOrZero) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(decimal_to_number({"\x01", -400}), infinity);
  EXPECT_EQ(decimal_to_number({"\xff", -400}), -infinity);
  EXPECT_EQ(decimal_to_number({"\x01", 400}), 0.0);
  EXPECT_EQ(decimal_to_number({std::string_view("\0", 1), -400}), 0.0);
  EXPECT_EQ(decimal_to_number({"\x01", std::numeric_limits<int32_t>::min()}), infinity);
  EXPECT_EQ(decimal_to_number({std::string(kDecimalBytesLimit, '\x7f'), 0}), infinity);
}

TEST(Decimal, RefusesWhatWouldTakeTooLong) {
  SchemaNode node;
  node.logical = LogicalType::kDecimal;
  EXPECT_TRUE(find_decimal(node, std::string(kDecimalBytesLimit, '\x01')));
  EXPECT_FALSE(find_decimal(node, std::string(kDecimalBytesLimit + 1, '\x01')));
  std::string text;
  EXPECT_FALSE(append_decimal({"\x01", std::numeric_limits<int32_t>::max()}, &text));
  EXPECT_FALSE(append_decimal({"\x01", std::numeric_limits<int32_t>::min()}, &text));
  EXPECT_EQ(text, "");
}

TEST(Decimal, ReadsTheScaleOfABigDecimalFromItsBytes) {
  SchemaNode node;
  node.logical = LogicalType::kBigDecimal;
  const auto found = find_decimal(node, std::string_view("\x04\x04\xd2\x04", 4));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->scale, 2);
  EXPECT_EQ(decimal_to_number(*found), 12.34);
  for (const std::string_view bad : {"", "\x04\x04", "\x04\x04\xd2", "\x04\x04\xd2\x04x"}) {
    EXPECT_FALSE(find_decimal(node, bad));
  }
}

TEST(JsonText, EscapesControlsAndReplacesWhatIsNotUtf8) {
  const struct {
    std::string_view text;
    const char* json;
  } cases[] = {
      {"", R"("")"},
      {"plain / text", R"("plain / text")"},
      {"quote \" and \\", R"("quote \" and \\")"},
      {"\b\f\n\r\t\x01\x1f\x7f", R"("\b\f\n\r\t\u0001\u001f\u007f")"},
      {std::string_view("a\0b", 3), R"("a\u0000b")"},
      {"gr\xc3\xb6\xc3\x9f", "\"gr\xc3\xb6\xc3\x9f\""},
      {"\xe2\x80\xa8", "\"\xe2\x80\xa8\""},          // U+2028 stays.
      {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},  // U+1F600
      {"\xff", "\"\xef\xbf\xbd\""},
      {"a\xc3", "\"a\xef\xbf\xbd\""},                                // Cut short.
      {"\xc3(", "\"\xef\xbf\xbd(\""},                                // Wrong continuation.
      {"\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                  // Overlong.
      {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},  // A surrogate.
      {"\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
      {"\xf0\x9f\x98x", "\"\xef\xbf\xbdx\""},  // One for the maximal part.
  };
  for (const auto& [text, json] : cases) {
    std::string got;
    append_json_string(text, &got);
    EXPECT_EQ(got, json);
  }
}

TEST(JsonText, WritesBytesAsOneCharacterEach) {
  std::string json;
  append_json_bytes(std::string_view("a\"\\\0\x1f\x80\xff~", 8), &json);
  EXPECT_EQ(json, R"("a\"\\\u0000\u001f\u0080\u00ff~")");
}

}  // namespace
}  // namespace mseavro
