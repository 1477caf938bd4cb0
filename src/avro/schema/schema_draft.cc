#include "avro/schema/schema_draft.h"

#include <algorithm>

#include "avro/schema/schema_print.h"

namespace mseavro {

NodeIndex SchemaDraft::add(SchemaNode node) {
  schema_.nodes_.push_back(std::move(node));
  return static_cast<NodeIndex>(schema_.nodes_.size() - 1);
}

NodeIndex SchemaDraft::add(SchemaType type, LogicalType logical) {
  SchemaNode node;
  node.type = type;
  node.logical = logical;
  return add(std::move(node));
}

NodeIndex SchemaDraft::add_copy(const Schema& other, NodeIndex index) {
  const SchemaNode& original = other.node(index);
  if (original.is_named()) {
    const auto known = std::ranges::find_if(schema_.nodes_, [&](const SchemaNode& node) {
      return node.is_named() && node.name == original.name;
    });
    if (known != schema_.nodes_.end()) {
      return static_cast<NodeIndex>(known - schema_.nodes_.begin());
    }
  }
  // A record is known by its name before its fields are entered, so that this ends.
  const NodeIndex copy = add(original);
  for (size_t i = 0; i < original.fields.size(); ++i) {
    const NodeIndex type = add_copy(other, original.fields[i].node);
    node(copy).fields[i].node = type;
  }
  for (size_t i = 0; i < original.branches.size(); ++i) {
    const NodeIndex branch = add_copy(other, original.branches[i]);
    node(copy).branches[i] = branch;
  }
  if (original.type == SchemaType::kArray || original.type == SchemaType::kMap) {
    const NodeIndex items = add_copy(other, original.items);
    node(copy).items = items;
  }
  return copy;
}

std::string SchemaDraft::text() const { return print_schema(schema_); }

void make_optional(SchemaDraft& draft, NodeIndex record, size_t field) {
  const NodeIndex type = draft.node(record).fields[field].node;
  SchemaNode optional = draft.node(type);
  if (optional.type != SchemaType::kUnion) {
    optional = SchemaNode();
    optional.type = SchemaType::kUnion;
    optional.branches = {type};
  }
  std::erase_if(optional.branches,
                [&](NodeIndex branch) { return draft.node(branch).type == SchemaType::kNull; });
  optional.branches.insert(optional.branches.begin(), draft.add(SchemaType::kNull));
  const NodeIndex added = draft.add(std::move(optional));
  SchemaField& changed = draft.node(record).fields[field];
  changed.node = added;
  changed.default_json = "null";
}

}  // namespace mseavro
