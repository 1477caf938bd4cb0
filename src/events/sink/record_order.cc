#include "events/sink/record_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "avro/container/partitioned_writer.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Whether values of the type can be in the name of a folder.
bool may_be_scalar(const Schema& schema, NodeIndex index) {
  const SchemaNode& node = schema.node(index);
  if (node.type == SchemaType::kUnion) {
    return std::ranges::any_of(node.branches, [&](NodeIndex branch) {
      return schema.node(branch).type != SchemaType::kNull && may_be_scalar(schema, branch);
    });
  }
  return node.type != SchemaType::kRecord && node.type != SchemaType::kArray &&
         node.type != SchemaType::kMap;
}

tl::unexpected<Error> no_scalar(const std::string& name) {
  return fail(ErrorCode::kWrongRoleType, fmt::format("\"{}\" has values that are no scalars", name),
              "partitions have texts and numbers as keys", name);
}

// In the order of the numbers.
int64_t rank_of_number(double number) {
  const auto bits = std::bit_cast<int64_t>(number);
  return bits < 0 ? bits ^ std::numeric_limits<int64_t>::max() : bits;
}

}  // namespace

Result<std::shared_ptr<const RecordOrder>> RecordOrder::make(std::shared_ptr<const Schema> schema,
                                                             const FieldCatalog& catalog,
                                                             const OrderOptions& options) {
  std::shared_ptr<RecordOrder> order(new RecordOrder);
  order->schema_ = std::move(schema);
  order->has_times_ = options.has_times;
  for (const std::string& name : options.keys) {
    MSEAVRO_ASSIGN(Key key, order->bind(name, kDateKey, catalog, options));
    order->keys_.push_back(std::move(key));
  }
  if (!options.sort_by.empty()) MSEAVRO_TRY(order->bind_sort_key(catalog, options));
  MSEAVRO_ASSIGN(order->plan_, ReadPlan::project(order->schema_, order->requests_));
  return order;
}

// What the name means: `time_name` is the time that is told, else it is a field, else a role. What
// the folders say of the day is but second to the time of the event.
Result<RecordOrder::Key> RecordOrder::bind(const std::string& name, std::string_view time_name,
                                           const FieldCatalog& catalog,
                                           const OrderOptions& options) {
  const bool is_time = name == time_name;
  if (options.has_times && is_time) return Key{.name = name};
  MSEAVRO_ASSIGN(const FieldPath path, FieldPath::parse(name));
  if (const auto node = find_node(*schema_, path)) {
    if (!may_be_scalar(*schema_, *node)) return no_scalar(name);
    return add_column(name, path, std::nullopt);
  }
  const bool is_path_key = std::ranges::count(options.path_keys, name) > 0;
  if (is_time) {
    auto key = bind_time(name, catalog, options);
    if (key || !is_path_key || key.error().code != ErrorCode::kRoleMissing) return key;
  }
  if (is_path_key) return Key{.name = name, .is_path_key = true};
  if (const auto role = find_role(name)) {
    auto key = bind_role(name, *role, catalog, options);
    if (key) return key;
    key.error().help = "name the field itself";
    if (key.error().code != ErrorCode::kRoleMissing) return key;
  }
  return fail(ErrorCode::kFieldMissing,
              fmt::format("{} has no field \"{}\"", schema_->root().branch_name(), name),
              fmt::format("name a field, model_version or {}", time_name), name);
}

// The time of the event; of a label, when it became known.
Result<RecordOrder::Key> RecordOrder::bind_time(const std::string& name,
                                                const FieldCatalog& catalog,
                                                const OrderOptions& options) {
  auto key = bind_role(name, Role::kTimestamp, catalog, options);
  if (key || key.error().code != ErrorCode::kRoleMissing) return key;
  auto of_label = bind_role(name, Role::kLabelTimestamp, catalog, options);
  return of_label ? of_label : key;
}

Result<RecordOrder::Key> RecordOrder::bind_role(const std::string& name, Role role,
                                                const FieldCatalog& catalog,
                                                const OrderOptions& options) {
  RoleQuestion question = options.roles;
  question.required = {role};
  MSEAVRO_ASSIGN(const RoleMapping mapping, infer_roles(catalog, question));
  const BoundRole& bound = *mapping.find(role);
  if (roles_.find(role) == nullptr) roles_.roles.push_back(bound);
  if (role != Role::kTimestamp && role != Role::kLabelTimestamp) {
    return add_column(name, bound.path, std::nullopt);
  }
  Key key = add_column(name, bound.path, bound.time);
  const bool has_decimals = bound.kind == FieldKind::kText || bound.kind == FieldKind::kNumber;
  if (has_decimals) requests_[*key.column].type = ColumnType::kText;
  return key;
}

// Numbers are compared as they stand, so that nanoseconds count too; texts are ISO 8601.
Status RecordOrder::bind_sort_key(const FieldCatalog& catalog, const OrderOptions& options) {
  MSEAVRO_ASSIGN(sort_key_, bind(options.sort_by, kTimeKey, catalog, options));
  if (!sort_key_->column) return {};
  ColumnRequest& request = requests_[*sort_key_->column];
  const CandidateField* field = catalog.find(request.path);
  switch (field == nullptr ? FieldKind::kOther : field->kind) {
    case FieldKind::kInteger:
    case FieldKind::kInstant:
    case FieldKind::kLocalInstant:
    case FieldKind::kDate:
      request.type = ColumnType::kInteger;
      sort_key_->time = TimeReading{};
      return {};
    case FieldKind::kNumber:
      request.type = ColumnType::kNumber;
      return {};
    case FieldKind::kText:
      if (!sort_key_->time) sort_key_->time = TimeReading{.form = TimeReading::Form::kText};
      return {};
    default:
      return fail(ErrorCode::kWrongRoleType,
                  fmt::format("\"{}\" is no time to sort by", sort_key_->name),
                  "name a field of times or numbers", sort_key_->name);
  }
}

RecordOrder::Key RecordOrder::add_column(const std::string& name, const FieldPath& path,
                                         std::optional<TimeReading> time) {
  const bool is_text = !time || time->form == TimeReading::Form::kText;
  requests_.push_back({path, is_text ? ColumnType::kText : ColumnType::kInteger});
  return {.name = name, .column = requests_.size() - 1, .time = time};
}

Result<std::optional<Instant>> RecordOrder::instant_of(const ColumnBatch& batch, size_t row,
                                                       const Key& key, Instant time) {
  if (!key.column) return time == kFirstInstant ? std::nullopt : std::optional(time);
  const Column& column = batch.columns[*key.column];
  const bool is_text = column.type == ColumnType::kText;
  const bool has_value = column.has_value(row);
  if (!has_value && column.states[row] != CellState::kWrongType) return std::nullopt;
  std::optional<Instant> instant;
  if (has_value) {
    instant = is_text ? read_instant(*key.time, column.texts[row], *TimeZone::utc())
                      : read_instant(*key.time, column.integers[row], *TimeZone::utc());
  }
  if (instant) return instant;
  constexpr size_t kShownBytes = 64;
  return fail(ErrorCode::kWrongRoleType,
              fmt::format("\"{}\" has values that are no times", key.name),
              "name another field, or how the times are written: --map timestamp=FIELD, "
              "--time-unit s",
              has_value && is_text ? std::string(column.texts[row].substr(0, kShownBytes)) : "");
}

Result<int64_t> RecordOrder::rank_of(const ColumnBatch& batch, size_t row, Instant time) const {
  if (sort_key_->column && batch.columns[*sort_key_->column].type == ColumnType::kNumber) {
    const Column& column = batch.columns[*sort_key_->column];
    return column.has_value(row) ? rank_of_number(column.numbers[row]) : kFirstInstant;
  }
  MSEAVRO_ASSIGN(const auto instant, instant_of(batch, row, *sort_key_, time));
  return instant.value_or(kFirstInstant);
}

Result<std::string> RecordOrder::partition_of(const ColumnBatch& batch, size_t row, Instant time,
                                              const PathKeys& path_keys) const {
  std::string partition;
  for (const Key& key : keys_) {
    if (!partition.empty()) partition += '/';
    if (key.is_path_key) {
      const std::string* value = find_path_key(path_keys, key.name);
      partition +=
          value != nullptr ? partition_part(key.name, *value) : null_partition_part(key.name);
      continue;
    }
    if (!key.column || key.time) {
      MSEAVRO_ASSIGN(const auto instant, instant_of(batch, row, key, time));
      partition +=
          instant ? partition_part(key.name, format_day(*instant)) : null_partition_part(key.name);
      continue;
    }
    const Column& column = batch.columns[*key.column];
    if (column.states[row] == CellState::kWrongType) return no_scalar(key.name);
    partition += column.has_value(row) ? partition_part(key.name, column.texts[row])
                                       : null_partition_part(key.name);
  }
  return partition;
}

}  // namespace mseavro
