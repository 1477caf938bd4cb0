// Steps for several blocks at once, each in a lane of its own.
//
// Where a value begins is known only when the sizes of all values before it are, so decoding one
// block waits for a chain of loads. Blocks do not wait for each other: a processor that is given
// the same step of several of them works on all chains at the same time, and what it costs to
// choose the step is paid once for all.
//
// That needs steps that do the same in every lane. Those that read a plain value do: numbers,
// booleans, strings and nullable ones of these; a lane program has them one by one, with one check
// of the room in the block (kRoom) for many. What branches is skipped by steps in which the lanes
// that they do not concern stand still (lane_skip.h). Whatever else there is (values in branches,
// maps that are searched, recursive records) is a region, a run of the plan's own steps that each
// lane goes through by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "avro/wire/step.h"

namespace mseavro {

inline constexpr uint32_t kLaneCount = 4;

// How deep unions, arrays and maps may stand in each other to be skipped together.
inline constexpr uint32_t kSkipLevels = 4;

// How a value is skipped that is nothing, of fixed size, an int or long, or a string or bytes: by
// arithmetic that is the same for all of them. The size is
//   fixed_size + (bytes of a varint in front of its last one) + (length in the first byte)
// and what there is not of these is masked, so that it is 0.
struct SimpleSkip {
  int64_t fixed_size = 0;  // With the last byte of a varint and that of the length.
  uint64_t varint_mask = 0;
  uint64_t varint_stops = 0x80;  // Where the varint may end: none there, and it is too long.
  uint64_t length_mask = 0;
};

struct LaneProgram {
  // Plain steps, kRoom, kRegion, kSkipTogether; the last one is kEndDatum.
  std::vector<Step> steps;
  // Steps for what branches, each for the lanes of a level: `slot` is that times kLaneCount. Those
  // of level 0 are all lanes; a kBranch, behind a kUnion of `operand` branches, and a kItems choose
  // from their level those of the next one. The operands of kItems and kNextItem are where to go
  // on.
  std::vector<Step> skip_steps;
  std::vector<SimpleSkip> skips;  // Of kSkipUnion.
  // The plan's steps, with kEndRegion wherever a region ends. Empty: there are no regions.
  std::vector<Step> region_steps;

  // Empty when rows have no plain values that take bytes: then lanes do not pay.
  static LaneProgram of(const StepProgram& program);

  bool is_empty() const { return steps.empty(); }
};

}  // namespace mseavro
