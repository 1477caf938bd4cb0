#include "avro/schema/schema_print.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "avro/schema/json_layout.h"
#include "avro/schema/logical_type.h"
#include "avro/schema/schema_names.h"

namespace mseavro {
namespace {

// Writes without spaces. A definition stands where the graph is first entered by it, as in the text
// that was parsed, so the recursion is no deeper than the parser's. `space` is always the enclosing
// namespace.
class SchemaPrinter {
 public:
  explicit SchemaPrinter(const Schema& schema)
      : schema_(schema), is_defined_(schema.node_count()) {}

  std::string print() && {
    type(schema_.root_index(), "");
    return std::move(json_);
  }

 private:
  void type(NodeIndex index, std::string_view space) {
    const SchemaNode& node = schema_.node(index);
    if (node.is_named()) {
      if (is_defined_[index]) return reference(node.name, space);
      is_defined_[index] = true;
      names_.insert(node.name);
      return definition(node, space);
    }
    const bool is_bare = node.logical == LogicalType::kNone && node.properties.empty();
    if (node.type == SchemaType::kUnion && is_bare) return branches(node, space);
    if (node.type < SchemaType::kRecord && is_bare) {
      return append_json_string(schema_type_name(node.type), json_);
    }
    unnamed(node, space);
  }

  void unnamed(const SchemaNode& node, std::string_view space) {
    json_ += R"({"type":)";
    if (node.type == SchemaType::kUnion) {
      branches(node, space);
    } else {
      append_json_string(schema_type_name(node.type), json_);
    }
    if (node.type == SchemaType::kArray || node.type == SchemaType::kMap) {
      key(node.type == SchemaType::kArray ? "items" : "values");
      type(node.items, space);
    }
    logical_type(node);
    properties(node.properties);
    json_ += '}';
  }

  void branches(const SchemaNode& node, std::string_view space) {
    json_ += '[';
    for (size_t index = 0; index < node.branches.size(); ++index) {
      if (index > 0) json_ += ',';
      type(node.branches[index], space);
    }
    json_ += ']';
  }

  void definition(const SchemaNode& node, std::string_view space) {
    const std::string_view own_space = namespace_of(node.name);
    json_ += R"({"type":)";
    append_json_string(node.is_error ? "error" : schema_type_name(node.type), json_);
    text("name", unqualified_name(node.name));
    if (own_space != space) text("namespace", own_space);
    if (!node.doc.empty()) text("doc", node.doc);
    if (!node.aliases.empty()) type_aliases(node, own_space);
    if (node.type == SchemaType::kRecord) fields(node, own_space);
    if (node.type == SchemaType::kEnum) texts("symbols", node.symbols);
    if (node.default_symbol) text("default", *node.default_symbol);
    if (node.type == SchemaType::kFixed) number("size", node.size);
    logical_type(node);
    properties(node.properties);
    json_ += '}';
  }

  void fields(const SchemaNode& node, std::string_view space) {
    key("fields");
    json_ += '[';
    for (size_t index = 0; index < node.fields.size(); ++index) {
      if (index > 0) json_ += ',';
      field(node.fields[index], space);
    }
    json_ += ']';
  }

  void field(const SchemaField& field, std::string_view space) {
    json_ += R"({"name":)";
    append_json_string(field.name, json_);
    if (!field.aliases.empty()) texts("aliases", field.aliases);
    if (!field.doc.empty()) text("doc", field.doc);
    key("type");
    type(field.node, space);
    if (field.default_json) {
      key("default");
      json_ += *field.default_json;
    }
    if (field.order != FieldOrder::kAscending) text("order", field_order_name(field.order));
    properties(field.properties);
    json_ += '}';
  }

  // A name without a dot belongs to the enclosing namespace, unless it is a primitive type or, for
  // types of the null namespace, is found in the enclosing one first.
  void reference(std::string_view full, std::string_view space) {
    const std::string_view own_space = namespace_of(full);
    const std::string_view simple = unqualified_name(full);
    if (own_space == space && !find_primitive(simple)) return append_json_string(simple, json_);
    if (own_space.empty() && names_.contains(fmt::format("{}.{}", space, full))) {
      return append_json_string(fmt::format(".{}", full), json_);
    }
    append_json_string(full, json_);
  }

  void type_aliases(const SchemaNode& node, std::string_view space) {
    std::vector<std::string> aliases;
    for (const std::string& alias : node.aliases) {
      const std::string_view alias_space = namespace_of(alias);
      if (alias_space == space) {
        aliases.emplace_back(unqualified_name(alias));
      } else {
        aliases.push_back(alias_space.empty() ? fmt::format(".{}", alias) : alias);
      }
    }
    texts("aliases", aliases);
  }

  void logical_type(const SchemaNode& node) {
    if (node.logical == LogicalType::kNone) return;
    text("logicalType", logical_type_name(node.logical));
    if (node.logical != LogicalType::kDecimal) return;
    number("precision", node.precision);
    number("scale", node.scale);
  }

  void properties(const Properties& properties) {
    for (const auto& [name, value] : properties) {
      key(name);
      json_ += value;
    }
  }

  void key(std::string_view name) {
    json_ += ',';
    append_json_string(name, json_);
    json_ += ':';
  }
  void text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(value, json_);
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    key(name);
    json_ += '[';
    for (size_t index = 0; index < values.size(); ++index) {
      if (index > 0) json_ += ',';
      append_json_string(values[index], json_);
    }
    json_ += ']';
  }
  void number(std::string_view name, int64_t value) {
    key(name);
    fmt::format_to(std::back_inserter(json_), "{}", value);
  }

  const Schema& schema_;
  std::vector<bool> is_defined_;
  std::unordered_set<std::string> names_;
  std::string json_;
};

}  // namespace

std::string print_schema(const Schema& schema) {
  return lay_out_json(SchemaPrinter(schema).print());
}

std::string type_words(const Schema& schema, NodeIndex index) {
  constexpr size_t kBranchCount = 6;
  const SchemaNode& node = schema.node(index);
  std::string words(schema_type_name(node.type));
  if (node.is_named()) words += fmt::format(" {}", shown_name(node.name));
  if (node.type == SchemaType::kFixed) words += fmt::format(" of {} bytes", node.size);
  if (node.logical == LogicalType::kDecimal) {
    words += fmt::format(" (decimal {}, {})", node.precision, node.scale);
  } else if (node.logical != LogicalType::kNone) {
    words += fmt::format(" ({})", logical_type_name(node.logical));
  }
  for (size_t branch = 0; branch < std::min(node.branches.size(), kBranchCount); ++branch) {
    words += branch == 0 ? " of " : ", ";
    words += shown_name(schema.node(node.branches[branch]).branch_name());
  }
  if (node.branches.size() > kBranchCount) words += ", ...";
  return words;
}

}  // namespace mseavro
