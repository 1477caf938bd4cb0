// The specification's sort order of datums.
//
// Each datum is turned into a key: bytes that compare (as memcmp does) as the datums do. So many
// datums are sorted by their keys without being read again, and two are compared by their two.
//
//   null            nothing; all are equal
//   boolean         00, 01
//   int, long       8 bytes, highest first, the sign turned; also the index of an enum's symbol
//   float, double   their bits, highest first, turned so that they ascend: -Infinity, numbers, -0
//                   before 0, Infinity, NaN (all equal), as in Avro Java
//   bytes, string   00 as 00 FF, then 00 00; compared by unsigned bytes
//   fixed           its bytes
//   array           01 before each item, 00 behind the last
//   union           the branch's index as 8 bytes, then the value
//   record          its fields; descending ones with all bits turned, ignored ones left out
//
// Maps have no order; a schema with one that is not ignored has none.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "avro/wire/read_plan.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Not thread-safe.
class DatumOrder {
 public:
  // Errors: kBadSchema for a map that counts, with place.field.
  static Result<DatumOrder> make(std::shared_ptr<const Schema> schema, const Limits& limits);
  ~DatumOrder();
  DatumOrder(DatumOrder&&) noexcept;
  DatumOrder& operator=(DatumOrder&&) noexcept;

  // As ColumnDecoder::begin_block.
  void begin_block(std::span<const uint8_t> bytes, int64_t record_count);
  // Makes `*key` the next record's. False at the block's end. Errors: as DatumReader::next_datum.
  Result<bool> next_key(std::string* key);

  // How two datums stand to each other; each is all of its bytes. Errors: as next_key, and
  // kTrailingBytes.
  Result<std::strong_ordering> compare(std::span<const uint8_t> left,
                                       std::span<const uint8_t> right);

 private:
  class Run;
  explicit DatumOrder(std::unique_ptr<Run> run);
  std::unique_ptr<Run> run_;
};

}  // namespace mseavro
