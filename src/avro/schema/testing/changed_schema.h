// A schema after a few changes that people make, good ones and bad ones.
#pragma once

#include <random>
#include <string>

#include "avro/schema/schema_draft.h"

namespace mseavro {

class ChangedSchema {
 public:
  ChangedSchema(const Schema& schema, uint32_t seed) : draft_(schema), random_(seed) {}

  // The JSON after so many changes. It may be one that no parser takes.
  std::string text(int change_count) {
    for (int i = 0; i < change_count; ++i) change();
    return draft_.text();
  }

 private:
  size_t below(size_t bound) { return random_() % bound; }

  void change() {
    const auto index = static_cast<NodeIndex>(below(draft_.schema().node_count()));
    SchemaNode& node = draft_.node(index);
    switch (node.type) {
      case SchemaType::kRecord:
        return below(6) == 0 || node.fields.empty() ? rename(node) : change_field(index);
      case SchemaType::kEnum:
        return below(3) == 0 ? rename(node) : change_symbols(node);
      case SchemaType::kFixed:
        return change_fixed(node);
      case SchemaType::kArray:
      case SchemaType::kMap: {
        const NodeIndex items = other_type(node.items);
        draft_.node(index).items = items;
        return;
      }
      case SchemaType::kUnion:
        if (node.branches.size() > 1) node.branches.erase(node.branches.begin() + chosen(node));
        return;
      default:
        return;
    }
  }

  std::ptrdiff_t chosen(const SchemaNode& node) {
    return static_cast<std::ptrdiff_t>(below(node.branches.size()));
  }

  template <class Named>
  void rename(Named& named) {
    if (below(2) == 0) named.aliases.push_back(named.name);
    named.name += "x";
  }

  // Another size, or another type under the name.
  void change_fixed(SchemaNode& node) {
    const size_t kind = below(3);
    if (kind == 0) return rename(node);
    if (kind == 1) {
      node.size += 4;
      return;
    }
    node.type = SchemaType::kEnum;
    node.logical = LogicalType::kNone;
    node.symbols = {"A"};
  }

  void change_symbols(SchemaNode& node) {
    if (below(2) == 0) node.default_symbol.reset();
    node.symbols.front() += "x";
  }

  void change_field(NodeIndex record) {
    const size_t i = below(draft_.node(record).fields.size());
    if (const size_t kind = below(6); kind > 2) {
      const NodeIndex type = other_type(draft_.node(record).fields[i].node);
      draft_.node(record).fields[i].node = type;
    } else {
      std::vector<SchemaField>& fields = draft_.node(record).fields;
      if (kind == 0) return rename(fields[i]);
      if (kind == 1) return fields[i].default_json.reset();
      fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  // Of a simple type, a union of null and this one, or a definition that the schema has.
  NodeIndex other_type(NodeIndex index) {
    const size_t kind = below(4);
    if (kind == 0) {
      // Any but a definition could hold itself.
      const auto any = static_cast<NodeIndex>(below(draft_.schema().node_count()));
      return draft_.node(any).is_named() ? any : draft_.add(SchemaType::kString);
    }
    if (kind == 1 && draft_.node(index).type != SchemaType::kUnion) {
      SchemaNode optional;
      optional.type = SchemaType::kUnion;
      optional.branches = {draft_.add(SchemaType::kNull), index};
      return draft_.add(std::move(optional));
    }
    if (kind == 2) return draft_.add(SchemaType::kLong, LogicalType::kTimestampMillis);
    return draft_.add(static_cast<SchemaType>(below(8)));
  }

  SchemaDraft draft_;
  std::mt19937 random_;
};

}  // namespace mseavro
