// Whether two schemas are the same in everything that Schema holds.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "avro/schema/schema.h"

namespace mseavro {

class SchemaEquality {
 public:
  SchemaEquality(const Schema& first, const Schema& second) : first_(first), second_(second) {}

  // Empty when they are equal, else what differs first.
  std::string difference() { return difference(first_.root_index(), second_.root_index()); }

 private:
  std::string difference(NodeIndex first_index, NodeIndex second_index) {
    if (!seen_.emplace(first_index, second_index).second) return {};
    const SchemaNode& first = first_.node(first_index);
    const SchemaNode& second = second_.node(second_index);
    if (first.type != second.type || first.name != second.name) return "type of " + first.name;
    if (first.logical != second.logical || first.precision != second.precision ||
        first.scale != second.scale) {
      return "logical type of " + first.name;
    }
    if (first.aliases != second.aliases) return "aliases of " + first.name;
    if (first.doc != second.doc) return "doc of " + first.name;
    if (first.symbols != second.symbols) return "symbols of " + first.name;
    if (first.default_symbol != second.default_symbol) return "default of " + first.name;
    if (first.size != second.size) return "size of " + first.name;
    if (first.is_error != second.is_error) return "error " + first.name;
    if (first.properties != second.properties) return "properties of " + first.name;
    if (first.fields.size() != second.fields.size()) return "fields of " + first.name;
    if (first.branches.size() != second.branches.size()) return "branches";
    for (size_t index = 0; index < first.fields.size(); ++index) {
      const std::string found = difference(first.fields[index], second.fields[index]);
      if (!found.empty()) return first.name + ": " + found;
    }
    for (size_t index = 0; index < first.branches.size(); ++index) {
      const std::string found = difference(first.branches[index], second.branches[index]);
      if (!found.empty()) return found;
    }
    const bool has_items = first.type == SchemaType::kArray || first.type == SchemaType::kMap;
    return has_items ? difference(first.items, second.items) : std::string();
  }

  std::string difference(const SchemaField& first, const SchemaField& second) {
    if (first.name != second.name) return "name of field " + first.name;
    if (first.aliases != second.aliases) return "aliases of field " + first.name;
    if (first.doc != second.doc) return "doc of field " + first.name;
    if (first.default_json != second.default_json) return "default of field " + first.name;
    if (first.order != second.order) return "order of field " + first.name;
    if (first.properties != second.properties) return "properties of field " + first.name;
    return difference(first.node, second.node);
  }

  const Schema& first_;
  const Schema& second_;
  std::set<std::pair<NodeIndex, NodeIndex>> seen_;
};

}  // namespace mseavro
