#include "base/text/number_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace mseavro {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ParseNumber, ReadsDecimalText) {
  const struct {
    std::string_view text;
    double value;
  } cases[] = {
      {"2", 2},
      {"-0.5", -0.5},
      {"+1.25", 1.25},
      {"  30.1\t\r\n", 30.1},
      {"1e-3", 0.001},
      {"1E+3", 1000},
      {"1.", 1},
      {".5", 0.5},
      {"007", 7},
      {"0e5000000000000", 0},
      {"9007199254740993", 9007199254740992.0},
      {"1.7976931348623157e308", std::numeric_limits<double>::max()},
      {"5e-324", std::numeric_limits<double>::denorm_min()},
  };
  for (const auto& [text, value] : cases) {
    const auto parsed = parse_number(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, value) << text;
  }
  EXPECT_TRUE(std::signbit(*parse_number("-0")));
}

TEST(ParseNumber, ReadsWhatIsNotFiniteSoThatCallersCanRefuseIt) {
  for (const char* text : {"NaN", "nan", "-nan", "+NAN", " nan "}) {
    const auto parsed = parse_number(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_TRUE(std::isnan(*parsed)) << text;
  }
  for (const char* text : {"Infinity", "inf", "+INF", "infinity", " iNf"}) {
    EXPECT_EQ(parse_number(text), kInfinity) << text;
  }
  for (const char* text : {"-Infinity", "-inf"}) EXPECT_EQ(parse_number(text), -kInfinity) << text;
}

TEST(ParseNumber, GivesInfinityAboveTheRangeOfDoubleAndZeroBelow) {
  const std::string many_zeros(400, '0');
  const struct {
    std::string text;
    double value;
  } cases[] = {
      {"1e400", kInfinity},
      {"-1e400", -kInfinity},
      {"1e+400", kInfinity},
      {"1.7976931348623159e308", kInfinity},
      {"1" + many_zeros, kInfinity},
      {"1" + many_zeros + ".5", kInfinity},
      {"0.001e400", kInfinity},
      {"1e99999999999999999999", kInfinity},
      {"1e-400", 0},
      {"2e-324", 0},
      {"0." + many_zeros + "1", 0},
      {"0." + many_zeros + "1e10", 0},
      {"1" + many_zeros + "e-99999999999999999999", 0},
      {"1000e-400", 0},
  };
  for (const auto& [text, value] : cases) {
    const auto parsed = parse_number(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, value) << text;
  }
  EXPECT_TRUE(std::signbit(*parse_number("-1e-400")));
  EXPECT_EQ(parse_number("0." + many_zeros + "1e401"), 1.0);
}

TEST(ParseNumber, RefusesEverythingElse) {
  for (const std::string_view text : {"",
                                      " ",
                                      "+",
                                      "-",
                                      ".",
                                      "e5",
                                      "1e",
                                      "1e+",
                                      "0x10",
                                      "0x1p3",
                                      "1,5",
                                      "1 2",
                                      "1_000",
                                      "1,000",
                                      "$5",
                                      "5%",
                                      "--1",
                                      "+-1",
                                      "++1",
                                      "-+1",
                                      "infi",
                                      "nan1",
                                      "null",
                                      "nan(abc)",
                                      "-nan(0x1)",
                                      "1.2.3",
                                      "1f",
                                      "NaN()",
                                      "None",
                                      "1e5x",
                                      "\xC2\xA0"
                                      "1"}) {
    EXPECT_FALSE(parse_number(text)) << text;
  }
  EXPECT_FALSE(parse_number(std::string_view("1\0", 2)));
}

TEST(ParseInteger, ReadsTheRangeOfInt64AndNothingElse) {
  const struct {
    std::string_view text;
    std::optional<int64_t> value;
  } cases[] = {
      {"0", 0},
      {"-0", 0},
      {" +42 ", 42},
      {"1738102210", 1738102210},
      {"9223372036854775807", std::numeric_limits<int64_t>::max()},
      {"-9223372036854775808", std::numeric_limits<int64_t>::min()},
      {"9223372036854775808", std::nullopt},
      {"-9223372036854775809", std::nullopt},
      {"1.0", std::nullopt},
      {"1e3", std::nullopt},
      {"0x10", std::nullopt},
      {"+-1", std::nullopt},
      {"1 2", std::nullopt},
      {"", std::nullopt},
      {"-", std::nullopt},
  };
  for (const auto& [text, value] : cases) EXPECT_EQ(parse_integer(text), value) << text;
}

TEST(FormatNumber, WritesTheShortestTextThatReadsBack) {
  const struct {
    double value;
    const char* text;
  } cases[] = {
      {2, "2"},
      {0, "0"},
      {-0.0, "-0"},
      {0.1, "0.1"},
      {1.96, "1.96"},
      {1254310, "1254310"},
      {1e20, "1e+20"},
      {100000, "100000"},
      {1e16, "1e+16"},
      {123456789012345.6, "123456789012345.6"},
      {0.00001, "0.00001"},
      {0.000009, "9e-06"},
      {0.1 + 0.2, "0.30000000000000004"},
      {(30.1 - 28.7) * (30.1 - 28.7), "1.960000000000006"},
      {std::numeric_limits<double>::max(), "1.7976931348623157e+308"},
      {-std::numeric_limits<double>::min(), "-2.2250738585072014e-308"},
      {std::numeric_limits<double>::denorm_min(), "5e-324"},
      {kInfinity, "Infinity"},
      {-kInfinity, "-Infinity"},
      {std::nan(""), "NaN"},
      {-std::nan(""), "NaN"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(format_number(value), text);
}

TEST(FormatNumber, AppendsBehindWhatIsThere) {
  std::string text = "mse=";
  append_number(0.5, &text);
  EXPECT_EQ(text, "mse=0.5");
}

TEST(AppendNumber, IsShortestForItsOwnType) {
  std::string text;
  append_number(0.1f, &text);
  text += ' ';
  append_number(0.1, &text);
  text += ' ';
  append_number(static_cast<double>(0.1f), &text);
  text += ' ';
  append_number(std::numeric_limits<double>::infinity(), &text);
  text += ' ';
  append_number(-std::numeric_limits<float>::infinity(), &text);
  text += ' ';
  append_number(std::numeric_limits<float>::quiet_NaN(), &text);
  EXPECT_EQ(text, "0.1 0.1 0.10000000149011612 Infinity -Infinity NaN");
}

TEST(FormatNumber, ReadsBackBitForBit) {
  std::mt19937_64 random(20250728);
  for (int round = 0; round < 20000; ++round) {
    const double value = std::bit_cast<double>(random());
    if (std::isnan(value)) continue;
    const auto parsed = parse_number(format_number(value));
    ASSERT_TRUE(parsed);
    ASSERT_EQ(std::bit_cast<uint64_t>(*parsed), std::bit_cast<uint64_t>(value));
  }
}

TEST(FormatThousands, SetsACommaBeforeEveryThirdDigit) {
  const struct {
    int64_t value;
    const char* text;
  } cases[] = {
      {0, "0"},
      {7, "7"},
      {999, "999"},
      {1000, "1,000"},
      {-999, "-999"},
      {-1000, "-1,000"},
      {-123456, "-123,456"},
      {1254310, "1,254,310"},
      {std::numeric_limits<int64_t>::max(), "9,223,372,036,854,775,807"},
      {std::numeric_limits<int64_t>::min(), "-9,223,372,036,854,775,808"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(format_thousands(value), text);
}

TEST(NumberText, KnowsTheWordsThatSayNull) {
  for (const char* word : {"", "NA", "N/A", "n/a", "null", "Null", "NULL", "None", "\\N"}) {
    EXPECT_TRUE(is_null_word(word)) << word;
    EXPECT_FALSE(parse_number(word)) << word;
  }
  // Not a number is a number that somebody computed.
  for (const char* word : {"nan", "NaN", "none", "-", "0", "nil", " ", "NULLS"}) {
    EXPECT_FALSE(is_null_word(word)) << word;
  }
}

TEST(FormatCounted, SaysOneThingAndSeveral) {
  EXPECT_EQ(format_counted(0, "row"), "0 rows");
  EXPECT_EQ(format_counted(1, "row"), "1 row");
  EXPECT_EQ(format_counted(1234, "row"), "1,234 rows");
}

TEST(NumberText, RoundsToFloatsOnce) {
  // Halfway between two floats but for the last digit, which the nearest double has lost.
  EXPECT_EQ(parse_number32("1.00000005960464477540"), std::nextafter(1.0f, 2.0f));
  EXPECT_EQ(static_cast<float>(*parse_number("1.00000005960464477540")), 1.0f);
  EXPECT_EQ(parse_number32("3.5e38"), std::numeric_limits<float>::infinity());
  EXPECT_EQ(parse_number32("-1e-60"), 0.0f);
  EXPECT_EQ(parse_number32("1,5"), std::nullopt);
}

}  // namespace
}  // namespace mseavro
