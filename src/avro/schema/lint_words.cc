#include "avro/schema/lint_words.h"

#include <fmt/format.h>

#include "avro/schema/schema_names.h"
#include "base/result/ascii.h"

namespace mseavro {

std::string allowed_name(std::string_view name, bool is_full) {
  std::string allowed;
  for (const char c : name) {
    const bool is_part = is_full && c == '.';
    const bool begins = allowed.empty() || allowed.back() == '.';
    if (begins && (is_digit(c) || is_part)) allowed += '_';
    allowed += is_letter_or_digit(c) || is_part ? c : '_';
  }
  if (allowed.empty() || allowed.back() == '.') allowed += '_';
  return allowed;
}

std::vector<NodeIndex> branches_of(const Schema& schema, NodeIndex index) {
  const SchemaNode& node = schema.node(index);
  return node.type == SchemaType::kUnion ? node.branches : std::vector<NodeIndex>{index};
}

std::string place_of(const SchemaNode& record, const SchemaField& field) {
  return fmt::format("{}.{}", shown_name(record.name), shown_name(field.name));
}

}  // namespace mseavro
