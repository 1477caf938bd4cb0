#include "avro/wire/datum_reader.h"

#include <algorithm>
#include <utility>

#include "avro/wire/block_cursor.h"
#include "avro/wire/datum_target.h"
#include "avro/wire/json_target.h"
#include "avro/wire/walk.h"

namespace mseavro {

const Datum* Datum::find(std::string_view name) const {
  const auto found = std::ranges::find(children, name, &Datum::key);
  return found == children.end() ? nullptr : &*found;
}

// Two targets with one cursor: lines and trees may be asked for in any order.
class DatumReader::Run {
 public:
  Run(std::shared_ptr<const ReadPlan> plan, const Limits& limits)
      : plan_(std::move(plan)),
        limits_(limits),
        json_target_(plan_->schema(), 2 * limits.datum_size_bytes),
        datum_target_(plan_->schema(), limits.datum_size_bytes),
        json_walk_(*plan_, limits_, json_target_),
        datum_walk_(*plan_, limits_, datum_target_) {}

  void begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
    cursor_ = BlockCursor(bytes, record_count, limits_);
  }

  void begin_datum(std::span<const uint8_t> bytes) {
    cursor_ = BlockCursor::over_datum(bytes, limits_);
  }

  Result<bool> next_json(JsonStyle style, std::string* json) {
    const size_t begin = json->size();
    json_target_.begin(style, json);
    const auto count = json_walk_.run(cursor_, 1);
    if (!count) {
      json->resize(begin);
      return tl::unexpected(count.error());
    }
    return *count > 0;
  }

  Result<bool> next_datum(Datum* datum) {
    datum_target_.begin(datum);
    MSEAVRO_ASSIGN(const int64_t count, datum_walk_.run(cursor_, 1));
    return count > 0;
  }

  size_t bytes_left() const { return static_cast<size_t>(cursor_.end - cursor_.position); }

 private:
  const std::shared_ptr<const ReadPlan> plan_;
  const Limits limits_;
  JsonTarget json_target_;
  DatumTarget datum_target_;
  Walk<JsonTarget> json_walk_;
  Walk<DatumTarget> datum_walk_;
  BlockCursor cursor_;
};

DatumReader::DatumReader(std::shared_ptr<const ReadPlan> whole_plan, const Limits& limits)
    : run_(std::make_unique<Run>(std::move(whole_plan), limits)) {}
DatumReader::~DatumReader() = default;
DatumReader::DatumReader(DatumReader&&) noexcept = default;
DatumReader& DatumReader::operator=(DatumReader&&) noexcept = default;

void DatumReader::begin_block(std::span<const uint8_t> bytes, int64_t record_count) {
  run_->begin_block(bytes, record_count);
}

void DatumReader::begin_datum(std::span<const uint8_t> bytes) { run_->begin_datum(bytes); }

Result<bool> DatumReader::next_json(JsonStyle style, std::string* json) {
  return run_->next_json(style, json);
}

Result<bool> DatumReader::next_datum(Datum* datum) { return run_->next_datum(datum); }

size_t DatumReader::bytes_left() const { return run_->bytes_left(); }

}  // namespace mseavro
