// What each rule finds stands in testdata/lint; here is what holds for all pairs of schemas.
#include "avro/schema/version_lint.h"

#include <gtest/gtest.h>

#include "avro/schema/schema_compatibility.h"
#include "avro/schema/testing/changed_schema.h"
#include "avro/schema/testing/random_schema.h"

namespace mseavro {
namespace {

TEST(VersionLint, FindsSomethingWhereverOldDataCannotBeRead) {
  int broken_count = 0;
  int quiet_count = 0;
  for (uint32_t seed = 0; seed < 1500; ++seed) {
    const auto former = Schema::parse(RandomSchema(seed).record());
    ASSERT_TRUE(former);
    const std::string text = ChangedSchema(**former, seed).text(1 + static_cast<int>(seed % 3));
    const auto schema = Schema::parse(text);
    if (!schema) continue;
    const auto verdict = check_compatibility(**schema, **former);
    ASSERT_TRUE(verdict);
    SchemaLint lint(**schema);
    ASSERT_TRUE(lint_changes(**former, **schema, lint));
    quiet_count += lint.findings().empty() ? 1 : 0;
    if (verdict->is_compatible()) continue;
    ++broken_count;
    EXPECT_FALSE(lint.findings().empty()) << seed << ": " << verdict->conflicts[0].field << ": "
                                          << verdict->conflicts[0].message << "\n"
                                          << (*former)->text() << "\n"
                                          << text;
  }
  EXPECT_GT(broken_count, 300);
  EXPECT_GT(quiet_count, 300);
}

}  // namespace
}  // namespace mseavro
