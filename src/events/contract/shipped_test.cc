#include "events/contract/shipped.h"

#include <gtest/gtest.h>

#include <string>

#include "avro/schema/schema.h"
#include "events/logline/line_rules.h"

namespace mseavro {
namespace {

constexpr const char* kSchemas[] = {"movie_watch_schema",
                                    "movie_watch_schema_v2",
                                    "movie_watch_schema_v3",
                                    "movie_watch_schema_typed",
                                    "movie_rating_schema",
                                    "movie_rating_schema_v2",
                                    "movie_rating_schema_typed",
                                    "recommendation_request_schema",
                                    "recommendation_request_schema_v2",
                                    "recommendation_request_schema_typed"};

TEST(Shipped, SchemasHaveADocOnEveryField) {
  for (const char* name : kSchemas) {
    const auto text = find_shipped_schema(name);
    ASSERT_TRUE(text) << name;
    const auto schema = Schema::parse(*text);
    ASSERT_TRUE(schema) << name << schema.error().message;
    EXPECT_FALSE((*schema)->root().doc.empty()) << name;
    for (const SchemaField& field : (*schema)->root().fields) {
      EXPECT_FALSE(field.doc.empty()) << name << " " << field.name;
    }
  }
  EXPECT_FALSE(find_shipped_schema("movie"));
  EXPECT_EQ(shipped_schema_names(),
            std::vector<std::string_view>(std::begin(kSchemas), std::end(kSchemas)));
}

TEST(Shipped, RulesSuitTheirSchemas) {
  const SchemaLoader load = [](const std::string& name) {
    return std::string(find_shipped_schema(name).value_or(""));
  };
  ASSERT_TRUE(find_shipped_rules("movielog"));
  EXPECT_EQ(shipped_rules_names(), "movielog");
  for (const bool is_typed : {false, true}) {
    auto rules = parse_rules(*find_shipped_rules("movielog"), "movielog");
    ASSERT_TRUE(rules) << rules.error().message;
    const auto compiled = LineRules::compile(std::move(*rules), load, {.is_typed = is_typed});
    ASSERT_TRUE(compiled) << compiled.error().message;
    for (const CompiledEvent& event : (*compiled)->events()) EXPECT_TRUE(event.has_time);
  }
}

}  // namespace
}  // namespace mseavro
