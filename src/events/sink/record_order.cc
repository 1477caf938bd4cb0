#include "events/sink/record_order.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "avro/container/partitioned_writer.h"
#include "base/result/result.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

constexpr std::string_view kDateKey = "date";
constexpr std::string_view kTimeKey = "time";

FieldCatalog catalog_of(const Schema& schema) { return {{}, list_schema_fields(schema)}; }

}  // namespace

Result<std::shared_ptr<const RecordOrder>> RecordOrder::make(std::shared_ptr<const Schema> schema,
                                                             const OrderOptions& options) {
  std::shared_ptr<RecordOrder> order(new RecordOrder);
  order->schema_ = std::move(schema);
  order->has_times_ = options.has_times;
  for (const std::string& name : options.keys) {
    MSEAVRO_ASSIGN(Key key, order->bind(name, kDateKey, options));
    order->keys_.push_back(std::move(key));
  }
  if (!options.sort_by.empty()) {
    MSEAVRO_ASSIGN(order->sort_key_, order->bind(options.sort_by, kTimeKey, options));
    const bool is_plain_field = order->sort_key_->column && !order->sort_key_->time;
    if (is_plain_field) MSEAVRO_TRY(order->bind_sort_field());
  }
  MSEAVRO_ASSIGN(order->plan_, ReadPlan::project(order->schema_, order->requests_));
  return order;
}

// What the name means: `time_name` is the record's time, else it is a field, else a role.
Result<RecordOrder::Key> RecordOrder::bind(const std::string& name, std::string_view time_name,
                                           const OrderOptions& options) {
  if (options.has_times && name == time_name) return Key{name};
  MSEAVRO_ASSIGN(const FieldPath path, FieldPath::parse(name));
  if (find_node(*schema_, path)) return add_column(name, path, std::nullopt);
  const auto role = name == time_name ? std::optional(Role::kTimestamp) : find_role(name);
  if (role) return bind_role(name, *role, options);
  return fail(ErrorCode::kFieldMissing,
              fmt::format("{} has no field \"{}\"", schema_->root().branch_name(), name),
              fmt::format("name a field, model_version or {}", time_name), name);
}

Result<RecordOrder::Key> RecordOrder::bind_role(const std::string& name, Role role,
                                                const OrderOptions& options) {
  RoleQuestion question = options.roles;
  question.required = {role};
  MSEAVRO_ASSIGN(const RoleMapping mapping, infer_roles(catalog_of(*schema_), question));
  const BoundRole& bound = *mapping.find(role);
  const bool is_time = role == Role::kTimestamp || role == Role::kLabelTimestamp;
  Key key = add_column(name, bound.path, is_time ? std::optional(bound.time) : std::nullopt);
  const bool has_decimals = bound.kind == FieldKind::kText || bound.kind == FieldKind::kNumber;
  if (is_time && has_decimals) requests_[*key.column].type = ColumnType::kText;
  return key;
}

// Whole numbers and times as they stand, texts as ISO 8601.
Status RecordOrder::bind_sort_field() {
  ColumnRequest& request = requests_[*sort_key_->column];
  const FieldCatalog catalog = catalog_of(*schema_);
  const CandidateField* field = catalog.find(request.path);
  const FieldKind kind = field == nullptr ? FieldKind::kOther : field->kind;
  if (kind == FieldKind::kText) {
    sort_key_->time = TimeReading{.form = TimeReading::Form::kText};
    return {};
  }
  if (kind == FieldKind::kInteger || kind == FieldKind::kInstant ||
      kind == FieldKind::kLocalInstant || kind == FieldKind::kDate) {
    request.type = ColumnType::kInteger;
    sort_key_->time = TimeReading{};
    return {};
  }
  return fail(ErrorCode::kWrongRoleType,
              fmt::format("\"{}\" is no time to sort by", sort_key_->name),
              "name a field of times or whole numbers", sort_key_->name);
}

RecordOrder::Key RecordOrder::add_column(const std::string& name, const FieldPath& path,
                                         std::optional<TimeReading> time) {
  const bool is_text = !time || time->form == TimeReading::Form::kText;
  requests_.push_back({path, is_text ? ColumnType::kText : ColumnType::kInteger});
  return {name, requests_.size() - 1, time};
}

std::optional<Instant> RecordOrder::instant_of(const ColumnBatch& batch, size_t row, const Key& key,
                                               Instant time) {
  if (!key.column) return time == kFirstInstant ? std::nullopt : std::optional(time);
  const Column& column = batch.columns[*key.column];
  if (!column.has_value(row)) return std::nullopt;
  return column.type == ColumnType::kText
             ? read_instant(*key.time, column.texts[row], *TimeZone::utc())
             : read_instant(*key.time, column.integers[row], *TimeZone::utc());
}

Instant RecordOrder::time_of(const ColumnBatch& batch, size_t row, Instant time) const {
  return instant_of(batch, row, *sort_key_, time).value_or(kFirstInstant);
}

Result<std::string> RecordOrder::partition_of(const ColumnBatch& batch, size_t row,
                                              Instant time) const {
  std::string partition;
  for (const Key& key : keys_) {
    if (!partition.empty()) partition += '/';
    if (!key.column || key.time) {
      const auto instant = instant_of(batch, row, key, time);
      partition +=
          instant ? partition_part(key.name, format_day(*instant)) : null_partition_part(key.name);
      continue;
    }
    const Column& column = batch.columns[*key.column];
    if (column.states[row] == CellState::kWrongType) {
      return fail(ErrorCode::kWrongRoleType,
                  fmt::format("\"{}\" has values that are no scalars", key.name),
                  "partitions have texts and numbers as keys", key.name);
    }
    partition += column.has_value(row) ? partition_part(key.name, column.texts[row])
                                       : null_partition_part(key.name);
  }
  return partition;
}

}  // namespace mseavro
