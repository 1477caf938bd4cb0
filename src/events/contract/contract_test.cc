#include "events/contract/contract.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "avro/schema/schema.h"
#include "events/role/role.h"
#include "events/role/synonyms.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

struct ContractCase {
  const char* file;
  std::string_view text;
  const char* name;
  SourceKind source;
  std::vector<std::string> fields_without_default;
};

std::vector<ContractCase> contracts() {
  return {{"prediction_event.avsc",
           prediction_event_schema(),
           "mseavro.PredictionEvent",
           SourceKind::kPredictions,
           {"prediction_id", "prediction", "timestamp"}},
          {"label_event.avsc",
           label_event_schema(),
           "mseavro.LabelEvent",
           SourceKind::kLabels,
           {"prediction_id"}}};
}

std::shared_ptr<const Schema> parse(const ContractCase& contract) {
  const auto schema = Schema::parse(contract.text);
  if (!schema) ADD_FAILURE() << contract.file << ": " << schema.error().message;
  return schema.value_or(nullptr);
}

TEST(Contract, IsTheTextOfTheFile) {
  for (const ContractCase& contract : contracts()) {
    std::ifstream file(std::string(MSEAVRO_TESTDATA) + "/../src/events/contract/" + contract.file);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_FALSE(text.empty());
    EXPECT_EQ(contract.text, text);
  }
}

TEST(Contract, DocumentsEveryFieldAndDefaultsEveryOptionalOne) {
  for (const ContractCase& contract : contracts()) {
    const auto schema = parse(contract);
    ASSERT_NE(schema, nullptr);
    EXPECT_EQ(schema->root().name, contract.name);
    EXPECT_FALSE(schema->root().doc.empty());
    std::vector<std::string> without_default;
    for (const SchemaField& field : schema->root().fields) {
      EXPECT_FALSE(field.doc.empty()) << field.name;
      if (!field.default_json) without_default.push_back(field.name);
    }
    EXPECT_EQ(without_default, contract.fields_without_default);
  }
}

TEST(Contract, DeclaresEveryRoleOfItsSource) {
  for (const ContractCase& contract : contracts()) {
    const auto schema = parse(contract);
    ASSERT_NE(schema, nullptr);
    const FieldCatalog catalog{contract.file, list_schema_fields(*schema)};
    const auto mapping = infer_roles(catalog, {.source = contract.source});
    ASSERT_TRUE(mapping) << mapping.error().message;
    const auto roles = roles_of(contract.source);
    EXPECT_EQ(mapping->roles.size(), roles.size());
    for (Role role : roles) {
      const BoundRole* bound = mapping->find(role);
      ASSERT_NE(bound, nullptr) << role_name(role);
      EXPECT_EQ(bound->path.text(), role_name(role));
      EXPECT_EQ(bound->why, "schema property");
    }
    EXPECT_TRUE(mapping->notes.empty());
  }
}

TEST(Contract, IsUnderstoodByNamesAlone) {
  for (const ContractCase& contract : contracts()) {
    const auto schema = parse(contract);
    ASSERT_NE(schema, nullptr);
    FieldCatalog catalog{contract.file, list_schema_fields(*schema)};
    for (CandidateField& field : catalog.fields) field.role_property.reset();
    const auto mapping = infer_roles(catalog, {.source = contract.source});
    ASSERT_TRUE(mapping) << mapping.error().message;
    for (const BoundRole& bound : mapping->roles) {
      EXPECT_EQ(bound.path.text(), role_name(bound.role));
      EXPECT_EQ(bound.why, "name");
    }
    EXPECT_EQ(mapping->roles.size(), roles_of(contract.source).size());
  }
}

// Readers of old files find renamed fields by these aliases, and so does inference.
TEST(Contract, KnowsItsAliasesAsSynonyms) {
  for (const ContractCase& contract : contracts()) {
    const auto schema = parse(contract);
    ASSERT_NE(schema, nullptr);
    for (const SchemaField& field : schema->root().fields) {
      for (const std::string& alias : field.aliases) {
        const auto match = match_name(name_words(alias), contract.source);
        ASSERT_TRUE(match) << alias;
        EXPECT_EQ(role_name(match->role), field.name) << alias;
      }
    }
  }
}

}  // namespace
}  // namespace mseavro
