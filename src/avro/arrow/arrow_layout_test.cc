#include "avro/arrow/arrow_layout.h"

#include <gtest/gtest.h>

#include "avro/arrow/testing/arrow_testing.h"

namespace mseavro {
namespace {

Result<std::shared_ptr<const ArrowLayout>> layout_of(std::string_view schema,
                                                     std::vector<std::string> columns = {},
                                                     const Limits& limits = {}) {
  return ArrowLayout::of(*schema_of(schema), columns, limits);
}

// A field as `format?`, with ? when it is nullable, and its children in brackets.
std::string shape(const ArrowField& field) {
  std::string text = arrow_format(field) + (field.is_nullable ? "?" : "");
  if (field.symbols != nullptr) text += "->u";
  if (field.children.empty()) return text;
  text += "[";
  for (const ArrowField& child : field.children) {
    text += (text.back() == '[' ? "" : " ") + child.name + ":" + shape(child);
  }
  return text + "]";
}

std::string metadata_of(const ArrowField& field, std::string_view key) {
  for (const auto& [found, value] : field.metadata) {
    if (found == key) return value;
  }
  return "-";
}

std::string union_of(int count) {
  std::string text = "[";
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ",");
    text += R"({"type":"fixed","size":1,"name":"F)" + std::to_string(i) + R"("})";
  }
  return text + "]";
}

TEST(ArrowLayout, HasAnArrowTypeForEveryAvroType) {
  const struct {
    const char* type;
    const char* shape;
  } cases[] = {
      {R"("null")", "n?"},
      {R"("boolean")", "b"},
      {R"("int")", "i"},
      {R"("long")", "l"},
      {R"("float")", "f"},
      {R"("double")", "g"},
      {R"("bytes")", "z"},
      {R"("string")", "u"},
      {R"({"type":"fixed","name":"F","size":7})", "w:7"},
      {R"({"type":"fixed","name":"F","size":0})", "w:0"},
      {R"({"type":"enum","name":"E","symbols":["A","B"]})", "i->u"},
      {R"({"type":"array","items":"long"})", "+l[item:l]"},
      {R"({"type":"map","values":["null","int"]})", "+m[entries:+s[key:u value:i?]]"},
      {R"({"type":"record","name":"I","fields":[{"name":"a","type":"int"}]})", "+s[a:i]"},
      {R"({"type":"record","name":"I","fields":[]})", "+s"},
      {R"(["null","string"])", "u?"},
      {R"(["double","null"])", "g?"},
      {R"(["null",{"type":"array","items":["null","string"]}])", "+l?[item:u?]"},
      {R"(["null"])", "+ud:0?[null:n?]"},
      {R"(["long"])", "+ud:0[long:l]"},
      {R"(["null","long","string"])", "+ud:0,1,2?[null:n? long:l string:u]"},
      {R"(["int",{"type":"map","values":"int"}])",
       "+ud:0,1[int:i map:+m[entries:+s[key:u value:i]]]"},
      {R"({"type":"bytes","logicalType":"decimal","precision":9,"scale":2})", "d:9,2"},
      {R"({"type":"bytes","logicalType":"decimal","precision":38})", "d:38,0"},
      {R"({"type":"bytes","logicalType":"decimal","precision":39,"scale":39})", "d:39,39,256"},
      {R"({"type":"fixed","name":"D","size":32,"logicalType":"decimal","precision":76})",
       "d:76,0,256"},
      {R"({"type":"bytes","logicalType":"decimal","precision":77})", "z"},
      {R"({"type":"bytes","logicalType":"big-decimal"})", "z"},
      {R"({"type":"int","logicalType":"date"})", "tdD"},
      {R"({"type":"int","logicalType":"time-millis"})", "ttm"},
      {R"({"type":"long","logicalType":"time-micros"})", "ttu"},
      {R"({"type":"long","logicalType":"timestamp-millis"})", "tsm:UTC"},
      {R"({"type":"long","logicalType":"timestamp-micros"})", "tsu:UTC"},
      {R"({"type":"long","logicalType":"timestamp-nanos"})", "tsn:UTC"},
      {R"({"type":"long","logicalType":"local-timestamp-millis"})", "tsm:"},
      {R"({"type":"long","logicalType":"local-timestamp-micros"})", "tsu:"},
      {R"({"type":"long","logicalType":"local-timestamp-nanos"})", "tsn:"},
      {R"({"type":"fixed","name":"D","size":12,"logicalType":"duration"})", "tin"},
      {R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})", "w:16"},
      {R"({"type":"string","logicalType":"uuid"})", "u"},
      {R"({"type":"long","logicalType":"unheard-of"})", "l"},
  };
  for (const auto& [type, expected] : cases) {
    const auto layout = layout_of(record_of(type));
    ASSERT_TRUE(layout) << type << ": " << layout.error().message;
    EXPECT_EQ(shape((*layout)->root), "+s[x:" + std::string(expected) + "]") << type;
  }
}

TEST(ArrowLayout, SaysInMetadataWhatTypesDoNot) {
  const struct {
    const char* type;
    const char* key;
    const char* value;
  } cases[] = {
      {R"({"type":"fixed","name":"a.F","size":7})", "avro.name", "a.F"},
      {R"({"type":"enum","name":"a.E","symbols":["A"]})", "avro.name", "a.E"},
      {R"(["null",{"type":"record","name":"a.R2","fields":[]}])", "avro.name", "a.R2"},
      {R"({"type":"fixed","name":"U","size":16,"logicalType":"uuid"})", "ARROW:extension:name",
       "arrow.uuid"},
      {R"({"type":"string","logicalType":"uuid"})", "avro.logicalType", "uuid"},
      {R"({"type":"bytes","logicalType":"big-decimal"})", "avro.logicalType", "big-decimal"},
      {R"({"type":"bytes","logicalType":"decimal","precision":77})", "avro.logicalType", "decimal"},
      {R"({"type":"int","logicalType":"date"})", "avro.logicalType", "-"},
  };
  for (const auto& [type, key, value] : cases) {
    const auto layout = layout_of(record_of(type));
    ASSERT_TRUE(layout);
    EXPECT_EQ(metadata_of((*layout)->root.children[0], key), value) << type;
  }
  const auto layout = layout_of(
      R"({"type":"record","name":"n.R","fields":[{"name":"x","type":"int","doc":"why"}]})");
  EXPECT_EQ(metadata_of((*layout)->root, "avro.name"), "n.R");
  EXPECT_EQ(metadata_of((*layout)->root.children[0], "avro.doc"), "why");
}

TEST(ArrowLayout, WrapsARootThatIsNoRecordInAColumn) {
  const auto layout = layout_of(R"(["null","string"])");
  ASSERT_TRUE(layout);
  EXPECT_EQ(shape((*layout)->root), "+s[value:u?]");
}

TEST(ArrowLayout, HasTheColumnsThatAreAskedForInThatOrder) {
  const char* const schema = R"({"type":"record","name":"R","fields":[
      {"name":"a","type":"int"},
      {"name":"tree","type":["null","R"]},
      {"name":"b","type":"string"}]})";
  const auto layout = layout_of(schema, {"b", "a", "b"});
  ASSERT_TRUE(layout) << layout.error().message;
  EXPECT_EQ(shape((*layout)->root), "+s[b:u a:i]");
  EXPECT_EQ(layout_of(schema, {"c"}).error().code, ErrorCode::kFieldMissing);
  EXPECT_EQ(layout_of(R"("int")", {"c"}).error().code, ErrorCode::kFieldMissing);
}

TEST(ArrowLayout, RefusesTypesThatContainThemselvesByName) {
  const struct {
    const char* schema;
    const char* field;
    const char* name;
  } cases[] = {
      {R"({"type":"record","name":"n.List","fields":[{"name":"next","type":["null","List"]}]})",
       "next", "n.List"},
      {R"({"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"T",
           "fields":[{"name":"b","type":{"type":"array","items":"T"}}]}}]})",
       "a.b", "T"},
  };
  for (const auto& [schema, field, name] : cases) {
    const auto layout = layout_of(schema);
    ASSERT_FALSE(layout);
    EXPECT_EQ(layout.error().code, ErrorCode::kNoArrowType);
    EXPECT_EQ(layout.error().place.field, field);
    EXPECT_NE(layout.error().message.find("type " + std::string(name) + " "), std::string::npos);
  }
}

TEST(ArrowLayout, RefusesWhatArrowCannotNumber) {
  EXPECT_TRUE(layout_of(record_of(union_of(128))));
  EXPECT_EQ(layout_of(record_of(union_of(129))).error().code, ErrorCode::kNoArrowType);
}

// Each record has two fields of the one before: 2^20 columns in a short text.
TEST(ArrowLayout, BoundsTheColumnsThatAShortSchemaUnfoldsTo) {
  std::string type = R"("int")";
  for (int i = 0; i < 20; ++i) {
    const std::string name = "R" + std::to_string(i);
    type = R"({"type":"record","name":")" + name + R"(","fields":[{"name":"a","type":)" + type +
           R"(},{"name":"b","type":)" +
           (i == 0 ? R"("int")" : "\"R" + std::to_string(i - 1) + "\"") + "}]}";
  }
  EXPECT_EQ(layout_of(type).error().code, ErrorCode::kLimitExceeded);
  const std::string two_columns = record_of(R"({"type":"array","items":"int"})");
  Limits limits;
  limits.column_count = 2;
  EXPECT_TRUE(layout_of(two_columns, {}, limits));
  limits.column_count = 1;
  EXPECT_EQ(layout_of(two_columns, {}, limits).error().code, ErrorCode::kLimitExceeded);
}

// Names lead deeper than the brackets of the text.
TEST(ArrowLayout, BoundsTheDepthThatNamesLeadTo) {
  const auto chain = [](int depth) {
    std::string fields;
    for (int i = 0; i < depth; ++i) {
      fields += (i == 0 ? "" : ",");
      fields += R"({"name":"f)" + std::to_string(i) + R"(","type":{"type":"record","name":"R)" +
                std::to_string(i) + R"(","fields":[)" +
                (i == 0 ? "" : R"({"name":"x","type":"R)" + std::to_string(i - 1) + "\"}") + "]}}";
    }
    return R"({"type":"record","name":"Root","fields":[)" + fields + "]}";
  };
  EXPECT_TRUE(layout_of(chain(128)));
  EXPECT_EQ(layout_of(chain(129)).error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace mseavro
