// Which partition the events of a log belong to, by their fields and their day.
//
//   MSEAVRO_ASSIGN(const auto partitions, EventPartitions::make(*rules, {{"model_version",
//   "date"}})); MSEAVRO_ASSIGN(const auto parts, partitions->divide(event, datums, days,
//   block_size_bytes));
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "avro/wire/encoder.h"
#include "avro/wire/read_plan.h"
#include "events/logline/line_rules.h"
#include "mseavro/error.h"

namespace mseavro {

// Datums of one partition, in their order.
struct PartitionPart {
  std::string partition;  // As in "model_version=v7/date=2026-02-14".
  Encoder datums{};
  int64_t count = 0;
};

// Immutable and thread-safe.
class EventPartitions {
 public:
  // `keys` are fields that every event has, and `date`, the day of the event in UTC. Errors:
  // kFieldMissing, kBadFieldPath.
  static Result<std::shared_ptr<const EventPartitions>> make(const LineRules& rules,
                                                             std::span<const std::string> keys);

  // Datums of one event, as many as there are `days` (since 1970, one for each), divided into parts
  // that end when they have `part_size_bytes`, in the order in which they begin. Errors:
  // kWrongRoleType for a field that is no scalar.
  Result<std::vector<PartitionPart>> divide(size_t event, std::span<const uint8_t> datums,
                                            std::span<const int64_t> days,
                                            size_t part_size_bytes) const;

 private:
  struct Key {
    std::string name;
    std::optional<size_t> column;  // Of the plans; nullopt: the day.
  };

  EventPartitions() = default;
  Result<std::string> partition_of(const ColumnBatch& batch, size_t row, int64_t day) const;

  std::vector<Key> keys_;
  std::vector<std::shared_ptr<const ReadPlan>> plans_;  // By event.
};

}  // namespace mseavro
