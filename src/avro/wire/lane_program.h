// Steps for several blocks at once, each in a lane of its own.
//
// Where a value begins is known only when the sizes of all values before it are, so decoding one
// block waits for a chain of loads. Blocks do not wait for each other: a processor that is given
// the same step of several of them works on all chains at the same time, and what it costs to
// choose the step is paid once for all.
//
// That needs steps that do the same in every lane. Those that read a plain value do: numbers,
// booleans, strings and nullable ones of these; a lane program has them one by one, with one check
// of the room in the block (kRoom) for many. Whatever branches (unions of more, arrays of records,
// maps that are searched) is a region, a run of the plan's own steps that each lane goes through by
// itself.
#pragma once

#include <cstddef>
#include <vector>

#include "avro/wire/step.h"

namespace mseavro {

inline constexpr size_t kLaneCount = 4;

struct LaneProgram {
  // Plain steps, kRoom, kRegion; the last one is kEndDatum.
  std::vector<Step> steps;
  // The plan's steps, with kEndRegion wherever a region ends. Empty: there are no regions.
  std::vector<Step> region_steps;

  // Empty when rows have no plain values that take bytes: then lanes do not pay.
  static LaneProgram of(const StepProgram& program);

  bool is_empty() const { return steps.empty(); }
};

}  // namespace mseavro
