// Reading Avro object container files, block by block, by any number of workers.
//
// ContainerReader owns the header and hands out Pieces: a run of whole blocks read in one go into
// the worker's own buffer, sync markers checked. Pieces are taken in file order under a lock that
// is held for one read of a few hundred kilobytes, so that workers wait little and memory is
// bounded by workers x piece size, whatever the file's size. What a worker does with its pieces is
// in block_reader.h.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "avro/codec/padded_buffer.h"
#include "avro/container/block_frame.h"
#include "avro/container/container_header.h"
#include "avro/container/salvage.h"
#include "base/io/byte_source.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct Block {
  int64_t index = 0;               // From 0.
  int64_t frame_offset_bytes = 0;  // Of the two numbers before its data in the file.
  int64_t offset_bytes = 0;        // Of its data.
  int64_t record_count = 0;
  std::span<const uint8_t> bytes;  // As stored, in the piece's window, with kReadPadding behind.
  int guess = 0;  // Above 0: that many places were tried where, behind damage, it may begin.

  // Behind its marker.
  int64_t end_offset_bytes() const {
    return offset_bytes + static_cast<int64_t>(bytes.size()) + kSyncBytes;
  }
};

// A worker's window on the file and the blocks in it. Reuse it: the memory is kept.
struct Piece {
  ByteWindow window;
  std::vector<Block> blocks;
};

struct ReadOptions {
  // Of many files with one schema, all but the first are given it, so that it is parsed once.
  std::shared_ptr<const Schema> known_schema = nullptr;
  // Damaged blocks are passed over and noted here, which must outlive the reader. nullptr: the
  // first one ends the reading.
  SalvageLog* salvage = nullptr;
  // Read a split of the file: from behind the first sync marker that begins at or behind
  // `begin_offset` up to the first one that begins at or behind `end_offset`. So the splits of any
  // partition of a file have each of its blocks once, and are those of other readers of Avro.
  // Indexes then count from the split's first block.
  int64_t begin_offset = 0;
  int64_t end_offset = INT64_MAX;
};

class ContainerReader {
 public:
  // Reads the header. The source must outlive the reader. Errors (place.file and place.byte set):
  // kNotAvro, kBadHeader, kTruncated, kUnknownCodec, kLimitExceeded, those of Schema::parse, and
  // kUnreadable. Metadata maps with negative block counts (sized blocks) are read. A damaged header
  // is an error with salvage, too.
  static Result<std::unique_ptr<ContainerReader>> open(const ByteSource& source,
                                                       const Limits& limits,
                                                       ReadOptions options = {});

  const ContainerHeader& header() const { return header_; }

  // The next run of blocks, false at the end of the file. Empty blocks (no records, no bytes) are
  // passed over, counted as blocks; a block of bytes without records is handed out, so that whoever
  // decodes it finds what is left over. Blocks before a bad one are handed out first; after an
  // error every further call returns false. Thread-safe.
  // Errors: kTruncated, kBadSync, kBadBlockCount (negative), kBadLength, kBadVarint,
  // kLimitExceeded, kUnreadable. The place has the block's index, and the byte where the wrong
  // number or marker stands, or, when the file ends too early, where the unfinished block begins.
  // With salvage only kUnreadable.
  Result<bool> next(Piece& piece);

  // The block's bytes out of the caller's own decompressor for the file's codec; valid as long as
  // those of Decompressor::decompress. Thread-safe. Errors: those of Decompressor::decompress,
  // placed at the block; kLimitExceeded, placed at the file, when its blocks become more all
  // together than expansion_limit_bytes() allows. Which block it is that goes beyond depends on the
  // order of the calls; that one does, and all that are asked for later, does not.
  Result<std::span<const uint8_t>> decompress(const Block& block, Decompressor& decompressor);

  // An error in the block's decompressed bytes, with its place in the file.
  tl::unexpected<Error> error_in(Error error, const Block& block) const;

  bool salvages() const { return options_.salvage != nullptr; }
  // Notes that the block is lost because of `error`, which was met in its bytes and has its place.
  // False when reading must end instead: without salvage, and for errors that are no damage of the
  // block. Thread-safe.
  bool lose(const Block& block, const Error& error);
  // Of a block that was lost and is a guess: whether it may also begin further behind, in its own
  // bytes. It is that block then. Errors: kUnreadable. Thread-safe.
  Result<bool> guess_again(Block& block);

  // What the file's blocks may become all together (see Limits).
  int64_t expansion_limit_bytes() const;

 private:
  // Large enough to make system calls and locking rare. Towards the end of the file smaller, so
  // that workers are done at about the same time.
  static constexpr int64_t kPieceBytesMin = 256 << 10;
  static constexpr int64_t kPieceBytesMax = 1 << 20;
  static constexpr int64_t kPiecesLeft = 64;

  ContainerReader(const ByteSource& source, const Limits& limits, ContainerHeader header,
                  ReadOptions options)
      : source_(source),
        limits_(limits),
        header_(std::move(header)),
        options_(std::move(options)),
        next_offset_(header_.size_bytes) {}

  Status seek_split();
  bool is_at_end() const;
  Status read_piece(Piece& piece);
  Status fill(Piece& piece, int64_t size) const;
  Status pass_over(Error cause);
  Status lose_linked(int64_t end_offset);
  void lose_stretch(int64_t end_offset, std::optional<int64_t> record_count, Error cause);
  std::optional<int64_t> believable_count(int64_t record_count) const;
  tl::unexpected<Error> placed(Error error) const;
  Error wrong_marker(int64_t offset_bytes) const;

  const ByteSource& source_;
  const Limits limits_;
  const ContainerHeader header_;
  const ReadOptions options_;
  std::mutex mutex_;     // Guards what follows.
  int64_t next_offset_;  // Where the next block begins.
  int64_t next_block_ = 0;
  int64_t piece_limit_bytes_ = kPieceBytesMax;
  bool is_behind_marker_ = true;  // Not when only sizes or a guess lead to the next block.
  bool is_guess_ = false;         // The next block is one.
  bool failed_ = false;

  std::atomic<int64_t> decompressed_size_bytes_ = 0;
};

}  // namespace mseavro
