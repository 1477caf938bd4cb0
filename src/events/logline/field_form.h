// Which captures fit which fields of a schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "avro/schema/schema.h"
#include "events/logline/line_pattern.h"

namespace mseavro {

// How a text of the line becomes a value of the field.
enum class FieldForm : uint8_t {
  kText,
  kBytes,
  kTimeText,    // Canonical, ending in Z.
  kTimeNumber,  // In units since 1970.
  kInteger,
  kFloat,
  kDouble,
  kBoolean,
  kEnum,
  kList,
};

bool is_number(FieldForm form);

// The type of a field without its null.
struct FieldType {
  NodeIndex node = 0;
  std::string branch{};               // Bytes of its index in the union.
  std::optional<std::string> null{};  // Bytes of null, where the union has it.
};

// The type of a field whose node is `index`; nullopt for a union of several types.
std::optional<FieldType> type_of(const Schema& schema, NodeIndex index);

// Of a timestamp, how many of its units a second has; nullopt for other types.
std::optional<int64_t> timestamp_units(LogicalType logical);

// How texts of the capture's type become values of the node's; nullopt when they cannot.
std::optional<FieldForm> form_of(const Schema& schema, const SchemaNode& node, CaptureType type);

}  // namespace mseavro
