#include "engine/ingest/event_partitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "avro/container/partitioned_writer.h"
#include "avro/wire/column_decoder.h"
#include "base/result/result.h"
#include "base/time/time.h"

namespace mseavro {
namespace {

constexpr std::string_view kDateKey = "date";
constexpr size_t kRowsPerBatch = 1024;

}  // namespace

Result<std::shared_ptr<const EventPartitions>> EventPartitions::make(
    const LineRules& rules, std::span<const std::string> keys) {
  std::shared_ptr<EventPartitions> made(new EventPartitions);
  std::vector<ColumnRequest> requests;
  for (const std::string& key : keys) {
    if (key == kDateKey) {
      made->keys_.push_back({key, std::nullopt});
      continue;
    }
    MSEAVRO_ASSIGN(FieldPath path, FieldPath::parse(key));
    for (const CompiledEvent& event : rules.events()) {
      if (find_node(event.plan->schema(), path)) continue;
      return fail(ErrorCode::kFieldMissing,
                  fmt::format("--partition-by: a {} has no field \"{}\"", event.name, key),
                  "name date, or fields that all events have", key);
    }
    made->keys_.push_back({key, requests.size()});
    requests.push_back({std::move(path), ColumnType::kText});
  }
  for (const CompiledEvent& event : rules.events()) {
    MSEAVRO_ASSIGN(auto schema, Schema::parse(event.plan->schema().text()));
    MSEAVRO_ASSIGN(auto plan, ReadPlan::project(std::move(schema), requests));
    made->plans_.push_back(std::move(plan));
  }
  return made;
}

Result<std::vector<PartitionPart>> EventPartitions::divide(size_t event,
                                                           std::span<const uint8_t> datums,
                                                           std::span<const int64_t> days,
                                                           size_t part_size_bytes) const {
  std::vector<PartitionPart> parts;
  std::unordered_map<std::string, size_t> open_parts;  // By partition.
  ColumnDecoder decoder(plans_[event], Limits());
  decoder.begin_block(datums, static_cast<int64_t>(days.size()));
  ColumnBatch batch(plans_[event]->column_types(), kRowsPerBatch);
  for (size_t first = 0;; first += batch.size) {
    MSEAVRO_ASSIGN(const bool more, decoder.next(batch));
    if (!more) return parts;
    for (size_t row = 0; row < batch.size; ++row) {
      MSEAVRO_ASSIGN(std::string name, partition_of(batch, row, days[first + row]));
      const auto [open, is_new] = open_parts.try_emplace(name, parts.size());
      if (is_new) parts.push_back({std::move(name)});
      PartitionPart& part = parts[open->second];
      part.datums.put_fixed({batch.row_begins[row], batch.row_begins[row + 1]});
      ++part.count;
      if (part.datums.size() >= part_size_bytes) open_parts.erase(open);
    }
  }
}

Result<std::string> EventPartitions::partition_of(const ColumnBatch& batch, size_t row,
                                                  int64_t day) const {
  std::string partition;
  for (const Key& key : keys_) {
    if (!partition.empty()) partition += '/';
    if (!key.column) {
      partition += partition_part(key.name, format_day(civil_from_days(day)));
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
