// The records of a block as lines: all of each or some of its fields, those that a filter keeps.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
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

  // Prints the block to nowhere: whether all of it can be printed. As BlockReader::Check.
  Status check(const BlockReader& blocks);
};

}  // namespace mseavro
