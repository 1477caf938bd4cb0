// The walk over several blocks at once (lane_program.h says why), for targets that are columns.
//
// It reads what is plain, the same step in all lanes. A row in which any lane has something else -
// a value that is wrong, or no room left to look ahead - is left to the one walk (walk.h), which
// finds the words for what is wrong.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "avro/wire/block_cursor.h"
#include "avro/wire/column_target.h"
#include "avro/wire/lane_program.h"
#include "avro/wire/walk.h"

namespace mseavro {

// What reads one block; its walk and target are those that read it alone.
struct Lane {
  Lane(const ReadPlan& plan, const Limits& limits) : target(plan), walk(plan, limits, target) {}

  BlockCursor cursor;
  ColumnTarget target;
  Walk<ColumnTarget> walk;
};

class LaneWalk {
 public:
  using Lanes = std::array<Lane*, kLaneCount>;

  // `program` must outlive the walk.
  explicit LaneWalk(const LaneProgram& program) : program_(program) {}

  // Reads up to `count` rows into each lane, whose target has begun them, and returns how many:
  // fewer than `count` when the next row is not plain in some lane. REQUIRES: each lane has as many
  // records left, and a block no larger than limits.datum_size_bytes.
  int64_t run(const Lanes& lanes, int64_t count);

 private:
  void open(const Lanes& lanes);
  void end_datum(const Lanes& lanes, int64_t row);
  int64_t close(const Lanes& lanes, int64_t row_count);

  const LaneProgram& program_;
  // Column by column, in each the lanes' views.
  std::vector<std::array<ColumnView, kLaneCount>> columns_;
  std::array<const uint8_t**, kLaneCount> row_begins_{};
  std::array<int64_t, kLaneCount> zero_size_left_{};  // Where the row begins.
};

}  // namespace mseavro
