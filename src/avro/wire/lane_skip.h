// Skipping what branches in all lanes together (lane_program.h).
//
// Each lane has its own way through unions and arrays, and which way is what processors guess
// wrong. So all lanes take all steps, and those that a step does not concern stand still in it: a
// union is gone through branch by branch, an array until the last lane is at its end, and every
// move is masked by whether the lane takes part.
//
//   step                 lane 0    lane 1    lane 2    lane 3     of ["null", "int", "string"]
//   kUnion               1         2         0         1          the branches in the data
//   kBranch 1            moves     .         .         moves
//     kSkipInt           moves     .         .         moves
//   kBranch 2            .         moves     .         .
//     kSkipStrings       .         moves     .         .
#pragma once

#include <array>
#include <cstdint>

#include "avro/wire/lane_program.h"

namespace mseavro {

using LanePositions = std::array<const uint8_t*, kLaneCount>;

// Runs the program's skip_steps from the one at `begin` on up to their kEndRegion. False when what
// stands there is not plain in some lane; then the positions mean nothing.
bool skip_together(const LaneProgram& program, int64_t begin, const LanePositions& ends,
                   LanePositions& positions);

}  // namespace mseavro
