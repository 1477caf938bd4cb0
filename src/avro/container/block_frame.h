// What stands around a block's data: in front the count of its records and the size of the data,
// behind them the sync marker.
#pragma once

#include <cstdint>
#include <span>

#include "avro/container/container_header.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

inline constexpr int64_t kSyncBytes = sizeof(SyncMarker);
// No two numbers in front of a block's data take more.
inline constexpr int64_t kFrameHeadBytesMax = 20;

struct BlockFrame {
  int64_t record_count = 0;
  int64_t head_size_bytes = 0;  // Of the two numbers.
  int64_t data_size_bytes = 0;

  int64_t data_end() const { return head_size_bytes + data_size_bytes; }
  int64_t size_bytes() const { return data_end() + kSyncBytes; }
};

// The frame of the block at the beginning of `bytes`, which are at least kFrameHeadBytesMax or all
// that the file has left; `left_bytes` is how many that are. The marker is not looked at.
// Errors, with place.byte from the block's beginning: kTruncated, kBadBlockCount (negative; also
// where another file begins), kBadLength, kBadVarint, kLimitExceeded.
Result<BlockFrame> parse_frame(std::span<const uint8_t> bytes, int64_t left_bytes,
                               const Limits& limits);

}  // namespace mseavro
