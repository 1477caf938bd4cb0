// Finding one's place again in a container file.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "avro/container/block_frame.h"
#include "avro/container/container_header.h"
#include "base/io/byte_source.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Offset of the first marker that begins at or behind `offset`; the source's size when there is
// none. Takes time by the distance, and memory for a few hundred kilobytes. Errors: kUnreadable.
Result<int64_t> find_marker(const ByteSource& source, const SyncMarker& marker, int64_t offset);

// Where a block would begin that ends at `end_offset`: the first offset behind `offset` whose
// bytes, read as a count and a size, lead there. It is a guess, since any bytes may happen to;
// nullopt when none do. Takes time by the distance. Errors: kUnreadable.
Result<std::optional<int64_t>> guess_block(const ByteSource& source, const Limits& limits,
                                           int64_t offset, int64_t end_offset);

// Goes from block to block by the sizes that they declare. Markers are not looked at, nor whether
// the file is as long as the sizes say.
class FrameWalk {
 public:
  // The source and the limits must outlive the walk.
  FrameWalk(const ByteSource& source, const Limits& limits, int64_t offset)
      : source_(source), limits_(limits), offset_(offset) {}

  // The frame at offset(), which is then behind it. Errors: kUnreadable, those of parse_frame.
  Result<BlockFrame> next();
  int64_t offset() const { return offset_; }

 private:
  const ByteSource& source_;
  const Limits& limits_;
  int64_t offset_;
  std::vector<uint8_t> buffer_;  // The source from buffer_offset_ on.
  int64_t buffer_offset_ = 0;
};

}  // namespace mseavro
