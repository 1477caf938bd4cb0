// The one walk over Avro bytes. Everything that reads records is a run of it: what differs is the
// plan (which values are skipped) and the target (where the others go).
//
// The walk is an interpreter of steps. It keeps a stack of its own for arrays, maps and routines,
// so that the nesting of data never becomes nesting of C++ calls, and it works through many records
// in one call with the position in a register. What is wrong comes out as a WireError with the
// position at the offending value; words are made of it outside (wire_error.h).
//
// A target has
//   end_datum(position)    a datum is complete; the next begins at `position`
//   boolean(step, value) integer(step, value) float32 float64 bytes string fixed enumeration
// one with kIsColumns
//   columns()              the first of its ColumnViews
// one with kIsStructured (the code for it is not there in the others)
//   exceeded()             whether what it made has outgrown its limit
//   null(step) and the hooks for structure below; with kIsColumns begin_cell(step), end_cell(step).
// one with kHasForms, besides
//   is_full()              whether it wants no more datums now
//   bind(program, fields)  which fields fields() puts; before the first datum
//   fields(first, position, end)  puts those from `first` on that stand at `position` in their
//                          usual form, up to one that does not, for which it does what its kField
//                          asks for, or to the last
//   float_items(position, end) and so on: put the array or map at `position` and return where it
//                          ends; nullptr, with nothing put, when it is not of the usual form
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "avro/wire/block_cursor.h"
#include "avro/wire/item_block.h"
#include "avro/wire/read_plan.h"
#include "avro/wire/step.h"
#include "avro/wire/step_tuner.h"
#include "avro/wire/value_forms.h"
#include "avro/wire/wire_input.h"
#include "base/columns/column.h"
#include "base/result/result.h"
#include "mseavro/limits.h"

namespace mseavro {

// A column of the batch that is being filled, without the vectors around it.
struct ColumnView {
  CellState* states;
  union {
    int64_t* integers;
    double* numbers;
    std::string_view* texts;
  };
  ColumnType type;
};

template <class Target>
class Walk {
 public:
  // `plan` and `target` must outlive the walk.
  Walk(const ReadPlan& plan, const Limits& limits, Target& target)
      : program_(plan.program()),
        schema_(plan.schema()),
        limits_(limits),
        target_(target),
        tuner_(tuned(plan)) {}

  // Reads the next datums, as many as there are but no more than `max_count` and than the target
  // wants, and returns their count: 0 at the block's end. An error ends the block.
  Result<int64_t> run(BlockCursor& cursor, int64_t max_count) {
    const int64_t count = std::min(cursor.records_left(), max_count);
    if (count <= 0) {
      MSEAVRO_TRY(cursor.finish());
      return 0;
    }
    open(cursor);
    const int64_t first_record = cursor.next_record;
    const WireError error = run_steps(tuner_.steps(), 0, 0, count);
    if (error != WireError::kNone) return tl::unexpected(explain(error));
    tuner_.settle(count);
    return cursor.next_record - first_record;
  }

  // For the walk of several blocks at once (lane_walk.h), which leaves to this one what is not
  // plain. All work on the block of the last open() and move `position` or say what is wrong.
  void open(BlockCursor& cursor) {
    cursor_ = &cursor;
    end_ = cursor.end;
  }
  // Runs the region of `steps` (LaneProgram::region_steps) that begins at `begin`, in row `row`.
  WireError run_region(const Step* steps, int64_t begin, int64_t row, const uint8_t*& position) {
    cursor_->position = position;
    const WireError error = run_steps(steps, begin, row, row + 1);
    position = cursor_->position;
    return error;
  }

 private:
  static constexpr bool kHasForms = requires { requires Target::kHasForms; };

  StepProgram tuned(const ReadPlan& plan) {
    if constexpr (kHasForms) {
      FormedProgram formed = with_value_forms(plan.program(), plan.schema(), limits_.datum_depth);
      target_.bind(plan.program(), formed.fields);
      return std::move(formed.program);
    } else {
      return plan.program();
    }
  }

  // An array or map, a routine, or a peek that is open.
  struct Frame {
    const Step* resume;   // First step of the item; the step behind the call.
    int64_t items_left;   // In the array's or map's current block.
    const uint8_t* mark;  // End of the current block when it is sized; where to return to.
  };

  // Leaves cursor_ behind the last whole datum's record number, at `position`.
  WireError stop(const uint8_t* position, int64_t row, WireError error) {
    cursor_->position = position;
    cursor_->next_record += row - first_row_;
    return error;
  }

  Error explain(WireError error) const {
    Error explained = cursor_->describe(error);
    if (error == WireError::kRefused) {
      explained.message = refusal_->rule;
      explained.help = refusal_->help;
      explained.place.field = refusal_->path;
    }
    return explained;
  }

  bool is_deepest() const { return frames_.size() >= static_cast<size_t>(limits_.datum_depth); }

  bool push(const Frame& frame) {
    if (is_deepest()) return false;
    frames_.push_back(frame);
    return true;
  }

  bool charge(int64_t elements) {
    if (elements > cursor_->zero_size_left) return false;
    cursor_->zero_size_left -= elements;
    return true;
  }

  // Runs `steps` from the one at `begin` on, in row `row`, until a region ends or row `count` would
  // begin.
  WireError run_steps(const Step* steps, int64_t begin, int64_t row, int64_t count);
  WireError read_loop_block(const uint8_t*& position, uint8_t flags, ItemBlock& block);
  WireError read_loop_block_slowly(const uint8_t*& position, uint8_t flags, ItemBlock& block);
  WireError skip_empty_items(const uint8_t*& position);
  // The value behind the index of a union of null and one other, away from the fast path.
  WireError read_is_null(const uint8_t*& position, uint8_t null_branch, bool& is_null) const;
  WireError skip_nullable(const uint8_t*& position, const Step& step, bool is_string) const;
  WireError promote(const uint8_t*& position, const Step& step);
  void put_literal(const Step& step);

  const StepProgram& program_;
  const Schema& schema_;
  const Limits limits_;
  Target& target_;
  StepTuner tuner_;

  BlockCursor* cursor_ = nullptr;
  const uint8_t* end_ = nullptr;
  int64_t first_row_ = 0;  // Of the run.
  std::vector<Frame> frames_;
  const Refusal* refusal_ = nullptr;  // Of WireError::kRefused.
};

template <class Target>
[[gnu::always_inline]] inline WireError Walk<Target>::read_loop_block(const uint8_t*& position,
                                                                      uint8_t flags,
                                                                      ItemBlock& block) {
  // Nearly all blocks have few items and no size.
  if (position < end_ && (*position & kNotShort) == 0 && (flags & kZeroSizeItems) == 0) [[likely]] {
    block.count = *position++ >> 1;
    return WireError::kNone;
  }
  ItemBlock found;
  const WireError error = with_copy(
      position, [&](const uint8_t*& copy) { return read_loop_block_slowly(copy, flags, found); });
  block = found;
  return error;
}

template <class Target>
[[gnu::noinline]] WireError Walk<Target>::read_loop_block_slowly(const uint8_t*& position,
                                                                 uint8_t flags, ItemBlock& block) {
  if ((flags & kJumpsSizedBlocks) != 0) return read_unsized_item_block(position, end_, block);
  const uint8_t* begin = position;
  const WireError error = read_item_block(position, end_, block);
  if (error == WireError::kNone && (flags & kZeroSizeItems) != 0 && !charge(block.count)) {
    position = begin;
    return WireError::kZeroSize;
  }
  return error;
}

template <class Target>
[[gnu::noinline]] WireError Walk<Target>::skip_empty_items(const uint8_t*& position) {
  ItemBlock block;
  do {
    const uint8_t* begin = position;
    if (const WireError error = read_item_block(position, end_, block); error != WireError::kNone)
      return error;
    WireError error = WireError::kNone;
    if (block.end != nullptr && block.end != position) error = WireError::kBlockSize;
    if (!charge(block.count)) error = WireError::kZeroSize;
    if (error != WireError::kNone) {
      position = begin;
      return error;
    }
  } while (block.count != 0);
  return WireError::kNone;
}

template <class Target>
WireError Walk<Target>::read_is_null(const uint8_t*& position, uint8_t null_branch,
                                     bool& is_null) const {
  size_t branch = 0;
  const WireError error = read_index(position, end_, 2, branch);
  is_null = branch == null_branch;
  return error;
}

template <class Target>
[[gnu::noinline]] WireError Walk<Target>::skip_nullable(const uint8_t*& position, const Step& step,
                                                        bool is_string) const {
  bool is_null = false;
  const WireError error = read_is_null(position, step.flags, is_null);
  if (error != WireError::kNone || is_null) return error;
  std::string_view skipped;
  if (is_string) return read_bytes_slowly(position, end_, limits_.datum_size_bytes, skipped);
  return read_fixed(position, end_, step.operand, skipped);
}

template <class Target>
[[gnu::noinline]] WireError Walk<Target>::promote(const uint8_t*& position, const Step& step) {
  const SchemaNode& node = schema_.node(static_cast<NodeIndex>(step.operand));
  const auto writer_type = static_cast<SchemaType>(step.flags);
  if (writer_type == SchemaType::kFloat) {
    float value = 0;
    const WireError error = read_number(position, end_, value);
    if (error == WireError::kNone) target_.float64(step, value);
    return error;
  }
  int64_t value = 0;
  const WireError error = writer_type == SchemaType::kInt ? read_int(position, end_, value)
                                                          : read_long(position, end_, value);
  if (error != WireError::kNone) return error;
  // Each rounds once: by way of double a long could become another float.
  if (node.type == SchemaType::kFloat) {
    target_.float32(step, static_cast<float>(value));
  } else {
    target_.float64(step, static_cast<double>(value));
  }
  return error;
}

template <class Target>
[[gnu::noinline]] void Walk<Target>::put_literal(const Step& step) {
  const SchemaNode& node = schema_.node(static_cast<NodeIndex>(step.operand));
  const Literal& literal = program_.literals[step.slot];
  switch (node.type) {
    case SchemaType::kBoolean:
      return target_.boolean(step, literal.integer != 0);
    case SchemaType::kInt:
    case SchemaType::kLong:
      return target_.integer(step, literal.integer);
    case SchemaType::kFloat:
      return target_.float32(step, static_cast<float>(literal.number));
    case SchemaType::kDouble:
      return target_.float64(step, literal.number);
    case SchemaType::kBytes:
      return target_.bytes(step, literal.text);
    case SchemaType::kString:
      return target_.string(step, literal.text);
    case SchemaType::kFixed:
      return target_.fixed(step, literal.text);
    case SchemaType::kEnum: {
      const auto index = static_cast<size_t>(literal.integer);
      return target_.enumeration(step, index, node.symbols[index]);
    }
    default:
      MSEAVRO_CHECK(false);  // The others are made of steps.
  }
}

// The next loads depend on the ones before, so the processor's own prefetchers fall behind the
// chain when a block is not in the cache yet: two lines a record, about ten records ahead, take a
// third off the time. Beyond the block's end it does no harm, for nothing is read. (Not inlined, it
// would seem to have no effect and be left out.)
[[gnu::always_inline]] inline void prefetch(const uint8_t* position) {
  constexpr uintptr_t kAheadBytes = 1024;
  constexpr uintptr_t kLineBytes = 64;
  const uintptr_t address = reinterpret_cast<uintptr_t>(position) + kAheadBytes;
  __builtin_prefetch(reinterpret_cast<const void*>(address));
  __builtin_prefetch(reinterpret_cast<const void*>(address + kLineBytes));
}

// The steps below leave `position` at the offending value when they give up.
#define MSEAVRO_WIRE(expression)                                                        \
  do {                                                                                  \
    if (const WireError error_ = (expression); error_ != WireError::kNone) [[unlikely]] \
      return stop(position, row, error_);                                               \
  } while (false)

// Calls a function that takes the position by reference with a copy, which keeps ours in a
// register.
#define MSEAVRO_WIRE_SLOWLY(expression)          \
  do {                                           \
    const uint8_t* slow_position = position;     \
    const WireError error_ = (expression);       \
    position = slow_position;                    \
    if (error_ != WireError::kNone) [[unlikely]] \
      return stop(position, row, error_);        \
  } while (false)

// Tries a form; what it leaves to the plain steps begins with the hook of the step that it is a
// form of.
#define MSEAVRO_FORM(form, hook)                                                                   \
  if constexpr (kHasForms) {                                                                       \
    if (const uint8_t* const next = is_deepest() ? nullptr : (form); next != nullptr) [[likely]] { \
      position = next;                                                                             \
      step = steps + step->operand;                                                                \
      continue;                                                                                    \
    }                                                                                              \
    if (target_.exceeded()) return stop(position, row, WireError::kOutput);                        \
    hook;                                                                                          \
  }                                                                                                \
  break

template <class Target>
WireError Walk<Target>::run_steps(const Step* const steps, int64_t begin, int64_t row,
                                  int64_t count) {
  frames_.clear();
  first_row_ = row;

  const uint8_t* position = cursor_->position;
  const uint8_t* datum_begin = position;
  const uint8_t* const end = end_;
  const int64_t bytes_limit = limits_.datum_size_bytes;
  const Step* step = steps + begin;
  [[maybe_unused]] const ColumnView* columns = nullptr;
  if constexpr (Target::kIsColumns) columns = target_.columns();

  for (;;) {
    // Spares the jump table's bounds check: plans have no other ops, and those for targets without
    // structure none of structure.
    if (step->op > (Target::kIsStructured ? Op::kRefuse : Op::kEnum)) __builtin_unreachable();
    switch (step->op) {
      case Op::kEndDatum:
        if (position - datum_begin > bytes_limit) [[unlikely]]
          return stop(datum_begin, row, WireError::kLongValue);
        if (position == datum_begin && !charge(1)) return stop(position, row, WireError::kZeroSize);
        if constexpr (Target::kIsStructured) {
          if (target_.exceeded()) return stop(datum_begin, row, WireError::kOutput);
        }
        datum_begin = position;
        prefetch(position);
        target_.end_datum(position);
        ++row;
        if constexpr (kHasForms) {
          if (target_.is_full()) return stop(position, row, WireError::kNone);
        }
        if (row == count) return stop(position, row, WireError::kNone);
        step = steps;
        continue;

      case Op::kCall:
        if (!push({step + 1, 0, nullptr})) return stop(position, row, WireError::kDepth);
        step = steps + step->operand;
        continue;

      case Op::kReturn:
        step = frames_.back().resume;
        frames_.pop_back();
        continue;

      case Op::kJump:
        step = steps + step->operand;
        continue;

      case Op::kUnion: {
        size_t branch = 0;
        MSEAVRO_WIRE(read_branch(position, end, step->slot, branch));
        step = steps + program_.jumps[static_cast<size_t>(step->operand) + branch];
        continue;
      }

      case Op::kItems: {
        ItemBlock block;
        MSEAVRO_WIRE(read_loop_block(position, step->flags, block));
        if (block.count == 0) {
          step = steps + step->operand + 1;
          continue;
        }
        if (!push({step + 1, block.count, block.end}))
          return stop(position, row, WireError::kDepth);
        break;
      }

      case Op::kNextItem: {
        Frame& frame = frames_.back();
        if (--frame.items_left > 0) {
          step = frame.resume;
          continue;
        }
        if (frame.mark != nullptr && frame.mark != position)
          return stop(position, row, WireError::kBlockSize);
        ItemBlock block;
        // The flags stand in the kItems just before the items.
        MSEAVRO_WIRE(read_loop_block(position, frame.resume[-1].flags, block));
        if (block.count != 0) {
          frame.items_left = block.count;
          frame.mark = block.end;
          step = frame.resume;
          continue;
        }
        frames_.pop_back();
        break;
      }

      case Op::kFindKey: {
        std::string_view key;
        MSEAVRO_WIRE_SLOWLY(read_bytes(slow_position, end, bytes_limit, key));
        const KeySet& keys = program_.key_sets[static_cast<size_t>(step->operand)];
        uint32_t next = keys.otherwise;
        for (const auto& [text, at] : keys.entries) {
          if (text == key) next = at;
        }
        step = steps + next;
        continue;
      }

      case Op::kPeek:
        if (!push({nullptr, 0, position})) return stop(position, row, WireError::kDepth);
        break;

      case Op::kUnpeek:
        position = frames_.back().mark;
        frames_.pop_back();
        break;

      case Op::kCharge:
        if (!charge(step->operand)) return stop(position, row, WireError::kZeroSize);
        break;

      case Op::kEndRegion:
        return stop(position, row, WireError::kNone);

      case Op::kSkipFixed:
        if (step->operand > end - position) [[unlikely]]
          return stop(position, row, WireError::kEnd);
        position += step->operand;
        break;

      case Op::kSkipLong: {
        uint64_t skipped;
        MSEAVRO_WIRE(read_varint(position, end, skipped));
        break;
      }

      case Op::kSkipInt: {
        if (end - position >= 4) [[likely]] {
          const uint64_t stops = ~uint64_t{load<uint32_t>(position)} & kIntStops;
          if (stops != 0) [[likely]] {
            position += varint_size(stops);
            break;
          }
        }
        int64_t skipped = 0;
        MSEAVRO_WIRE_SLOWLY(read_int(slow_position, end, skipped));
        break;
      }

      case Op::kSkipBoolean: {
        bool skipped;
        MSEAVRO_WIRE(read_boolean(position, end, skipped));
        break;
      }

      case Op::kSkipEnum: {
        size_t skipped = 0;
        MSEAVRO_WIRE_SLOWLY(
            read_index(slow_position, end, static_cast<size_t>(step->operand), skipped));
        break;
      }

      case Op::kSkipLikelyString:
        if (end - position >= kShortStringSize && *position == step->likely) [[likely]] {
          position += 1 + (step->likely >> 1);
          break;
        }
        tuner_.lose(step, position, end);
        [[fallthrough]];
      case Op::kSkipStrings:
        if (step->operand == 1 && end - position >= kShortStringSize &&
            (*position & kNotShort) == 0) [[likely]] {
          position += 1 + static_cast<int64_t>(*position >> 1);
          break;
        }
        MSEAVRO_WIRE(skip_strings(position, end, step->operand, bytes_limit));
        break;

      case Op::kSkipLikelyNullableFixed:
        if (end - position > step->operand && *position == step->likely) [[likely]] {
          position += 1 + (step->likely == 2 * step->flags ? 0 : step->operand);
          break;
        }
        tuner_.lose(step, position, end);
        [[fallthrough]];
      case Op::kSkipNullableFixed: {
        // Without a branch on the index: whether a value is there is what predictors miss.
        const uint8_t value_byte = static_cast<uint8_t>(2 - 2 * step->flags);
        if (end - position > step->operand && (*position & ~2) == 0) [[likely]] {
          position += 1 + (*position == value_byte ? step->operand : 0);
        } else {
          MSEAVRO_WIRE_SLOWLY(skip_nullable(slow_position, *step, false));
        }
        break;
      }

      case Op::kSkipLikelyNullableString:
        if (end - position > kShortStringSize &&
            (load<uint16_t>(position) & step->operand) == step->likely) [[likely]] {
          position += 1 + (step->operand == 0xff ? 0 : 1 + (step->likely >> 9));
          break;
        }
        tuner_.lose(step, position, end);
        [[fallthrough]];
      case Op::kSkipNullableString: {
        const uint8_t value_byte = static_cast<uint8_t>(2 - 2 * step->flags);
        if (end - position > kShortStringSize && (*position & ~2) == 0 &&
            (*position != value_byte || (position[1] & kNotShort) == 0)) [[likely]] {
          position += 1 + (*position == value_byte ? 1 + (position[1] >> 1) : 0);
        } else {
          MSEAVRO_WIRE_SLOWLY(skip_nullable(slow_position, *step, true));
        }
        break;
      }

      case Op::kSkipFixedItems:
        MSEAVRO_WIRE_SLOWLY(skip_fixed_items(slow_position, end, step->operand));
        break;

      case Op::kSkipStringItems:
        MSEAVRO_WIRE_SLOWLY(skip_string_items(slow_position, end, step->operand, bytes_limit));
        break;

      case Op::kSkipEmptyItems:
        MSEAVRO_WIRE_SLOWLY(skip_empty_items(slow_position));
        break;

      case Op::kSetState:
        if constexpr (Target::kIsColumns)
          columns[step->slot].states[row] = static_cast<CellState>(step->flags);
        break;

      case Op::kLikelyLongToInteger:
        if constexpr (Target::kIsColumns) {
          if (end - position >= 8) [[likely]] {
            const uint64_t word = load<uint64_t>(position);
            const uint64_t stops = ~word & kVarintStops;
            if (std::countr_zero(stops) == step->likely) [[likely]] {
              columns[step->slot].integers[row] = decode_zigzag(pack_varint(word, stops));
              position += (step->likely >> 3) + 1;
              break;
            }
          }
          tuner_.lose(step, position, end);
        }
        [[fallthrough]];
      case Op::kLongToInteger:
        if constexpr (Target::kIsColumns) {
          int64_t value;
          MSEAVRO_WIRE(read_long(position, end, value));
          columns[step->slot].integers[row] = value;
        }
        break;

      case Op::kDoubleToNumber:
        if constexpr (Target::kIsColumns) {
          MSEAVRO_WIRE(read_number(position, end, columns[step->slot].numbers[row]));
        }
        break;

      case Op::kLikelyStringToText:
        if constexpr (Target::kIsColumns) {
          if (end - position >= kShortStringSize && *position == step->likely) [[likely]] {
            const size_t size = step->likely >> 1;
            columns[step->slot].texts[row] = {reinterpret_cast<const char*>(position + 1), size};
            position += 1 + size;
            break;
          }
          tuner_.lose(step, position, end);
        }
        [[fallthrough]];
      case Op::kStringToText:
        if constexpr (Target::kIsColumns) {
          std::string_view value;
          MSEAVRO_WIRE(read_bytes(position, end, bytes_limit, value));
          columns[step->slot].texts[row] = value;
        }
        break;

      case Op::kNullableLongToInteger:
        if constexpr (Target::kIsColumns) {
          const ColumnView& column = columns[step->slot];
          bool is_null = false;
          MSEAVRO_WIRE_SLOWLY(read_is_null(slow_position, step->flags, is_null));
          column.states[row] = static_cast<CellState>(is_null);
          if (!is_null) MSEAVRO_WIRE(read_long(position, end, column.integers[row]));
        }
        break;

      case Op::kLikelyNullableDoubleToNumber:
        if constexpr (Target::kIsColumns) {
          if (end - position > 8 && *position == step->likely) [[likely]] {
            const ColumnView& column = columns[step->slot];
            const bool is_null = step->likely == 2 * step->flags;
            column.numbers[row] = load<double>(position + 1);
            column.states[row] = static_cast<CellState>(is_null);
            position += is_null ? 1 : 9;
            break;
          }
          tuner_.lose(step, position, end);
        }
        [[fallthrough]];
      case Op::kNullableDoubleToNumber:
        if constexpr (Target::kIsColumns) {
          const ColumnView& column = columns[step->slot];
          const uint8_t value_byte = static_cast<uint8_t>(2 - 2 * step->flags);
          if (end - position > 8 && (*position & ~2) == 0) [[likely]] {
            // Without a branch, as above; a null leaves some number that its state disowns.
            const bool has_value = *position == value_byte;
            column.numbers[row] = load<double>(position + 1);
            column.states[row] = static_cast<CellState>(!has_value);
            position += has_value ? 9 : 1;
          } else {
            bool is_null = false;
            MSEAVRO_WIRE_SLOWLY(read_is_null(slow_position, step->flags, is_null));
            column.states[row] = static_cast<CellState>(is_null);
            if (!is_null) MSEAVRO_WIRE(read_number(position, end, column.numbers[row]));
          }
        }
        break;

      case Op::kNullableStringToText:
        if constexpr (Target::kIsColumns) {
          const ColumnView& column = columns[step->slot];
          bool is_null = false;
          MSEAVRO_WIRE_SLOWLY(read_is_null(slow_position, step->flags, is_null));
          column.states[row] = static_cast<CellState>(is_null);
          if (!is_null) {
            std::string_view value;
            MSEAVRO_WIRE(read_bytes(position, end, bytes_limit, value));
            column.texts[row] = value;
          }
        }
        break;

      case Op::kFields:
        if constexpr (kHasForms) {
          const FieldsEnd fields = target_.fields(step->slot, position, end);
          position = fields.position;
          step = steps + fields.next_step;
          if (target_.exceeded()) return stop(position, row, WireError::kOutput);
        }
        continue;

      case Op::kFloatItems:
        MSEAVRO_FORM(target_.float_items(position, end), target_.begin_array(*step));

      case Op::kDoubleItems:
        MSEAVRO_FORM(target_.double_items(position, end), target_.begin_array(*step));

      case Op::kStringItems:
        MSEAVRO_FORM(target_.string_items(position, end), target_.begin_array(*step));

      case Op::kStringEntries:
        MSEAVRO_FORM(target_.string_entries(position, end), target_.begin_map(*step));

      case Op::kNull:
        if constexpr (Target::kIsStructured) target_.null(*step);
        break;

      case Op::kBoolean: {
        bool value = false;
        MSEAVRO_WIRE_SLOWLY(read_boolean(slow_position, end, value));
        target_.boolean(*step, value);
        break;
      }

      case Op::kInt: {
        int64_t value = 0;
        MSEAVRO_WIRE_SLOWLY(read_int(slow_position, end, value));
        target_.integer(*step, value);
        break;
      }

      case Op::kLong: {
        int64_t value = 0;
        MSEAVRO_WIRE_SLOWLY(read_long(slow_position, end, value));
        target_.integer(*step, value);
        break;
      }

      case Op::kFloat: {
        float value = 0;
        MSEAVRO_WIRE_SLOWLY(read_number(slow_position, end, value));
        target_.float32(*step, value);
        break;
      }

      case Op::kDouble: {
        double value = 0;
        MSEAVRO_WIRE_SLOWLY(read_number(slow_position, end, value));
        target_.float64(*step, value);
        break;
      }

      case Op::kBytes: {
        std::string_view value;
        MSEAVRO_WIRE_SLOWLY(read_bytes(slow_position, end, bytes_limit, value));
        target_.bytes(*step, value);
        break;
      }

      case Op::kString: {
        std::string_view value;
        MSEAVRO_WIRE_SLOWLY(read_bytes(slow_position, end, bytes_limit, value));
        target_.string(*step, value);
        break;
      }

      case Op::kFixed: {
        std::string_view value;
        const int64_t size = schema_.node(static_cast<NodeIndex>(step->operand)).size;
        MSEAVRO_WIRE_SLOWLY(read_fixed(slow_position, end, size, value));
        target_.fixed(*step, value);
        break;
      }

      case Op::kEnum: {
        const SchemaNode& node = schema_.node(static_cast<NodeIndex>(step->operand));
        size_t index = 0;
        MSEAVRO_WIRE_SLOWLY(read_index(slow_position, end, node.symbols.size(), index));
        target_.enumeration(*step, index, node.symbols[index]);
        break;
      }

      case Op::kBeginRecord:
        if constexpr (Target::kIsStructured) target_.begin_record(*step);
        break;

      case Op::kField:
        if constexpr (Target::kIsStructured) {
          if (target_.exceeded()) return stop(position, row, WireError::kOutput);
          target_.field(*step);
        }
        break;

      case Op::kEndRecord:
        if constexpr (Target::kIsStructured) target_.end_record(*step);
        break;

      case Op::kBeginArray:
        if constexpr (Target::kIsStructured) target_.begin_array(*step);
        break;

      case Op::kItem:
        if constexpr (Target::kIsStructured) {
          if (target_.exceeded()) return stop(position, row, WireError::kOutput);
          target_.item();
        }
        break;

      case Op::kEndArray:
        if constexpr (Target::kIsStructured) target_.end_array();
        break;

      case Op::kBeginMap:
        if constexpr (Target::kIsStructured) target_.begin_map(*step);
        break;

      case Op::kKey:
        if constexpr (Target::kIsStructured) {
          if (target_.exceeded()) return stop(position, row, WireError::kOutput);
          std::string_view key;
          MSEAVRO_WIRE_SLOWLY(read_bytes(slow_position, end, bytes_limit, key));
          target_.key(key);
        }
        break;

      case Op::kEndMap:
        if constexpr (Target::kIsStructured) target_.end_map();
        break;

      case Op::kBeginBranch:
        if constexpr (Target::kIsStructured) target_.begin_branch(*step);
        break;

      case Op::kEndBranch:
        if constexpr (Target::kIsStructured) target_.end_branch(*step);
        break;

      case Op::kBeginCell:
        if constexpr (Target::kIsColumns && Target::kIsStructured) target_.begin_cell(*step);
        break;

      case Op::kEndCell:
        if constexpr (Target::kIsColumns && Target::kIsStructured) {
          if (target_.exceeded()) return stop(position, row, WireError::kOutput);
          target_.end_cell(*step);
        }
        break;

      case Op::kPromote:
        if constexpr (Target::kIsStructured) MSEAVRO_WIRE_SLOWLY(promote(slow_position, *step));
        break;

      case Op::kLiteral:
        if constexpr (Target::kIsStructured) put_literal(*step);
        break;

      case Op::kLiteralKey:
        if constexpr (Target::kIsStructured) {
          if (target_.exceeded()) return stop(position, row, WireError::kOutput);
          target_.key(program_.literals[step->slot].text);
        }
        break;

      case Op::kRefuse:
        if constexpr (Target::kIsStructured) {
          refusal_ = &program_.refusals[step->slot];
          return stop(position, row, WireError::kRefused);
        }
        break;

      case Op::kRoom:
      case Op::kRegion:
      case Op::kSkipTogether:
      case Op::kBranch:
      case Op::kSkipUnion:
        __builtin_unreachable();  // The plan's own steps are without them.
    }
    ++step;
  }
}

#undef MSEAVRO_WIRE
#undef MSEAVRO_WIRE_SLOWLY
#undef MSEAVRO_FORM

}  // namespace mseavro
