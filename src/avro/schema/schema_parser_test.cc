#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "avro/schema/schema.h"

namespace mseavro {
namespace {

using SchemaPointer = std::shared_ptr<const Schema>;

SchemaPointer parsed(std::string_view text) {
  auto schema = Schema::parse(text);
  EXPECT_TRUE(schema) << text << "\n" << schema.error().message;
  return schema ? *schema : nullptr;
}

const SchemaNode& field_type(const Schema& schema, const SchemaNode& record, size_t index) {
  return schema.node(record.fields.at(index).node);
}

TEST(SchemaParser, EveryTypeParses) {
  const struct {
    std::string_view text;
    SchemaType type;
  } cases[] = {
      {R"("null")", SchemaType::kNull},
      {R"("boolean")", SchemaType::kBoolean},
      {R"("int")", SchemaType::kInt},
      {R"("long")", SchemaType::kLong},
      {R"("float")", SchemaType::kFloat},
      {R"("double")", SchemaType::kDouble},
      {R"("bytes")", SchemaType::kBytes},
      {R"("string")", SchemaType::kString},
      {R"({"type": "string"})", SchemaType::kString},
      {R"({"type": {"type": "string"}})", SchemaType::kString},
      {R"({"type": "record", "name": "r", "fields": []})", SchemaType::kRecord},
      {R"({"type": "error", "name": "r", "fields": []})", SchemaType::kRecord},
      {R"({"type": "enum", "name": "e", "symbols": []})", SchemaType::kEnum},
      {R"({"type": "array", "items": "int"})", SchemaType::kArray},
      {R"({"type": "map", "values": "int"})", SchemaType::kMap},
      {R"({"type": "fixed", "name": "f", "size": 0})", SchemaType::kFixed},
      {R"(["null", "int"])", SchemaType::kUnion},
      {R"([])", SchemaType::kUnion},
      {R"({"type": ["null", "int"]})", SchemaType::kUnion},
      {"/* A comment. */ \"int\" // Another.\n", SchemaType::kInt},
  };
  for (const auto& test : cases) {
    const SchemaPointer schema = parsed(test.text);
    ASSERT_TRUE(schema);
    EXPECT_EQ(schema->root().type, test.type) << test.text;
    EXPECT_EQ(schema->text(), test.text);
  }
}

TEST(SchemaParser, AttributesOfTheSpecificationAreKept) {
  const SchemaPointer schema = parsed(R"({
    "type": "record", "name": "r", "doc": "a record", "aliases": ["old"], "fields": [
      {"name": "a", "type": "int", "doc": "a field", "aliases": ["x", "y"], "default": 7,
       "order": "descending"},
      {"name": "b", "type": ["null", "string"], "default": null},
      {"name": "c", "type": {"type": "enum", "name": "e", "symbols": ["A", "B"], "default": "B"}},
      {"name": "d", "type": {"type": "fixed", "name": "f", "size": 5}},
      {"name": "e", "type": {"type": "map", "values": "float"}}]})");
  ASSERT_TRUE(schema);
  const SchemaNode& root = schema->root();
  EXPECT_EQ(root.name, "r");
  EXPECT_EQ(root.doc, "a record");
  EXPECT_EQ(root.aliases, std::vector<std::string>{"old"});
  ASSERT_EQ(root.fields.size(), 5u);
  EXPECT_EQ(root.fields[0].name, "a");
  EXPECT_EQ(root.fields[0].doc, "a field");
  EXPECT_EQ(root.fields[0].aliases, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(root.fields[0].default_json, "7");
  EXPECT_TRUE(root.fields[0].properties.empty());
  EXPECT_EQ(root.fields[1].default_json, "null");
  EXPECT_EQ(root.fields[2].default_json, std::nullopt);
  const SchemaNode& symbols = field_type(*schema, root, 2);
  EXPECT_EQ(symbols.symbols, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(symbols.default_symbol, "B");
  EXPECT_EQ(field_type(*schema, root, 3).size, 5);
  EXPECT_EQ(schema->node(field_type(*schema, root, 4).items).type, SchemaType::kFloat);
}

TEST(SchemaParser, OtherAttributesArePropertiesInTheirOrder) {
  const SchemaPointer schema = parsed(R"({
    "type": "record", "name": "r", "zeta": [1, 2.5], "alpha": {"k": "é\n"}, "fields": [
      {"name": "a", "type": {"type": "string", "avro.java.string": "String"},
       "mseavro.role": "prediction"}]})");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->root().properties,
            (Properties{{"zeta", "[1,2.5]"}, {"alpha", "{\"k\":\"é\\n\"}"}}));
  EXPECT_EQ(schema->root().fields[0].properties, (Properties{{"mseavro.role", "\"prediction\""}}));
  const SchemaNode& text = field_type(*schema, schema->root(), 0);
  ASSERT_NE(find_property(text.properties, "avro.java.string"), nullptr);
  EXPECT_EQ(*find_property(text.properties, "avro.java.string"), "\"String\"");
  EXPECT_EQ(find_property(text.properties, "absent"), nullptr);
}

TEST(SchemaParser, WrappedTypesTakeTheOuterAttributesAsProperties) {
  const SchemaPointer schema =
      parsed(R"({"type": {"type": "array", "items": "int", "p": 1}, "p": 2, "q": 3, "doc": "d"})");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->root().type, SchemaType::kArray);
  EXPECT_EQ(schema->root().properties, (Properties{{"p", "1"}, {"q", "3"}, {"doc", "\"d\""}}));
  // A type that is only referred to is not changed.
  const SchemaPointer referring = parsed(R"([{"type": "fixed", "name": "f", "size": 1},
      {"type": "array", "items": {"type": {"type": "f"}, "p": 1}}])");
  ASSERT_TRUE(referring);
  EXPECT_TRUE(referring->node(referring->root().branches[0]).properties.empty());
}

TEST(SchemaParser, WrappersSayLogicalTypesUnlessTheInnerTypeDoes) {
  const SchemaPointer outer = parsed(R"({"type": {"type": "int"}, "logicalType": "date"})");
  ASSERT_TRUE(outer);
  EXPECT_EQ(outer->root().logical, LogicalType::kDate);
  const SchemaPointer inner = parsed(R"({"type": {"type": "int", "logicalType": "date"},
      "logicalType": "time-millis"})");
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->root().logical, LogicalType::kDate);
  EXPECT_TRUE(inner->root().properties.empty());
}

TEST(SchemaParser, AttributesWithoutMeaningForTheirTypeAreProperties) {
  const SchemaPointer schema =
      parsed(R"({"type": "array", "items": "int", "name": "n", "size": 1})");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->root().properties, (Properties{{"name", "\"n\""}, {"size", "1"}}));
}

TEST(SchemaParser, KeepsTheOrderOfFieldsAndWhetherARecordIsAnError) {
  const SchemaPointer schema = parsed(R"({"type": "error", "name": "r", "fields": [
      {"name": "a", "type": "int"},
      {"name": "b", "type": "int", "order": "descending"},
      {"name": "c", "type": "int", "order": "ignore"}]})");
  ASSERT_TRUE(schema);
  EXPECT_TRUE(schema->root().is_error);
  const FieldOrder orders[] = {FieldOrder::kAscending, FieldOrder::kDescending,
                               FieldOrder::kIgnore};
  for (size_t index = 0; index < std::size(orders); ++index) {
    EXPECT_EQ(schema->root().fields[index].order, orders[index]);
  }
}

TEST(SchemaParser, LogicalTypesAreRecognisedOrStayProperties) {
  const struct {
    std::string_view text;
    LogicalType logical;
    Properties properties;
  } cases[] = {
      {R"({"type": "long", "logicalType": "timestamp-micros"})", LogicalType::kTimestampMicros, {}},
      {R"({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2})",
       LogicalType::kDecimal,
       {}},
      {R"({"type": "fixed", "name": "f", "size": 12, "logicalType": "duration"})",
       LogicalType::kDuration,
       {}},
      {R"({"type": "int", "logicalType": "timestamp-micros"})",
       LogicalType::kNone,
       {{"logicalType", "\"timestamp-micros\""}}},
      {R"({"type": "bytes", "logicalType": "decimal", "precision": "9"})",
       LogicalType::kNone,
       {{"logicalType", "\"decimal\""}, {"precision", "\"9\""}}},
      {R"({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2.0})",
       LogicalType::kNone,
       {{"logicalType", "\"decimal\""}, {"precision", "9"}, {"scale", "2.0"}}},
      {R"({"type": "bytes", "logicalType": "decimal", "precision": 18446744073709551615})",
       LogicalType::kNone,
       {{"logicalType", "\"decimal\""}, {"precision", "18446744073709551615"}}},
      {R"({"type": "long", "logicalType": 5})", LogicalType::kNone, {{"logicalType", "5"}}},
      {R"({"type": "string", "logicalType": "url"})",
       LogicalType::kNone,
       {{"logicalType", "\"url\""}}},
  };
  for (const auto& test : cases) {
    const SchemaPointer schema = parsed(test.text);
    ASSERT_TRUE(schema);
    EXPECT_EQ(schema->root().logical, test.logical) << test.text;
    EXPECT_EQ(schema->root().properties, test.properties) << test.text;
  }
  EXPECT_EQ(parsed(cases[1].text)->root().precision, 9);
  EXPECT_EQ(parsed(cases[1].text)->root().scale, 2);
}

TEST(SchemaParser, ALogicalTypeOnTheFieldIsMisplaced) {
  const SchemaPointer schema = parsed(R"({"type": "record", "name": "r", "fields": [
      {"name": "t", "type": "long", "logicalType": "timestamp-millis"}]})");
  ASSERT_TRUE(schema);
  EXPECT_EQ(field_type(*schema, schema->root(), 0).logical, LogicalType::kNone);
  EXPECT_NE(find_property(schema->root().fields[0].properties, "logicalType"), nullptr);
}

TEST(SchemaParser, FullNamesFollowTheSpecification) {
  const struct {
    std::string_view attributes;  // Of a fixed type inside a record of the namespace "outer".
    std::string_view full;
  } cases[] = {
      {R"("name": "F")", "outer.F"},
      {R"("name": "F", "namespace": null)", "outer.F"},
      {R"("name": "F", "namespace": "x.y")", "x.y.F"},
      {R"("name": "F", "namespace": "")", "F"},
      {R"("name": "a.b.F")", "a.b.F"},
      {R"("name": "a.b.F", "namespace": "x.y")", "a.b.F"},
      {R"("name": ".F")", "F"},
      {R"("name": "")", "outer."},
  };
  for (const auto& test : cases) {
    const std::string text = R"({"type": "record", "name": "outer.R", "fields": [{"name": "a",
        "type": {"type": "fixed", "size": 1, )" +
                             std::string(test.attributes) + "}}]}";
    const SchemaPointer schema = parsed(text);
    ASSERT_TRUE(schema);
    EXPECT_EQ(field_type(*schema, schema->root(), 0).name, test.full) << test.attributes;
  }
}

TEST(SchemaParser, AliasesOfTypesAreQualifiedByTheTypesOwnNamespace) {
  const SchemaPointer schema = parsed(R"({"type": "enum", "name": "n.E", "namespace": "other",
      "symbols": [], "aliases": ["Old", "m.Older"]})");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->root().aliases, (std::vector<std::string>{"n.Old", "m.Older"}));
}

TEST(SchemaParser, NamesAreLookedUpInTheEnclosingNamespaceFirst) {
  const SchemaPointer schema = parsed(R"([
      {"type": "fixed", "name": "F", "size": 1},
      {"type": "fixed", "name": "G", "size": 2},
      {"type": "fixed", "name": "in.F", "size": 3},
      {"type": "record", "name": "in.R", "fields": [
          {"name": "near", "type": "F"},
          {"name": "far", "type": "G"},
          {"name": "full", "type": "in.F"},
          {"name": "outermost", "type": ".F"},
          {"name": "object", "type": {"type": "F"}}]}])");
  ASSERT_TRUE(schema);
  const SchemaNode& record = schema->node(schema->root().branches[3]);
  const int64_t sizes[] = {3, 2, 3, 1, 3};
  for (size_t index = 0; index < std::size(sizes); ++index) {
    EXPECT_EQ(field_type(*schema, record, index).size, sizes[index]) << record.fields[index].name;
  }
}

TEST(SchemaParser, AnEmptyNamespaceHoldsForTheTypesInside) {
  const SchemaPointer schema = parsed(R"({"type": "record", "name": "outer.R", "fields": [
      {"name": "a", "type": {"type": "record", "name": "Inner", "namespace": "", "fields": [
          {"name": "b", "type": {"type": "fixed", "name": "F", "size": 1}}]}}]})");
  ASSERT_TRUE(schema);
  const SchemaNode& inner = field_type(*schema, schema->root(), 0);
  EXPECT_EQ(inner.name, "Inner");
  EXPECT_EQ(field_type(*schema, inner, 0).name, "F");
}

TEST(SchemaParser, APrimitiveNameIsAlwaysThePrimitive) {
  const SchemaPointer schema = parsed(R"([{"type": "fixed", "name": "n.string", "size": 1},
      {"type": "record", "name": "n.R", "fields": [
          {"name": "a", "type": "string"}, {"name": "b", "type": "n.string"}]}])");
  ASSERT_TRUE(schema);
  const SchemaNode& record = schema->node(schema->root().branches[1]);
  EXPECT_EQ(field_type(*schema, record, 0).type, SchemaType::kString);
  EXPECT_EQ(field_type(*schema, record, 1).type, SchemaType::kFixed);
}

TEST(SchemaParser, RecursionIsOneIndex) {
  const SchemaPointer schema = parsed(R"({"type": "record", "name": "Tree", "fields": [
      {"name": "left", "type": ["null", "Tree"]}, {"name": "right", "type": ["null", "Tree"]}]})");
  ASSERT_TRUE(schema);
  const SchemaNode& left = field_type(*schema, schema->root(), 0);
  EXPECT_EQ(left.branches[1], schema->root_index());
  EXPECT_EQ(schema->node_count(), 4u);  // Tree, null and the two unions.
}

TEST(SchemaParser, ReferencesCannotMultiplyNodes) {
  // Each record holds the one before ten times: 10^40 values of the last, but 41 nodes.
  std::string text = R"([{"type": "record", "name": "R0", "fields": []})";
  for (int level = 1; level <= 40; ++level) {
    text += ",{\"type\":\"record\",\"name\":\"R" + std::to_string(level) + "\",\"fields\":[";
    for (int field = 0; field < 10; ++field) {
      text += std::string(field == 0 ? "" : ",") + "{\"name\":\"f" + std::to_string(field) +
              "\",\"type\":\"R" + std::to_string(level - 1) + "\"}";
    }
    text += "]}";
  }
  const SchemaPointer schema = parsed(text + "]");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->node_count(), 42u);
}

TEST(SchemaParser, ErrorsNameTheirPlace) {
  const struct {
    std::string_view text;
    ErrorCode code;
    std::string_view place;
  } cases[] = {
      {"", ErrorCode::kBadSchemaJson, ""},
      {"int", ErrorCode::kBadSchemaJson, ""},
      {R"({"type": "int")", ErrorCode::kBadSchemaJson, ""},
      {R"("int" "int")", ErrorCode::kBadSchemaJson, ""},
      {"\"\xff\"", ErrorCode::kBadSchemaJson, ""},
      {"/* \"int\"", ErrorCode::kBadSchemaJson, ""},
      {"7", ErrorCode::kBadSchema, ""},
      {"null", ErrorCode::kBadSchema, ""},
      {"{}", ErrorCode::kBadSchema, ""},
      {R"({"type": 7})", ErrorCode::kBadSchema, "type"},
      {R"("Unknown")", ErrorCode::kUnknownName, ""},
      {R"({"type": "Unknown"})", ErrorCode::kUnknownName, "type"},
      {R"(["null", {"type": "array", "items": "Unknown"}])", ErrorCode::kUnknownName, "[1].items"},
      {R"({"type": "array"})", ErrorCode::kBadSchema, ""},
      {R"({"type": "map", "items": "int"})", ErrorCode::kBadSchema, ""},
      {R"({"type": "record", "name": "r"})", ErrorCode::kBadSchema, ""},
      {R"({"type": "record", "fields": []})", ErrorCode::kBadSchema, ""},
      {R"({"type": "record", "name": 1, "fields": []})", ErrorCode::kBadSchema, "name"},
      {R"({"type": "record", "name": "r", "namespace": 1, "fields": []})", ErrorCode::kBadSchema,
       "namespace"},
      {R"({"type": "record", "name": "r", "aliases": "s", "fields": []})", ErrorCode::kBadSchema,
       "aliases"},
      {R"({"type": "record", "name": "r", "aliases": ["s", 1], "fields": []})",
       ErrorCode::kBadSchema, "aliases[1]"},
      {R"({"type": "record", "name": "r", "fields": {}})", ErrorCode::kBadSchema, "fields"},
      {R"({"type": "record", "name": "r", "fields": ["int"]})", ErrorCode::kBadSchema, "fields[0]"},
      {R"({"type": "record", "name": "r", "fields": [{"type": "int"}]})", ErrorCode::kBadSchema,
       "fields[0]"},
      {R"({"type": "record", "name": "r", "fields": [{"name": "a"}]})", ErrorCode::kBadSchema,
       "fields[0]"},
      {R"({"type": "record", "name": "r", "fields": [{"name": "a", "type": "array"}]})",
       ErrorCode::kUnknownName, "fields[0].type"},
      {R"({"type": "record", "name": "r", "fields": [{"name": "a", "type": "int"},
          {"name": "a", "type": "int"}]})",
       ErrorCode::kDuplicateName, "fields[1]"},
      {R"({"type": "record", "name": "r", "fields": [
          {"name": "a", "type": "int", "order": "random"}]})",
       ErrorCode::kBadSchema, "fields[0].order"},
      {R"({"type": "record", "name": "r", "fields": [
          {"name": "a", "type": {"type": "fixed", "name": "r", "size": 1}}]})",
       ErrorCode::kDuplicateName, "fields[0].type"},
      {R"([{"type": "fixed", "name": "n.f", "size": 1},
          {"type": "fixed", "name": "f", "namespace": "n", "size": 1}])",
       ErrorCode::kDuplicateName, "[1]"},
      {R"({"type": "record", "name": "long", "fields": []})", ErrorCode::kBadSchema, ""},
      {R"(["null", ["int"]])", ErrorCode::kBadSchema, "[1]"},
      {R"(["null", {"type": ["int"]}])", ErrorCode::kBadSchema, "[1]"},
      {R"(["int", "string", {"type": "int", "logicalType": "date"}])", ErrorCode::kBadSchema,
       "[2]"},
      {R"([{"type": "array", "items": "int"}, {"type": "array", "items": "long"}])",
       ErrorCode::kBadSchema, "[1]"},
      {R"([{"type": "fixed", "name": "f", "size": 1}, "f"])", ErrorCode::kBadSchema, "[1]"},
      {R"({"type": "enum", "name": "e"})", ErrorCode::kBadSchema, ""},
      {R"({"type": "enum", "name": "e", "symbols": "A"})", ErrorCode::kBadSchema, "symbols"},
      {R"({"type": "enum", "name": "e", "symbols": ["A", 1]})", ErrorCode::kBadSchema,
       "symbols[1]"},
      {R"({"type": "enum", "name": "e", "symbols": ["A", "A"]})", ErrorCode::kDuplicateName, ""},
      {R"({"type": "enum", "name": "e", "symbols": ["A"], "default": "B"})", ErrorCode::kBadSchema,
       ""},
      {R"({"type": "fixed", "name": "f"})", ErrorCode::kBadSchema, ""},
      {R"({"type": "fixed", "name": "f", "size": -1})", ErrorCode::kBadSchema, "size"},
      {R"({"type": "fixed", "name": "f", "size": "1"})", ErrorCode::kBadSchema, "size"},
      {R"({"type": "fixed", "name": "f", "size": 1.5})", ErrorCode::kBadSchema, "size"},
      {R"({"type": "fixed", "name": "f", "size": 2147483648})", ErrorCode::kBadSchema, "size"},
  };
  for (const auto& test : cases) {
    const auto schema = Schema::parse(test.text);
    ASSERT_FALSE(schema) << test.text;
    EXPECT_EQ(schema.error().code, test.code) << test.text << "\n" << schema.error().message;
    EXPECT_EQ(schema.error().place.field, test.place) << test.text;
  }
}

TEST(SchemaParser, UnknownNamesComeWithTheLikelyOne) {
  const struct {
    std::string_view text;
    std::string_view help;
  } cases[] = {
      {R"("String")", "write \"string\""},
      {R"("int64")", "write \"long\""},
      {R"("map")", "write \"type\": {\"type\": \"map\", ...}"},
      {R"([{"type": "fixed", "name": "a.b.F", "size": 1}, {"type": "array", "items": "x.F"}])",
       "write \"a.b.F\""},
      {R"("strin")", "did you mean \"string\"?"},
      {R"("strnig")", "did you mean \"string\"?"},
      {R"("doubble")", "did you mean \"double\"?"},
      {R"("Something")", "define the type where it is used first"},
  };
  for (const auto& test : cases) {
    const auto schema = Schema::parse(test.text);
    ASSERT_FALSE(schema) << test.text;
    EXPECT_EQ(schema.error().help, test.help) << test.text;
  }
}

TEST(SchemaParser, SaysThatSomethingElseIsNoSchema) {
  for (const std::string_view text : {"prediction_id,actual\np1,2\n", "", " \n", "string"}) {
    const auto schema = Schema::parse(text);
    ASSERT_FALSE(schema) << text;
    EXPECT_EQ(schema.error().code, ErrorCode::kBadSchemaJson);
    EXPECT_EQ(schema.error().message, "this is no schema, which begins with {, [ or \"");
    EXPECT_EQ(schema.error().value, text.substr(0, text.find('\n')));
  }
}

TEST(SchemaParser, MessagesStayShortHoweverLongTheInput) {
  const std::string name(100000, 'n');
  const std::string cases[] = {"\"" + name + "\"", "[\"" + name + "\"", "\"int\" \"" + name + "\"",
                               R"({"type": "fixed", "name": "f", "size": ")" + name + "\"}"};
  for (const std::string& text : cases) {
    const auto schema = Schema::parse(text);
    ASSERT_FALSE(schema);
    EXPECT_LT(schema.error().message.size() + schema.error().value.size(), 1000u);
  }
}

TEST(SchemaParser, DefaultsAreNotCheckedAgainstTheirType) {
  const SchemaPointer schema = parsed(R"({"type": "record", "name": "r", "fields": [
      {"name": "a", "type": "int", "default": "not a number"}]})");
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->root().fields[0].default_json, "\"not a number\"");
}

std::string nested_arrays(int depth) {
  std::string text = "\"int\"";
  for (int level = 1; level < depth; ++level) {
    text = R"({"type":"array","items":)" + text + "}";
  }
  return text;
}

std::string nested_records(int depth) {
  std::string text = "\"int\"";
  for (int level = 1; level < depth; ++level) {
    text = R"({"type":"record","name":"r)" + std::to_string(level) +
           R"(","fields":[{"name":"f","type":)" + text + "}]}";
  }
  return text;
}

TEST(SchemaParser, LimitsHoldAtTheLimitAndNotOnePast) {
  const Limits defaults;
  struct {
    std::string text;
    Limits limits;
    bool passes;
  } const cases[] = {
      {nested_arrays(defaults.schema_depth), {}, true},
      {nested_arrays(defaults.schema_depth + 1), {}, false},
      {nested_records(defaults.schema_depth), {}, true},
      {nested_records(defaults.schema_depth + 1), {}, false},
      {nested_arrays(3), {.schema_depth = 3}, true},
      {nested_arrays(4), {.schema_depth = 3}, false},
      {R"({"type":"fixed","name":"four","size":1})", {.name_size_bytes = 4}, true},
      {R"({"type":"fixed","name":"four","size":1})", {.name_size_bytes = 3}, false},
      {R"({"type":"enum","name":"E","symbols":["four"]})", {.name_size_bytes = 3}, false},
      {R"({"type":"record","name":"R","fields":[{"name":"four","type":"int"}]})",
       {.name_size_bytes = 3},
       false},
      {"\"int\"", {.schema_size_bytes = 5}, true},
      {"\"int\"", {.schema_size_bytes = 4}, false},
  };
  for (const auto& test : cases) {
    const auto schema = Schema::parse(test.text, test.limits);
    EXPECT_EQ(schema.has_value(), test.passes) << test.text.substr(0, 80);
    EXPECT_TRUE(schema || schema.error().code == ErrorCode::kLimitExceeded);
  }
}

TEST(SchemaParser, TextMadeToBlowUpTheJsonLibraryIsRefusedFast) {
  std::string members = "{\"type\": \"int\"";
  for (int index = 0; index < 300000; ++index) members += ",\"m" + std::to_string(index) + "\":0";
  std::string values = R"({"type": "int", "x": [0)";
  for (int index = 0; index < 2000000; ++index) values += ",0";
  const std::string cases[] = {std::string(10000000, '['), members + "}", values + "]}",
                               nested_arrays(3000)};
  for (const std::string& text : cases) {
    const auto begin = std::chrono::steady_clock::now();
    const auto schema = Schema::parse(text);
    ASSERT_FALSE(schema);
    EXPECT_EQ(schema.error().code, ErrorCode::kLimitExceeded);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  }
}

}  // namespace
}  // namespace mseavro
