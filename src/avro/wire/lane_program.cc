#include "avro/wire/lane_program.h"

#include <algorithm>
#include <optional>

#include "avro/wire/wire_input.h"

namespace mseavro {
namespace {

// Rows of more steps are so long that nothing of them stays in a cache.
constexpr size_t kStepCountMax = 1 << 12;
constexpr int64_t kVarintBytesMax = 10;
// A check must find room for the longest plain values before it lets the shortest pass, so those
// that cover less fail later at a block's end.
constexpr int64_t kRoomBytes = 512;
// Longer fixed values are skipped by each lane for itself.
constexpr int64_t kFixedBytesMax = 1 << 16;

// The bytes that a plain step needs before it can go without checks; nullopt for other steps.
std::optional<int64_t> room_for(const Step& step) {
  switch (step.op) {
    case Op::kSetState:
      return 0;
    case Op::kSkipFixed:
    case Op::kSkipNullableFixed:
      if (step.operand > kFixedBytesMax) return std::nullopt;
      return step.operand + 1;
    case Op::kSkipStrings:
      if (step.operand > kFixedBytesMax / kShortStringSize) return std::nullopt;
      return step.operand * kShortStringSize;
    case Op::kSkipBoolean:
      return 1;
    case Op::kSkipLong:
    case Op::kSkipInt:
    case Op::kSkipEnum:
    case Op::kLongToInteger:
      return kVarintBytesMax;
    case Op::kDoubleToNumber:
      return 8;
    case Op::kNullableDoubleToNumber:
      return 9;
    case Op::kNullableLongToInteger:
      return 1 + kVarintBytesMax;
    case Op::kStringToText:
      return kShortStringSize;
    case Op::kSkipNullableString:
    case Op::kNullableStringToText:
      return 1 + kShortStringSize;
    default:
      return std::nullopt;
  }
}

bool is_items(Op op) { return op == Op::kSkipFixedItems || op == Op::kSkipStringItems; }

class Compiler {
 public:
  explicit Compiler(const StepProgram& program) : program_(program) {}

  LaneProgram compile() {
    if (program_.steps.size() > kStepCountMax) return {};
    size_t index = 0;
    while (program_.steps[index].op != Op::kEndDatum) {
      const Step& step = program_.steps[index];
      if (const auto room = room_for(step)) {
        add_plain(step, *room);
        ++index;
      } else if (is_items(step.op)) {
        add_apart(step);
        ++index;
      } else {
        const size_t end = region_end(index);
        add_apart(Step(Op::kRegion, 0, 0, static_cast<int64_t>(index)));
        region_ends_.push_back(end);
        index = end;
      }
    }
    if (!has_plain_values_) return {};
    made_.steps.push_back(program_.steps[index]);
    if (!region_ends_.empty()) made_.region_steps = program_.steps;
    for (const size_t end : region_ends_) made_.region_steps[end] = Step(Op::kEndRegion);
    return std::move(made_);
  }

 private:
  void add_plain(const Step& step, int64_t room) {
    if (!room_step_ || made_.steps[*room_step_].operand + room > kRoomBytes) {
      room_step_ = made_.steps.size();
      made_.steps.emplace_back(Op::kRoom);
    }
    made_.steps[*room_step_].operand += room;
    made_.steps.push_back(step);
    has_plain_values_ |= room > 0;
  }

  // A step behind which nothing is known of the room.
  void add_apart(const Step& step) {
    made_.steps.push_back(step);
    room_step_.reset();
  }

  // The first step at or behind which every way through the steps from `begin` on comes together,
  // and which is plain or ends the datum.
  size_t region_end(size_t begin) const {
    size_t end = begin + 1;
    int open_peeks = 0;
    for (size_t index = begin; index < end; ++index) {
      const Step& step = program_.steps[index];
      end = std::max(end, furthest_target(step));
      if (step.op == Op::kPeek) ++open_peeks;
      if (step.op == Op::kUnpeek) --open_peeks;
      const bool is_complete = index + 1 == end && open_peeks == 0;
      if (!is_complete) {
        end = std::max(end, index + 2);
        continue;
      }
      const Step& next = program_.steps[end];
      // Steps that stand side by side are one region: its end is a plain step's place.
      if (next.op != Op::kEndDatum && !room_for(next) && !is_items(next.op)) ++end;
    }
    return end;
  }

  size_t furthest_target(const Step& step) const {
    const auto operand = static_cast<size_t>(step.operand);
    switch (step.op) {
      case Op::kJump:
        return operand;
      case Op::kItems:
        return operand + 1;
      case Op::kUnion: {
        size_t furthest = 0;
        for (uint32_t branch = 0; branch < step.slot; ++branch) {
          furthest = std::max<size_t>(furthest, program_.jumps[operand + branch]);
        }
        return furthest;
      }
      case Op::kFindKey: {
        const KeySet& keys = program_.key_sets[operand];
        size_t furthest = keys.otherwise;
        for (const auto& entry : keys.entries) furthest = std::max<size_t>(furthest, entry.second);
        return furthest;
      }
      default:
        return 0;
    }
  }

  const StepProgram& program_;
  LaneProgram made_;
  std::vector<size_t> region_ends_;
  std::optional<size_t> room_step_;  // The kRoom that counts for the next plain step.
  bool has_plain_values_ = false;
};

}  // namespace

LaneProgram LaneProgram::of(const StepProgram& program) { return Compiler(program).compile(); }

}  // namespace mseavro
