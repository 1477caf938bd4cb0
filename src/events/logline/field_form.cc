#include "events/logline/field_form.h"

#include <algorithm>
#include <initializer_list>

#include "avro/wire/encoder.h"

namespace mseavro {
namespace {

std::string index_bytes(size_t index) {
  Encoder bytes;
  bytes.put_long(static_cast<int64_t>(index));
  return std::string(bytes.text());
}

}  // namespace

bool is_number(FieldForm form) {
  return form == FieldForm::kInteger || form == FieldForm::kFloat || form == FieldForm::kDouble;
}

std::optional<FieldType> type_of(const Schema& schema, NodeIndex index) {
  const SchemaNode& node = schema.node(index);
  if (node.type != SchemaType::kUnion) return FieldType{index};
  FieldType type;
  size_t value_count = 0;
  for (size_t branch = 0; branch < node.branches.size(); ++branch) {
    if (schema.node(node.branches[branch]).type == SchemaType::kNull) {
      type.null = index_bytes(branch);
    } else {
      type.node = node.branches[branch];
      type.branch = index_bytes(branch);
      ++value_count;
    }
  }
  return value_count == 1 ? std::optional(type) : std::nullopt;
}

std::optional<int64_t> timestamp_units(LogicalType logical) {
  switch (logical) {
    case LogicalType::kTimestampMillis:
      return 1'000;
    case LogicalType::kTimestampMicros:
      return 1'000'000;
    case LogicalType::kTimestampNanos:
      return 1'000'000'000;
    default:
      return std::nullopt;
  }
}

std::optional<FieldForm> form_of(const Schema& schema, const SchemaNode& node, CaptureType type) {
  const auto is = [&](std::initializer_list<CaptureType> types) {
    return type == CaptureType::kAsField || std::ranges::find(types, type) != types.end();
  };
  using enum CaptureType;
  switch (node.type) {
    case SchemaType::kString:
      if (type == kTime) return FieldForm::kTimeText;
      return is({kText, kList}) ? std::optional(FieldForm::kText) : std::nullopt;
    case SchemaType::kBytes:
      return is({kText}) ? std::optional(FieldForm::kBytes) : std::nullopt;
    case SchemaType::kInt:
    case SchemaType::kLong:
      if (timestamp_units(node.logical)) {
        return is({kTime}) ? std::optional(FieldForm::kTimeNumber) : std::nullopt;
      }
      return node.logical == LogicalType::kNone && is({kInt, kCount})
                 ? std::optional(FieldForm::kInteger)
                 : std::nullopt;
    case SchemaType::kFloat:
      return is({kNumber}) ? std::optional(FieldForm::kFloat) : std::nullopt;
    case SchemaType::kDouble:
      return is({kNumber}) ? std::optional(FieldForm::kDouble) : std::nullopt;
    case SchemaType::kBoolean:
      return is({kBoolean}) ? std::optional(FieldForm::kBoolean) : std::nullopt;
    case SchemaType::kEnum:
      return is({kText}) ? std::optional(FieldForm::kEnum) : std::nullopt;
    case SchemaType::kArray:
      return is({kList}) && schema.node(node.items).type == SchemaType::kString
                 ? std::optional(FieldForm::kList)
                 : std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace mseavro
