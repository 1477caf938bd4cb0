#include "avro/schema/schema_print.h"

#include <gtest/gtest.h>

#include "avro/schema/testing/random_schema.h"
#include "avro/schema/testing/schema_equality.h"

namespace mseavro {
namespace {

void expect_round_trip(const std::string& text) {
  const auto schema = Schema::parse(text);
  ASSERT_TRUE(schema) << schema.error().message << " in " << text;
  const std::string printed = print_schema(**schema);
  const auto again = Schema::parse(printed);
  ASSERT_TRUE(again) << again.error().message << " in " << printed << " of " << text;
  EXPECT_EQ(SchemaEquality(**schema, **again).difference(), "") << printed << " of " << text;
  EXPECT_EQ(print_schema(**again), printed);
}

TEST(SchemaPrint, WritesEveryAttribute) {
  const std::string text = R"({
  "type": "record",
  "name": "Order",
  "namespace": "shop",
  "doc": "One order.",
  "aliases": ["Purchase", "old.Order"],
  "fields": [
    {"name": "id", "aliases": ["key"], "doc": "The key.", "type": "long", "order": "ignore"},
    {
      "name": "paid",
      "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}],
      "default": null,
      "mseavro.role": "actual"
    },
    {
      "name": "state",
      "type": {"type": "enum", "name": "State", "symbols": ["NEW", "SENT"], "default": "NEW"}
    },
    {"name": "hash", "type": {"type": "fixed", "name": "Hash", "namespace": "util", "size": 16}},
    {"name": "tags", "type": {"type": "map", "values": "string", "avro.java.string": "String"}},
    {"name": "next", "type": ["null", "Order"]},
    {"name": "hashes", "type": {"type": "array", "items": "util.Hash"}}
  ],
  "version": [1, {"minor": 2}]
})";
  const auto schema = Schema::parse(text);
  ASSERT_TRUE(schema);
  EXPECT_EQ(print_schema(**schema), text);
}

TEST(SchemaPrint, WritesPlainTypesPlainly) {
  const struct {
    std::string_view text;
    std::string_view printed;
  } cases[] = {
      {R"("int")", R"("int")"},
      {R"({"type": "int"})", R"("int")"},
      {R"({"type": {"type": "string"}})", R"("string")"},
      {"[]", "[]"},
      {R"({"type": "error", "name": "E", "fields": []})",
       "{\n  \"type\": \"error\",\n  \"name\": \"E\",\n  \"fields\": []\n}"},
  };
  for (const auto& test : cases) {
    const auto schema = Schema::parse(test.text);
    ASSERT_TRUE(schema);
    EXPECT_EQ(print_schema(**schema), test.printed);
  }
}

TEST(SchemaPrint, NamesAreFoundAgain) {
  const std::string cases[] = {
      // A type of the null namespace whose name also stands in the enclosing one.
      R"([{"type": "fixed", "name": "F", "size": 1}, {"type": "fixed", "name": "in.F", "size": 2},
          {"type": "record", "name": "in.R", "fields": [
              {"name": "a", "type": "F"}, {"name": "b", "type": ".F"}]}])",
      // Called like a primitive.
      R"([{"type": "fixed", "name": "in.int", "size": 1},
          {"type": "record", "name": "in.R", "fields": [{"name": "a", "type": "in.int"}]}])",
      // Back in the null namespace, and forth.
      R"({"type": "record", "name": "in.R", "aliases": [".S", "T", "x.U"], "fields": [
          {"name": "a", "type": {"type": "record", "name": "Q", "namespace": "", "fields": [
              {"name": "b", "type": "in.R"}, {"name": "c", "type": "Q"}]}},
          {"name": "d", "type": "Q"}]})",
      // Names that only files have.
      R"([{"type": "fixed", "name": "", "size": 1},
          {"type": "fixed", "name": "a b\"\\.c d", "size": 1},
          {"type": "record", "name": "in.", "fields": [
              {"name": "", "type": "in."}, {"name": "x", "type": "."}]}])",
  };
  for (const std::string& text : cases) expect_round_trip(text);
}

TEST(SchemaPrint, RandomSchemasComeBackEqual) {
  for (uint32_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    expect_round_trip(RandomSchema(seed).record());
  }
}

TEST(TypeWords, SayWhatATypeIs) {
  const struct {
    std::string_view text;
    std::string_view words;
  } cases[] = {
      {R"("int")", "int"},
      {R"({"type": "long", "logicalType": "timestamp-millis"})", "long (timestamp-millis)"},
      {R"({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 1})",
       "bytes (decimal 4, 1)"},
      {R"({"type": "record", "name": "n.R", "fields": []})", "record n.R"},
      {R"({"type": "fixed", "name": "F", "size": 7})", "fixed F of 7 bytes"},
      {R"({"type": "array", "items": "int"})", "array"},
      {R"(["null", {"type": "enum", "name": "n.E", "symbols": []}])", "union of null, n.E"},
      {R"(["null", "int", "long", "float", "double", "bytes", "string"])",
       "union of null, int, long, float, double, bytes, ..."},
  };
  for (const auto& test : cases) {
    const auto schema = Schema::parse(test.text);
    ASSERT_TRUE(schema);
    EXPECT_EQ(type_words(**schema, (*schema)->root_index()), test.words);
  }
}

}  // namespace
}  // namespace mseavro
