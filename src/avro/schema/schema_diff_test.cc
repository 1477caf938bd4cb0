#include "avro/schema/schema_diff.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "avro/schema/schema_print.h"
#include "avro/schema/testing/random_schema.h"

namespace mseavro {
namespace {

// "place: message", one a line.
std::string diff_of(std::string_view older_text, std::string_view newer_text) {
  const auto older = Schema::parse(older_text);
  const auto newer = Schema::parse(newer_text);
  if (!older || !newer) return "no schema";
  const auto diff = diff_schemas(**older, **newer);
  if (!diff) return "no diff: " + diff.error().message;
  std::string text;
  for (const SchemaChange& change : diff->changes) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "\n", change.place, change.message);
  }
  return text;
}

std::string record(std::string_view fields, std::string_view attributes = "") {
  return fmt::format(R"({{"type": "record", "name": "n.R", "fields": [{}]{}}})", fields,
                     attributes);
}

TEST(SchemaDiff, SaysWhatChanged) {
  const struct {
    std::string older;
    std::string newer;
    std::string diff;
  } cases[] = {
      {R"("int")", R"({"type": "int"})", ""},
      {R"("int")", R"("long")", ": int became long"},
      {R"("long")", R"({"type": "long", "logicalType": "timestamp-millis"})",
       ": long became long (timestamp-millis)"},
      {R"({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2})",
       R"({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2})",
       ": bytes (decimal 4, 2) became bytes (decimal 9, 2)"},
      {R"({"type": "int", "x": 1, "y": 1})", R"({"type": "int", "y": 2, "z": [3]})",
       ": the attribute \"y\" became 2, and was 1\n: the attribute \"z\" was added: [3]\n"
       ": the attribute \"x\" was removed"},
      {R"({"type": "fixed", "name": "F", "size": 4})",
       R"({"type": "fixed", "name": "F", "size": 8})",
       "F: fixed F of 4 bytes became fixed F of 8 bytes"},
      // Unions.
      {R"("int")", R"(["null", "int"])", ": int became union of null, int"},
      {R"(["null", "int"])", R"(["int", "null"])", ": the branches stand in another order"},
      {R"(["null", "int"])", R"(["null", "long", "string"])",
       ": the branch int was removed\n: the branches long, string were added"},
      {R"(["null", {"type": "array", "items": "int"}])",
       R"(["null", {"type": "array", "items": "long"}])", "[]: int became long"},
      // Enums.
      {R"({"type": "enum", "name": "E", "symbols": ["A", "B", "C"]})",
       R"({"type": "enum", "name": "E", "symbols": ["C", "A", "D"], "default": "A"})",
       "E: the symbol B was removed\nE: the symbol D was added\n"
       "E: the symbols stand in another order\nE: the default became A"},
      // Records.
      {record(""), R"({"type": "record", "name": "n.S", "aliases": ["R"], "fields": []})",
       "n.S: the name was n.R\nn.S: the aliases became n.R"},
      {record(""), record("", R"(, "doc": "d")"), "n.R: the doc changed"},
      {record(R"({"name": "a", "type": "int"})"),
       record(R"({"name": "b", "type": "string", "default": ""}, {"name": "c", "type": "int"})"),
       "n.R.b: the field was added: string, default \"\"\n"
       "n.R.c: the field was added: int, no default\n"
       "n.R.a: the field was removed: int, no default"},
      {record(R"({"name": "a", "type": "int", "default": 1})"),
       record(R"({"name": "b", "type": "long", "aliases": ["a"], "doc": "d", "order": "ignore"})"),
       "n.R.b: the field was called a\nn.R.b: default 1 became no default\n"
       "n.R.b: the aliases became a\nn.R.b: the doc changed\n"
       "n.R.b: the sort order became ignore\nn.R.b: int became long"},
      {record(R"({"name": "a", "type": "int"}, {"name": "b", "type": "int"})"),
       record(R"({"name": "b", "type": "int"}, {"name": "a", "type": "int"})"),
       "n.R: the fields stand in another order"},
      {record(
           R"({"name": "a", "type": {"type": "map", "values": {"type": "array", "items": "R"}}})"),
       record(
           R"({"name": "a", "type":
               {"type": "map", "values": {"type": "array", "items": "int"}}})"),
       "n.R.a{}[]: record n.R became int"},
      {record(R"({"name": "next", "type": ["null", "R"]})"),
       record(R"({"name": "next", "type": ["null", "R"], "default": null})"),
       "n.R.next: no default became default null"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(diff_of(test.older, test.newer), test.diff) << test.older << " to " << test.newer;
  }
}

TEST(SchemaDiff, IsEmptyForThePrintedSchemaAndForNoOther) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    const std::string text = RandomSchema(seed).record();
    const auto schema = Schema::parse(text);
    ASSERT_TRUE(schema);
    EXPECT_EQ(diff_of(text, print_schema(**schema)), "") << text;
    const std::string other = RandomSchema(seed + 1).record();
    EXPECT_NE(diff_of(text, other), "") << text << other;
  }
}

TEST(SchemaDiff, SaysWhichDataIsNotFoundAnyMore) {
  const struct {
    std::string older;
    std::string newer;
    std::string lost;
  } cases[] = {
      {record(R"({"name": "b", "type": "int", "aliases": ["a", "x"]})"),
       record(R"({"name": "b", "type": "int"})"), "n.R.b: what was written as a, x cannot be read"},
      {record(R"({"name": "b", "type": "int", "aliases": ["a"]})"),
       record(R"({"name": "b", "type": "int", "default": 1})"),
       "n.R.b: what was written as a is read as the default, 1"},
      // Renamed once more, and back.
      {record(R"({"name": "b", "type": "int", "aliases": ["a"]})"),
       record(R"({"name": "c", "type": "int", "aliases": ["b"]})"),
       "n.R.c: what was written as a cannot be read"},
      {record(R"({"name": "b", "type": "int", "aliases": ["a"]})"),
       record(R"({"name": "a", "type": "int", "aliases": ["b"]})"), ""},
      {record("", R"(, "aliases": ["Old"])"), record(""),
       "n.R: what was written as n.Old cannot be read"},
      // Namespaces do not count when names are compared.
      {record("", R"(, "aliases": ["m.R"])"), record(""), ""},
  };
  for (const auto& test : cases) {
    const auto diff = diff_schemas(**Schema::parse(test.older), **Schema::parse(test.newer));
    ASSERT_TRUE(diff);
    std::string lost;
    for (const SchemaChange& change : diff->lost_names) {
      lost += fmt::format("{}: {}", change.place, change.message);
    }
    EXPECT_EQ(lost, test.lost) << test.older << " to " << test.newer;
  }
}

TEST(SchemaDiff, ListsABoundedNumberOfChanges) {
  std::string fields;
  for (int index = 0; index < 1100; ++index) {
    fields += fmt::format(R"({}{{"name": "f{}", "type": "int"}})", index == 0 ? "" : ",", index);
  }
  const auto diff = diff_schemas(**Schema::parse(record("")), **Schema::parse(record(fields)));
  ASSERT_TRUE(diff);
  EXPECT_EQ(diff->changes.size(), 1024u);
  EXPECT_TRUE(diff->has_more);
}

}  // namespace
}  // namespace mseavro
