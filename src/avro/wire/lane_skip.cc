#include "avro/wire/lane_skip.h"

#include <string_view>

#include "avro/wire/item_block.h"
#include "avro/wire/plain_value.h"
#include "base/result/kernel.h"

namespace mseavro {
namespace {

// One for each lane; the compiler makes vector instructions of what is done with all of them. Those
// that are compared have signs, for which there are such instructions.
using Words = int64_t __attribute__((vector_size(sizeof(uint64_t) * kLaneCount)));

bool is_any(const Words& words) { return (words[0] | words[1] | words[2] | words[3]) != 0; }

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
    const uint8_t* next = position;
    int64_t found;
    const bool is_good = read_count_slowly(next, end, room, found);
    count = found;
    position = next;
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
  const uint64_t byte = *position & mask;
  const uint64_t index = byte >> 1;
  const bool is_index = (byte & kNotShort) == 0 && index < static_cast<uint64_t>(count);
  if (is_index) [[likely]] {
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
  const uint8_t* next = position;
  const bool is_good = skip_union_slowly(next, end, room, skips, count);
  position = next;
  return is_good;
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
  std::array<Words, kSkipLevels + 1> masks;
  std::array<Words, kSkipLevels> counts;
  std::array<int64_t, kSkipLevels> item_indexes;
  masks[0] = Words{} - 1;
  const Step* const steps = program.skip_steps.data();
  const Step* step = steps + begin;
  int64_t room = 0;
  const auto read_counts = [&](const Words& mask, uint32_t level) MSEAVRO_INLINE {
    std::array<int64_t, kLaneCount> found{};
    const bool is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
      return read_plain_count(mask[lane], position, ends[lane], room, found[lane]);
    });
    counts[level] = Words{found[0], found[1], found[2], found[3]};
    item_indexes[level] = 0;
    masks[level + 1] = counts[level] != 0;
    return is_plain;
  };

  while (true) {
    bool is_plain = true;
    const Words& mask = masks[step->slot];
    switch (step->op) {
      case Op::kEndRegion:
        positions = {position0, position1, position2, position3};
        return true;

      case Op::kRoom:
        room = step->operand;
        is_plain = in_each_lane([&](size_t lane, Position position)
                                    MSEAVRO_INLINE { return ends[lane] - position >= room; });
        break;

      case Op::kUnion: {
        std::array<int64_t, kLaneCount> chosen{};
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          return read_plain_index(mask[lane], position, ends[lane], step->operand, chosen[lane]);
        });
        counts[step->slot] = Words{chosen[0], chosen[1], chosen[2], chosen[3]};
        break;
      }

      case Op::kBranch: {
        const Words branch_mask = (counts[step->slot] == step->flags) & mask;
        masks[step->slot + 1] = branch_mask;
        if (step->operand != 0 && !is_any(branch_mask)) {
          step = steps + step->operand;
          continue;
        }
        break;
      }

      case Op::kItems:
        is_plain = read_counts(mask, step->slot);
        if (is_plain && !is_any(masks[step->slot + 1])) {
          step = steps + step->operand;
          continue;
        }
        break;

      case Op::kNextItem: {
        // A lane whose block is done waits until those of all are.
        const Words item_mask = counts[step->slot] > ++item_indexes[step->slot];
        masks[step->slot + 1] = item_mask;
        if (!is_any(item_mask)) is_plain = read_counts(counts[step->slot] != 0, step->slot);
        if (is_plain && is_any(masks[step->slot + 1])) {
          step = steps + step->operand;
          continue;
        }
        break;
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
            std::string_view skipped;
            return read_plain_text(mask[lane], position, ends[lane], room, skipped);
          });
        }
        break;

      case Op::kSkipFixedItems:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          if (mask[lane] == 0) return true;
          const uint8_t* next = position;
          const WireError error = skip_fixed_items(next, ends[lane], step->operand);
          position = next;
          return error == WireError::kNone;
        });
        break;

      case Op::kSkipNullableFixed:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          Mask value_mask;
          const bool is_branch = read_plain_branch(mask[lane], position, step->flags, value_mask);
          position += masked(value_mask, step->operand);
          return is_branch;
        });
        break;

      case Op::kSkipNullableString:
        is_plain = in_each_lane([&](size_t lane, Position position) MSEAVRO_INLINE {
          Mask value_mask;
          std::string_view skipped;
          return read_plain_branch(mask[lane], position, step->flags, value_mask) &&
                 read_plain_text(value_mask, position, ends[lane], room, skipped);
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
