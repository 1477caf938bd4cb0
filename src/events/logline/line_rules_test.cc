#include "events/logline/line_rules.h"

#include <gtest/gtest.h>

#include <string>

#include "events/logline/testing/rules_of.h"

namespace mseavro {
namespace {

const SchemaTexts kSchemas = {
    {"s", R"({"type": "record", "name": "E", "fields": [
       {"name": "time", "type": "string"}, {"name": "n", "type": "int"},
       {"name": "o", "type": ["null", "string"], "default": null}]})"},
    {"text", "\"string\""},
    {"broken", "{"},
    {"long", R"({"type": "record", "name": "E", "fields": [{"name": "n", "type": "long"}]})"},
    {"rating", R"({"type": "record", "name": "R", "fields": [
       {"name": "time", "type": "string"}, {"name": "userId", "type": "string"},
       {"name": "rating", "type": "int"},
       {"name": "score", "type": ["null", "double"], "default": null},
       {"name": "tags", "type": {"type": "map", "values": "string"}, "default": {}}]})"},
    {"odd", R"({"type": "record", "name": "E", "fields": [
       {"name": "n", "type": ["int", "string"]}]})"},
};

std::string event(const std::string& lines) {
  return "[line]\npattern = '{time:time} {event}'\n[[event]]\n" + lines;
}

struct BadRules {
  std::string toml;
  std::string message;  // With "column N: " in front.
  int64_t line;
};

TEST(LineRules, SayLineAndColumnOfWhatIsWrong) {
  const std::string good = "name = 'E'\nschema = 's'\noutput = 'e'\npattern = 'x {n:int}'\n";
  const BadRules cases[] = {
      {"a = \n", "", 1},
      {"", "column 1: there are no events", 1},
      {"event = 3\n", "column 9: there are no events", 1},
      {"[lines]\n", "column 2: a rule file has no key \"lines\"", 1},
      {event("nam = 'E'\n"), "column 1: [[event]] has no key \"nam\"", 4},
      {event("name = 3\n"), "column 8: \"name\" is a text in quotes", 4},
      {event("name = ''\n"), "column 8: \"name\" is empty", 4},
      {event("name = 'E'\n"), "column 1: \"schema\" is missing", 3},
      {event("name = 'E'\nschema = 's'\noutput = '../e'\npattern = 'x'\n"),
       "column 10: this is no plain name of a file", 6},
      {event("name = 'E'\nschema = 's'\noutput = 'dead_letters'\npattern = 'x'\n"),
       "column 10: what is no event goes to the output of this name", 6},
      {event("name = 'E'\nschema = 's'\noutput = 'e'\n"),
       "column 1: an event has either \"pattern\" or \"patterns\"", 3},
      {event("name = 'E'\nschema = 's'\noutput = 'e'\npatterns = 'x'\n"),
       "column 12: \"patterns\" is a list of texts", 7},
      {event(good + "range.n = [5, 1]\n"),
       "column 11: a range goes from the smaller number to the greater one", 8},
      {event(good + "range.n = [5]\n"), "column 11: a range is its two ends", 8},
      {event(good + "range.m = [1, 5]\n"), "column 7: no pattern of E captures \"m\"", 8},
      {event(good + "range = 5\n"), "column 9: a range stands behind the name of its field", 8},
      {"line = 'x'\n", "column 8: [line] has keys and values", 1},
      {event(good + "range.time = [1, 5]\n"), "column 7: \"time\" is no number", 8},
      {event(good) + "[[event]]\n" + good,
       "column 10: the event's output in line 6 has this name too", 11},
      {event(good) + "[[event]]\nname = 'E'\nschema = 's'\noutput = 'f'\npattern = 'y {n}'\n",
       "column 8: the event in line 4 has this name too", 9},
      {"[event]\nname = 'E'\n", "column 1: an event stands in two pairs of brackets", 1},
      {event("name = 'E'\nschema = 's'\noutput = 'e'\npattern = 'x {n:int'\n"),
       "column 14: a { without }", 7},
      {event("name = 'E'\nschema = 's'\noutput = 'e'\npattern = 'x {m:int}'\n"),
       "column 15: the schema of E has no field \"m\"", 7},
      {event("name = 'E'\nschema = 's'\noutput = 'e'\npattern = 'x {n} {n}'\n"),
       "column 19: \"n\" is captured twice", 7},
      {event("name = 'E'\nschema = 's'\noutput = 'e'\npattern = 'x {o}'\n"),
       "column 11: nothing captures the field \"n\" of E, and it has no default", 7},
      {event("name = 'E'\nschema = 's'\noutput = 'e'\npattern = 'x {n:text}'\n"),
       "column 15: what \"n\" captures cannot become int, the type of the field in the schema of E",
       7},
      {event("name = 'E'\nschema = 'odd'\noutput = 'e'\npattern = 'x {n}'\n"),
       "column 15: what \"n\" captures cannot become union of int, string, the type of the field "
       "in the schema of E",
       7},
      {"[line]\npattern = '{time:time} {n:text} {event}'\n[[event]]\nname = 'E'\nschema = 's'\n"
       "output = 'e'\npattern = 'x'\n",
       "column 25: what \"n\" captures cannot become int, the type of the field in the schema of E",
       2},
      {"[line]\npattern = '{time:time} {?n} {event}'\n[[event]]\n" + good,
       "column 26: a query string belongs into the patterns of the events", 2},
      {event("name = 'E'\nschema = 's'\noutput = 'e'\npattern = 'x {n:float}'\n"),
       "column 17: there is no type \"float\"", 7},
      {event("name = 'E'\nschema = 's'\noutput = 'e'\npatern = 'x {n}'\n"),
       "column 1: [[event]] has no key \"patern\"", 7},
      {event("name = 'E'\nschema = 's'\npattern = 'x {n}'\n"), "column 1: \"output\" is missing",
       3},
      {event("name = 'E'\nschema = 'none'\noutput = 'e'\npattern = 'x {n}'\n"),
       "column 10: there is no schema \"none\"", 5},
      {event("name = 'E'\nschema = 'text'\noutput = 'e'\npattern = 'x {n}'\n"),
       "column 10: the schema is no record", 5},
      {"[line]\npattern = '{time:time} {what}'\n[[event]]\n" + good,
       "column 11: the pattern of all lines leaves nothing to the events", 2},
      {"[line]\npattern = '{time:time}[ ] {event}'\n[[event]]\n" + good,
       "column 11: the pattern of all lines has an optional part", 2},
      {"[line]\npattern = '{time:time} {host} {event}'\n[[event]]\n" + good,
       "column 25: no event has a field \"host\"", 2},
      {"[line]\npattern = '{time:time} {o:time} {event}'\n[[event]]\n" + good,
       "column 25: a line has one time", 2},
      {"[line]\npattern = '{time:time} {event}'\ntime_format = '%Y'\n[[event]]\n" + good,
       "column 15: the time format lacks a part of day and time", 3},
      {"[line]\npattern = '{time:time} {event}'\ntime_format = \"\\t%Y%q\"\n[[event]]\n" + good,
       "column 20: the time format has a % that means nothing", 3},
  };
  for (const BadRules& bad : cases) {
    const auto rules = rules_of(bad.toml, kSchemas);
    ASSERT_FALSE(rules) << bad.toml;
    EXPECT_EQ(rules.error().code, ErrorCode::kBadRules) << bad.toml;
    EXPECT_EQ(rules.error().place.file, "rules.toml") << bad.toml;
    EXPECT_EQ(rules.error().place.line, bad.line) << bad.toml << rules.error().message;
    EXPECT_TRUE(rules.error().message.starts_with("column ")) << rules.error().message;
    EXPECT_FALSE(rules.error().help.empty()) << rules.error().message;
    if (!bad.message.empty()) {
      EXPECT_EQ(rules.error().message, bad.message) << bad.toml;
    }
  }
}

TEST(LineRules, SayThePlaceInTheFileWhateverTheTextIsTypedLike) {
  const struct {
    const char* pattern;
    int64_t line;
    const char* column;
  } cases[] = {
      {"'{m}'", 7, "column 13: "},
      {"'{m'", 7, "column 12: "},
      {"\"\\\"{} \\\" {m}\"", 7, "column 21: "},
      {"\"\\t\\u00e9{m}\"", 7, "column 21: "},
      {"'ÄÖÜ€ {m}'", 7, "column 18: "},
      {"\"\"\"\nÄ {} \\\n   \\\" {m}\"\"\"", 9, "column 8: "},
      {"'''\n\\ {m}'''", 8, "column 4: "},
  };
  for (const auto& [pattern, line, column] : cases) {
    const auto rules = rules_of(
        event("name = 'E'\nschema = 's'\noutput = 'e'\npattern = ") + pattern + "\n", kSchemas);
    ASSERT_FALSE(rules) << pattern;
    EXPECT_EQ(rules.error().place.line, line) << pattern;
    EXPECT_TRUE(rules.error().message.starts_with(column)) << pattern << rules.error().message;
  }
}

TEST(LineRules, SayWhichNumbersRangesMayBeOf) {
  const std::string two = event(
      "name = 'R'\nschema = 'rating'\noutput = 'r'\npattern = 'r {userId} {rating}'\n"
      "[[event]]\nname = 'E'\nschema = 's'\noutput = 'e'\npattern = 'x {n}'\n");
  const struct {
    std::string toml;
    std::string option;  // The field of --range.
    std::string message;
    std::string help;
  } cases[] = {
      {two, "ratin", "--range: no event has a number \"ratin\"", "did you mean rating?"},
      {two, "minutes", "--range: no event has a number \"minutes\"", "the numbers are n, rating"},
      {two, "userId", "--range: no event has a number \"userId\"", "the numbers are n, rating"},
      {two + "range.m = [1, 5]\n", "", "column 7: no pattern of E captures \"m\"",
       "did you mean n?"},
      {two + "range.rating = [1, 5]\n", "", "column 7: no pattern of E captures \"rating\"",
       "the numbers are n"},
      {event("name = 'E'\nschema = 'none'\noutput = 'e'\npattern = 'x'\n"), "n",
       "--range: no event has a number \"n\"",
       "only numbers have ranges, and the patterns capture none"},
  };
  SchemaTexts schemas = kSchemas;
  schemas["none"] = R"({"type": "record", "name": "N", "fields": []})";
  for (const auto& [toml, option, message, help] : cases) {
    CompileOptions options;
    if (!option.empty()) options.ranges = {{{option}, 1, 5}};
    const auto rules = rules_of(toml, schemas, options);
    ASSERT_FALSE(rules) << message;
    EXPECT_EQ(rules.error().code,
              option.empty() ? ErrorCode::kBadRules : ErrorCode::kBadOptionValue);
    EXPECT_EQ(rules.error().message, message);
    EXPECT_EQ(rules.error().help, help);
  }
}

TEST(LineRules, SayWhatWouldBeRight) {
  const struct {
    const char* line;   // The pattern of all lines, which is in line 2 of the file,
    const char* event;  // and that of the event, in line 7.
    int64_t error_line;
    const char* message;
    const char* help;
  } cases[] = {
      {"{time:time} {usrId} {event}", "r {rating}", 2, "column 25: no event has a field \"usrId\"",
       "did you mean userId?"},
      {"{time:time} {zzz} {event}", "r {rating}", 2, "column 25: no event has a field \"zzz\"",
       "write {} for what is not kept"},
      {"{tme:time} {userId} {event}", "r {rating}", 2, "column 13: no event has a field \"tme\"",
       "did you mean time?"},
      {"{score:time} {userId} {event}", "r {rating}", 7,
       "column 11: nothing captures the field \"time\" of R, and it has no default",
       "put {time} where it stands in the line"},
      {"{time:time} {userId} {event}", "r {raitng}", 7,
       "column 15: the schema of R has no field \"raitng\"", "did you mean rating?"},
      {"{time:time} {userId} {event}", "r {zzz}", 7,
       "column 15: the schema of R has no field \"zzz\"",
       "name a field, or write {} for what is not kept"},
      {"{time:time} {userId} {event}", "r {rating:text}", 7,
       "column 15: what \"rating\" captures cannot become int, the type of the field in the schema "
       "of R",
       "write {rating:int} or {rating:count}, or change the schema"},
      {"{time:time} {userId} {event}", "r{?score=rating:number}", 7,
       "column 21: what \"rating\" captures cannot become int, the type of the field in the schema "
       "of R",
       "write rating:int or rating:count, or change the schema"},
      {"{time:time} {userId} {event}", "r {rating} {score:int}", 7,
       "column 24: what \"score\" captures cannot become union of null, double, the type of the "
       "field in the schema of R",
       "write {score:number}, or change the schema"},
      {"{time:time} {userId:count} {event}", "r {rating}", 2,
       "column 25: what \"userId\" captures cannot become string, the type of the field in the "
       "schema of R",
       "write {userId:text} or {userId:time} or {userId:list}, or change the schema"},
      {"{time:time} {userId} {event}", "r {rating} {tags}", 7,
       "column 24: what \"tags\" captures cannot become map, the type of the field in the "
       "schema of R",
       "no capture does: give the field a default and leave it out here, or change the schema"},
      {"{time:time} {userId} {event}", "r[ {rating}]", 7,
       "column 16: the field \"rating\" of R has no default, and stands in an optional part",
       "take it out of the brackets, or give the schema's field a default, as null in a union with "
       "null"},
      {"{time:time} {userId} {event}", "r[{?rating}]", 7,
       "column 16: the field \"rating\" of R has no default, and stands in an optional part",
       "take it out of the brackets, or give the schema's field a default, as null in a union with "
       "null"},
  };
  for (const auto& test : cases) {
    const std::string toml = std::string("[line]\npattern = '") + test.line +
                             "'\n[[event]]\nname = 'R'\nschema = 'rating'\noutput = 'r'\n" +
                             "pattern = '" + test.event + "'\n";
    const auto rules = rules_of(toml, kSchemas);
    ASSERT_FALSE(rules) << toml;
    EXPECT_EQ(rules.error().place.line, test.error_line) << toml;
    EXPECT_EQ(rules.error().message, test.message) << toml;
    EXPECT_EQ(rules.error().help, test.help) << toml;
  }
}

TEST(LineRules, RefuseConstantsThatAreNoValues) {
  const struct {
    const char* line;
    const char* event;
    int64_t error_line;  // 0: none.
    const char* message;
  } cases[] = {
      {"{time:time} {userId} {event}", "r {rating=abc}", 7,
       "column 15: \"abc\" is no value of \"rating\", which is int"},
      {"{time:time} {userId} {event}", "r {rating=2147483648}", 7,
       "column 15: \"2147483648\" is no value of \"rating\", which is int"},
      {"{time:time} {userId} {event}", "r {rating:count=-1}", 7,
       "column 15: \"-1\" is no value of \"rating\", which is int"},
      {"{time:time} {userId} {event}", "r {rating=6}", 7,
       "column 15: \"6\" is outside of the range of \"rating\""},
      {"{time:time} {userId} {event}", "r {rating=5}", 0, ""},
      {"{time:time} {userId} {event}", "r {rating} {score=x}", 7,
       "column 24: \"x\" is no value of \"score\", which is union of null, double"},
      {"{time:time} {userId} {event}", "r {rating} {score=1e3}", 0, ""},
      {"{time=now} {userId} {event}", "r {rating}", 0, ""},
      {"{time:time=now} {userId} {event}", "r {rating}", 2,
       "column 13: \"now\" is no value of \"time\", which is string"},
  };
  for (const auto& [line, event, error_line, message] : cases) {
    const std::string toml = std::string("[line]\npattern = '") + line +
                             "'\n[[event]]\nname = 'R'\nschema = 'rating'\noutput = 'r'\n" +
                             "pattern = '" + event + "'\nrange.rating = [1, 5]\n";
    const auto rules = rules_of(toml, kSchemas);
    EXPECT_EQ(rules.has_value(), error_line == 0) << toml;
    if (rules || error_line == 0) continue;
    EXPECT_EQ(rules.error().place.line, error_line) << toml;
    EXPECT_EQ(rules.error().message, message) << toml;
  }
}

TEST(LineRules, LeaveConstantsToRangesOfOptions) {
  CompileOptions options;
  options.ranges = {{{"n"}, 2, 3}};
  const std::string toml =
      event("name = 'E'\nschema = 's'\noutput = 'e'\npattern = 'x {n=1}'\nrange.n = [0, 5]\n");
  EXPECT_TRUE(rules_of(toml, kSchemas, options));
}

TEST(LineRules, HandOnErrorsOfSchemasAndZones) {
  const std::string tail = "output = 'e'\npattern = 'x {n}'\n";
  const auto broken = rules_of(event("name = 'E'\nschema = 'broken'\n" + tail), kSchemas);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kBadSchemaJson);
  EXPECT_EQ(broken.error().place.file, "broken");
  const auto zone = rules_of(
      "[line]\npattern = '{time:time} {event}'\ntimezone = 'Mars'\n[[event]]\nname = 'E'\nschema = "
      "'s'\n" +
          tail,
      kSchemas);
  ASSERT_FALSE(zone);
  EXPECT_EQ(zone.error().code, ErrorCode::kBadTimeZone);
  EXPECT_EQ(zone.error().place.line, 3);
  EXPECT_EQ(zone.error().message, "column 12: unknown time zone");
}

TEST(LineRules, TakeTypedSchemasAndRangesFromOptions) {
  const std::string toml = event(
      "name = 'E'\nschema = 's'\ntyped_schema = 'long'\noutput = 'e'\npattern = 'x {n:int}'\n"
      "range.n = [1, 5]\n");
  CompileOptions options;
  options.is_typed = true;
  options.ranges = {{{"n"}, 2, 3}};
  const auto rules = rules_of(toml, kSchemas, options);
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ((*rules)->events()[0].plan->schema().root().fields.size(), 1u);
  ASSERT_NE((*rules)->events()[0].ways[0].steps[0].range, nullptr);
  EXPECT_EQ((*rules)->events()[0].ways[0].steps[0].range->low, 2);
  const auto untyped = rules_of(event("name = 'E'\nschema = 's'\noutput = 'e'\npattern = '{n}'\n"),
                                kSchemas, {.is_typed = true});
  ASSERT_FALSE(untyped);
  EXPECT_NE(untyped.error().help.find("--typed"), std::string::npos);
}

}  // namespace
}  // namespace mseavro
