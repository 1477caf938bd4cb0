#include "avro/wire/field_path.h"

#include <gtest/gtest.h>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

TEST(FieldPath, ReadsNamesKeysAndQuotedNames) {
  const struct {
    const char* text;
    std::vector<FieldPath::Step> steps;
  } cases[] = {
      {"region", {{"region", false}}},
      {"features.region", {{"features", false}, {"region", false}}},
      {R"(tags["x"])", {{"tags", false}, {"x", true}}},
      {R"(tags["x"].value)", {{"tags", false}, {"x", true}, {"value", false}}},
      {R"(tags[""])", {{"tags", false}, {"", true}}},
      {R"(tags["a.b]["])", {{"tags", false}, {"a.b][", true}}},
      {R"(tags["say ""hi"""])", {{"tags", false}, {R"(say "hi")", true}}},
      {"`a.b`.c", {{"a.b", false}, {"c", false}}},
      {"`a``b`", {{"a`b", false}}},
      {"``", {{"", false}}},
      {"größe", {{"größe", false}}},
      {"with space", {{"with space", false}}},
  };
  for (const auto& [text, steps] : cases) {
    const auto path = FieldPath::parse(text);
    ASSERT_TRUE(path) << text;
    EXPECT_EQ(path->steps, steps) << text;
    EXPECT_EQ(path->text(), text);
  }
}

TEST(FieldPath, RefusesWhatIsNoPath) {
  for (const char* text : {"", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[\"x\"", "a[\"x]", "a]",
                           "`a", "a`b`", "`a`b", "[\"x\"]", "a[\"x\"]b", "a\"b"}) {
    const auto path = FieldPath::parse(text);
    ASSERT_FALSE(path) << text;
    EXPECT_EQ(path.error().code, ErrorCode::kBadOptionValue);
    EXPECT_EQ(path.error().value, text);
    EXPECT_FALSE(path.error().help.empty());
  }
}

TEST(FindNode, FollowsRecordsMapsAndUnionsWithNull) {
  const auto schema = schema_of(R"({"type":"record","name":"R","fields":[
    {"name":"a","type":"int"},
    {"name":"a.b","type":"string"},
    {"name":"in","type":["null",{"type":"record","name":"In","fields":[
      {"name":"deep","type":["double","null"]},
      {"name":"again","type":["null","In"]}]}]},
    {"name":"tags","type":[{"type":"map","values":["null","string"]},"null"]},
    {"name":"wide","type":["null","string","In"]},
    {"name":"items","type":{"type":"array","items":"In"}}]})");
  const struct {
    const char* path;
    const char* type;  // nullptr when there is no such node.
  } cases[] = {
      {"a", "int"},          {"`a.b`", "string"},
      {"a.b", nullptr},      {"in", "union"},
      {"in.deep", "union"},  {"in.again.again.deep", "union"},
      {"in.none", nullptr},  {R"(tags["any"])", "union"},
      {"tags.any", nullptr}, {R"(in["deep"])", nullptr},
      {"wide", "union"},     {"wide.deep", nullptr},
      {"items", "array"},    {"items.deep", nullptr},
      {"a.x", nullptr},      {"none", nullptr},
  };
  for (const auto& [path, type] : cases) {
    const auto node = find_node(*schema, *FieldPath::parse(path));
    ASSERT_EQ(node.has_value(), type != nullptr) << path;
    if (type == nullptr) continue;
    EXPECT_EQ(schema_type_name(schema->node(*node).type), type) << path;
  }
}

}  // namespace
}  // namespace mseavro
