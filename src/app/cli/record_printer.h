// The records of a block as lines: all of each or some of its fields, those that a filter keeps.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "avro/container/block_reader.h"
#include "avro/schema/schema.h"
#include "avro/wire/field_path.h"
#include "engine/question/filter.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

enum class LineForm : uint8_t {
  kAvroJson,   // The specification's JSON encoding.
  kPlainJson,  // For people.
  kCsv,        // Values that are no scalars are plain JSON in a cell; null is an empty cell.
};

struct PrintOptions {
  LineForm form = LineForm::kAvroJson;
  std::optional<Filter> where{};
  // The fields that are printed, in this order, named by their whole path; none: all, in CSV those
  // of records in the record, too (flat_columns.h).
  std::vector<FieldPath> columns{};
  std::shared_ptr<const Schema> reader_schema{};  // nullptr: records as they were written.
};

// What a file's lines may take all together, those that are printed to nowhere included.
class PrintBudget {
 public:
  // `limit_bytes` is ContainerReader::expansion_limit_bytes().
  PrintBudget(std::string file, int64_t limit_bytes)
      : file_(std::move(file)), limit_bytes_(limit_bytes), left_bytes_(limit_bytes) {}

  // Of a line. Errors: kLimitExceeded, placed at the file, when that is more than was left.
  Status spend(size_t size_bytes);

 private:
  const std::string file_;
  const int64_t limit_bytes_;
  int64_t left_bytes_;
};

// Not thread-safe.
class RecordPrinter {
 public:
  virtual ~RecordPrinter() = default;

  // Of files written under `writer`. Errors: those of ReadPlan::project and resolve;
  // kConflictingOptions, a reader schema with anything but whole records as JSON; kBadFilter.
  static Result<std::unique_ptr<RecordPrinter>> make(const std::shared_ptr<const Schema>& writer,
                                                     const PrintOptions& options,
                                                     const Limits& limits);

  // The line above the records, without a line feed; nullopt when the form has none.
  virtual std::optional<std::string> head() const { return std::nullopt; }

  // As DatumReader::begin_block.
  virtual void begin_block(std::span<const uint8_t> bytes, int64_t record_count) = 0;

  // Appends the next record to `*text`, without a line feed. False at the block's end, with nothing
  // appended. Errors: as DatumReader::next_json.
  virtual Result<bool> next(std::string* text) = 0;

  // Whether all of the block can be printed, for BlockReader::Check. `*text` is where the lines
  // stand for a moment. Errors: those of next() and of the budget.
  Status check(const BlockReader& blocks, std::string* text, PrintBudget& budget);
};

}  // namespace mseavro
