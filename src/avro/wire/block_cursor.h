// How far a block has been read.
#pragma once

#include <cstdint>
#include <span>

#include "avro/wire/wire_input.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct BlockCursor {
  const uint8_t* begin = nullptr;
  const uint8_t* position = nullptr;
  const uint8_t* end = nullptr;
  int64_t record_count = 0;
  int64_t next_record = 0;
  int64_t zero_size_left = 0;  // Elements without bytes that the block may still declare.
  bool has_ended = true;
  bool is_datum = false;  // No block of a file, but a datum by itself.

  BlockCursor() = default;
  BlockCursor(std::span<const uint8_t> bytes, int64_t count, const Limits& limits)
      : begin(bytes.data()),
        position(bytes.data()),
        end(bytes.data() + bytes.size()),
        record_count(count),
        zero_size_left(limits.zero_size_elements),
        has_ended(false) {}

  // Over a datum, behind which more may stand.
  static BlockCursor over_datum(std::span<const uint8_t> bytes, const Limits& limits) {
    BlockCursor cursor(bytes, 1, limits);
    cursor.is_datum = true;
    return cursor;
  }

  int64_t records_left() const { return has_ended ? 0 : record_count - next_record; }

  // When no records are left: nothing, or kTrailingBytes. Ends the block.
  Status finish();

  // The words for what the walk found wrong at `position` in record `next_record`. Ends the block.
  Error describe(WireError error);
};

}  // namespace mseavro
