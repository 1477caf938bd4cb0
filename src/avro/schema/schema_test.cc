#include "avro/schema/schema.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace mseavro {
namespace {

TEST(CheckNames, RefusesWhatReadersAccept) {
  const struct {
    std::string_view text;
    std::optional<std::string_view> offender;  // None: all names are good.
  } cases[] = {
      {R"("long")", std::nullopt},
      {R"({"type": "record", "name": "a.b._c9", "aliases": ["x.Y"], "fields": []})", std::nullopt},
      {R"({"type": "record", "name": "", "fields": []})", ""},
      {R"({"type": "record", "name": "2d2", "fields": []})", "2d2"},
      {R"({"type": "record", "name": "a..b", "fields": []})", "a..b"},
      {R"({"type": "record", "name": "r", "namespace": "my-app", "fields": []})", "my-app.r"},
      {R"({"type": "record", "name": "r", "aliases": ["s t"], "fields": []})", "s t"},
      {R"({"type": "record", "name": "r", "fields": [{"name": "a.b", "type": "int"}]})", "a.b"},
      {R"({"type": "record", "name": "r", "fields": [{"name": "é", "type": "int"}]})", "é"},
      {R"({"type": "enum", "name": "e", "symbols": ["A", "B C"]})", "B C"},
      {R"({"type": "array", "items": {"type": "fixed", "name": "f!", "size": 1}})", "f!"},
  };
  for (const auto& test : cases) {
    const auto schema = Schema::parse(test.text);
    ASSERT_TRUE(schema) << test.text << schema.error().message;
    const Status status = check_names(**schema);
    EXPECT_EQ(status.has_value(), !test.offender) << test.text;
    if (status) continue;
    EXPECT_EQ(status.error().code, ErrorCode::kBadSchema);
    EXPECT_EQ(status.error().value, *test.offender);
  }
}

TEST(SchemaNode, BranchesAreCalledByNameOrType) {
  const auto schema = Schema::parse(
      R"(["null", "long", {"type": "map", "values": "int"},
          {"type": "fixed", "name": "n.F", "size": 2}])");
  ASSERT_TRUE(schema);
  std::vector<std::string> names;
  for (const NodeIndex branch : (*schema)->root().branches) {
    names.emplace_back((*schema)->node(branch).branch_name());
  }
  EXPECT_EQ(names, (std::vector<std::string>{"null", "long", "map", "n.F"}));
}

}  // namespace
}  // namespace mseavro
