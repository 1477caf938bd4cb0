#include "avro/container/container_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "avro/wire/wire_input.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Large enough to make system calls and locking rare, small enough for a processor's cache.
constexpr int64_t kPieceBytes = 256 << 10;

constexpr size_t kSyncBytes = sizeof(SyncMarker);
static_assert(kSyncBytes >= kReadPadding, "the sync marker is the padding behind a block's data");

}  // namespace

struct ContainerReader::Frame {
  int64_t record_count;
  size_t data_begin;
  size_t data_size;
  size_t data_end() const { return data_begin + data_size; }
  size_t end() const { return data_end() + kSyncBytes; }
};

Result<std::unique_ptr<ContainerReader>> ContainerReader::open(
    const ByteSource& source, const Limits& limits, std::shared_ptr<const Schema> known_schema) {
  MSEAVRO_ASSIGN(ContainerHeader header, read_header(source, limits, std::move(known_schema)));
  return std::unique_ptr<ContainerReader>(new ContainerReader(source, limits, std::move(header)));
}

Result<bool> ContainerReader::next(Piece& piece) {
  const std::scoped_lock lock(mutex_);
  piece.blocks.clear();
  while (!failed_ && piece.blocks.empty() && next_offset_ < source_.size_bytes()) {
    Status status = read_piece(piece);
    failed_ = !status;
    if (!status) return tl::unexpected<Error>(std::move(status.error()));
  }
  return !piece.blocks.empty();
}

Result<std::span<const uint8_t>> ContainerReader::decompress(const Block& block,
                                                             Decompressor& decompressor) {
  const auto bytes = decompressor.decompress(block.bytes);
  if (!bytes) return error_in(bytes.error(), block);
  const auto size = static_cast<int64_t>(bytes->size());
  if (decompressed_size_bytes_.fetch_add(size) + size <= expansion_limit_bytes()) return *bytes;
  return fail(ErrorCode::kLimitExceeded,
              fmt::format("the file's blocks hold more than {} bytes when they are decompressed",
                          expansion_limit_bytes()),
              "if the file is to be trusted, raise the limit in Limits", "",
              Place{.file = source_.name()});
}

// A byte of a compressed block has no offset in the file, so the message names it.
tl::unexpected<Error> ContainerReader::error_in(Error error, const Block& block) const {
  error.place.file = source_.name();
  error.place.block = block.index;
  if (error.place.byte >= 0 && header_.codec != Codec::kNull) {
    error.message += fmt::format(", at byte {} of the decompressed block", error.place.byte);
    error.place.byte = 0;
  }
  error.place.byte = block.offset_bytes + std::max<int64_t>(error.place.byte, 0);
  return tl::unexpected<Error>(std::move(error));
}

int64_t ContainerReader::expansion_limit_bytes() const {
  const int64_t blocks_size_bytes = source_.size_bytes() - header_.size_bytes;
  int64_t limit = 0;
  const bool overflows =
      __builtin_mul_overflow(blocks_size_bytes, limits_.expansion_ratio, &limit) ||
      __builtin_add_overflow(limit, limits_.expansion_size_bytes, &limit);
  return overflows ? INT64_MAX : limit;
}

// Reads the file from next_offset_ on and takes as many whole blocks as there are. A block that is
// not whole, or wrong, is met again as the first one of the next call, which can make room for it
// or report it.
Status ContainerReader::read_piece(Piece& piece) {
  const int64_t begin = next_offset_;
  auto filled = static_cast<size_t>(std::min(kPieceBytes, source_.size_bytes() - begin));
  MSEAVRO_TRY(fill(piece, filled));
  for (size_t position = 0; position < filled;
       position = static_cast<size_t>(next_offset_ - begin)) {
    const bool is_first = position == 0;
    const auto frame = parse_frame(piece.window.bytes(), position);
    if (!is_first && (!frame || frame->end() > filled)) return {};
    if (!frame) return tl::unexpected<Error>(frame.error());
    if (frame->end() > filled) {
      // Only the first block can be larger than the piece, so nothing points into it yet.
      MSEAVRO_TRY(fill(piece, frame->end()));
      filled = frame->end();
    }
    const uint8_t* const bytes = piece.window.bytes().data();
    if (std::memcmp(bytes + frame->data_end(), header_.sync.data(), kSyncBytes) != 0) {
      if (!is_first) return {};
      return error(ErrorCode::kBadSync,
                   "the marker behind the block is not that of the file's header",
                   begin + static_cast<int64_t>(frame->data_end()));
    }
    if (frame->record_count > 0 || frame->data_size > 0) {
      piece.blocks.push_back({.index = next_block_,
                              .offset_bytes = begin + static_cast<int64_t>(frame->data_begin),
                              .record_count = frame->record_count,
                              .bytes = {bytes + frame->data_begin, frame->data_size}});
    }
    next_offset_ = begin + static_cast<int64_t>(frame->end());
    ++next_block_;
  }
  return {};
}

// Brings the first `size` bytes of the piece, which begins at next_offset_, into its window.
Status ContainerReader::fill(Piece& piece, size_t size) const {
  MSEAVRO_TRY(source_.read_window(next_offset_, size, piece.window));
  if (piece.window.bytes().size() < size) return truncated();
  return {};
}

// What a block says about itself: the count of its records, the size of its data. `bytes` begin
// where the piece does and are many more than these two numbers take, but at the end of the file.
Result<ContainerReader::Frame> ContainerReader::parse_frame(std::span<const uint8_t> bytes,
                                                            size_t position) const {
  const int64_t piece_begin = next_offset_ - static_cast<int64_t>(position);
  MSEAVRO_ASSIGN(const int64_t record_count, parse_long(bytes, position));
  if (record_count < 0) {
    return error(ErrorCode::kBadBlockCount,
                 fmt::format("the block declares {} records", record_count), next_offset_);
  }
  const int64_t size_offset = piece_begin + static_cast<int64_t>(position);
  MSEAVRO_ASSIGN(const int64_t size, parse_long(bytes, position));
  if (size < 0) {
    return error(ErrorCode::kBadLength, fmt::format("the block declares {} bytes", size),
                 size_offset);
  }
  const int64_t left = source_.size_bytes() - (piece_begin + static_cast<int64_t>(position));
  if (size > left - static_cast<int64_t>(kSyncBytes)) return truncated();
  if (size > limits_.block_size_bytes) {
    return error(
        ErrorCode::kLimitExceeded,
        fmt::format("the block has {} bytes, more than {}", size, limits_.block_size_bytes),
        size_offset);
  }
  return Frame{record_count, position, static_cast<size_t>(size)};
}

Result<int64_t> ContainerReader::parse_long(std::span<const uint8_t> bytes,
                                            size_t& position) const {
  const uint8_t* const begin = bytes.data() + position;
  const uint8_t* next = begin;
  int64_t value = 0;
  switch (read_long(next, bytes.data() + bytes.size(), value)) {
    case WireError::kNone:
      position += static_cast<size_t>(next - begin);
      return value;
    case WireError::kEnd:
      return truncated();
    default:
      return error(ErrorCode::kBadVarint, "the block begins with a number of more than 10 bytes",
                   next_offset_);
  }
}

tl::unexpected<Error> ContainerReader::error(ErrorCode code, std::string message,
                                             int64_t offset_bytes) const {
  return fail(code, std::move(message), "", "",
              Place{.file = source_.name(), .block = next_block_, .byte = offset_bytes});
}

tl::unexpected<Error> ContainerReader::truncated() const {
  return error(ErrorCode::kTruncated, "the file ends inside a block", next_offset_);
}

}  // namespace mseavro
