#include "avro/wire/lane_program.h"

#include <algorithm>
#include <optional>

#include "avro/wire/wire_input.h"

namespace mseavro {
namespace {

// Rows of more steps are so long that nothing of them stays in a cache.
constexpr size_t kStepCountMax = 1 << 12;
// A check must find room for the longest plain values before it lets the shortest pass, so those
// that cover less fail later at a block's end.
constexpr int64_t kRoomBytes = 512;
// Longer fixed values are skipped by each lane for itself.
constexpr int64_t kFixedBytesMax = 1 << 16;
// Of unions with more steps, branches in which no lane is are left out; otherwise to jump costs
// more than to stand still.
constexpr size_t kShortUnionSteps = 8;

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
      return kVarintBytes;
    case Op::kDoubleToNumber:
      return 8;
    case Op::kNullableDoubleToNumber:
      return 9;
    case Op::kNullableLongToInteger:
      return 1 + kVarintBytes;
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

bool is_plain_skip(Op op) { return Op::kSkipFixed <= op && op <= Op::kSkipNullableString; }

// Steps, with the checks of the room that they need.
class CheckedSteps {
 public:
  // Returns where the step stands.
  size_t add(const Step& step, int64_t room) {
    if (!room_step_ || steps[*room_step_].operand + room > kRoomBytes) {
      room_step_ = steps.size();
      steps.emplace_back(Op::kRoom);
    }
    steps[*room_step_].operand += room;
    steps.push_back(step);
    return steps.size() - 1;
  }

  // A step behind which nothing is known of the room.
  void add_apart(const Step& step) {
    steps.push_back(step);
    room_step_.reset();
  }

  // Where something jumps to nothing is known of the room, either.
  int64_t label() {
    room_step_.reset();
    return static_cast<int64_t>(steps.size());
  }

  void cut(size_t size) {
    steps.resize(size, Step(Op::kEndRegion));
    room_step_.reset();
  }

  std::vector<Step> steps;

 private:
  std::optional<size_t> room_step_;  // The kRoom that counts for the next step.
};

// From `begin` up to `end`, which is no longer part of it.
struct StepRange {
  size_t begin;
  size_t end;
};

class Compiler {
 public:
  explicit Compiler(const StepProgram& program) : program_(program) {}

  LaneProgram compile() {
    if (program_.steps.size() > kStepCountMax) return {};
    bool has_plain_values = false;
    size_t index = 0;
    while (program_.steps[index].op != Op::kEndDatum) {
      const Step& step = program_.steps[index];
      if (const auto room = room_for(step)) {
        plain_.add(step, *room);
        has_plain_values |= *room > 0;
        ++index;
      } else if (is_items(step.op)) {
        plain_.add_apart(step);
        ++index;
      } else if (const auto next = skip_together(index)) {
        index = *next;
      } else {
        const size_t end = region_end(index);
        plain_.add_apart(Step(Op::kRegion, 0, 0, static_cast<int64_t>(index)));
        region_ends_.push_back(end);
        index = end;
      }
    }
    if (!has_plain_values) return {};
    plain_.add_apart(program_.steps[index]);
    LaneProgram made;
    made.steps = std::move(plain_.steps);
    made.skip_steps = std::move(skips_.steps);
    made.skips = std::move(simple_skips_);
    if (!region_ends_.empty()) made.region_steps = program_.steps;
    for (const size_t end : region_ends_) made.region_steps[end] = Step(Op::kEndRegion);
    return made;
  }

 private:
  // ---- What branches and is skipped ----

  // Adds what skips the value at step `begin`, and returns the step behind it; nullopt when not all
  // of it can be skipped together.
  std::optional<size_t> skip_together(size_t begin) {
    // What stands side by side is skipped in one go.
    const bool goes_on = !plain_.steps.empty() && plain_.steps.back().op == Op::kSkipTogether;
    if (goes_on) skips_.cut(skips_.steps.size() - 1);
    const size_t first = skips_.steps.size();
    const auto end = skip_value(begin, 0);
    if (!end) skips_.cut(first);
    if (end && !goes_on)
      plain_.add_apart(Step(Op::kSkipTogether, 0, 0, static_cast<int64_t>(first)));
    if (end || goes_on) skips_.add_apart(Step(Op::kEndRegion));
    return end;
  }

  std::optional<size_t> skip_value(size_t begin, uint32_t level) {
    const Step& step = program_.steps[begin];
    if (is_plain_skip(step.op)) {
      const auto room = room_for(step);
      if (!room) return std::nullopt;
      skips_.add(Step(step.op, step.flags, level, step.operand), *room);
      return begin + 1;
    }
    if (step.op == Op::kSkipFixedItems) {
      skips_.add_apart(Step(step.op, 0, level, step.operand));
      return begin + 1;
    }
    if (level == kSkipLevels * kLaneCount) return std::nullopt;
    if (step.op == Op::kUnion) return skip_union(begin, level);
    if (step.op == Op::kItems) return skip_items(begin, level);
    if (step.op == Op::kSkipStringItems) return skip_string_items(begin, level);
    return std::nullopt;
  }

  bool skip_values(const StepRange& range, uint32_t level) {
    for (size_t begin = range.begin; begin < range.end;) {
      const auto next = skip_value(begin, level);
      if (!next) return false;
      begin = *next;
    }
    return true;
  }

  std::optional<size_t> skip_union(size_t begin, uint32_t level) {
    const Step& step = program_.steps[begin];
    // The branch of a single one ends nowhere in particular, and long indexes are not plain.
    if (step.slot < 2 || step.slot > kShortStringSize) return std::nullopt;
    const std::vector<StepRange> branches = branches_of(step);
    if (!add_simple_union(branches, level) && !add_union(branches, level)) return std::nullopt;
    return branches.back().end;
  }

  std::vector<StepRange> branches_of(const Step& step) const {
    const uint32_t* const begins = &program_.jumps[static_cast<size_t>(step.operand)];
    // Each branch but the last has a kJump at its end.
    std::vector<StepRange> branches;
    for (uint32_t i = 0; i + 1 < step.slot; ++i) branches.push_back({begins[i], begins[i + 1] - 1});
    const Step& jump_to_end = program_.steps[branches.front().end];
    branches.push_back({begins[step.slot - 1], static_cast<size_t>(jump_to_end.operand)});
    return branches;
  }

  bool add_simple_union(const std::vector<StepRange>& branches, uint32_t level) {
    const size_t first_skip = simple_skips_.size();
    int64_t room = sizeof(uint64_t);
    for (const StepRange& branch : branches) {
      const auto skip = simple_skip(branch);
      if (!skip) {
        simple_skips_.resize(first_skip);
        return false;
      }
      simple_skips_.push_back(*skip);
      if (branch.begin < branch.end) room = std::max(room, *room_for(program_.steps[branch.begin]));
    }
    skips_.add(Step(Op::kSkipUnion, static_cast<uint8_t>(branches.size()), level,
                    static_cast<int64_t>(first_skip)),
               1 + room);
    return true;
  }

  std::optional<SimpleSkip> simple_skip(const StepRange& range) const {
    if (range.begin == range.end) return SimpleSkip{};
    const Step& step = program_.steps[range.begin];
    if (range.end - range.begin > 1 || !room_for(step)) return std::nullopt;
    switch (step.op) {
      case Op::kSkipFixed:
        return SimpleSkip{.fixed_size = step.operand};
      case Op::kSkipInt:
        return SimpleSkip{.fixed_size = 1, .varint_mask = ~uint64_t{0}, .varint_stops = kIntStops};
      case Op::kSkipLong:
        return SimpleSkip{
            .fixed_size = 1, .varint_mask = ~uint64_t{0}, .varint_stops = kVarintStops};
      case Op::kSkipStrings:
        if (step.operand != 1) return std::nullopt;
        return SimpleSkip{.fixed_size = 1, .length_mask = 0xff};
      default:
        return std::nullopt;
    }
  }

  bool add_union(const std::vector<StepRange>& branches, uint32_t level) {
    size_t step_count = 0;
    for (const StepRange& branch : branches) step_count += branch.end - branch.begin;
    skips_.add(Step(Op::kUnion, 0, level, static_cast<int64_t>(branches.size())), kVarintBytes);
    for (size_t i = 0; i < branches.size(); ++i) {
      if (branches[i].begin == branches[i].end) continue;
      const size_t branch_step = skips_.add(Step(Op::kBranch, static_cast<uint8_t>(i), level), 0);
      if (!skip_values(branches[i], level + kLaneCount)) return false;
      if (step_count > kShortUnionSteps) skips_.steps[branch_step].operand = skips_.label();
    }
    return true;
  }

  std::optional<size_t> skip_items(size_t begin, uint32_t level) {
    const Step& step = program_.steps[begin];
    const auto end = static_cast<size_t>(step.operand);
    const bool jumps_sized_blocks = step.flags == kJumpsSizedBlocks;
    const auto skip_item = [&] { return skip_values({begin + 1, end}, level + kLaneCount); };
    if (!jumps_sized_blocks || !add_loop(level, skip_item)) return std::nullopt;
    return end + 1;
  }

  size_t skip_string_items(size_t begin, uint32_t level) {
    const int64_t count = program_.steps[begin].operand;
    add_loop(level, [&] {
      skips_.add(Step(Op::kSkipStrings, 0, level + kLaneCount, count), count * kShortStringSize);
      return true;
    });
    return begin + 1;
  }

  template <class SkipItem>
  bool add_loop(uint32_t level, const SkipItem& skip_item) {
    const size_t loop = skips_.add(Step(Op::kItems, 0, level), 1);
    const int64_t first = skips_.label();
    if (!skip_item()) return false;
    skips_.add(Step(Op::kNextItem, 0, level, first), 1);
    skips_.steps[loop].operand = skips_.label();
    return true;
  }

  // ---- Regions ----

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
      if (next.op != Op::kEndDatum && !room_for(next) && next.op != Op::kSkipFixedItems) ++end;
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
  CheckedSteps plain_;
  CheckedSteps skips_;
  std::vector<SimpleSkip> simple_skips_;
  std::vector<size_t> region_ends_;
};

}  // namespace

LaneProgram LaneProgram::of(const StepProgram& program) { return Compiler(program).compile(); }

}  // namespace mseavro
