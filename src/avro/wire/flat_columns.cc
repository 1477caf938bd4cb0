#include "avro/wire/flat_columns.h"

#include <algorithm>
#include <utility>

#include "avro/wire/plan_compiler.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kColumnCountMax = 1 << 16;
// Deeper records are one column each; chains of records can be as long as a schema.
constexpr size_t kDepthMax = 64;

bool has_parts(SchemaType type) {
  return type == SchemaType::kRecord || type == SchemaType::kArray || type == SchemaType::kMap;
}

class Flattener {
 public:
  explicit Flattener(const Schema& schema) : schema_(schema) {}

  Status add_fields(NodeIndex record) {
    open_.push_back(record);
    for (const SchemaField& field : schema_.node(record).fields) {
      path_.steps.push_back({field.name});
      MSEAVRO_TRY(add(field.node));
      path_.steps.pop_back();
    }
    open_.pop_back();
    return {};
  }

  std::vector<ColumnRequest> take() { return std::move(columns_); }

 private:
  Status add(NodeIndex index) {
    const SchemaNode* node = &schema_.node(index);
    NodeIndex value = index;
    if (const auto branch = value_branch(*node, schema_)) value = node->branches[*branch];
    const bool is_open = std::ranges::find(open_, value) != open_.end();
    if (schema_.node(value).type == SchemaType::kRecord && !is_open && open_.size() < kDepthMax) {
      return add_fields(value);
    }
    if (columns_.size() == kColumnCountMax) {
      return fail(ErrorCode::kLimitExceeded, "the records have more columns than a table can show",
                  "name those that you want: --columns id,region");
    }
    columns_.push_back({path_, flat_type(schema_, index)});
    return {};
  }

  const Schema& schema_;
  FieldPath path_;
  std::vector<NodeIndex> open_;  // The records that path_ leads through.
  std::vector<ColumnRequest> columns_;
};

}  // namespace

ColumnType flat_type(const Schema& schema, NodeIndex index) {
  const SchemaNode& node = schema.node(index);
  if (has_parts(node.type)) return ColumnType::kPlainJson;
  const bool is_scalar = std::ranges::none_of(
      node.branches, [&](NodeIndex branch) { return has_parts(schema.node(branch).type); });
  return is_scalar ? ColumnType::kText : ColumnType::kPlainJson;
}

Result<std::vector<ColumnRequest>> flat_columns(const Schema& schema) {
  MSEAVRO_TRY(check_has_columns(schema));
  Flattener flattener(schema);
  MSEAVRO_TRY(flattener.add_fields(schema.root_index()));
  return flattener.take();
}

}  // namespace mseavro
