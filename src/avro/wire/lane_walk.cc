#include "avro/wire/lane_walk.h"

#include <bit>

#include "avro/wire/wire_input.h"
#include "base/result/kernel.h"

namespace mseavro {
namespace {

#define MSEAVRO_INLINE __attribute__((always_inline))

// Readers of plain values, which have room: nothing is checked but the values themselves. They move
// `position` past the value, or return false. What is rare is a function of its own that gets a
// copy of the position, so that the lane's stays in a register.

[[gnu::noinline]] bool read_long_slowly(const uint8_t*& position, const uint8_t* end,
                                        int64_t& value) {
  return read_long(position, end, value) == WireError::kNone;
}

MSEAVRO_INLINE inline bool read_long_with_copy(const uint8_t*& position, const uint8_t* end,
                                               int64_t& value) {
  const uint8_t* next = position;
  const bool is_good = read_long_slowly(next, end, value);
  position = next;
  return is_good;
}

// One for each lane; the compiler makes vector instructions of what is done with them.
using Words = uint64_t __attribute__((vector_size(sizeof(uint64_t) * kLaneCount)));

MSEAVRO_INLINE inline bool read_plain_long(const uint8_t*& position, const uint8_t* end,
                                           int64_t& value) {
  const uint64_t word = load<uint64_t>(position);
  const uint64_t stops = ~word & kVarintStops;
  if (stops == 0) [[unlikely]]
    return read_long_with_copy(position, end, value);
  value = decode_zigzag(pack_varint(word, stops));
  position += (std::countr_zero(stops) >> 3) + 1;
  return true;
}

MSEAVRO_INLINE inline bool skip_plain_long(const uint8_t*& position, const uint8_t* end) {
  const uint64_t stops = ~load<uint64_t>(position) & kVarintStops;
  if (stops == 0) [[unlikely]] {
    int64_t skipped;
    return read_long_with_copy(position, end, skipped);
  }
  position += (std::countr_zero(stops) >> 3) + 1;
  return true;
}

[[gnu::noinline]] bool skip_int_slowly(const uint8_t*& position, const uint8_t* end) {
  int64_t skipped;
  return read_int(position, end, skipped) == WireError::kNone;
}

MSEAVRO_INLINE inline bool skip_plain_int(const uint8_t*& position, const uint8_t* end) {
  // Up to four bytes cannot hold more than an int can.
  const uint32_t stops = ~load<uint32_t>(position) & static_cast<uint32_t>(kVarintStops);
  if (stops == 0) [[unlikely]] {
    const uint8_t* next = position;
    const bool is_good = skip_int_slowly(next, end);
    position = next;
    return is_good;
  }
  position += (std::countr_zero(stops) >> 3) + 1;
  return true;
}

[[gnu::noinline]] bool skip_enum_slowly(const uint8_t*& position, const uint8_t* end,
                                        int64_t symbol_count) {
  size_t skipped = 0;
  return read_index(position, end, static_cast<size_t>(symbol_count), skipped) == WireError::kNone;
}

MSEAVRO_INLINE inline bool skip_plain_enum(const uint8_t*& position, const uint8_t* end,
                                           int64_t symbol_count) {
  const uint8_t index = *position;
  if ((index & kNotShort) != 0 || index >> 1 >= symbol_count) [[unlikely]] {
    const uint8_t* next = position;
    const bool is_good = skip_enum_slowly(next, end, symbol_count);
    position = next;
    return is_good;
  }
  ++position;
  return true;
}

// Behind a string of any length there must be room again.
[[gnu::noinline]] bool read_text_slowly(const uint8_t*& position, const uint8_t* end, int64_t room,
                                        std::string_view& text) {
  const WireError error = read_bytes_slowly(position, end, INT64_MAX, text);
  return error == WireError::kNone && end - position >= room;
}

MSEAVRO_INLINE inline bool read_plain_text(const uint8_t*& position, const uint8_t* end,
                                           int64_t room, std::string_view& text) {
  const uint64_t length = *position;
  if ((length & kNotShort) != 0) [[unlikely]] {
    const uint8_t* next = position;
    std::string_view found;
    const bool is_good = read_text_slowly(next, end, room, found);
    text = found;
    position = next;
    return is_good;
  }
  text = {reinterpret_cast<const char*>(position + 1), static_cast<size_t>(length >> 1)};
  position += 1 + (length >> 1);
  return true;
}

// `size`, or 0 for a null, in arithmetic: which values are null is what processors guess wrong.
MSEAVRO_INLINE inline int64_t size_if(bool has_value, int64_t size) {
  return size & -static_cast<int64_t>(has_value);
}

// The branch of a union of null and one other.
MSEAVRO_INLINE inline bool read_plain_branch(const uint8_t*& position, uint8_t null_branch,
                                             bool& has_value) {
  const uint8_t index = *position++;
  has_value = index == 2 - 2 * null_branch;
  return (index & ~2) == 0;
}

// What stands behind such a branch, when there is something.
MSEAVRO_INLINE inline bool read_plain_long_if(bool has_value, const uint8_t*& position,
                                              const uint8_t* end, int64_t& value) {
  const uint64_t word = load<uint64_t>(position);
  const uint64_t stops = ~word & kVarintStops;
  if (static_cast<int>(has_value) & static_cast<int>(stops == 0)) [[unlikely]]
    return read_plain_long(position, end, value);
  value = decode_zigzag(pack_varint(word, stops));
  position += size_if(has_value, (std::countr_zero(stops) >> 3) + 1);
  return true;
}

MSEAVRO_INLINE inline bool read_plain_text_if(bool has_value, const uint8_t*& position,
                                              const uint8_t* end, int64_t room,
                                              std::string_view& text) {
  const int64_t length = size_if(has_value, *position);
  if ((length & kNotShort) != 0) [[unlikely]]
    return read_plain_text(position, end, room, text);
  text = {reinterpret_cast<const char*>(position + 1), static_cast<size_t>(length >> 1)};
  position += static_cast<int64_t>(has_value) + (length >> 1);
  return true;
}

}  // namespace

MSEAVRO_KERNEL int64_t LaneWalk::run(const Lanes& lanes, int64_t count) {
  open(lanes);
  // Variables of their own, so that they are kept in registers.
  static_assert(kLaneCount == 4);
  const uint8_t* position0 = lanes[0]->cursor.position;
  const uint8_t* position1 = lanes[1]->cursor.position;
  const uint8_t* position2 = lanes[2]->cursor.position;
  const uint8_t* position3 = lanes[3]->cursor.position;
  const auto in_each_lane = [&](const auto& read) MSEAVRO_INLINE {
    return read(0, position0) && read(1, position1) && read(2, position2) && read(3, position3);
  };

  using Position = const uint8_t*&;
  const std::array<const uint8_t*, kLaneCount> ends = {lanes[0]->cursor.end, lanes[1]->cursor.end,
                                                       lanes[2]->cursor.end, lanes[3]->cursor.end};
  const auto* const columns = columns_.data();
  const bool has_regions = !program_.region_steps.empty();
  const Step* const first_step = program_.steps.data();
  const Step* step = first_step;
  int64_t row = 0;
  int64_t room = 0;

  while (true) {
    bool is_plain = true;
    switch (step->op) {
      case Op::kEndDatum:
        ++row;
        in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          row_begins_[lane][row] = position;
          prefetch(position);
          return true;
        });
        if (has_regions) end_datum(lanes, row);
        if (row == count) return close(lanes, row);
        step = first_step;
        continue;

      case Op::kRoom:
        room = step->operand;
        is_plain = in_each_lane([&](size_t lane, Position position)
                                    MSEAVRO_INLINE { return ends[lane] - position >= room; });
        break;

      case Op::kRegion:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          const uint8_t* next = position;
          const WireError error =
              lanes[lane]->walk.run_region(program_.region_steps.data(), step->operand, row, next);
          position = next;
          return error == WireError::kNone;
        });
        break;

      case Op::kSkipFixedItems:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          const uint8_t* next = position;
          const WireError error = lanes[lane]->walk.skip_fixed_items(next, step->operand);
          position = next;
          return error == WireError::kNone;
        });
        break;

      case Op::kSkipStringItems:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          const uint8_t* next = position;
          const WireError error = lanes[lane]->walk.skip_string_items(next, step->operand);
          position = next;
          return error == WireError::kNone;
        });
        break;

      case Op::kSkipFixed:
        in_each_lane([&](size_t, Position position) MSEAVRO_INLINE {
          position += step->operand;
          return true;
        });
        break;

      case Op::kSkipLong:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_long(position, ends[lane]);
        });
        break;

      case Op::kSkipInt:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_int(position, ends[lane]);
        });
        break;

      case Op::kSkipBoolean:
        is_plain = in_each_lane([&](size_t, Position position)
                                    MSEAVRO_INLINE { return *position++ <= 1; });
        break;

      case Op::kSkipEnum:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_enum(position, ends[lane], step->operand);
        });
        break;

      case Op::kSkipStrings:
        for (int64_t i = 0; i < step->operand && is_plain; ++i) {
          is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
            std::string_view skipped;
            return read_plain_text(position, ends[lane], room, skipped);
          });
        }
        break;

      case Op::kSkipNullableFixed:
        is_plain = in_each_lane([&](size_t, Position position) MSEAVRO_INLINE {
          bool has_value;
          const bool is_branch = read_plain_branch(position, step->flags, has_value);
          position += size_if(has_value, step->operand);
          return is_branch;
        });
        break;

      case Op::kSkipNullableString:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          bool has_value;
          std::string_view skipped;
          return read_plain_branch(position, step->flags, has_value) &&
                 read_plain_text_if(has_value, position, ends[lane], room, skipped);
        });
        break;

      case Op::kSetState:
        in_each_lane([&](size_t lane, Position) MSEAVRO_INLINE {
          columns[step->slot][lane].states[row] = static_cast<CellState>(step->flags);
          return true;
        });
        break;

      case Op::kLongToInteger: {
        const Words words = {load<uint64_t>(position0), load<uint64_t>(position1),
                             load<uint64_t>(position2), load<uint64_t>(position3)};
        const Words stops = ~words & kVarintStops;
        const Words packed = pack_varint(words, stops);
        const Words values = packed >> 1 ^ -(packed & 1);
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          int64_t& value = columns[step->slot][lane].integers[row];
          if (stops[lane] == 0) [[unlikely]]
            return read_long_with_copy(position, ends[lane], value);
          value = static_cast<int64_t>(values[lane]);
          position += (std::countr_zero(stops[lane]) >> 3) + 1;
          return true;
        });
        break;
      }

      case Op::kDoubleToNumber:
        in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          columns[step->slot][lane].numbers[row] = load<double>(position);
          position += sizeof(double);
          return true;
        });
        break;

      case Op::kStringToText:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return read_plain_text(position, ends[lane], room, columns[step->slot][lane].texts[row]);
        });
        break;

      // A null leaves something in its cell that the state disowns.
      case Op::kNullableLongToInteger:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          const ColumnView& column = columns[step->slot][lane];
          bool has_value;
          if (!read_plain_branch(position, step->flags, has_value)) return false;
          column.states[row] = static_cast<CellState>(!has_value);
          return read_plain_long_if(has_value, position, ends[lane], column.integers[row]);
        });
        break;

      case Op::kNullableDoubleToNumber:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          const ColumnView& column = columns[step->slot][lane];
          bool has_value;
          const bool is_branch = read_plain_branch(position, step->flags, has_value);
          column.states[row] = static_cast<CellState>(!has_value);
          column.numbers[row] = load<double>(position);
          position += size_if(has_value, sizeof(double));
          return is_branch;
        });
        break;

      case Op::kNullableStringToText:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          const ColumnView& column = columns[step->slot][lane];
          bool has_value;
          if (!read_plain_branch(position, step->flags, has_value)) return false;
          column.states[row] = static_cast<CellState>(!has_value);
          return read_plain_text_if(has_value, position, ends[lane], room, column.texts[row]);
        });
        break;

      default:
        __builtin_unreachable();  // Lane programs have no other ops.
    }
    if (!is_plain) [[unlikely]]
      return close(lanes, row);
    ++step;
  }
}

#undef MSEAVRO_INLINE

void LaneWalk::open(const Lanes& lanes) {
  columns_.resize(lanes[0]->target.column_count());
  for (size_t lane = 0; lane < kLaneCount; ++lane) {
    lanes[lane]->walk.open(lanes[lane]->cursor);
    row_begins_[lane] = lanes[lane]->target.row_begins();
    zero_size_left_[lane] = lanes[lane]->cursor.zero_size_left;
    for (size_t slot = 0; slot < columns_.size(); ++slot) {
      columns_[slot][lane] = lanes[lane]->target.columns()[slot];
    }
  }
}

// What regions need to know of a row's end: the target of its row, and we what to go back to.
void LaneWalk::end_datum(const Lanes& lanes, int64_t row) {
  for (size_t lane = 0; lane < kLaneCount; ++lane) {
    lanes[lane]->target.end_datum(row_begins_[lane][row]);
    zero_size_left_[lane] = lanes[lane]->cursor.zero_size_left;
  }
}

// Leaves the lanes where row `row_count` begins.
int64_t LaneWalk::close(const Lanes& lanes, int64_t row_count) {
  for (size_t lane = 0; lane < kLaneCount; ++lane) {
    BlockCursor& cursor = lanes[lane]->cursor;
    cursor.position = row_begins_[lane][row_count];
    cursor.next_record += row_count;
    cursor.zero_size_left = zero_size_left_[lane];
  }
  return row_count;
}

}  // namespace mseavro
