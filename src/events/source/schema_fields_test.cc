#include "events/source/schema_fields.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

std::vector<CandidateField> fields_of(const std::string& fields_json) {
  const auto schema =
      Schema::parse(R"({"type":"record","name":"R","fields":[)" + fields_json + "]}");
  EXPECT_TRUE(schema) << schema.error().message;
  return list_schema_fields(**schema);
}

std::string paths_of(const std::vector<CandidateField>& fields) {
  std::string text;
  for (const CandidateField& field : fields) text += field.path.text() + " ";
  return text;
}

TEST(SchemaFields, HaveTheKindOfTheirType) {
  struct Case {
    std::string type;
    FieldKind kind;
    TimeUnit unit = TimeUnit::kMicros;
    bool nullable = false;
  };
  const Case cases[] = {
      {R"("int")", FieldKind::kInteger},
      {R"("long")", FieldKind::kInteger},
      {R"("float")", FieldKind::kNumber},
      {R"("double")", FieldKind::kNumber},
      {R"("boolean")", FieldKind::kBoolean},
      {R"("string")", FieldKind::kText},
      {R"({"type":"enum","name":"E","symbols":["A"]})", FieldKind::kText},
      {R"("bytes")", FieldKind::kBytes},
      {R"({"type":"fixed","name":"X","size":4})", FieldKind::kBytes},
      {R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})", FieldKind::kText},
      {R"({"type":"bytes","logicalType":"decimal","precision":9})", FieldKind::kNumber},
      {R"({"type":"long","logicalType":"timestamp-millis"})", FieldKind::kInstant,
       TimeUnit::kMillis},
      {R"({"type":"long","logicalType":"timestamp-micros"})", FieldKind::kInstant},
      {R"({"type":"long","logicalType":"timestamp-nanos"})", FieldKind::kInstant, TimeUnit::kNanos},
      {R"({"type":"long","logicalType":"local-timestamp-millis"})", FieldKind::kLocalInstant,
       TimeUnit::kMillis},
      {R"({"type":"int","logicalType":"date"})", FieldKind::kDate},
      {R"({"type":"int","logicalType":"time-millis"})", FieldKind::kInteger},
      {R"("null")", FieldKind::kOther, TimeUnit::kMicros, true},
      {R"({"type":"array","items":"int"})", FieldKind::kOther},
      {R"({"type":"map","values":"int"})", FieldKind::kOther},
      {R"(["null","double"])", FieldKind::kNumber, TimeUnit::kMicros, true},
      {R"(["int","null"])", FieldKind::kInteger, TimeUnit::kMicros, true},
      {R"(["int","long"])", FieldKind::kInteger},
      {R"(["null","long","double"])", FieldKind::kNumber, TimeUnit::kMicros, true},
      {R"(["string","double"])", FieldKind::kText},
      {R"(["long",{"type":"int","logicalType":"date"}])", FieldKind::kOther},
      {R"([])", FieldKind::kOther},
  };
  for (const Case& c : cases) {
    const auto fields = fields_of(R"({"name":"f","type":)" + c.type + "}");
    ASSERT_EQ(fields.size(), 1u) << c.type;
    EXPECT_EQ(fields[0].kind, c.kind) << c.type;
    EXPECT_EQ(fields[0].unit, c.unit) << c.type;
    EXPECT_EQ(fields[0].nullable, c.nullable) << c.type;
    EXPECT_EQ(fields[0].origin, FieldOrigin::kSchema);
  }
}

TEST(SchemaFields, AreListedInRecordsBehindTheirRecord) {
  EXPECT_EQ(paths_of(fields_of(R"(
      {"name":"a","type":{"type":"record","name":"A","fields":[
          {"name":"b","type":["null",{"type":"record","name":"B","fields":[
              {"name":"c","type":"int"}]}]},
          {"name":"d.e","type":"int"}]}},
      {"name":"z","type":"int"})")),
            "a a.b a.b.c a.`d.e` z ");
}

TEST(SchemaFields, AreNotListedInRecordsOfUnionsOfSeveralTypesArraysAndMaps) {
  EXPECT_EQ(paths_of(fields_of(R"(
      {"name":"a","type":["int",{"type":"record","name":"A","fields":[
          {"name":"b","type":"int"}]}]},
      {"name":"c","type":{"type":"array","items":"A"}},
      {"name":"d","type":{"type":"map","values":"A"}})")),
            "a c d ");
}

TEST(SchemaFields, EndFourDeepAndWhereARecordIsInsideItself) {
  EXPECT_EQ(paths_of(fields_of(R"(
      {"name":"r","type":["null","R"]},
      {"name":"a","type":{"type":"record","name":"A","fields":[
       {"name":"b","type":{"type":"record","name":"B","fields":[
        {"name":"c","type":{"type":"record","name":"C","fields":[
         {"name":"d","type":{"type":"record","name":"D","fields":[
          {"name":"e","type":"int"}]}}]}}]}}]}})")),
            "r a a.b a.b.c a.b.c.d ");
}

TEST(SchemaFields, AreBoundedWhateverTheSchemaSays) {
  // 1,000 fields, each a record of 1,000 fields, each a record of 1,000 fields.
  std::string fields = R"({"name":"x","type":"int"})";
  for (const char* name : {"A", "B", "C"}) {
    std::string outer;
    for (int i = 0; i < 1000; ++i) {
      outer += (i == 0 ? "" : ",") + std::string(R"({"name":"f)") + std::to_string(i) +
               R"(","type":)" +
               (i == 0 ? R"({"type":"record","name":")" + std::string(name) + R"(","fields":[)" +
                             fields + "]}"
                       : "\"" + std::string(name) + "\"") +
               "}";
    }
    fields = outer;
  }
  EXPECT_EQ(fields_of(fields).size(), size_t{1} << 16);
}

TEST(SchemaFields, CarryAliasesAndTheRoleProperty) {
  const auto fields = fields_of(R"(
      {"name":"a","type":"int","aliases":["x","y"],"mseavro.role":"prediction"},
      {"name":"b","type":"int","mseavro.role":7},
      {"name":"c","type":"int"})");
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].aliases, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(fields[0].role_property, "prediction");
  EXPECT_EQ(fields[1].role_property, std::nullopt);
  EXPECT_EQ(fields[2].role_property, std::nullopt);
}

TEST(SchemaFields, AreNoneWhenTheRootIsNoRecord) {
  EXPECT_TRUE(list_schema_fields(**Schema::parse(R"("long")")).empty());
}

}  // namespace
}  // namespace mseavro
