// An Avro schema as an immutable graph of nodes.
//
// Nodes live in one array and refer to each other by index, so that recursive types need no
// ownership tricks. A Schema is shared (`shared_ptr<const Schema>`) and thread-safe.
//
//   MSEAVRO_ASSIGN(auto schema, Schema::parse(R"({"type":"record", ...})"));
//   const SchemaNode& root = schema->root();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

enum class SchemaType : uint8_t {
  kNull,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBytes,
  kString,
  kRecord,
  kEnum,
  kArray,
  kMap,
  kUnion,
  kFixed,
};

// The specification's name of a type, as in "record".
std::string_view schema_type_name(SchemaType type);
// The primitive type of that name.
std::optional<SchemaType> find_primitive(std::string_view name);

// Valid logical types only: an unknown or misplaced one is ignored, as the specification says.
enum class LogicalType : uint8_t {
  kNone,
  kDecimal,
  kBigDecimal,
  kUuid,
  kDate,
  kTimeMillis,
  kTimeMicros,
  kTimestampMillis,
  kTimestampMicros,
  kTimestampNanos,
  kLocalTimestampMillis,
  kLocalTimestampMicros,
  kLocalTimestampNanos,
  kDuration,
};

using NodeIndex = uint32_t;

// Attributes that the specification does not define, name to JSON text, in the order of the file.
using Properties = std::vector<std::pair<std::string, std::string>>;

// JSON text of the property called `name`, or nullptr.
const std::string* find_property(const Properties& properties, std::string_view name);

// How records compare by a field.
enum class FieldOrder : uint8_t { kAscending, kDescending, kIgnore };

// The specification's word, as in "ascending".
std::string_view field_order_name(FieldOrder order);

struct SchemaField {
  std::string name;
  std::vector<std::string> aliases;
  std::string doc;
  NodeIndex node = 0;
  // JSON text of the default. No default and a default of null are different.
  std::optional<std::string> default_json;
  FieldOrder order = FieldOrder::kAscending;
  Properties properties;
};

struct SchemaNode {
  SchemaType type = SchemaType::kNull;
  LogicalType logical = LogicalType::kNone;
  int32_t precision = 0;             // Of kDecimal.
  int32_t scale = 0;                 // Of kDecimal.
  std::string name;                  // Full name of a record, enum or fixed.
  std::vector<std::string> aliases;  // Full names.
  std::string doc;
  std::vector<SchemaField> fields;            // Of a record.
  std::vector<std::string> symbols;           // Of an enum.
  std::optional<std::string> default_symbol;  // Of an enum.
  NodeIndex items = 0;                        // Of an array; values of a map.
  std::vector<NodeIndex> branches;            // Of a union.
  int64_t size = 0;                           // Of a fixed, in bytes.
  bool is_error = false;                      // A record that protocols declare as an error.
  Properties properties;

  // Records, enums and fixed types have names.
  bool is_named() const {
    return type == SchemaType::kRecord || type == SchemaType::kEnum || type == SchemaType::kFixed;
  }

  // What a union branch is called in JSON: the full name, or the name of the type.
  std::string_view branch_name() const {
    return name.empty() ? schema_type_name(type) : std::string_view(name);
  }
};

class Schema {
 public:
  // Reads schema JSON. Names that break the name rule are accepted (real files have them).
  // Errors, with the JSON path of the offender in `place.field`: kBadSchemaJson, kBadSchema,
  // kDuplicateName, kUnknownName, kLimitExceeded (size, depth). Defaults are kept without being
  // checked against their types: old files have wrong ones, and only a reader schema needs them.
  static Result<std::shared_ptr<const Schema>> parse(std::string_view text,
                                                     const Limits& limits = {});

  const SchemaNode& root() const { return nodes_[root_]; }
  NodeIndex root_index() const { return root_; }
  const SchemaNode& node(NodeIndex index) const { return nodes_[index]; }
  size_t node_count() const { return nodes_.size(); }

  // The text that it was parsed from.
  const std::string& text() const { return text_; }

 private:
  friend class SchemaParser;
  friend class SchemaDraft;
  Schema() = default;

  std::vector<SchemaNode> nodes_;
  NodeIndex root_ = 0;
  std::string text_;
};

// Whether every name in the schema obeys the specification's name rule, as writers must. Errors:
// kBadSchema, naming the offender.
Status check_names(const Schema& schema);

}  // namespace mseavro
