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
//     for (const Block& block : piece.blocks) ... decompress and decode block.bytes
//   }
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "avro/codec/codec.h"
#include "avro/schema/schema.h"
#include "base/io/byte_source.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

using SyncMarker = std::array<uint8_t, 16>;

struct ContainerHeader {
  std::shared_ptr<const Schema> schema;
  Codec codec = Codec::kNull;
  SyncMarker sync{};
  int64_t size_bytes = 0;  // Offset of the first block.
  // All metadata as stored, avro.schema and avro.codec included.
  std::vector<std::pair<std::string, std::string>> metadata;
};

struct Block {
  int64_t index = 0;         // From 0.
  int64_t offset_bytes = 0;  // Of the block's data in the file.
  int64_t record_count = 0;
  std::span<const uint8_t> bytes;  // As stored, in the piece's buffer, with kReadPadding behind.
};

// A worker's buffer and the blocks in it. Reuse it: the memory is kept.
struct Piece {
  std::vector<uint8_t> buffer;
  std::vector<Block> blocks;
};

class ContainerReader {
 public:
  // Reads the header. The source must outlive the reader. Errors (place.file and place.byte set):
  // kNotAvro, kBadHeader, kTruncated, kUnknownCodec, kLimitExceeded, those of Schema::parse, and
  // kUnreadable. Metadata maps with negative block counts (sized blocks) are read.
  static Result<std::unique_ptr<ContainerReader>> open(const ByteSource& source,
                                                       const Limits& limits);

  const ContainerHeader& header() const { return header_; }

  // The next run of blocks, false at the end of the file. Empty blocks (count 0) are passed over,
  // counted as blocks. After an error every further call returns false. Thread-safe.
  // Errors: kTruncated, kBadSync, kBadBlockCount (negative), kBadLength, kBadVarint,
  // kLimitExceeded, kUnreadable.
  Result<bool> next(Piece& piece);

 private:
  ContainerReader(const ByteSource& source, const Limits& limits);

  const ByteSource& source_;
  Limits limits_;
  ContainerHeader header_;
  std::mutex mutex_;
  int64_t next_offset_ = 0;  // Guarded by mutex_, as is next_block_.
  int64_t next_block_ = 0;
  bool failed_ = false;
};

}  // namespace mseavro
