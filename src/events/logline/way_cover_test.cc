#include "events/logline/way_cover.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "events/logline/line_parser.h"
#include "events/logline/testing/rules_of.h"

namespace mseavro {
namespace {

const SchemaTexts kSchemas = {{"all", R"({"type": "record", "name": "All", "fields": [
       {"name": "text", "type": ["null", "string"], "default": null},
       {"name": "bytes", "type": "bytes", "default": ""},
       {"name": "must", "type": "string", "default": ""},
       {"name": "int", "type": "int", "default": 0},
       {"name": "long", "type": "long", "default": 0},
       {"name": "double", "type": "double", "default": 0},
       {"name": "flag", "type": "boolean", "default": false},
       {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["a", "b"]},
        "default": "a"},
       {"name": "other", "type": {"type": "enum", "name": "Other", "symbols": ["a", "c"]},
        "default": "a"},
       {"name": "list", "type": {"type": "array", "items": "string"}, "default": []},
       {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": 0},
       {"name": "at_nanos", "type": {"type": "long", "logicalType": "timestamp-nanos"},
        "default": 0}]})"}};

// A pattern and what follows it in its event.
struct Rule {
  std::string pattern;
  std::string more{};
};

std::string event_of(const std::string& name, const Rule& rule) {
  return "[[event]]\nname = '" + name + "'\nschema = 'all'\noutput = '" + name + "'\npattern = '" +
         rule.pattern + "'\n" + rule.more + "\n";
}

// Whether rules with both are refused because the second gets no line.
bool is_refused(const Rule& first, const Rule& second) {
  const auto rules = rules_of(event_of("A", first) + event_of("B", second), kSchemas);
  if (rules) return false;
  EXPECT_EQ(rules.error().message,
            "column 11: no line comes here: the pattern in line 5 takes them all");
  return true;
}

TEST(WayCover, FindsPatternsThatTakeAllLinesOfLaterOnes) {
  const struct {
    Rule first;
    Rule second;
    bool is_refused;
  } cases[] = {
      {{"x"}, {"x"}, true},
      {{"x"}, {"y"}, false},
      {{"x{text}"}, {"x{text}"}, true},
      {{"x{text}"}, {"x{must}"}, true},
      {{"x{text}"}, {"x{int}"}, true},
      {{"x{text}"}, {"x{bytes}"}, false},
      {{"x{bytes}"}, {"x{text}"}, true},
      {{"x{bytes}"}, {"x{}"}, false},
      {{"x{}"}, {"x{bytes}"}, true},
      {{"x{}"}, {"x{text=a}"}, true},
      {{"x{text}"}, {"x{}"}, false},
      {{"x{text}"}, {"x{text=a}"}, true},
      {{"x{int}"}, {"x{text=7}"}, true},
      {{"x{int}"}, {"x{text=a}"}, false},
      {{"x{int}", "range.int = [1, 5]"}, {"x{text=7}"}, false},
      {{"x{text=a}"}, {"x{text=a}"}, true},
      {{"x{text=a}"}, {"x{text=b}"}, false},
      {{"x{text=a}"}, {"x{text}"}, false},
      {{"x{int}"}, {"x{text}"}, false},
      {{"x{int}"}, {"x{int}"}, true},
      {{"x{int}"}, {"x{long}"}, false},
      {{"x{long}"}, {"x{int}"}, true},
      {{"x{int:count}"}, {"x{int:int}"}, false},
      {{"x{int:int}"}, {"x{int:count}"}, true},
      {{"x{int}", "range.int = [1, 5]"}, {"x{int}"}, false},
      {{"x{int}"}, {"x{int}", "range.int = [1, 5]"}, true},
      {{"x{int}", "range.int = [1, 5]"}, {"x{int}", "range.int = [2, 5]"}, true},
      {{"x{int}", "range.int = [1, 5]"}, {"x{int}", "range.int = [2, 6]"}, false},
      {{"x{double}"}, {"x{double}"}, true},
      {{"x{double}", "range.double = [1, 5]"}, {"x{double}"}, false},
      {{"x{flag}"}, {"x{flag}"}, true},
      {{"x{kind}"}, {"x{kind}"}, true},
      {{"x{kind}"}, {"x{other}"}, false},
      {{"x{list}"}, {"x{text}"}, true},
      {{"x{at}"}, {"x{at}"}, true},
      {{"x{at}"}, {"x{at_nanos}"}, false},
      {{"x{at}"}, {"x{text:time}"}, false},
      {{"x{text:time}"}, {"x{must:time}"}, true},
      {{"x{text} {int}"}, {"x{text} {int}"}, true},
      {{"x{text...} {int}"}, {"x{text} {int}"}, false},
      {{"x[y]z"}, {"xz"}, true},
      {{"xz"}, {"x[y]z"}, false},
      {{"x{?text,int}"}, {"x{?text,int}"}, true},
      {{"x{?text,int}"}, {"x{?text=must,int=long}"}, false},
      {{"x{?text}"}, {"x{?text=must}"}, true},
      {{"x{?text}"}, {"x{?int}"}, false},
      {{"x{?text}"}, {"x{text}"}, false},
      {{"x{}"}, {"x{?text}"}, true},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(is_refused(test.first, test.second), test.is_refused)
        << test.first.pattern << " before " << test.second.pattern << " " << test.second.more;
  }
}

TEST(WayCover, LooksAtTheFieldsOfTheLineToo) {
  const auto rules_after = [](const std::string& line) {
    return rules_of(
        "[line]\npattern = '" + line + "'\n" + event_of("A", {"x"}) + event_of("B", {"x"}),
        kSchemas);
  };
  EXPECT_FALSE(rules_after("{text:time} {event}"));
  EXPECT_FALSE(rules_after("{text} {must} {event}"));
}

TEST(WayCover, IsSaidOfPatternsOfOneEvent) {
  const auto rules = rules_of(
      "[[event]]\nname = 'A'\nschema = 'all'\noutput = 'a'\npatterns = [\n"
      "  'x {text}',\n  'y {text}',\n  'x {int}',\n]\n",
      kSchemas);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().place.line, 8);
  EXPECT_EQ(rules.error().message,
            "column 3: no line comes here: the pattern in line 6 takes them all");
}

std::string random_pattern(std::mt19937& random) {
  static constexpr const char* kPieces[] = {"{text}",      "{bytes}", "{int}",    "{int:count}",
                                            "{long}",      "{flag}",  "{text=1}", "{int=7}",
                                            "{}",          "{kind}",  "{other}",  "{?text,int}",
                                            "{?int=long}", "{list}",  "{must}",   "{double}"};
  std::string pattern = "x";
  if (random() % 2 == 0) pattern += std::string(kPieces[random() % 16]) + "-";
  pattern += kPieces[random() % 16];
  return pattern;
}

std::string random_line(std::mt19937& random) {
  static constexpr const char* kPieces[] = {"1", "7",     "-",           "0", "a",
                                            "b", "c",     "\xff",        "é", "4e2",
                                            ",", "?int=", "99999999999", "&", "text="};
  std::string line = "x";
  for (uint32_t count = random() % 5; count > 0; --count) line += kPieces[random() % 15];
  return line;
}

TEST(WayCover, IsNeverSaidOfPatternsThatALineReaches) {
  std::mt19937 random(3);
  int refused_count = 0;
  for (int round = 0; round < 1000; ++round) {
    const Rule first{random_pattern(random)};
    const Rule second{random_pattern(random)};
    const auto first_rules = rules_of(event_of("A", first), kSchemas);
    const auto second_rules = rules_of(event_of("B", second), kSchemas);
    if (!first_rules || !second_rules || !is_refused(first, second)) continue;
    ++refused_count;
    LineParser first_parser(*first_rules);
    LineParser second_parser(*second_rules);
    for (int index = 0; index < 50; ++index) {
      const std::string line = random_line(random);
      std::vector<Encoder> outputs(1);
      if (!second_parser.parse(line, false, outputs).is_event) continue;
      EXPECT_TRUE(first_parser.parse(line, false, outputs).is_event)
          << first.pattern << " before " << second.pattern << " on " << line;
    }
  }
  EXPECT_GT(refused_count, 50);
}

}  // namespace
}  // namespace mseavro
