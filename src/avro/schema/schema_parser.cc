#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "avro/schema/json_bounds.h"
#include "avro/schema/logical_type.h"
#include "avro/schema/schema.h"
#include "avro/schema/schema_names.h"
#include "base/result/ascii.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

using Json = nlohmann::ordered_json;

// Bounds of the JSON text. A schema of ten thousand fields has a fifth of these values, and one
// level of types takes at most three of JSON (a record's object, its array of fields, a field).
constexpr int64_t kJsonValueCount = int64_t{1} << 18;
constexpr int64_t kJsonMemberCount = 1024;
constexpr int64_t kJsonLevelsPerType = 4;
constexpr int64_t kJsonExtraLevels = 32;

// Sizes of fixed types are added up by readers; this bound, which Avro Java has too, keeps sums of
// them far from overflow.
constexpr int64_t kFixedSizeMax = std::numeric_limits<int32_t>::max();

// The attributes that mean something on a type of each kind; all others are properties.
constexpr std::string_view kPrimitiveAttributes[] = {"type"};
constexpr std::string_view kArrayAttributes[] = {"type", "items"};
constexpr std::string_view kMapAttributes[] = {"type", "values"};
constexpr std::string_view kRecordAttributes[] = {"type", "name",    "namespace",
                                                  "doc",  "aliases", "fields"};
constexpr std::string_view kEnumAttributes[] = {"type",    "name",    "namespace", "doc",
                                                "aliases", "symbols", "default"};
constexpr std::string_view kFixedAttributes[] = {"type", "name",    "namespace",
                                                 "doc",  "aliases", "size"};
constexpr std::string_view kFieldAttributes[] = {"name",    "type",  "doc",
                                                 "default", "order", "aliases"};

std::span<const std::string_view> known_attributes(SchemaType type) {
  switch (type) {
    case SchemaType::kRecord:
      return kRecordAttributes;
    case SchemaType::kEnum:
      return kEnumAttributes;
    case SchemaType::kFixed:
      return kFixedAttributes;
    case SchemaType::kArray:
      return kArrayAttributes;
    case SchemaType::kMap:
      return kMapAttributes;
    default:
      return kPrimitiveAttributes;
  }
}

// The attribute called `name`; nullptr when it is absent.
const Json* find_attribute(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() ? nullptr : &*found;
}

// As find_attribute, for attributes that do without a value: writers in Python store null for them.
const Json* find_optional(const Json& json, const char* name) {
  const Json* found = find_attribute(json, name);
  return found != nullptr && found->is_null() ? nullptr : found;
}

std::optional<int64_t> find_integer(const Json& json, const char* name) {
  const Json* found = find_attribute(json, name);
  if (found == nullptr || !found->is_number_integer()) return std::nullopt;
  if (found->is_number_unsigned() && found->get<uint64_t>() > INT64_MAX) return std::nullopt;
  return found->get<int64_t>();
}

std::string find_doc(const Json& json) {
  const Json* doc = find_attribute(json, "doc");
  return doc != nullptr && doc->is_string() ? doc->get<std::string>() : std::string();
}

Properties other_attributes(const Json& json, std::span<const std::string_view> known) {
  Properties properties;
  for (const auto& [name, value] : json.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      properties.emplace_back(name, value.dump());
    }
  }
  return properties;
}

SchemaNode node_of(SchemaType type) {
  SchemaNode node;
  node.type = type;
  return node;
}

// Whether `attribute` said, in what is now a member of the node, what its logical type is.
bool is_part_of_logical_type(std::string_view attribute, const SchemaNode& node) {
  if (node.logical == LogicalType::kNone) return false;
  return attribute == "logicalType" || (node.logical == LogicalType::kDecimal &&
                                        (attribute == "precision" || attribute == "scale"));
}

// The full name of `name` where `space` is the enclosing namespace. A dot in the name makes it full
// already; one at its beginning says the null namespace.
std::string full_name(const std::string& name, const std::string& space) {
  const size_t dot = name.rfind('.');
  if (dot == 0) return name.substr(1);
  if (dot != std::string::npos || space.empty()) return name;
  return space + "." + name;
}

// Whether one letter too many, too few or wrong, or two in the wrong order, make `typed` of
// `meant`.
bool is_one_slip_away(std::string_view typed, std::string_view meant) {
  while (!typed.empty() && !meant.empty() && typed.front() == meant.front()) {
    typed.remove_prefix(1);
    meant.remove_prefix(1);
  }
  while (!typed.empty() && !meant.empty() && typed.back() == meant.back()) {
    typed.remove_suffix(1);
    meant.remove_suffix(1);
  }
  const bool is_swapped =
      typed.size() == 2 && meant.size() == 2 && typed[0] == meant[1] && typed[1] == meant[0];
  return (typed.size() <= 1 && meant.size() <= 1) || is_swapped;
}

// The primitive type that was misspelt; empty when it is none.
std::string_view misspelt_type(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(SchemaType::kString); ++i) {
    const std::string_view type = schema_type_name(static_cast<SchemaType>(i));
    if (is_one_slip_away(name, type)) return type;
  }
  return {};
}

// What someone who wrote `name` as a type probably meant; empty when there is no guess.
std::string_view likely_type(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kOtherWords[] = {
      {"str", "string"},    {"text", "string"},    {"integer", "int"},  {"int32", "int"},
      {"int64", "long"},    {"bigint", "long"},    {"bool", "boolean"}, {"float32", "float"},
      {"number", "double"}, {"float64", "double"}, {"binary", "bytes"}};
  const std::string lower = to_lower(name);
  if (const auto primitive = find_primitive(lower)) return schema_type_name(*primitive);
  for (const auto& [other, avro] : kOtherWords) {
    if (lower == other) return avro;
  }
  return {};
}

std::string excerpt(std::string_view text) { return shorten(text, 200); }

// Names where in the JSON the parser is, for the time of a scope.
class PathStep {
 public:
  PathStep(std::string& path, std::string_view attribute) : path_(path), size_(path.size()) {
    if (!path.empty()) path += '.';
    path += attribute;
  }
  PathStep(std::string& path, size_t index) : path_(path), size_(path.size()) {
    path += fmt::format("[{}]", index);
  }
  ~PathStep() { path_.resize(size_); }
  PathStep(const PathStep&) = delete;
  PathStep& operator=(const PathStep&) = delete;

 private:
  std::string& path_;
  size_t size_;
};

// Whether a text begins as schemas do; comments may stand before them.
bool begins_like_schema(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != text.npos && std::string_view("{[\"/").find(text[begin]) != text.npos;
}

Result<Json> parse_json(std::string_view text) {
  try {
    // Comments are no JSON, but Avro Java reads them, so schema files have them.
    constexpr bool kThrow = true;
    constexpr bool kIgnoreComments = true;
    return Json::parse(text.begin(), text.end(), nullptr, kThrow, kIgnoreComments);
  } catch (const Json::exception& exception) {
    if (!begins_like_schema(text)) {
      return fail(ErrorCode::kBadSchemaJson, "this is no schema, which begins with {, [ or \"",
                  "a schema is JSON (.avsc) or in an Avro file; for CSV and JSON lines mseavro "
                  "convert infers one and prints it",
                  excerpt(text.substr(0, std::min<size_t>(text.find('\n'), 80))));
    }
    // The library's text begins with "[json.exception.parse_error.101] ".
    const std::string_view what = exception.what();
    const size_t prefix_end = what.find("] ");
    return fail(ErrorCode::kBadSchemaJson,
                excerpt(fmt::format("the schema is not JSON: {}",
                                    prefix_end == what.npos ? what : what.substr(prefix_end + 2))));
  }
}

}  // namespace

// Recursive descent over the JSON value. `space` is the enclosing namespace, `depth` that of the
// type being parsed, 1 for the root.
class SchemaParser {
 public:
  explicit SchemaParser(const Limits& limits) : limits_(limits) {}

  Result<std::shared_ptr<const Schema>> parse(std::string_view text) {
    if (static_cast<int64_t>(text.size()) > limits_.schema_size_bytes) {
      return error(ErrorCode::kLimitExceeded,
                   fmt::format("the schema has more than {} bytes", limits_.schema_size_bytes));
    }
    MSEAVRO_TRY(check_json_bounds(
        text, {.depth = kJsonLevelsPerType * limits_.schema_depth + kJsonExtraLevels,
               .value_count = kJsonValueCount,
               .member_count = kJsonMemberCount}));
    MSEAVRO_ASSIGN(const Json json, parse_json(text));
    MSEAVRO_ASSIGN(const NodeIndex root, parse_type(json, "", 1));
    std::shared_ptr<Schema> schema(new Schema);
    schema->nodes_ = std::move(nodes_);
    schema->root_ = root;
    schema->text_ = text;
    return schema;
  }

 private:
  tl::unexpected<Error> error(ErrorCode code, std::string_view message, std::string help = {},
                              std::string_view value = {}) const {
    return fail(code, excerpt(message), std::move(help), excerpt(value), Place{.field = path_});
  }
  tl::unexpected<Error> bad_schema(std::string_view message, std::string help = {},
                                   std::string_view value = {}) const {
    return error(ErrorCode::kBadSchema, message, std::move(help), value);
  }

  NodeIndex add(SchemaNode node) {
    nodes_.push_back(std::move(node));
    return static_cast<NodeIndex>(nodes_.size() - 1);
  }

  Result<NodeIndex> parse_type(const Json& json, const std::string& space, int32_t depth) {
    if (depth > limits_.schema_depth) {
      return error(ErrorCode::kLimitExceeded,
                   fmt::format("types nest more than {} deep", limits_.schema_depth));
    }
    if (json.is_string()) return parse_name(json.get_ref<const std::string&>(), space);
    if (json.is_array()) return parse_union(json, space, depth);
    if (json.is_object()) return parse_object(json, space, depth);
    return bad_schema("a type must be a string, an object or an array", "", json.dump());
  }

  // A type given by its name: a primitive, which all places share, or a definition before this one.
  Result<NodeIndex> parse_name(const std::string& name, const std::string& space) {
    if (const auto primitive = find_primitive(name)) {
      auto [entry, is_new] = primitives_.try_emplace(*primitive);
      if (is_new) entry->second = add(node_of(*primitive));
      return entry->second;
    }
    auto found = definitions_.find(full_name(name, space));
    if (found == definitions_.end()) found = definitions_.find(full_name(name, ""));
    if (found != definitions_.end()) return found->second;
    return error(ErrorCode::kUnknownName, fmt::format("no type is called \"{}\"", name),
                 help_for_unknown(name), name);
  }

  std::string help_for_unknown(const std::string& name) const {
    static constexpr std::string_view kComplex[] = {"record", "enum", "array", "map", "fixed"};
    if (std::find(std::begin(kComplex), std::end(kComplex), name) != std::end(kComplex)) {
      return fmt::format("write \"type\": {{\"type\": \"{}\", ...}}", name);
    }
    if (const std::string_view likely = likely_type(name); !likely.empty()) {
      return fmt::format("write \"{}\"", likely);
    }
    const std::string_view simple = unqualified_name(name);
    std::string same;
    for (const auto& [full, node] : definitions_) {
      const bool fits = unqualified_name(full) == simple;
      if (fits && (same.empty() || full < same)) same = full;
    }
    if (!same.empty()) return fmt::format("write \"{}\"", same);
    if (const std::string_view meant = misspelt_type(name); !meant.empty()) {
      return fmt::format("did you mean \"{}\"?", meant);
    }
    return "define the type where it is used first";
  }

  Result<NodeIndex> parse_union(const Json& json, const std::string& space, int32_t depth) {
    std::vector<NodeIndex> branches;
    branches.reserve(json.size());
    for (size_t index = 0; index < json.size(); ++index) {
      const PathStep step(path_, index);
      MSEAVRO_ASSIGN(const NodeIndex branch, parse_type(json[index], space, depth + 1));
      branches.push_back(branch);
    }
    std::unordered_set<std::string_view> names;
    for (size_t index = 0; index < branches.size(); ++index) {
      const PathStep step(path_, index);
      const SchemaNode& branch = nodes_[branches[index]];
      if (branch.type == SchemaType::kUnion) {
        return bad_schema("a union stands directly in a union", "put its branches into the outer");
      }
      if (!names.insert(branch.branch_name()).second) {
        return bad_schema(fmt::format("the union has \"{}\" twice", branch.branch_name()));
      }
    }
    SchemaNode node = node_of(SchemaType::kUnion);
    node.branches = std::move(branches);
    return add(std::move(node));
  }

  Result<NodeIndex> parse_object(const Json& json, const std::string& space, int32_t depth) {
    const Json* type = find_attribute(json, "type");
    if (type == nullptr) return bad_schema("the type has no attribute \"type\"");
    if (!type->is_string()) return parse_wrapper(json, *type, space, depth);
    const auto& name = type->get_ref<const std::string&>();
    if (name == "record" || name == "error") return parse_record(json, space, depth);
    if (name == "enum") return parse_enum(json, space);
    if (name == "fixed") return parse_fixed(json, space);
    if (name == "array") return parse_items(json, SchemaType::kArray, "items", space, depth);
    if (name == "map") return parse_items(json, SchemaType::kMap, "values", space, depth);
    if (const auto primitive = find_primitive(name)) {
      return add(unnamed_node(json, *primitive));
    }
    const PathStep step(path_, "type");
    return parse_name(name, space);
  }

  // {"type": {"type": "array", ...}, "attribute": 1}: the inner type with the outer attributes. A
  // type that is defined elsewhere stays as it is.
  Result<NodeIndex> parse_wrapper(const Json& json, const Json& inner, const std::string& space,
                                  int32_t depth) {
    const size_t count_before = nodes_.size();
    const PathStep step(path_, "type");
    MSEAVRO_ASSIGN(const NodeIndex index, parse_type(inner, space, depth + 1));
    if (index < count_before) return index;
    SchemaNode& node = nodes_[index];
    for (auto& property : other_attributes(json, known_attributes(node.type))) {
      const bool is_said_inside = find_property(node.properties, property.first) != nullptr ||
                                  is_part_of_logical_type(property.first, node);
      if (!is_said_inside) node.properties.push_back(std::move(property));
    }
    if (node.logical == LogicalType::kNone) apply_logical_type(node);
    return index;
  }

  static SchemaNode unnamed_node(const Json& json, SchemaType type) {
    SchemaNode node = node_of(type);
    node.properties = other_attributes(json, known_attributes(type));
    apply_logical_type(node);
    return node;
  }

  Result<NodeIndex> parse_items(const Json& json, SchemaType type, const char* attribute,
                                const std::string& space, int32_t depth) {
    const Json* items = find_attribute(json, attribute);
    if (items == nullptr) {
      return bad_schema(
          fmt::format("the {} has no attribute \"{}\"", schema_type_name(type), attribute));
    }
    const PathStep step(path_, attribute);
    SchemaNode node = unnamed_node(json, type);
    MSEAVRO_ASSIGN(node.items, parse_type(*items, space, depth + 1));
    return add(std::move(node));
  }

  Result<std::string> parse_string(const Json& json, const char* attribute) {
    const Json* found = find_attribute(json, attribute);
    if (found == nullptr)
      return bad_schema(fmt::format("the attribute \"{}\" is missing", attribute));
    const PathStep step(path_, attribute);
    if (!found->is_string()) {
      return bad_schema(fmt::format("the {} must be a string", attribute), "", found->dump());
    }
    MSEAVRO_TRY(check_name_size(*found));
    return found->get<std::string>();
  }

  // Names stand in the output once for each record.
  Status check_name_size(const Json& name) const {
    const auto size = static_cast<int64_t>(name.get_ref<const std::string&>().size());
    if (size <= limits_.name_size_bytes) return {};
    return error(ErrorCode::kLimitExceeded,
                 fmt::format("the schema has a name of {} bytes, more than {}", size,
                             limits_.name_size_bytes));
  }

  Result<std::vector<std::string>> parse_strings(const Json& json, std::string_view attribute) {
    const PathStep step(path_, attribute);
    if (!json.is_array()) {
      return bad_schema(fmt::format("the {} must be an array of strings", attribute), "",
                        json.dump());
    }
    std::vector<std::string> strings;
    for (size_t index = 0; index < json.size(); ++index) {
      const PathStep item(path_, index);
      if (!json[index].is_string()) {
        return bad_schema(fmt::format("the {} must be strings", attribute), "", json[index].dump());
      }
      MSEAVRO_TRY(check_name_size(json[index]));
      strings.push_back(json[index].get<std::string>());
    }
    return strings;
  }

  // What records, enums and fixed types have in common.
  Result<SchemaNode> named_node(const Json& json, SchemaType type, std::string space) {
    if (find_optional(json, "namespace") != nullptr) {
      MSEAVRO_ASSIGN(space, parse_string(json, "namespace"));
    }
    MSEAVRO_ASSIGN(const std::string name, parse_string(json, "name"));
    SchemaNode node = node_of(type);
    node.name = full_name(name, space);
    node.doc = find_doc(json);
    node.properties = other_attributes(json, known_attributes(type));
    if (find_primitive(node.name)) {
      return bad_schema(fmt::format("a type may not be called \"{}\"", node.name), "rename it");
    }
    if (const Json* aliases = find_optional(json, "aliases")) {
      MSEAVRO_ASSIGN(node.aliases, parse_strings(*aliases, "aliases"));
      const std::string own_space(namespace_of(node.name));
      for (std::string& alias : node.aliases) alias = full_name(alias, own_space);
    }
    return node;
  }

  // Adds the node and makes its name known, to its own fields as well.
  Result<NodeIndex> define(SchemaNode node) {
    const auto [entry, is_new] =
        definitions_.try_emplace(node.name, static_cast<NodeIndex>(nodes_.size()));
    if (!is_new) {
      return error(ErrorCode::kDuplicateName,
                   fmt::format("the type \"{}\" is defined twice", node.name),
                   "define it once and refer to it by name", node.name);
    }
    return add(std::move(node));
  }

  Result<NodeIndex> parse_record(const Json& json, const std::string& space, int32_t depth) {
    MSEAVRO_ASSIGN(SchemaNode node, named_node(json, SchemaType::kRecord, space));
    const std::string inner_space(namespace_of(node.name));
    const Json* fields_json = find_attribute(json, "fields");
    if (fields_json == nullptr) return bad_schema("the record has no attribute \"fields\"");
    MSEAVRO_ASSIGN(const NodeIndex record, define(std::move(node)));
    const PathStep step(path_, "fields");
    if (!fields_json->is_array()) return bad_schema("the fields must be an array");
    std::vector<SchemaField> fields;
    std::unordered_set<std::string> names;
    for (size_t index = 0; index < fields_json->size(); ++index) {
      const PathStep item(path_, index);
      MSEAVRO_ASSIGN(SchemaField field, parse_field((*fields_json)[index], inner_space, depth));
      if (!names.insert(field.name).second) {
        return error(ErrorCode::kDuplicateName,
                     fmt::format("the record has two fields \"{}\"", field.name), "", field.name);
      }
      fields.push_back(std::move(field));
    }
    nodes_[record].fields = std::move(fields);
    nodes_[record].is_error = json["type"] == "error";
    return record;
  }

  Result<SchemaField> parse_field(const Json& json, const std::string& space, int32_t depth) {
    if (!json.is_object()) return bad_schema("a field must be an object", "", json.dump());
    SchemaField field;
    MSEAVRO_ASSIGN(field.name, parse_string(json, "name"));
    const Json* type = find_attribute(json, "type");
    if (type == nullptr) {
      return bad_schema(fmt::format("the field \"{}\" has no attribute \"type\"", field.name));
    }
    MSEAVRO_ASSIGN(field.order, parse_order(json));
    field.doc = find_doc(json);
    if (const Json* aliases = find_optional(json, "aliases")) {
      MSEAVRO_ASSIGN(field.aliases, parse_strings(*aliases, "aliases"));
    }
    if (const Json* value = find_attribute(json, "default")) field.default_json = value->dump();
    field.properties = other_attributes(json, kFieldAttributes);
    const PathStep step(path_, "type");
    MSEAVRO_ASSIGN(field.node, parse_type(*type, space, depth + 1));
    return field;
  }

  Result<FieldOrder> parse_order(const Json& json) {
    if (find_optional(json, "order") == nullptr) return FieldOrder::kAscending;
    MSEAVRO_ASSIGN(const std::string name, parse_string(json, "order"));
    for (const auto order :
         {FieldOrder::kAscending, FieldOrder::kDescending, FieldOrder::kIgnore}) {
      if (name == field_order_name(order)) return order;
    }
    const PathStep step(path_, "order");
    return bad_schema("the order must be ascending, descending or ignore", "", name);
  }

  Result<NodeIndex> parse_enum(const Json& json, const std::string& space) {
    MSEAVRO_ASSIGN(SchemaNode node, named_node(json, SchemaType::kEnum, space));
    const Json* symbols = find_attribute(json, "symbols");
    if (symbols == nullptr) return bad_schema("the enum has no attribute \"symbols\"");
    MSEAVRO_ASSIGN(node.symbols, parse_strings(*symbols, "symbols"));
    std::unordered_set<std::string_view> known;
    for (const std::string& symbol : node.symbols) {
      if (!known.insert(symbol).second) {
        return error(ErrorCode::kDuplicateName,
                     fmt::format("the enum has the symbol \"{}\" twice", symbol), "", symbol);
      }
    }
    if (find_optional(json, "default") != nullptr) {
      MSEAVRO_ASSIGN(node.default_symbol, parse_string(json, "default"));
      if (!known.contains(*node.default_symbol)) {
        return bad_schema("the default of the enum is not one of its symbols", "",
                          *node.default_symbol);
      }
    }
    return define(std::move(node));
  }

  Result<NodeIndex> parse_fixed(const Json& json, const std::string& space) {
    MSEAVRO_ASSIGN(SchemaNode node, named_node(json, SchemaType::kFixed, space));
    const Json* size = find_attribute(json, "size");
    if (size == nullptr) return bad_schema("the fixed type has no attribute \"size\"");
    node.size = find_integer(json, "size").value_or(-1);
    if (node.size < 0 || node.size > kFixedSizeMax) {
      const PathStep step(path_, "size");
      return bad_schema(fmt::format("the size must be an integer from 0 to {}", kFixedSizeMax), "",
                        size->dump());
    }
    apply_logical_type(node);
    return define(std::move(node));
  }

  const Limits limits_;
  std::vector<SchemaNode> nodes_;
  std::unordered_map<SchemaType, NodeIndex> primitives_;
  std::unordered_map<std::string, NodeIndex> definitions_;
  std::string path_;
};

Result<std::shared_ptr<const Schema>> Schema::parse(std::string_view text, const Limits& limits) {
  return SchemaParser(limits).parse(text);
}

}  // namespace mseavro
