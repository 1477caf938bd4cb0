#include "avro/wire/schema_inference.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

// The type of the field `x` of objects, without the null that every field may be.
std::string type_of(const std::vector<std::string>& values) {
  SchemaInference inference;
  JsonDocument document;
  for (const std::string& value : values) {
    EXPECT_TRUE(document.parse(R"({"x":)" + value + "}"));
    EXPECT_TRUE(inference.add_object(document.root()));
  }
  const std::string text = inference.schema_text();
  EXPECT_NE(schema_of(text), nullptr);
  constexpr std::string_view kBegin =
      R"({"type":"record","name":"Row","fields":[{"name":"x","type":["null",)";
  constexpr std::string_view kEnd = R"(],"default":null}]})";
  EXPECT_TRUE(text.starts_with(kBegin) && text.ends_with(kEnd)) << text;
  return text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size());
}

TEST(SchemaInference, TakesTheTypeThatHoldsAllThatWasSeen) {
  const struct {
    std::vector<std::string> values;
    std::string type;
  } kCases[] = {
      {{"null"}, R"("string")"},
      {{"true", "null"}, R"("boolean")"},
      {{"1", "-5"}, R"("long")"},
      {{"1", "2.5"}, R"("double")"},
      {{"1", "9223372036854775808"}, R"("double")"},
      {{R"("a")", R"("2025-01-01")"}, R"("string")"},
      {{R"("a")", "1", "true"}, R"("boolean","long","string")"},
      {{"[1]", "[2.5]"}, R"({"type":"array","items":"double"})"},
      {{"[1,null]"}, R"({"type":"array","items":["null","long"]})"},
      {{"[]"}, R"({"type":"array","items":"null"})"},
      {{R"([1,"a"])"}, R"({"type":"array","items":["long","string"]})"},
      {{R"({"a":1})", R"({"b":"t"})"},
       R"({"type":"record","name":"Row_x","fields":[{"name":"a","type":["null","long"],)"
       R"("default":null},{"name":"b","type":["null","string"],"default":null}]})"},
  };
  for (const auto& [values, type] : kCases) EXPECT_EQ(type_of(values), type) << values[0];
}

TEST(SchemaInference, GivesEachRecordANameOfItsOwn) {
  SchemaInference inference;
  JsonDocument document;
  ASSERT_TRUE(document.parse(R"({"a":{"b_c":{"x":1}},"a_b":{"c":{"y":1}}})"));
  ASSERT_TRUE(inference.add_object(document.root()));
  EXPECT_NE(schema_of(inference.schema_text()), nullptr) << inference.schema_text();
}

TEST(SchemaInference, KeepsTextsOfCsvThatOnlyLookLikeNumbers) {
  const struct {
    std::vector<std::string_view> cells;
    std::string_view type;
  } kCases[] = {
      {{"1", "2", ""}, "long"},  {{"1", "2.5"}, "double"}, {{"01067", "2"}, "string"},
      {{"+1"}, "string"},        {{" 1"}, "string"},       {{"true", "false"}, "boolean"},
      {{"true", "1"}, "string"}, {{"a", "1"}, "string"},   {{"1", "a", "2"}, "string"},
      {{"", ""}, "string"},      {{"NaN"}, "string"},      {{"NA", "1", "NULL"}, "long"},
      {{"NA", ""}, "string"},    {{"NA", "a"}, "string"},
  };
  for (const auto& [cells, type] : kCases) {
    SchemaInference inference;
    inference.set_columns(std::vector<std::string>{"x"});
    for (const std::string_view cell : cells) inference.add_row({&cell, 1});
    EXPECT_EQ(inference.schema_text(),
              R"({"type":"record","name":"Row","fields":[{"name":"x","type":["null",")" +
                  std::string(type) + R"("],"default":null}]})")
        << cells[0];
  }
}

TEST(SchemaInference, RefusesWhatIsNoObjectAndTooManyFields) {
  SchemaInference inference;
  JsonDocument document;
  ASSERT_TRUE(document.parse("[1]"));
  EXPECT_EQ(inference.add_object(document.root()).error().code, ErrorCode::kBadValue);
  std::string json = "{";
  for (int i = 0; i <= 1 << 16; ++i) {
    json += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
  }
  ASSERT_TRUE(document.parse(json + "}"));
  EXPECT_EQ(inference.add_object(document.root()).error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace mseavro
