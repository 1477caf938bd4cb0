#include "avro/wire/lane_walk.h"

#include <bit>

#include "avro/wire/item_block.h"
#include "avro/wire/lane_skip.h"
#include "avro/wire/plain_value.h"
#include "avro/wire/wire_input.h"
#include "base/result/kernel.h"

namespace mseavro {
namespace {

// One for each lane; the compiler makes vector instructions of what is done with them.
using Words = uint64_t __attribute__((vector_size(sizeof(uint64_t) * kLaneCount)));

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
  // For what is no few instructions, but a walk of each lane's own.
  const auto in_each_walk = [&](const auto& read) MSEAVRO_INLINE {
    return in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
      return with_copy(position, [&](Position copy) { return read(lane, copy); }) ==
             WireError::kNone;
    });
  };
  const LanePositions ends = {lanes[0]->cursor.end, lanes[1]->cursor.end, lanes[2]->cursor.end,
                              lanes[3]->cursor.end};
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
        is_plain = in_each_walk([&](size_t lane, Position position) {
          return lanes[lane]->walk.run_region(program_.region_steps.data(), step->operand, row,
                                              position);
        });
        break;

      case Op::kSkipTogether: {
        LanePositions positions = {position0, position1, position2, position3};
        is_plain = skip_together(program_, step->operand, ends, positions);
        position0 = positions[0];
        position1 = positions[1];
        position2 = positions[2];
        position3 = positions[3];
        break;
      }

      case Op::kSkipFixedItems:
        is_plain = in_each_walk([&](size_t lane, Position position) {
          return skip_fixed_items(position, ends[lane], step->operand);
        });
        break;

      case Op::kSkipStringItems:
        is_plain = in_each_walk([&](size_t lane, Position position) {
          return skip_string_items(position, ends[lane], step->operand, INT64_MAX);
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
          return skip_plain_long(kAlways, position, ends[lane]);
        });
        break;

      case Op::kSkipInt:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_int(kAlways, position, ends[lane]);
        });
        break;

      case Op::kSkipBoolean:
        is_plain = in_each_lane([&](size_t, Position position) MSEAVRO_INLINE {
          return skip_plain_boolean(kAlways, position);
        });
        break;

      case Op::kSkipEnum:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          int64_t skipped;
          return read_plain_index(kAlways, position, ends[lane], step->operand, skipped);
        });
        break;

      case Op::kSkipStrings:
        for (int64_t i = 0; i < step->operand && is_plain; ++i) {
          is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
            return skip_plain_text(kAlways, position, ends[lane], room);
          });
        }
        break;

      case Op::kSkipNullableFixed:
        is_plain = in_each_lane([&](size_t, Position position) MSEAVRO_INLINE {
          return skip_plain_nullable_fixed(kAlways, position, step->flags, step->operand);
        });
        break;

      case Op::kSkipNullableString:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_nullable_text(kAlways, position, ends[lane], room, step->flags);
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
          position += varint_size(stops[lane]);
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
          return read_plain_text(kAlways, position, ends[lane], room,
                                 columns[step->slot][lane].texts[row]);
        });
        break;

      // A null leaves something in its cell that the state disowns.
      case Op::kNullableLongToInteger:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          const ColumnView& column = columns[step->slot][lane];
          Mask value_mask;
          if (!read_plain_branch(kAlways, position, step->flags, value_mask)) return false;
          column.states[row] = static_cast<CellState>(value_mask == 0);
          return read_plain_long(value_mask, position, ends[lane], column.integers[row]);
        });
        break;

      case Op::kNullableDoubleToNumber:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          const ColumnView& column = columns[step->slot][lane];
          Mask value_mask;
          const bool is_branch = read_plain_branch(kAlways, position, step->flags, value_mask);
          column.states[row] = static_cast<CellState>(value_mask == 0);
          column.numbers[row] = load<double>(position);
          position += masked(value_mask, sizeof(double));
          return is_branch;
        });
        break;

      case Op::kNullableStringToText:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          const ColumnView& column = columns[step->slot][lane];
          Mask value_mask;
          if (!read_plain_branch(kAlways, position, step->flags, value_mask)) return false;
          column.states[row] = static_cast<CellState>(value_mask == 0);
          return read_plain_text(value_mask, position, ends[lane], room, column.texts[row]);
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
