// A schema that is being changed: a copy of one, edited node by node and then printed.
//
//   SchemaDraft draft(*schema);
//   draft.node(index).doc = "What was ordered.";
//   MSEAVRO_ASSIGN(auto mended, Schema::parse(draft.text()));
//
// Indices of nodes are those of the original. Nothing is checked: a draft can hold what no parser
// takes. Not thread-safe.
#pragma once

#include <string>

#include "avro/schema/schema.h"

namespace mseavro {

class SchemaDraft {
 public:
  explicit SchemaDraft(const Schema& schema) : schema_(schema) {}

  const Schema& schema() const { return schema_; }
  // Valid until a node is added. Primitive types may be shared by fields: give a field a node of
  // its own instead of changing its type.
  SchemaNode& node(NodeIndex index) { return schema_.nodes_[index]; }
  NodeIndex add(SchemaNode node);
  NodeIndex add(SchemaType type, LogicalType logical = LogicalType::kNone);
  // A type of another schema with all that is in it. A definition whose name is known here stands
  // for the one there.
  NodeIndex add_copy(const Schema& other, NodeIndex index);
  // As print_schema.
  std::string text() const;

 private:
  Schema schema_;
};

// Makes the field a union that begins with null, and null its default.
void make_optional(SchemaDraft& draft, NodeIndex record, size_t field);

}  // namespace mseavro
