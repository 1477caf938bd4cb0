#include "events/role/role.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

TEST(Role, HasAName) {
  for (int value = 0; value <= static_cast<int>(Role::kDeleted); ++value) {
    const Role role = static_cast<Role>(value);
    EXPECT_EQ(find_role(role_name(role)), role);
  }
  EXPECT_EQ(find_role("Prediction"), std::nullopt);
  EXPECT_EQ(find_role(""), std::nullopt);
}

TEST(RoleOverride, IsRoleEqualsField) {
  const auto override = parse_role_override("timestamp=meta.ts");
  ASSERT_TRUE(override);
  EXPECT_EQ(override->role, Role::kTimestamp);
  EXPECT_EQ(list_paths(override->paths), "meta.ts");
}

TEST(RoleOverride, MayHaveAnEqualsSignInTheField) {
  const auto override = parse_role_override("prediction=a=b");
  ASSERT_TRUE(override);
  EXPECT_EQ(list_paths(override->paths), "a=b");
}

TEST(RoleOverride, NamesTheFieldsOfACompositeKey) {
  struct {
    const char* text;
    std::vector<std::string> paths;
  } const tests[] = {
      {"key=user_id,movie_id", {"user_id", "movie_id"}},
      {"prediction_id=a.b, tags[\"x,y\"], `m,n`", {"a.b", "tags[\"x,y\"]", "m,n"}},
      {"key=user_id", {"user_id"}},
      // Other roles have one field, whose name may be anything.
      {"prediction=a,b", {"a,b"}},
  };
  for (const auto& test : tests) {
    const auto override = parse_role_override(test.text);
    ASSERT_TRUE(override) << test.text;
    std::vector<std::string> paths;
    for (const FieldPath& path : override->paths) paths.push_back(path.text());
    EXPECT_EQ(paths, test.paths) << test.text;
  }
  EXPECT_EQ(parse_role_override("key=a,b")->role, Role::kPredictionId);
  for (const char* text : {"key=a,,b", "key=,a", "key=a,", "prediction_id=a, "}) {
    EXPECT_FALSE(parse_role_override(text)) << text;
  }
}

TEST(RoleOverride, ListsTheRolesWhenItIsWrong) {
  for (const char* text : {"prediction", "predicton=x", "=x", ""}) {
    const auto override = parse_role_override(text);
    ASSERT_FALSE(override) << text;
    EXPECT_EQ(override.error().code, ErrorCode::kBadOptionValue);
    EXPECT_NE(override.error().help.find("label_timestamp"), std::string::npos);
    EXPECT_EQ(override.error().value, text);
  }
  EXPECT_FALSE(parse_role_override("prediction=a..b"));
}

TEST(RoleOverride, WithoutAFieldIsNone) {
  const auto override = parse_role_override("actual=");
  ASSERT_TRUE(override);
  EXPECT_TRUE(override->paths.empty());
}

TEST(RoleMapping, IsFoundByRole) {
  RoleMapping mapping;
  mapping.roles.push_back({.role = Role::kPrediction, .why = "name"});
  EXPECT_EQ(mapping.find(Role::kPrediction)->why, "name");
  EXPECT_EQ(mapping.find(Role::kActual), nullptr);
}

TEST(RoleMapping, TextIsOneLineWithNotesAtTheEnd) {
  RoleMapping mapping;
  mapping.roles.push_back(
      {.role = Role::kPrediction, .path = *FieldPath::parse("y_hat"), .why = "synonym"});
  mapping.roles.push_back({.role = Role::kTimestamp,
                           .path = *FieldPath::parse("meta.ts"),
                           .why = "synonym; plain long, seconds by magnitude"});
  mapping.notes.push_back("no actual: label (text) does not fit");
  EXPECT_EQ(mapping.text(),
            "prediction=y_hat (synonym), timestamp=meta.ts (synonym; plain long, seconds by "
            "magnitude); no actual: label (text) does not fit");
}

TEST(FieldCatalog, FindsFieldsByPath) {
  FieldCatalog catalog;
  catalog.fields.push_back({.path = *FieldPath::parse("meta.ts")});
  EXPECT_EQ(catalog.find(*FieldPath::parse("meta.ts")), &catalog.fields[0]);
  EXPECT_EQ(catalog.find(*FieldPath::parse("ts")), nullptr);
}

}  // namespace
}  // namespace mseavro
