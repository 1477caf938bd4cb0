// What in a schema breaks pipelines for years, and the schema as it should be.
//
//   MSEAVRO_ASSIGN(SchemaLint lint, lint_schema(*schema, former.get()));
//   for (const SchemaFinding& finding : lint.findings()) ...
//   std::string mended = lint.draft().text();
//
// Here are the rules that look at the schema alone; events/contract adds those about the meaning of
// fields. A field or type whose property "mseavro.allow" is a list with a rule's name is not found
// by that rule. docs/formats/schema_lint.md describes every rule.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/schema/schema_draft.h"
#include "mseavro/error.h"

namespace mseavro {

struct LintRule {
  std::string_view name;  // As in "enum-default"; do not rename: schemas name them to allow things.
  std::string_view why;   // One sentence without a full stop.
};

struct SchemaFinding {
  const LintRule* rule;
  std::string place;  // Type and field, as in `shop.Order.tags[]`; empty at a root without a name.
  std::string message;   // One sentence without a full stop.
  std::string fix;       // What the draft does about it, in words.
  bool is_left = false;  // The draft does nothing that ends the finding; it is left to people.
};

// The findings so far, and the draft in which each is mended.
class SchemaLint {
 public:
  explicit SchemaLint(const Schema& schema) : draft_(schema) {}

  const std::vector<SchemaFinding>& findings() const { return findings_; }
  bool has_more() const { return has_more_; }  // There are further findings than those listed.
  SchemaDraft& draft() { return draft_; }
  const SchemaDraft& draft() const { return draft_; }

  // Adds a finding, and says whether its place is to be mended: not when `properties` allow it,
  // when the rule has found this place before, or when 1024 are listed.
  bool find(const LintRule& rule, const Properties& properties, std::string place,
            std::string message, std::string fix, bool is_left = false);

 private:
  std::vector<SchemaFinding> findings_;
  std::set<std::pair<const LintRule*, std::string>> places_;
  bool has_more_ = false;
  SchemaDraft draft_;
};

// `former` is the version before it, or nullptr. Errors: kLimitExceeded, when the two have more
// pairs of types than anyone would compare.
Result<SchemaLint> lint_schema(const Schema& schema, const Schema* former);

}  // namespace mseavro
