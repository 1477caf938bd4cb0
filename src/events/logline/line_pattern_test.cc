#include "events/logline/line_pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
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
    if (!way.begins(text) || !way.match(text, captured)) continue;
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
      {"{s=a b...} {a}", "a b c", {"a b", "c"}},
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

// What a pattern is made of, and all ways in which a text can be cut by its literals.
class CutsOfAPattern {
 public:
  explicit CutsOfAPattern(std::mt19937_64& random) {
    const size_t capture_count = random() % 4;
    wide_ = capture_count == 0 || random() % 2 == 0 ? capture_count : random() % capture_count;
    for (size_t index = 0; index <= capture_count; ++index) {
      const bool may_be_empty = index == 0 || index == capture_count;
      literals_.emplace_back();
      for (uint64_t size = random() % 3 + (may_be_empty ? 0 : 1); size > 0; --size) {
        literals_.back() += "ab,"[random() % 3];
      }
      kinds_.push_back(random() % 3);
    }
    kinds_.pop_back();
  }

  std::string text() const {
    std::string text = literals_[0];
    for (size_t index = 0; index < kinds_.size(); ++index) {
      const bool is_wide = index == wide_;
      text += kinds_[index] == 0   ? (is_wide ? "{...}" : "{}")
              : kinds_[index] == 1 ? (is_wide ? "{x...}" : "{x}")
                                   : (is_wide ? "{x=ab...}" : "{x=ab}");
      text += literals_[index + 1];
    }
    return text;
  }

  // Of all cuts the one whose first captures are the shortest, one after the other, and then the
  // last ones, from the end; what a capture may be is asked only of that one.
  Texts match(std::string_view text) const {
    std::vector<Texts> cuts;
    if (text.starts_with(literals_[0])) add_cuts(text.substr(literals_[0].size()), {}, &cuts);
    if (cuts.empty()) return {"no match"};
    const Texts& best = *std::ranges::min_element(cuts, {}, [&](const Texts& cut) {
      const size_t wide = std::min(wide_, cut.empty() ? 0 : cut.size() - 1);
      std::vector<size_t> sizes;
      for (size_t index = 0; index < wide; ++index) sizes.push_back(cut[index].size());
      for (size_t index = cut.size(); index > wide; --index) sizes.push_back(cut[index - 1].size());
      return sizes;
    });
    for (size_t index = 0; index < best.size(); ++index) {
      if (kinds_[index] == 1 && best[index].empty()) return {"no match"};
      if (kinds_[index] == 2 && best[index] != "ab") return {"no match"};
    }
    return best;
  }

 private:
  void add_cuts(std::string_view rest, const Texts& before, std::vector<Texts>* cuts) const {
    if (before.size() == kinds_.size()) {
      if (rest.empty()) cuts->push_back(before);
      return;
    }
    const std::string& next = literals_[before.size() + 1];
    for (size_t size = 0; size <= rest.size(); ++size) {
      if (!rest.substr(size).starts_with(next)) continue;
      Texts with = before;
      with.emplace_back(rest.substr(0, size));
      add_cuts(rest.substr(size + next.size()), with, cuts);
    }
  }

  Texts literals_;
  std::vector<uint64_t> kinds_;  // Anything, something, or "ab".
  size_t wide_;                  // Behind the last capture: none is said to be wide.
};

TEST(LinePattern, AgreesWithTryingAllCuts) {
  std::mt19937_64 random(11);
  int match_count = 0;
  for (int round = 0; round < 3000; ++round) {
    const CutsOfAPattern cuts(random);
    for (int index = 0; index < 10; ++index) {
      std::string text;
      for (uint64_t size = random() % 12; size > 0; --size) text += "aab,"[random() % 4];
      Texts captured = match(cuts.text(), text);
      // What is refused is what no text matches.
      if (captured.size() == 1 && captured[0].starts_with("error: ")) captured = {"no match"};
      ASSERT_EQ(captured, cuts.match(text)) << cuts.text() << " on " << text;
      if (captured != Texts{"no match"}) ++match_count;
    }
  }
  EXPECT_GT(match_count, 1000);
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
      {"{?a,b=c,a=d}", "the parameter \"a\" is taken twice", 8},
      {"{a=x,y},{b}", "\"x,y\" is never taken whole: the capture ends at \",\"", 1},
      {"{a...},{b=x,}", "\"x,\" is never taken whole: the capture ends at \",\"", 8},
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
    EXPECT_FALSE(ways.error().help.empty()) << pattern;
    EXPECT_EQ(ways.error().place.byte, offset) << pattern;
  }
  std::string many;
  for (int index = 0; index < 33; ++index) many += "{} ";
  EXPECT_FALSE(LinePattern::parse(many));
}

}  // namespace
}  // namespace mseavro
