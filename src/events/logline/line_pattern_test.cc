#include "events/logline/line_pattern.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace mseavro {
namespace {

using Texts = std::vector<std::string>;

// What the captures take in the first way that matches, or "no match".
Texts match(const std::string& pattern, std::string_view text) {
  const auto ways = LinePattern::parse(pattern);
  if (!ways) return {"error: " + ways.error().message};
  for (const LinePattern& way : *ways) {
    std::array<std::string_view, LinePattern::kCaptureCountMax> captured;
    if (!way.match(text, captured)) continue;
    return Texts(captured.begin(), captured.begin() + static_cast<int>(way.captures().size()));
  }
  return {"no match"};
}

TEST(LinePattern, TakesWhatStandsBetweenItsTexts) {
  const Texts kNone{"no match"};
  const struct {
    const char* pattern;
    const char* text;
    Texts captured;
  } cases[] = {
      {"abc", "abc", {}},
      {"abc", "abcd", kNone},
      {"{a}", "x y", {"x y"}},
      {"{a}", "", kNone},
      {"{}", "", {""}},
      {"{a},{b}", "1,2", {"1", "2"}},
      {"{a},{b}", "1,2,3", {"1", "2,3"}},
      {"{a...},{b}", "1,2,3", {"1,2", "3"}},
      {"{a},{b...},{c}", "1,2,3,4", {"1", "2,3", "4"}},
      {"{a},{b}", "1,", kNone},
      {"{a},{b}", ",1", kNone},
      {"{},{b}", ",1", {"", "1"}},
      {"x{a}/{b}.mpg", "xm/3.mpg", {"m", "3"}},
      {"x{a...}/{b}.mpg", "xm/n/3.mpg", {"m/n", "3"}},
      {"x{a...}/{b}.mpg", "xm/3.mpg ", kNone},
      {"x{a...}/{b}.mpg", "x/3.mpg", kNone},
      {"x{a...}/{b}.mpg", "x3.mpg", kNone},
      {"{a} -- {b...} -- {c}", "1 -- 2", kNone},
      {"{a} -- {b...} -- {c}", "1 -- 2 -- 3", {"1", "2", "3"}},
      {"{a} -- {b...} -- {c}", "1 -- -- 3", kNone},
      {"{s=200} {a}", "200 x", {"200", "x"}},
      {"{s=200} {a}", "201 x", kNone},
      {"{{{a}}} [[{b}]]", "{1} [2]", {"1", "2"}},
      {"{a}[ ]ms", "5 ms", {"5"}},
      {"{a}[ ]ms", "5ms", {"5"}},
      {"{a}[, on {b}] end", "1, on tv end", {"1", "tv"}},
      {"{a}[, on {b}] end", "1 end", {"1"}},
      {"/p{?x} H", "/p?x=1&y=2 H", {"?x=1&y=2"}},
      {"/p{?x} H", "/p H", {""}},
      {"/p{?x} H", "/path H", kNone},
  };
  for (const auto& [pattern, text, captured] : cases) {
    EXPECT_EQ(match(pattern, text), captured) << pattern << " on " << text;
  }
}

TEST(LinePattern, KnowsNamesTypesAndParameters) {
  const auto ways = LinePattern::parse("{a:time} {b:list...} {}{?c,d=e:number}");
  ASSERT_FALSE(ways);
  const auto good = LinePattern::parse("{a:time} {b:list...} {} {?c,d=e:number}");
  ASSERT_TRUE(good) << good.error().message;
  const std::vector<Capture>& captures = good->front().captures();
  ASSERT_EQ(captures.size(), 4u);
  EXPECT_EQ(captures[0].field.name, "a");
  EXPECT_EQ(captures[0].field.type, CaptureType::kTime);
  EXPECT_TRUE(captures[1].is_wide);
  EXPECT_EQ(captures[1].field.type, CaptureType::kList);
  EXPECT_TRUE(captures[2].field.name.empty());
  ASSERT_EQ(captures[3].parameters.size(), 2u);
  EXPECT_EQ(captures[3].parameters[0].parameter, "c");
  EXPECT_EQ(captures[3].parameters[0].name, "c");
  EXPECT_EQ(captures[3].parameters[1].parameter, "d");
  EXPECT_EQ(captures[3].parameters[1].name, "e");
  EXPECT_EQ(captures[3].parameters[1].type, CaptureType::kNumber);
}

TEST(LinePattern, SaysWhatIsWrongAndWhere) {
  const struct {
    const char* pattern;
    const char* message;
    int64_t offset;
  } cases[] = {
      {"ab{c", "a { without }", 2},
      {"ab}", "a } without {", 2},
      {"a[b", "a [ without ]", 1},
      {"ab]", "a ] without [", 2},
      {"a[b[c]]", "an optional part within another one", 3},
      {"{a b}", "\"a b\" is no name of a field", 1},
      {"{:int}", "\"\" is no name of a field", 1},
      {"{a:integer}", "there is no type \"integer\"", 3},
      {"{a=}", "there is no value behind =", 2},
      {"{?a,b:x}", "there is no type \"x\"", 6},
      {"{?}", "\"\" is no name of a field", 2},
      {"{a}{b}", "two captures with nothing between them", 3},
      {"{a}[,]{b}", "two captures with nothing between them", 6},
      {"{a...},{b...}", "a second capture with ...", 7},
      {"[a][b][c][d][e]", "there are more than 4 optional parts", 12},
  };
  for (const auto& [pattern, message, offset] : cases) {
    const auto ways = LinePattern::parse(pattern);
    ASSERT_FALSE(ways) << pattern;
    EXPECT_EQ(ways.error().code, ErrorCode::kBadRules);
    EXPECT_EQ(ways.error().message, message) << pattern;
    EXPECT_EQ(ways.error().place.byte, offset) << pattern;
  }
  std::string many;
  for (int index = 0; index < 33; ++index) many += "{} ";
  EXPECT_FALSE(LinePattern::parse(many));
}

}  // namespace
}  // namespace mseavro
