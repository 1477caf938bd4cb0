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

// The type of a column, without the null that every field may be.
std::string type_of_column(const std::string& column, const std::vector<std::string_view>& cells) {
  SchemaInference inference;
  inference.set_columns(std::vector{column}, [](std::string_view name) { return name == "id"; });
  for (const std::string_view cell : cells) inference.add_row({&cell, 1}, 2);
  const std::string text = inference.schema_text();
  const std::string begin =
      R"({"type":"record","name":"Row","fields":[{"name":")" + column + R"(","type":["null",")";
  constexpr std::string_view kEnd = R"("],"default":null}]})";
  EXPECT_TRUE(text.starts_with(begin) && text.ends_with(kEnd)) << text;
  return text.substr(begin.size(), text.size() - begin.size() - kEnd.size());
}

TEST(SchemaInference, KeepsTextsOfCsvThatOnlyLookLikeNumbers) {
  const struct {
    std::vector<std::string_view> cells;
    std::string_view type;
  } kCases[] = {
      {{"1", "2", ""}, "long"},
      {{"1", "2.5"}, "double"},
      {{"01067", "2"}, "string"},
      {{"+1"}, "string"},
      {{" 1"}, "string"},
      {{"true", "false"}, "boolean"},
      {{"true", "1"}, "string"},
      {{"a", "1"}, "string"},
      {{"1", "a", "2"}, "string"},
      {{"", ""}, "string"},
      {{"NaN"}, "string"},
      {{"NA", "1", "NULL"}, "long"},
      {{"NA", ""}, "string"},
      {{"NA", "a"}, "string"},
      {{"9223372036854775807"}, "long"},
      {{"1", "9223372036854775808"}, "string"},
      {{"1.9", "1.10"}, "string"},
      {{"1.10", "1.9"}, "string"},
      {{"1.50", "2.00", "10.25"}, "double"},
      {{"2.0", "2.25"}, "double"},
      {{"1", "2.50"}, "double"},
      {{"1e3", "7"}, "string"},
      {{"1E5"}, "string"},
      {{"1e3", "0.5"}, "double"},
      {{"1e-7", "3"}, "double"},
      {{"1e+20"}, "double"},
      {{"1.5e3"}, "double"},
  };
  for (const auto& [cells, type] : kCases) {
    EXPECT_EQ(type_of_column("x", cells), type) << cells[0];
  }
}

TEST(SchemaInference, NamesTheCellForWhichNumbersAreText) {
  const struct {
    const char* column;
    std::vector<std::string_view> cells;
    std::string_view cell;  // Empty: none.
    int64_t line;
  } kCases[] = {
      {"x", {"1", "2,5", "3", "inf", "4", "5"}, "2,5", 3},
      {"x", {"10115", "20095", "01067"}, "01067", 4},
      {"x", {"1", "9223372036854775808"}, "9223372036854775808", 3},
      {"x", {"7", "1e3"}, "1e3", 3},
      {"x", {"1.9", "1.10", "2.20"}, "1.10", 3},
      {"x", {"1", "2", "true"}, "true", 4},
      // Most are no numbers; all fit; a name.
      {"x", {"a", "1", "b"}, "", 0},
      {"x", {"NA", "1", "2.5"}, "", 0},
      {"id", {"1", "2", "x"}, "", 0},
  };
  for (const auto& test : kCases) {
    SchemaInference inference;
    inference.set_columns(std::vector{std::string(test.column)},
                          [](std::string_view name) { return name == "id"; });
    int64_t line = 1;
    for (const std::string_view cell : test.cells) inference.add_row({&cell, 1}, ++line);
    const std::vector<OddCell> odd = inference.odd_cells();
    ASSERT_EQ(odd.size(), test.cell.empty() ? 0 : 1) << test.cells[1];
    if (odd.empty()) continue;
    EXPECT_EQ(odd[0].column, test.column);
    EXPECT_EQ(odd[0].text, test.cell);
    EXPECT_EQ(odd[0].line, test.line);
  }
}

TEST(SchemaInference, MakesNamesAllowedAndKeepsThemApart) {
  SchemaInference inference;
  inference.set_columns(std::vector<std::string>{"a-b", "a_b", "a b", "a_b_2", "", "7"},
                        [](std::string_view) { return false; });
  const auto schema = schema_of(inference.schema_text());
  const auto written = schema_of(inference.schema_text_without_aliases());
  const std::pair<std::string, std::vector<std::string>> kExpected[] = {
      {"a_b_3", {"a-b"}}, {"a_b", {}}, {"a_b_4", {"a b"}},
      {"a_b_2", {}},      {"_", {""}}, {"_7", {"7"}}};
  for (size_t slot = 0; slot < 6; ++slot) {
    EXPECT_EQ(schema->root().fields[slot].name, kExpected[slot].first);
    EXPECT_EQ(schema->root().fields[slot].aliases, kExpected[slot].second);
    EXPECT_EQ(written->root().fields[slot].name, kExpected[slot].first);
    EXPECT_TRUE(written->root().fields[slot].aliases.empty());
  }
}

TEST(SchemaInference, KeepsTheDecimalsOfNamesAsTexts) {
  const struct {
    std::vector<std::string_view> cells;
    std::string_view type;
  } kCases[] = {
      {{"1", "2"}, "long"},        {{"1", "2.0"}, "string"}, {{"1.5"}, "string"},
      {{"1e-3", "0.5"}, "string"}, {{"007"}, "string"},
  };
  for (const auto& [cells, type] : kCases) {
    EXPECT_EQ(type_of_column("id", cells), type) << cells[0];
  }
}

TEST(SchemaInference, RefusesWhatIsNoObjectAndTooManyFields) {
  SchemaInference inference;
  JsonDocument document;
  ASSERT_TRUE(document.parse("[1]"));
  EXPECT_EQ(inference.add_object(document.root()).error().code, ErrorCode::kBadJson);
  std::string json = "{";
  for (int i = 0; i <= 1 << 16; ++i) {
    json += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
  }
  ASSERT_TRUE(document.parse(json + "}"));
  EXPECT_EQ(inference.add_object(document.root()).error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace mseavro
