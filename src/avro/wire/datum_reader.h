// Decodes whole values: as JSON text, or as a tree for code off the hot path.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "avro/wire/read_plan.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

enum class JsonStyle : uint8_t {
  // The specification's JSON encoding: logical types raw, union branches named ({"string": "x"},
  // null bare), bytes and fixed as one character per byte (U+0000 to U+00FF), NaN and infinities as
  // the strings "NaN", "Infinity", "-Infinity". Strings that are not UTF-8 show U+FFFD.
  kAvro,
  // For people: unions unwrapped, dates, times, timestamps, decimals and uuids rendered.
  kPlain,
};

// A value tree. Texts are views into the decoded bytes. For metrics files, defaults and tests; the
// hot path reads columns.
struct Datum {
  SchemaType type = SchemaType::kNull;  // Never kUnion: `branch` says which one was taken.
  int32_t branch = -1;                  // Index in the union, -1 when the value is in none.
  int64_t integer = 0;                  // kBoolean, kInt, kLong; index of a kEnum.
  double number = 0;                    // kFloat, kDouble.
  std::string_view text;                // kBytes, kString, kFixed; symbol of a kEnum; key of a map
                                        // entry is in `key`.
  std::string_view key;                 // Name when this is a record's field, key in a map.
  std::vector<Datum> children;          // Fields of a record, items, entries.

  // The field called `name`, or nullptr.
  const Datum* find(std::string_view name) const;
};

// Reads the values in a block, or a single datum. Not thread-safe.
class DatumReader {
 public:
  DatumReader(std::shared_ptr<const ReadPlan> whole_plan, const Limits& limits);
  ~DatumReader();
  DatumReader(DatumReader&&) noexcept;
  DatumReader& operator=(DatumReader&&) noexcept;

  // As ColumnDecoder::begin_block.
  void begin_block(std::span<const uint8_t> bytes, int64_t record_count);

  // Of a datum that stands by itself, not in a block; more may follow it. Errors say so: kTruncated
  // when its bytes end too early.
  void begin_datum(std::span<const uint8_t> bytes);

  // Appends the next record to `*json` as one line without a line feed. False at the block's end.
  // Errors: as ColumnDecoder::next, with what was appended taken back. kLimitExceeded also when the
  // line grows beyond twice limits.datum_size_bytes.
  Result<bool> next_json(JsonStyle style, std::string* json);

  // The next record as a tree, valid as long as the block. False at the block's end. Errors: as
  // ColumnDecoder::next; kLimitExceeded also when the tree takes more than limits.datum_size_bytes.
  Result<bool> next_datum(Datum* datum);

  // Bytes behind what has been read.
  size_t bytes_left() const;

 private:
  class Run;
  std::unique_ptr<Run> run_;
};

}  // namespace mseavro
