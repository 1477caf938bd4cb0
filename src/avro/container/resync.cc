#include "avro/container/resync.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string_view>

#include "avro/wire/wire_input.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// The next marker is near when one block is damaged, and far when a gigabyte is.
constexpr size_t kFirstSearchBytes = 4 << 10;
constexpr size_t kLargestSearchBytes = 256 << 10;

constexpr size_t kWalkBytes = 4 << 10;

Status read_into(const ByteSource& source, int64_t offset, size_t size,
                 std::vector<uint8_t>& buffer) {
  buffer.resize(size);
  MSEAVRO_ASSIGN(const size_t found, source.read_at(offset, buffer));
  buffer.resize(found);
  return {};
}

// Whether a block of at least one record and one byte, that began with `head`, would have this
// size. As parse_frame, without words: of the millions of bytes that are tried hardly one begins a
// block.
bool has_size(std::span<const uint8_t> head, int64_t size_bytes, const Limits& limits) {
  const uint8_t* const end = head.data() + head.size();
  const uint8_t* next = head.data();
  int64_t record_count = 0;
  int64_t data_size = 0;
  return read_long(next, end, record_count) == WireError::kNone && record_count > 0 &&
         read_long(next, end, data_size) == WireError::kNone && data_size > 0 &&
         data_size <= limits.block_size_bytes &&
         next - head.data() + data_size + kSyncBytes == size_bytes;
}

}  // namespace

Result<int64_t> find_marker(const ByteSource& source, const SyncMarker& marker, int64_t offset) {
  const std::string_view wanted(reinterpret_cast<const char*>(marker.data()), marker.size());
  std::vector<uint8_t> buffer;
  for (size_t size = kFirstSearchBytes;; size = std::min(2 * size, kLargestSearchBytes)) {
    MSEAVRO_TRY(read_into(source, offset, size, buffer));
    const std::string_view bytes(reinterpret_cast<const char*>(buffer.data()), buffer.size());
    const size_t position = bytes.find(wanted);
    if (position != std::string_view::npos) return offset + static_cast<int64_t>(position);
    if (bytes.size() < size) return source.size_bytes();
    // A marker may lie across the end of what was read.
    offset += static_cast<int64_t>(size - (wanted.size() - 1));
  }
}

Result<std::optional<int64_t>> guess_block(const ByteSource& source, const Limits& limits,
                                           int64_t offset, int64_t end_offset) {
  const int64_t size_max = kFrameHeadBytesMax + limits.block_size_bytes + kSyncBytes;
  int64_t begin = std::max(offset + 1, end_offset - size_max);
  std::vector<uint8_t> buffer;
  while (begin < end_offset) {
    const size_t wanted =
        static_cast<size_t>(std::min(end_offset - begin, int64_t{kLargestSearchBytes}));
    MSEAVRO_TRY(read_into(source, begin, wanted, buffer));
    const int64_t step = buffer.size() < kLargestSearchBytes
                             ? end_offset - begin
                             : static_cast<int64_t>(buffer.size()) - kFrameHeadBytesMax;
    const int64_t next_begin = std::min(begin + step, end_offset);
    for (auto head = std::span<const uint8_t>(buffer); begin < next_begin; ++begin) {
      if (has_size(head, end_offset - begin, limits)) return begin;
      head = head.subspan(1);
    }
  }
  return std::nullopt;
}

Result<BlockFrame> FrameWalk::next() {
  const auto buffer_end = buffer_offset_ + static_cast<int64_t>(buffer_.size());
  if (offset_ < buffer_offset_ || offset_ + kFrameHeadBytesMax > buffer_end) {
    MSEAVRO_TRY(read_into(source_, offset_, kWalkBytes, buffer_));
    buffer_offset_ = offset_;
  }
  const auto head = std::span(buffer_).subspan(static_cast<size_t>(offset_ - buffer_offset_));
  MSEAVRO_ASSIGN(const BlockFrame frame,
                 parse_frame(head, std::numeric_limits<int64_t>::max(), limits_));
  offset_ += frame.size_bytes();
  return frame;
}

}  // namespace mseavro
