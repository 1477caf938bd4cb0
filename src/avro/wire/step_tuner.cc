#include "avro/wire/step_tuner.h"

#include <bit>
#include <optional>

#include "avro/wire/wire_input.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// A bet must win seven times for each loss; it gets three values to try before it pauses.
constexpr int64_t kRowsPerLoss = 8;
constexpr int kBadRunsAllowed = 3;
constexpr int kPauseRuns = 64;
constexpr int64_t kFewRows = 64;

std::optional<Op> betting_op(const Step& step) {
  switch (step.op) {
    case Op::kSkipStrings:
      if (step.operand != 1) return std::nullopt;
      return Op::kSkipLikelyString;
    case Op::kSkipNullableFixed:
      return Op::kSkipLikelyNullableFixed;
    case Op::kSkipNullableString:
      return Op::kSkipLikelyNullableString;
    case Op::kLongToInteger:
      return Op::kLikelyLongToInteger;
    case Op::kStringToText:
      return Op::kLikelyStringToText;
    case Op::kNullableDoubleToNumber:
      return Op::kLikelyNullableDoubleToNumber;
    default:
      return std::nullopt;
  }
}

// Whether a byte is the index of a branch of a union of two. Nothing else may be bet on, or a wrong
// index would be taken for a right one when it comes again.
bool is_branch(uint8_t byte) { return (byte & ~2) == 0; }

}  // namespace

StepTuner::StepTuner(const StepProgram& program) : steps_(program.steps) {
  for (uint32_t i = 0; i < steps_.size(); ++i) {
    const auto betting = betting_op(steps_[i]);
    if (!betting) continue;
    if (bet_of_step_.empty()) bet_of_step_.resize(steps_.size());
    bet_of_step_[i] = static_cast<uint32_t>(bets_.size());
    bets_.push_back({i, steps_[i].op, *betting});
    close(bets_.back(), *betting);
  }
}

void StepTuner::lose(const Step* step, const uint8_t* position, const uint8_t* end) {
  Bet& bet = bets_[bet_of_step_[static_cast<size_t>(step - steps_.data())]];
  ++bet.lost_count;
  if (!bet.is_open) place(bet, position, end);
}

void StepTuner::settle(int64_t row_count) {
  if (row_count < kFewRows) return;
  for (Bet& bet : bets_) {
    if (steps_[bet.step].op == bet.plain) {
      if (--bet.pause_runs == 0) close(bet, bet.betting);
    } else if (bet.lost_count * kRowsPerLoss <= row_count) {
      bet.bad_runs = 0;
    } else if (++bet.bad_runs < kBadRunsAllowed) {
      close(bet, bet.betting);
    } else {
      close(bet, bet.plain);
      bet.pause_runs = kPauseRuns;
      bet.bad_runs = 0;
    }
    bet.lost_count = 0;
  }
}

// From here on the step expects what stands at `position`.
void StepTuner::place(Bet& bet, const uint8_t* position, const uint8_t* end) {
  if (end - position < kShortStringSize + 1) return;
  Step& step = steps_[bet.step];
  const uint8_t first = position[0];
  const uint8_t second = position[1];
  switch (bet.betting) {
    case Op::kSkipLikelyString:
    case Op::kLikelyStringToText:
      if ((first & kNotShort) != 0) return;
      step.likely = first;
      break;
    case Op::kSkipLikelyNullableFixed:
    case Op::kLikelyNullableDoubleToNumber:
      if (!is_branch(first)) return;
      step.likely = first;
      break;
    case Op::kSkipLikelyNullableString:
      if (!is_branch(first)) return;
      // A null says nothing about the byte behind it.
      step.operand = first == 2 * step.flags ? 0xff : 0xffff;
      if (step.operand == 0xffff && (second & kNotShort) != 0) return;
      step.likely = static_cast<uint16_t>((first | second << 8) & step.operand);
      break;
    case Op::kLikelyLongToInteger: {
      const uint64_t stops = ~load<uint64_t>(position) & kVarintStops;
      if (stops == 0) return;
      step.likely = static_cast<uint16_t>(std::countr_zero(stops));
      break;
    }
    default:
      MSEAVRO_CHECK(false);
  }
  bet.is_open = true;
}

void StepTuner::close(Bet& bet, Op op) {
  Step& step = steps_[bet.step];
  step.op = op;
  step.likely = kNothingLikely;
  if (bet.betting == Op::kSkipLikelyNullableString) step.operand = 0;  // The mask of its bet.
  bet.is_open = false;
}

}  // namespace mseavro
