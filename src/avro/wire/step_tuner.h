// Steps that bet on what stood in the rows before.
//
// Where a value begins is known only when the sizes of all values before it are, so decoding waits
// for a chain of loads. Logs are regular, though: ids have one length, timestamps one size, most
// labels are there. A step that bets compares the size with an expected one in a branch; while the
// branch is predicted right, the processor runs ahead and the chain is cut. A bet that is lost
// costs more than the chain, so each step's losses are counted, and those that lose too often go
// back to the plain step for a while.
//
// The results do not depend on bets: a lost one falls through to the plain step.
#pragma once

#include <cstdint>
#include <vector>

#include "avro/wire/step.h"

namespace mseavro {

// Not thread-safe: each walk has its own.
class StepTuner {
 public:
  explicit StepTuner(const StepProgram& program);

  // The program's steps, in the forms that pay at present. Valid until the next settle().
  const Step* steps() const { return steps_.data(); }

  // `step` lost its bet on the value at `position`.
  void lose(const Step* step, const uint8_t* position, const uint8_t* end);

  // `row_count` rows were read since the last call.
  void settle(int64_t row_count);

 private:
  struct Bet {
    uint32_t step;
    Op plain;
    Op betting;
    bool is_open = false;  // Whether the step expects anything yet.
    int64_t lost_count = 0;
    int bad_runs = 0;
    int pause_runs = 0;
  };

  void place(Bet& bet, const uint8_t* position, const uint8_t* end);
  void close(Bet& bet, Op op);

  std::vector<Step> steps_;
  std::vector<Bet> bets_;  // By step.
  std::vector<uint32_t> bet_of_step_;
};

}  // namespace mseavro
