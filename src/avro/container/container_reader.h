// Reading Avro object container files, block by block, by any number of workers.
//
// ContainerReader owns the header and hands out Pieces: a run of whole blocks read in one go into
// the worker's own buffer, sync markers checked. Pieces are taken in file order under a lock that
// is held for one read of a few hundred kilobytes, so that workers wait little and memory is
// bounded by workers x piece size, whatever the file's size.
//
//   MSEAVRO_ASSIGN(auto reader, ContainerReader::open(*source, limits));
//   Piece piece;
//   while (true) {
//     MSEAVRO_ASSIGN(bool more, reader->next(piece));
//     if (!more) break;
//     for (const Block& block : piece.blocks) {
//       MSEAVRO_ASSIGN(const auto bytes, reader->decompress(block, *decompressor));
//       ... decode them; what is wrong in them is reported with reader->error_in(error, block)
//     }
//   }
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "avro/codec/padded_buffer.h"
#include "avro/container/container_header.h"
#include "base/io/byte_source.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct Block {
  int64_t index = 0;         // From 0.
  int64_t offset_bytes = 0;  // Of the block's data in the file.
  int64_t record_count = 0;
  std::span<const uint8_t> bytes;  // As stored, in the piece's window, with kReadPadding behind.
};

// A worker's window on the file and the blocks in it. Reuse it: the memory is kept.
struct Piece {
  ByteWindow window;
  std::vector<Block> blocks;
};

class ContainerReader {
 public:
  // Reads the header. The source must outlive the reader. Errors (place.file and place.byte set):
  // kNotAvro, kBadHeader, kTruncated, kUnknownCodec, kLimitExceeded, those of Schema::parse, and
  // kUnreadable. Metadata maps with negative block counts (sized blocks) are read.
  // Of many files with one schema, all but the first are given it as `known_schema`, so that it is
  // parsed once.
  static Result<std::unique_ptr<ContainerReader>> open(
      const ByteSource& source, const Limits& limits,
      std::shared_ptr<const Schema> known_schema = nullptr);

  const ContainerHeader& header() const { return header_; }

  // The next run of blocks, false at the end of the file. Empty blocks (no records, no bytes) are
  // passed over, counted as blocks; a block of bytes without records is handed out, so that whoever
  // decodes it finds what is left over. Blocks before a bad one are handed out first; after an
  // error every further call returns false. Thread-safe.
  // Errors: kTruncated, kBadSync, kBadBlockCount (negative), kBadLength, kBadVarint,
  // kLimitExceeded, kUnreadable. The place has the block's index, and the byte where the wrong
  // number or marker stands, or, when the file ends too early, where the unfinished block begins.
  Result<bool> next(Piece& piece);

  // The block's bytes out of the caller's own decompressor for the file's codec; valid as long as
  // those of Decompressor::decompress. Thread-safe. Errors: those of Decompressor::decompress,
  // placed at the block; kLimitExceeded, placed at the file, when its blocks become more all
  // together than expansion_limit_bytes() allows. Which block it is that goes beyond depends on the
  // order of the calls; that one does, and all that are asked for later, does not.
  Result<std::span<const uint8_t>> decompress(const Block& block, Decompressor& decompressor);

  // An error in the block's decompressed bytes, with its place in the file.
  tl::unexpected<Error> error_in(Error error, const Block& block) const;

  // What the file's blocks may become all together (see Limits).
  int64_t expansion_limit_bytes() const;

 private:
  struct Frame;  // A block's place in the piece's window.

  ContainerReader(const ByteSource& source, const Limits& limits, ContainerHeader header)
      : source_(source),
        limits_(limits),
        header_(std::move(header)),
        next_offset_(header_.size_bytes) {}

  Status read_piece(Piece& piece);
  Status fill(Piece& piece, size_t size) const;
  Result<Frame> parse_frame(std::span<const uint8_t> bytes, size_t position) const;
  Result<int64_t> parse_long(std::span<const uint8_t> bytes, size_t& position) const;
  tl::unexpected<Error> error(ErrorCode code, std::string message, int64_t offset_bytes) const;
  tl::unexpected<Error> truncated() const;

  const ByteSource& source_;
  const Limits limits_;
  const ContainerHeader header_;
  std::mutex mutex_;
  // Guarded by mutex_: where the next block begins, its index, and whether there was an error.
  int64_t next_offset_;
  int64_t next_block_ = 0;
  bool failed_ = false;

  std::atomic<int64_t> decompressed_size_bytes_ = 0;
};

}  // namespace mseavro
