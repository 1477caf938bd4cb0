#include "avro/schema/json_layout.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

TEST(JsonString, EscapesWhatMustBeEscaped) {
  const struct {
    std::string_view text;
    std::string_view json;
  } cases[] = {
      {"", R"("")"},
      {"a\"b\\c", R"("a\"b\\c")"},
      {"line\n\ttab", R"("line\u000a\u0009tab")"},
      {"Größe/", "\"Größe/\""},
  };
  for (const auto& test : cases) {
    std::string json;
    append_json_string(test.text, json);
    EXPECT_EQ(json, test.json);
  }
}

TEST(JsonLayout, BreaksTheOutermostValueAndWhatDoesNotFit) {
  const std::string long_name(90, 'x');
  const struct {
    std::string json;
    std::string text;
  } cases[] = {
      {"\"int\"", "\"int\""},
      {"1.5", "1.5"},
      {"{}", "{}"},
      {"[]", "[]"},
      {R"({"a":1})", "{\n  \"a\": 1\n}"},
      {R"(["null","int"])", "[\n  \"null\",\n  \"int\"\n]"},
      {R"({"a":{"b":[1,{}]},"c":true})", "{\n  \"a\": {\"b\": [1, {}]},\n  \"c\": true\n}"},
      {R"({"a":[":,[{\"\\"]})", "{\n  \"a\": [\":,[{\\\"\\\\\"]\n}"},
      {"[[\"" + long_name + "\"]]", "[\n  [\"" + long_name + "\"]\n]"},
      {"[[\"" + long_name + "\",1]]", "[\n  [\"" + long_name + "\", 1]\n]"},
      {"[[\"" + long_name + "\",12]]", "[\n  [\n    \"" + long_name + "\",\n    12\n  ]\n]"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(lay_out_json(test.json), test.text) << test.json;
  }
}

}  // namespace
}  // namespace mseavro
