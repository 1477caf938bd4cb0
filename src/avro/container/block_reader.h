// One worker's way through container files: their blocks, decompressed, one after the other.
//
//   BlockReader blocks(limits);
//   blocks.begin_file(*container);
//   while (true) {
//     MSEAVRO_ASSIGN(const bool more, blocks.next(check));
//     if (!more) break;
//     ... decode blocks.bytes(); what is wrong in them is blocks.error(...)
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "avro/codec/codec.h"
#include "avro/container/container_reader.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Keeps its buffers from file to file. Not thread-safe: one for each worker; the containers are
// shared.
class BlockReader {
 public:
  // Decodes the block's bytes as they are to be decoded, and throws the values away: whether all of
  // it can be. Called before a block is handed out, with salvage only. An error that has its file
  // already is that file's and not the block's, and ends the reading.
  using Check = std::function<Status(const BlockReader&)>;

  explicit BlockReader(const Limits& limits);

  // The container must stay open until the next begin_file().
  void begin_file(ContainerReader& container);

  // Moves to the next block that can be read; false when there is none left. Errors: those of
  // ContainerReader::next and decompress; with salvage those of `check` that are no damage.
  Result<bool> next(const Check& check);

  // Gives back the memory that a large block took. REQUIRES: nobody needs its bytes any more.
  void release_memory();

  // Of the block at hand. The bytes are valid until the next call of next().
  const Block& block() const { return block_; }
  std::span<const uint8_t> bytes() const { return bytes_; }

  // An error in the bytes, with its place in the file.
  tl::unexpected<Error> error(Error error) const {
    return container_->error_in(std::move(error), block_);
  }

 private:
  Status open_block(const Check& check);

  const Limits limits_;
  ContainerReader* container_ = nullptr;
  Codec codec_ = Codec::kNull;
  std::unique_ptr<Decompressor> decompressor_;  // Of codec_.
  Piece piece_;
  size_t next_block_ = 0;  // In piece_.
  Block block_;
  std::span<const uint8_t> bytes_;
};

}  // namespace mseavro
