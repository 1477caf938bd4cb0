#include "avro/arrow/arrow_binding.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "avro/arrow/arrow_schema.h"
#include "avro/schema/logical_type.h"
#include "avro/schema/schema_names.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int64_t kMillisPerSecond = 1000;
constexpr int64_t kMillisPerDay = 86'400'000;

class Binder {
 public:
  explicit Binder(const WritePlan& plan) : plan_(plan), schema_(plan.schema()) {}

  Result<ArrowBinding> bind(NodeIndex index, const ArrowField& field, std::string path) const {
    const SchemaNode& node = schema_.node(index);
    const bool is_union =
        field.type.kind == ArrowKind::kDenseUnion || field.type.kind == ArrowKind::kSparseUnion;
    if (node.type == SchemaType::kUnion && !is_union) return bind_branch(node, field, path);
    ArrowBinding binding;
    binding.type = field.type;
    binding.node = index;
    binding.path = std::move(path);
    if (!field.dictionary.empty()) return bind_dictionary(field, std::move(binding));
    if (is_union) return bind_union(node, field, std::move(binding));
    switch (field.type.kind) {
      case ArrowKind::kStruct:
        return bind_record(node, field, std::move(binding));
      case ArrowKind::kList:
      case ArrowKind::kFixedList:
      case ArrowKind::kMap:
        return bind_items(node, field, std::move(binding));
      default:
        if (bind_leaf(node, field.type, &binding)) return binding;
        return refuse(node, field, binding.path);
    }
  }

 private:
  // The first branch that takes the column, and the one that takes its nulls.
  Result<ArrowBinding> bind_branch(const SchemaNode& node, const ArrowField& field,
                                   const std::string& path) const {
    const auto null_branch = find_null(node);
    Result<ArrowBinding> last = refuse(node, field, path);
    for (uint32_t i = 0; i < node.branches.size(); ++i) {
      if (i == null_branch && field.type.kind != ArrowKind::kNull) continue;
      last = bind(node.branches[i], field, path);
      if (!last) continue;
      last->branch = i;
      last->null_branch = null_branch;
      return last;
    }
    // With one branch besides null what is wrong there says more.
    if (node.branches.size() - (null_branch ? 1 : 0) == 1) return last;
    return refuse(node, field, path);
  }

  std::optional<uint32_t> find_null(const SchemaNode& node) const {
    for (uint32_t i = 0; i < node.branches.size(); ++i) {
      if (schema_.node(node.branches[i]).type == SchemaType::kNull) return i;
    }
    return std::nullopt;
  }

  Result<ArrowBinding> bind_dictionary(const ArrowField& field, ArrowBinding binding) const {
    MSEAVRO_ASSIGN(ArrowBinding values, bind(binding.node, field.dictionary[0], binding.path));
    binding.put = ArrowPut::kDictionary;
    binding.children.push_back(std::move(values));
    return binding;
  }

  Result<ArrowBinding> bind_union(const SchemaNode& node, const ArrowField& field,
                                  ArrowBinding binding) const {
    if (node.type != SchemaType::kUnion) return refuse(node, field, binding.path);
    binding.put = ArrowPut::kUnion;
    for (uint32_t i = 0; i < field.children.size(); ++i) {
      const ArrowField& child = field.children[i];
      const auto branch = plan_.find(binding.node, child.name, i);
      if (!branch) {
        return fail(ErrorCode::kFieldMissing,
                    fmt::format("the union has no branch {}", shown_name(child.name)),
                    "name the children of the Arrow union as Avro names its branches", child.name,
                    {.field = binding.path});
      }
      MSEAVRO_ASSIGN(ArrowBinding bound, bind(node.branches[*branch], child, binding.path));
      bound.branch = *branch;
      bound.null_branch = find_null(node);
      binding.children.push_back(std::move(bound));
    }
    return binding;
  }

  Result<ArrowBinding> bind_record(const SchemaNode& node, const ArrowField& field,
                                   ArrowBinding binding) const {
    if (node.type != SchemaType::kRecord) return refuse(node, field, binding.path);
    binding.put = ArrowPut::kRecord;
    std::vector<std::optional<size_t>> child_of_slot(node.fields.size());
    for (size_t i = 0; i < field.children.size(); ++i) {
      const ArrowField& child = field.children[i];
      std::string path = path_of(binding.path, child.name);
      const auto slot = plan_.find(binding.node, child.name, static_cast<uint32_t>(i));
      if (!slot || child_of_slot[*slot]) {
        return fail(ErrorCode::kFieldMissing,
                    fmt::format("the column {} is {} of the record {}", shown_name(path),
                                slot ? "a second time a field" : "no field", shown_name(node.name)),
                    "leave the column out, or rename it", child.name, {.field = path});
      }
      child_of_slot[*slot] = i;
      MSEAVRO_ASSIGN(ArrowBinding bound, bind(node.fields[*slot].node, child, std::move(path)));
      binding.children.push_back(std::move(bound));
    }
    for (uint32_t slot = 0; slot < node.fields.size(); ++slot) {
      if (child_of_slot[slot]) {
        binding.sources.push_back({*child_of_slot[slot], nullptr});
        continue;
      }
      const std::string* const bytes = plan_.default_bytes(binding.node, slot);
      if (bytes == nullptr) {
        const std::string path = path_of(binding.path, node.fields[slot].name);
        return fail(
            ErrorCode::kFieldMissing,
            fmt::format("no column has the field {}, which has no default", shown_name(path)),
            "add the column, or give the field a default", path, {.field = path});
      }
      binding.sources.push_back({0, bytes});
    }
    return binding;
  }

  Result<ArrowBinding> bind_items(const SchemaNode& node, const ArrowField& field,
                                  ArrowBinding binding) const {
    const bool is_map = field.type.kind == ArrowKind::kMap;
    if (node.type != (is_map ? SchemaType::kMap : SchemaType::kArray) || field.children.empty() ||
        (is_map && field.children[0].children.size() != 2)) {
      return refuse(node, field, binding.path);
    }
    binding.put = is_map ? ArrowPut::kMap : ArrowPut::kArray;
    if (!is_map) {
      MSEAVRO_ASSIGN(ArrowBinding item, bind(node.items, field.children[0], binding.path));
      binding.children.push_back(std::move(item));
      return binding;
    }
    const std::vector<ArrowField>& entry = field.children[0].children;
    ArrowBinding key;
    key.type = entry[0].type;
    key.path = binding.path;
    key.put = ArrowPut::kText;
    if (!is_text(key.type)) return refuse(node, field, binding.path);
    MSEAVRO_ASSIGN(ArrowBinding value, bind(node.items, entry[1], binding.path));
    binding.children.push_back(std::move(key));
    binding.children.push_back(std::move(value));
    return binding;
  }

  static bool bind_leaf(const SchemaNode& node, const ArrowType& type, ArrowBinding* binding) {
    switch (type.kind) {
      case ArrowKind::kNull:
        binding->put = ArrowPut::kNull;
        return node.type == SchemaType::kNull;
      case ArrowKind::kBoolean:
        binding->put = ArrowPut::kBoolean;
        return node.type == SchemaType::kBoolean;
      case ArrowKind::kInteger:
      case ArrowKind::kUnsigned:
        return bind_integer(node, binding);
      case ArrowKind::kFloat:
        return bind_float(node, type, binding);
      case ArrowKind::kText:
      case ArrowKind::kTextView:
        binding->put = node.type == SchemaType::kEnum ? ArrowPut::kSymbol : ArrowPut::kText;
        return node.type == SchemaType::kString || node.type == SchemaType::kEnum ||
               (node.type == SchemaType::kBytes && node.logical == LogicalType::kNone);
      case ArrowKind::kBinary:
      case ArrowKind::kBinaryView:
        binding->put = ArrowPut::kBytes;
        return node.type == SchemaType::kBytes;
      case ArrowKind::kFixedBinary:
        binding->put = node.type == SchemaType::kFixed ? ArrowPut::kFixed : ArrowPut::kBytes;
        return node.type == SchemaType::kBytes ||
               (node.type == SchemaType::kFixed && node.size == type.width_bytes);
      case ArrowKind::kDecimal:
        binding->put = ArrowPut::kDecimal;
        return node.logical == LogicalType::kDecimal && node.scale == type.scale &&
               node.precision >= type.precision;
      case ArrowKind::kInterval:
        binding->put = ArrowPut::kDuration;
        return node.logical == LogicalType::kDuration;
      default:
        return bind_time(node, type, binding);
    }
  }

  static bool bind_integer(const SchemaNode& node, ArrowBinding* binding) {
    const bool is_float = node.type == SchemaType::kFloat;
    if (!is_float && node.type != SchemaType::kDouble) return put_integer(node, binding);
    binding->put = is_float ? ArrowPut::kIntegerAsFloat : ArrowPut::kIntegerAsDouble;
    return binding->type.kind == ArrowKind::kInteger || binding->type.width_bytes < 8;
  }

  static bool put_integer(const SchemaNode& node, ArrowBinding* binding) {
    binding->put = ArrowPut::kInteger;
    if (node.type == SchemaType::kInt) {
      binding->least = std::numeric_limits<int32_t>::min();
      binding->most = std::numeric_limits<int32_t>::max();
    }
    return node.type == SchemaType::kInt || node.type == SchemaType::kLong;
  }

  static bool bind_float(const SchemaNode& node, const ArrowType& type, ArrowBinding* binding) {
    const bool is_wide = type.width_bytes == sizeof(double);
    binding->put = is_wide                            ? ArrowPut::kDouble
                   : node.type == SchemaType::kDouble ? ArrowPut::kFloatAsDouble
                                                      : ArrowPut::kFloat;
    return node.type == SchemaType::kDouble || (node.type == SchemaType::kFloat && !is_wide);
  }

  static bool bind_time(const SchemaNode& node, const ArrowType& type, ArrowBinding* binding) {
    const LogicalType logical = logical_time_type(type);
    if (type.kind == ArrowKind::kDate) {
      if (type.unit == ArrowUnit::kMillis) binding->divisor = kMillisPerDay;
    } else if (type.unit == ArrowUnit::kSeconds) {
      binding->factor = kMillisPerSecond;
    }
    return logical != LogicalType::kNone && node.logical == logical && put_integer(node, binding);
  }

  static std::string path_of(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "." + name;
  }

  static bool is_text(const ArrowType& type) {
    return type.kind == ArrowKind::kText || type.kind == ArrowKind::kTextView;
  }

  static tl::unexpected<Error> refuse(const SchemaNode& node, const ArrowField& field,
                                      const std::string& path) {
    std::string name(node.branch_name());
    if (node.logical != LogicalType::kNone) name = logical_type_name(node.logical);
    return fail(ErrorCode::kNoArrowType,
                fmt::format("the Avro type {} takes no Arrow column of the type {}",
                            shown_name(name), arrow_kind_name(field.type.kind)),
                "cast the column, or give the field another type", {}, {.field = path});
  }

  const WritePlan& plan_;
  const Schema& schema_;
};

}  // namespace

Result<ArrowBinding> bind_column(const WritePlan& plan, NodeIndex node, const ArrowField& field) {
  return Binder(plan).bind(node, field, {});
}

}  // namespace mseavro
