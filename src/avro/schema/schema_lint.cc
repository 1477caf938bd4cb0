#include "avro/schema/schema_lint.h"

#include <fmt/format.h>

#include "avro/schema/definition_lint.h"
#include "avro/schema/schema_names.h"
#include "avro/schema/version_lint.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kFindingCount = 1024;
constexpr size_t kPlaceBytes = 512;
constexpr std::string_view kAllow = "mseavro.allow";

}  // namespace

bool SchemaLint::find(const LintRule& rule, const Properties& properties, std::string place,
                      std::string message, std::string fix, bool is_left) {
  const std::string* allowed = find_property(properties, kAllow);
  if (allowed != nullptr && allowed->find(fmt::format("\"{}\"", rule.name)) != std::string::npos) {
    return false;
  }
  if (!places_.insert({&rule, place}).second) return false;
  has_more_ = findings_.size() == kFindingCount;
  if (has_more_) return false;
  findings_.push_back(
      {&rule, shorten(place, kPlaceBytes), std::move(message), std::move(fix), is_left});
  return true;
}

Result<SchemaLint> lint_schema(const Schema& schema, const Schema* former) {
  SchemaLint lint(schema);
  lint_definitions(schema, lint);
  if (former != nullptr) MSEAVRO_TRY(lint_changes(*former, schema, lint));
  return lint;
}

}  // namespace mseavro
