#include "avro/container/container_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "avro/container/resync.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Behind damage there may be more of it, and what a piece holds behind it is read again.
constexpr int64_t kPieceBytesBehindDamage = 4 << 10;
// Where a block may begin is tried so often; bytes made to mislead could offer millions of places.
constexpr int kGuessCountMax = 16;

static_assert(kSyncBytes >= int64_t{kReadPadding}, "the marker is the padding behind the data");

// Whether such an error in a block means that its bytes are not what was written, or more than the
// limits allow.
bool is_damage(ErrorCode code) {
  switch (code) {
    case ErrorCode::kTruncated:
    case ErrorCode::kBadSync:
    case ErrorCode::kBadCompression:
    case ErrorCode::kBadChecksum:
    case ErrorCode::kTrailingBytes:
    case ErrorCode::kLimitExceeded:
    case ErrorCode::kBadVarint:
    case ErrorCode::kBadBoolean:
    case ErrorCode::kBadIndex:
    case ErrorCode::kBadLength:
    case ErrorCode::kTooDeep:
    case ErrorCode::kBadBlockCount:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<std::unique_ptr<ContainerReader>> ContainerReader::open(const ByteSource& source,
                                                               const Limits& limits,
                                                               ReadOptions options) {
  MSEAVRO_ASSIGN(ContainerHeader header, read_header(source, limits, options.known_schema));
  std::unique_ptr<ContainerReader> reader(
      new ContainerReader(source, limits, std::move(header), std::move(options)));
  MSEAVRO_TRY(reader->seek_split());
  return reader;
}

// The first block follows the header's marker; before that one no marker is looked for, for the
// metadata may hold a copy of it.
Status ContainerReader::seek_split() {
  if (options_.begin_offset <= header_.size_bytes - kSyncBytes) return {};
  MSEAVRO_ASSIGN(const int64_t marker, find_marker(source_, header_.sync, options_.begin_offset));
  next_offset_ = marker + kSyncBytes;
  return {};
}

bool ContainerReader::is_at_end() const {
  return next_offset_ >= source_.size_bytes() ||
         (is_behind_marker_ && next_offset_ - kSyncBytes >= options_.end_offset);
}

Result<bool> ContainerReader::next(Piece& piece) {
  const std::scoped_lock lock(mutex_);
  piece.blocks.clear();
  while (!failed_ && piece.blocks.empty() && !is_at_end()) {
    Status status = read_piece(piece);
    if (!status && salvages() && is_damage(status.error().code)) {
      status = pass_over(std::move(status.error()));
    }
    failed_ = !status;
    if (!status) return tl::unexpected<Error>(std::move(status.error()));
  }
  return !piece.blocks.empty();
}

Result<std::span<const uint8_t>> ContainerReader::decompress(const Block& block,
                                                             Decompressor& decompressor) {
  const auto bytes = decompressor.decompress(block.bytes);
  if (!bytes) return error_in(bytes.error(), block);
  // Records without bytes, as many as are ever read, take the time of as many bytes.
  const auto size = std::max(static_cast<int64_t>(bytes->size()),
                             std::min(block.record_count, limits_.zero_size_elements));
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

bool ContainerReader::lose(const Block& block, const Error& error) {
  // An error without a block is the whole file's.
  if (!salvages() || error.place.block < 0 || !is_damage(error.code)) return false;
  if (block.guess > 0) return true;  // It is part of the damage in front of it.
  options_.salvage->add({.file = source_.name(),
                         .block = block.index,
                         .begin_bytes = block.frame_offset_bytes,
                         .end_bytes = block.end_offset_bytes(),
                         .record_count = believable_count(block.record_count),
                         .cause = error});
  return true;
}

Result<bool> ContainerReader::guess_again(Block& block) {
  if (block.guess == 0) return false;
  const int64_t begin = block.frame_offset_bytes;
  const int64_t end = block.end_offset_bytes();
  std::optional<int64_t> guess;
  if (block.guess < kGuessCountMax) {
    MSEAVRO_ASSIGN(guess, guess_block(source_, limits_, begin, end));
  }
  options_.salvage->extend(source_.name(), block.index - 1, guess.value_or(end) - begin);
  if (!guess) return false;
  FrameWalk walk(source_, limits_, *guess);
  MSEAVRO_ASSIGN(const BlockFrame frame, walk.next());
  ++block.guess;
  block.frame_offset_bytes = *guess;
  block.record_count = frame.record_count;
  // All guesses end in the same marker.
  const auto size = static_cast<size_t>(frame.data_size_bytes);
  const uint8_t* const data_end = block.bytes.data() + block.bytes.size();
  block.bytes = {data_end - size, size};
  block.offset_bytes = *guess + frame.head_size_bytes;
  return true;
}

// Reads the file from next_offset_ on and takes as many whole blocks as there are. A block that is
// not whole, or wrong, is met again as the first one of the next call, which can make room for it
// or report it.
Status ContainerReader::read_piece(Piece& piece) {
  const int64_t begin = next_offset_;
  const int64_t left = source_.size_bytes() - begin;
  const int64_t wanted = std::clamp(left / kPiecesLeft, kPieceBytesMin, kPieceBytesMax);
  int64_t filled = std::min({wanted, piece_limit_bytes_, left});
  MSEAVRO_TRY(fill(piece, filled));
  for (int64_t position = 0; position < filled && !is_at_end(); position = next_offset_ - begin) {
    const bool is_first = position == 0;
    const auto frame = parse_frame(piece.window.bytes().subspan(static_cast<size_t>(position)),
                                   source_.size_bytes() - next_offset_, limits_);
    if (!is_first && (!frame || position + frame->size_bytes() > filled)) return {};
    if (!frame) return placed(frame.error());
    if (frame->size_bytes() > filled) {
      // Only the first block can be larger than the piece, so nothing points into it yet.
      filled = frame->size_bytes();
      MSEAVRO_TRY(fill(piece, filled));
    }
    const uint8_t* const bytes = piece.window.bytes().data() + position;
    if (std::memcmp(bytes + frame->data_end(), header_.sync.data(), kSyncBytes) != 0) {
      if (!is_first) return {};
      return tl::unexpected<Error>(wrong_marker(next_offset_ + frame->data_end()));
    }
    if (frame->record_count > 0 || frame->data_size_bytes > 0) {
      piece.blocks.push_back(
          {.index = next_block_,
           .frame_offset_bytes = next_offset_,
           .offset_bytes = next_offset_ + frame->head_size_bytes,
           .record_count = frame->record_count,
           .bytes = {bytes + frame->head_size_bytes, static_cast<size_t>(frame->data_size_bytes)},
           .guess = is_guess_ ? 1 : 0});
    }
    next_offset_ += frame->size_bytes();
    ++next_block_;
    is_behind_marker_ = true;
    is_guess_ = false;
  }
  piece_limit_bytes_ = std::min(2 * piece_limit_bytes_, kPieceBytesMax);
  return {};
}

// Brings the first `size` bytes of the piece, which begins at next_offset_, into its window.
Status ContainerReader::fill(Piece& piece, int64_t size) const {
  MSEAVRO_TRY(source_.read_window(next_offset_, static_cast<size_t>(size), piece.window));
  if (static_cast<int64_t>(piece.window.bytes().size()) == size) return {};
  return placed({ErrorCode::kTruncated, "the file ends inside a block", {}, {}, {.byte = 0}});
}

// Goes on behind the damaged block at next_offset_. The first marker behind it ends some block. If
// the sizes that blocks declare lead to that one, it is good, and those before it lack but their
// markers:
//
//   next_offset_      the next one      the good one
//   | 2 30 data ????? | 2 30 data ????? | 2 30 data marker |
//
// Else its beginning is guessed; whoever decodes it finds out whether that was right.
Status ContainerReader::pass_over(Error cause) {
  piece_limit_bytes_ = kPieceBytesBehindDamage;
  const int64_t file_end = source_.size_bytes();
  MSEAVRO_ASSIGN(const int64_t marker, find_marker(source_, header_.sync, next_offset_));
  FrameWalk walk(source_, limits_, next_offset_);
  auto frame = walk.next();
  if (marker == file_end) {
    // A block that is cut off, or lacks but its marker, tells how many records it had.
    const bool is_one_block = frame && walk.offset() >= file_end;
    lose_stretch(file_end, is_one_block ? believable_count(frame->record_count) : std::nullopt,
                 std::move(cause));
    return {};
  }
  const int64_t end = marker + kSyncBytes;
  while (frame && walk.offset() < end) frame = walk.next();
  if (!frame && frame.error().code == ErrorCode::kUnreadable) {
    return tl::unexpected<Error>(frame.error());
  }
  if (frame && walk.offset() == end) return lose_linked(end - frame->size_bytes());
  MSEAVRO_ASSIGN(const auto guess, guess_block(source_, limits_, next_offset_, end));
  lose_stretch(guess.value_or(end), std::nullopt, std::move(cause));
  is_guess_ = guess.has_value();
  is_behind_marker_ = !is_guess_;
  return {};
}

// Loses the blocks up to `end_offset`, each of which leads to the next by its size.
Status ContainerReader::lose_linked(int64_t end_offset) {
  FrameWalk walk(source_, limits_, next_offset_);
  while (next_offset_ < end_offset) {
    MSEAVRO_ASSIGN(const BlockFrame frame, walk.next());
    lose_stretch(walk.offset(), believable_count(frame.record_count),
                 wrong_marker(next_offset_ + frame.data_end()));
  }
  is_behind_marker_ = false;
  return {};
}

void ContainerReader::lose_stretch(int64_t end_offset, std::optional<int64_t> record_count,
                                   Error cause) {
  options_.salvage->add({.file = source_.name(),
                         .block = next_block_++,
                         .begin_bytes = std::exchange(next_offset_, end_offset),
                         .end_bytes = end_offset,
                         .record_count = record_count,
                         .cause = std::move(cause)});
}

// No block that can be read holds more records, unless they take no bytes: a count beyond that is
// damaged itself.
std::optional<int64_t> ContainerReader::believable_count(int64_t record_count) const {
  if (record_count > limits_.decoded_block_size_bytes) return std::nullopt;
  return record_count;
}

// An error in the next block, whose place.byte is that in the block.
tl::unexpected<Error> ContainerReader::placed(Error error) const {
  error.place.file = source_.name();
  error.place.block = next_block_;
  error.place.byte += next_offset_;
  return tl::unexpected<Error>(std::move(error));
}

Error ContainerReader::wrong_marker(int64_t offset_bytes) const {
  return {ErrorCode::kBadSync,
          "the marker behind the block is not that of the file's header",
          {},
          {},
          {.file = source_.name(), .block = next_block_, .byte = offset_bytes}};
}

}  // namespace mseavro
