#include "avro/arrow/arrow_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "avro/schema/logical_type.h"
#include "avro/schema/schema_names.h"
#include "avro/wire/plan_compiler.h"
#include "avro/wire/resolution.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kBranchLimit = 128;  // A dense union's type ids are of 7 bits.
constexpr int32_t kDecimal128Precision = 38;
constexpr int32_t kDecimal256Precision = 76;
constexpr const char* kLeaveOutHelp = "leave the field out: name the columns that you need";

ArrowType fixed_width(ArrowKind kind, int32_t width_bytes) {
  return {.kind = kind, .width_bytes = width_bytes};
}

ArrowType time_type(ArrowKind kind, int32_t width_bytes, ArrowUnit unit, std::string zone = {}) {
  ArrowType type = fixed_width(kind, width_bytes);
  type.unit = unit;
  type.zone = std::move(zone);
  return type;
}

// The type of a node whose logical type Arrow has, too.
std::optional<ArrowType> logical_arrow_type(const SchemaNode& node) {
  switch (node.logical) {
    case LogicalType::kDecimal: {
      if (node.precision > kDecimal256Precision) return std::nullopt;
      ArrowType type =
          fixed_width(ArrowKind::kDecimal, node.precision > kDecimal128Precision ? 32 : 16);
      type.precision = node.precision;
      type.scale = node.scale;
      return type;
    }
    case LogicalType::kDate:
      return time_type(ArrowKind::kDate, 4, ArrowUnit::kSeconds);
    case LogicalType::kTimeMillis:
      return time_type(ArrowKind::kTime, 4, ArrowUnit::kMillis);
    case LogicalType::kTimeMicros:
      return time_type(ArrowKind::kTime, 8, ArrowUnit::kMicros);
    case LogicalType::kTimestampMillis:
      return time_type(ArrowKind::kTimestamp, 8, ArrowUnit::kMillis, "UTC");
    case LogicalType::kTimestampMicros:
      return time_type(ArrowKind::kTimestamp, 8, ArrowUnit::kMicros, "UTC");
    case LogicalType::kTimestampNanos:
      return time_type(ArrowKind::kTimestamp, 8, ArrowUnit::kNanos, "UTC");
    case LogicalType::kLocalTimestampMillis:
      return time_type(ArrowKind::kTimestamp, 8, ArrowUnit::kMillis);
    case LogicalType::kLocalTimestampMicros:
      return time_type(ArrowKind::kTimestamp, 8, ArrowUnit::kMicros);
    case LogicalType::kLocalTimestampNanos:
      return time_type(ArrowKind::kTimestamp, 8, ArrowUnit::kNanos);
    case LogicalType::kDuration:
      return fixed_width(ArrowKind::kInterval, 16);
    case LogicalType::kNone:
    case LogicalType::kBigDecimal:
    case LogicalType::kUuid:
      return std::nullopt;
  }
  MSEAVRO_CHECK(false);
}

ArrowType plain_arrow_type(const SchemaNode& node) {
  constexpr int32_t kOffsetBytes = 4;
  switch (node.type) {
    case SchemaType::kNull:
      return fixed_width(ArrowKind::kNull, 0);
    case SchemaType::kBoolean:
      return fixed_width(ArrowKind::kBoolean, 0);
    case SchemaType::kInt:
    case SchemaType::kEnum:
      return fixed_width(ArrowKind::kInteger, 4);
    case SchemaType::kLong:
      return fixed_width(ArrowKind::kInteger, 8);
    case SchemaType::kFloat:
      return fixed_width(ArrowKind::kFloat, 4);
    case SchemaType::kDouble:
      return fixed_width(ArrowKind::kFloat, 8);
    case SchemaType::kBytes:
      return fixed_width(ArrowKind::kBinary, kOffsetBytes);
    case SchemaType::kString:
      return fixed_width(ArrowKind::kText, kOffsetBytes);
    case SchemaType::kFixed:
      return fixed_width(ArrowKind::kFixedBinary, static_cast<int32_t>(node.size));
    case SchemaType::kRecord:
      return fixed_width(ArrowKind::kStruct, 0);
    case SchemaType::kArray:
      return fixed_width(ArrowKind::kList, kOffsetBytes);
    case SchemaType::kMap:
      return fixed_width(ArrowKind::kMap, kOffsetBytes);
    case SchemaType::kUnion:
      return fixed_width(ArrowKind::kDenseUnion, 0);
  }
  MSEAVRO_CHECK(false);
}

// Goes down the tree of values, in which a type has as many places as there are ways to it.
class LayoutMaker {
 public:
  LayoutMaker(const Schema& schema, const Limits& limits)
      : schema_(schema),
        limits_(limits),
        is_open_(schema.node_count()),
        columns_left_(limits.column_count) {}

  // Makes `*field`, whose name stands, the column of the node's values.
  Status make(NodeIndex index, ArrowField* field) {
    const SchemaNode& node = schema_.node(index);
    if (--columns_left_ < 0) {
      return fail(ErrorCode::kLimitExceeded,
                  fmt::format("the schema has more than {} columns", limits_.column_count),
                  kLeaveOutHelp);
    }
    if (depth_ == limits_.schema_depth) {
      return fail(ErrorCode::kLimitExceeded,
                  fmt::format("columns are nested more than {} deep", depth_), kLeaveOutHelp);
    }
    if (node.type == SchemaType::kRecord && is_open_[index]) {
      return no_type(fmt::format("the type {} contains itself, which no Arrow type can",
                                 shown_name(node.name)));
    }
    ++depth_;
    is_open_[index] = true;
    Status status = make_open(node, field);
    is_open_[index] = false;
    --depth_;
    return status;
  }

  // What contains the root record contains itself.
  void open_root() { is_open_[schema_.root_index()] = true; }

  Status make_field(const SchemaField& from, ArrowField* field) {
    field->name = from.name;
    MSEAVRO_TRY(in_field(from.name, make(from.node, field)));
    if (!from.doc.empty()) field->metadata.emplace_back("avro.doc", from.doc);
    return {};
  }

 private:
  Status make_open(const SchemaNode& node, ArrowField* field) {
    if (node.type == SchemaType::kUnion) return make_union(node, field);
    const auto logical = logical_arrow_type(node);
    field->type = logical ? *logical : plain_arrow_type(node);
    field->is_nullable |= node.type == SchemaType::kNull;
    describe(node, logical.has_value(), field);
    switch (node.type) {
      case SchemaType::kRecord:
        field->children.resize(node.fields.size());
        for (size_t i = 0; i < node.fields.size(); ++i) {
          MSEAVRO_TRY(make_field(node.fields[i], &field->children[i]));
        }
        return {};
      case SchemaType::kArray:
        field->children.push_back({.name = "item", .type = {}});
        return make(node.items, &field->children[0]);
      case SchemaType::kMap:
        return make_map(node, field);
      default:
        return {};
    }
  }

  Status make_map(const SchemaNode& node, ArrowField* field) {
    ArrowField key{.name = "key", .type = fixed_width(ArrowKind::kText, 4)};
    ArrowField value{.name = "value", .type = {}};
    MSEAVRO_TRY(make(node.items, &value));
    ArrowField& entries = field->children.emplace_back();
    entries.name = "entries";
    entries.type = fixed_width(ArrowKind::kStruct, 0);
    entries.children.push_back(std::move(key));
    entries.children.push_back(std::move(value));
    return {};
  }

  Status make_union(const SchemaNode& node, ArrowField* field) {
    if (const auto value = value_branch(node, schema_)) {
      field->is_nullable = true;
      return make(node.branches[*value], field);
    }
    if (node.branches.size() > kBranchLimit) {
      return no_type(fmt::format("a union has {} branches, and Arrow's unions have {} at most",
                                 node.branches.size(), kBranchLimit));
    }
    field->type = plain_arrow_type(node);
    for (const NodeIndex branch : node.branches) {
      const SchemaNode& branch_node = schema_.node(branch);
      field->is_nullable |= branch_node.type == SchemaType::kNull;
      ArrowField& child = field->children.emplace_back();
      child.name = branch_node.branch_name();
      MSEAVRO_TRY(make(branch, &child));
    }
    return {};
  }

  // Says in metadata what the type does not.
  void describe(const SchemaNode& node, bool is_logical, ArrowField* field) {
    auto& metadata = field->metadata;
    if (node.is_named()) metadata.emplace_back("avro.name", node.name);
    if (node.type == SchemaType::kEnum) {
      auto symbols = std::make_shared<ArrowTexts>();
      for (const std::string& symbol : node.symbols) symbols->append(symbol);
      field->symbols = std::move(symbols);
      field->dictionary.push_back({.name = "", .type = fixed_width(ArrowKind::kText, 4)});
    }
    if (node.logical == LogicalType::kUuid && node.type == SchemaType::kFixed) {
      metadata.emplace_back("ARROW:extension:name", "arrow.uuid");
      metadata.emplace_back("ARROW:extension:metadata", "");
    } else if (node.logical != LogicalType::kNone && !is_logical) {
      metadata.emplace_back("avro.logicalType", logical_type_name(node.logical));
    }
  }

  static Status no_type(std::string message) {
    return fail(ErrorCode::kNoArrowType, std::move(message), kLeaveOutHelp);
  }

  // An error below a field gets the field into its path.
  static Status in_field(const std::string& name, Status status) {
    if (!status) {
      std::string& path = status.error().place.field;
      path = path.empty() ? shown_name(name) : join_path(shown_name(name), path);
    }
    return status;
  }

  const Schema& schema_;
  const Limits& limits_;
  std::vector<bool> is_open_;
  int64_t columns_left_;
  int32_t depth_ = 0;
};

// The record's fields that become columns, by index, in the order of the columns.
Result<std::vector<uint32_t>> find_fields(const SchemaNode& record,
                                          std::span<const std::string> columns) {
  std::vector<uint32_t> slots;
  if (columns.empty()) {
    slots.resize(record.fields.size());
    std::iota(slots.begin(), slots.end(), 0);
  }
  for (const std::string& column : columns) {
    const auto field = std::ranges::find(record.fields, column, &SchemaField::name);
    if (field == record.fields.end()) {
      return fail(ErrorCode::kFieldMissing, "the schema has no field " + shown_name(column),
                  "its fields are " + known_field_names(record), column, {.field = column});
    }
    const auto slot = static_cast<uint32_t>(field - record.fields.begin());
    if (std::ranges::find(slots, slot) == slots.end()) slots.push_back(slot);
  }
  return slots;
}

}  // namespace

Result<std::shared_ptr<const ArrowLayout>> ArrowLayout::of(const Schema& schema,
                                                           std::span<const std::string> columns,
                                                           const Limits& limits) {
  const auto layout = std::make_shared<ArrowLayout>();
  layout->root.type = {.kind = ArrowKind::kStruct};
  LayoutMaker maker(schema, limits);
  const SchemaNode& root = schema.root();
  layout->is_wrapped = root.type != SchemaType::kRecord;
  if (layout->is_wrapped) {
    if (!columns.empty()) {
      return fail(ErrorCode::kFieldMissing, "the schema's root is no record, so it has no fields",
                  "name no columns", columns[0]);
    }
    layout->root.children.push_back({.name = "value", .type = {}});
    MSEAVRO_TRY(maker.make(schema.root_index(), &layout->root.children[0]));
    return layout;
  }
  MSEAVRO_ASSIGN(const auto slots, find_fields(root, columns));
  layout->selection.resize(root.fields.size());
  layout->column_of_slot.resize(root.fields.size());
  layout->root.metadata.emplace_back("avro.name", root.name);
  maker.open_root();
  for (const uint32_t slot : slots) {
    layout->selection[slot] = true;
    layout->column_of_slot[slot] = static_cast<uint32_t>(layout->root.children.size());
    MSEAVRO_TRY(maker.make_field(root.fields[slot], &layout->root.children.emplace_back()));
  }
  return layout;
}

}  // namespace mseavro
