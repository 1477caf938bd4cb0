#include "avro/wire/lane_skip.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include "avro/wire/item_block.h"
#include "avro/wire/plain_value.h"
#include "base/result/kernel.h"

namespace mseavro {
namespace {

// How many items the block has that begins at `position`, which is long or tells its size.
[[gnu::noinline]] bool read_count_slowly(const uint8_t*& position, const uint8_t* end, int64_t room,
                                         int64_t& count) {
  ItemBlock block;
  const WireError error = read_unsized_item_block(position, end, block);
  count = block.count;
  return error == WireError::kNone && end - position >= room;
}

// As read_plain_index.
[[gnu::always_inline]] inline bool read_plain_count(Mask mask, const uint8_t*& position,
                                                    const uint8_t* end, int64_t room,
                                                    int64_t& count) {
  const uint64_t byte = *position & mask;
  count = static_cast<int64_t>(byte >> 1);
  if ((byte & kNotShort) != 0) [[unlikely]] {
    int64_t found;
    const bool is_good = with_copy(
        position, [&](const uint8_t*& copy) { return read_count_slowly(copy, end, room, found); });
    count = found;
    return is_good;
  }
  position += one_if(mask);
  return true;
}

[[gnu::noinline]] bool skip_union_slowly(const uint8_t*& position, const uint8_t* end, int64_t room,
                                         const SimpleSkip* skips, int64_t count) {
  int64_t index;
  if (!read_index_slowly(position, end, count, index)) return false;
  const SimpleSkip& skip = skips[index];
  if (skip.length_mask != 0) {
    std::string_view skipped;
    return read_text_slowly(position, end, room, skipped);
  }
  int64_t skipped = 0;
  if (skip.varint_mask == 0) {
    position += skip.fixed_size;
  } else if (skip.varint_stops == kIntStops) {
    if (read_int(position, end, skipped) != WireError::kNone) return false;
  } else if (read_long(position, end, skipped) != WireError::kNone) {
    return false;
  }
  return end - position >= room;
}

[[gnu::always_inline]] inline bool skip_plain_union(Mask mask, const uint8_t*& position,
                                                    const uint8_t* end, int64_t room,
                                                    const SimpleSkip* skips, int64_t count) {
  // What is no short index becomes one that is too large.
  const uint8_t index = std::rotr(static_cast<uint8_t>(*position & mask), 1);
  if (index < count) [[likely]] {
    const SimpleSkip& skip = skips[index];
    const uint64_t word = load<uint64_t>(position + 1) & mask;
    const uint64_t stops = ~(word & skip.varint_mask) & skip.varint_stops;
    const uint64_t length = word & skip.length_mask;
    if (stops != 0 && (length & kNotShort) == 0) [[likely]] {
      const uint64_t size = static_cast<uint64_t>(skip.fixed_size) +
                            (static_cast<uint64_t>(std::countr_zero(stops)) >> 3) + (length >> 1);
      position += masked(mask, static_cast<int64_t>(size + 1));
      return true;
    }
  }
  return with_copy(position, [&](const uint8_t*& copy) {
    return skip_union_slowly(copy, end, room, skips, count);
  });
}

}  // namespace

MSEAVRO_KERNEL bool skip_together(const LaneProgram& program, int64_t begin,
                                  const LanePositions& ends, LanePositions& positions) {
  static_assert(kLaneCount == 4);
  // Variables of their own, so that they are kept in registers.
  const uint8_t* position0 = positions[0];
  const uint8_t* position1 = positions[1];
  const uint8_t* position2 = positions[2];
  const uint8_t* position3 = positions[3];
  const auto in_each_lane = [&](const auto& skip) MSEAVRO_INLINE {
    return skip(0, position0) && skip(1, position1) && skip(2, position2) && skip(3, position3);
  };
  using Position = const uint8_t*&;

  // By level: which lanes take part, and which branch they are in or how many items their block
  // has, of which so many are done.
  std::array<Mask, (kSkipLevels + 1) * kLaneCount> masks;
  std::array<int64_t, kSkipLevels * kLaneCount> counts;
  std::array<int64_t, kSkipLevels * kLaneCount> done_counts;
  std::fill_n(masks.begin(), kLaneCount, kAlways);
  const Step* const steps = program.skip_steps.data();
  const Step* step = steps + begin;
  int64_t room = 0;
  const auto is_any = [&](size_t level) MSEAVRO_INLINE {
    return (masks[level] | masks[level + 1] | masks[level + 2] | masks[level + 3]) != 0;
  };
  // Begins the next blocks of the arrays or maps of lanes that take part in `mask_level`.
  const auto read_counts = [&](size_t level, size_t mask_level) MSEAVRO_INLINE {
    done_counts[level] = 0;
    return in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
      int64_t& count = counts[level + lane];
      const Mask mask = masks[mask_level + lane];
      const bool is_good = read_plain_count(mask, position, ends[lane], room, count);
      masks[level + kLaneCount + lane] = -static_cast<Mask>(count != 0);
      return is_good;
    });
  };

  while (true) {
    bool is_plain = true;
    const size_t level = step->slot;
    const size_t next_level = level + kLaneCount;
    const Mask* const mask = &masks[level];
    switch (step->op) {
      case Op::kEndRegion:
        positions = {position0, position1, position2, position3};
        return true;

      case Op::kRoom:
        room = step->operand;
        is_plain = in_each_lane([&](size_t lane, Position position)
                                    MSEAVRO_INLINE { return ends[lane] - position >= room; });
        break;

      case Op::kUnion:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return read_plain_index(mask[lane], position, ends[lane], step->operand,
                                  counts[level + lane]);
        });
        break;

      case Op::kBranch:
        for (size_t lane = level; lane < next_level; ++lane) {
          masks[lane + kLaneCount] = masks[lane] & -static_cast<Mask>(counts[lane] == step->flags);
        }
        if (step->operand != 0 && !is_any(next_level)) {
          step = steps + step->operand;
          continue;
        }
        break;

      case Op::kItems:
        is_plain = read_counts(level, level);
        if (is_plain && !is_any(next_level)) {
          step = steps + step->operand;
          continue;
        }
        break;

      case Op::kNextItem: {
        // A lane whose block is done waits until those of all are.
        const int64_t done_count = ++done_counts[level];
        for (size_t lane = level; lane < next_level; ++lane) {
          masks[lane + kLaneCount] = -static_cast<Mask>(counts[lane] > done_count);
        }
        if (!is_any(next_level)) {
          for (size_t lane = level; lane < next_level; ++lane) {
            masks[lane + kLaneCount] = -static_cast<Mask>(counts[lane] != 0);
          }
          is_plain = read_counts(level, next_level);
          if (!is_plain || !is_any(next_level)) break;
        }
        step = steps + step->operand;
        continue;
      }

      case Op::kSkipUnion:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_union(mask[lane], position, ends[lane], room,
                                  program.skips.data() + step->operand, step->flags);
        });
        break;

      case Op::kSkipFixed:
        in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          position += masked(mask[lane], step->operand);
          return true;
        });
        break;

      case Op::kSkipLong:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_long(mask[lane], position, ends[lane]);
        });
        break;

      case Op::kSkipInt:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_int(mask[lane], position, ends[lane]);
        });
        break;

      case Op::kSkipBoolean:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_boolean(mask[lane], position);
        });
        break;

      case Op::kSkipEnum:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          int64_t skipped;
          return read_plain_index(mask[lane], position, ends[lane], step->operand, skipped);
        });
        break;

      case Op::kSkipStrings:
        for (int64_t i = 0; i < step->operand && is_plain; ++i) {
          is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
            return skip_plain_text(mask[lane], position, ends[lane], room);
          });
        }
        break;

      case Op::kSkipFixedItems:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          if (mask[lane] == 0) return true;
          return with_copy(position, [&](Position copy) {
            return skip_fixed_items(copy, ends[lane], step->operand) == WireError::kNone;
          });
        });
        break;

      case Op::kSkipNullableFixed:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_nullable_fixed(mask[lane], position, step->flags, step->operand);
        });
        break;

      case Op::kSkipNullableString:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return skip_plain_nullable_text(mask[lane], position, ends[lane], room, step->flags);
        });
        break;

      default:
        __builtin_unreachable();  // There are no other ops.
    }
    if (!is_plain) [[unlikely]]
      return false;
    ++step;
  }
}

}  // namespace mseavro
