// A container file from anywhere is read to its end or to a typed error, also with salvage; blocks
// are decompressed.
#include <cstddef>
#include <cstdint>
#include <span>

#include "avro/container/block_reader.h"
#include "avro/container/salvage.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Small enough that a lying size would show as a slow or fat run.
constexpr Limits kLimits{.block_size_bytes = 1 << 20,
                         .decoded_block_size_bytes = 1 << 20,
                         .metadata_size_bytes = 1 << 16,
                         .schema_size_bytes = 1 << 16};

// The sum of the bytes and of the padding behind them: all must be readable.
uint64_t touch(std::span<const uint8_t> bytes) {
  uint64_t sum = 0;
  for (size_t index = 0; index < bytes.size() + kReadPadding; ++index) sum += bytes.data()[index];
  return sum;
}

void read_all(std::span<const uint8_t> file) {
  const auto source = memory_source(file);
  const auto reader = ContainerReader::open(*source, kLimits);
  if (!reader) return;
  const auto decompressor = make_decompressor((*reader)->header().codec, kLimits);
  volatile uint64_t sum = 0;
  Piece piece;
  int64_t last_index = -1;
  while ((*reader)->next(piece).value_or(false)) {
    for (const Block& block : piece.blocks) {
      MSEAVRO_CHECK(block.index > last_index);
      last_index = block.index;
      sum = sum + touch(block.bytes);
      if (const auto bytes = decompressor->decompress(block.bytes)) sum = sum + touch(*bytes);
    }
  }
}

// Every byte behind the header is read as a block's, lost, or neither, but never both.
void salvage_all(std::span<const uint8_t> file) {
  SalvageLog log;
  const auto source = memory_source(file);
  const auto container = ContainerReader::open(*source, kLimits, {.salvage = &log});
  if (!container) return;
  // Now and then a block is as good as bad, so that guesses are made again.
  const auto check = [](const BlockReader& blocks) -> Status {
    if (blocks.bytes().size() % 3 != 0) return {};
    return fail(ErrorCode::kBadBoolean, "it has that size");
  };
  BlockReader blocks(kLimits);
  blocks.begin_file(**container);
  int64_t size_bytes = (*container)->header().size_bytes;
  int64_t last_end = size_bytes;
  while (blocks.next(check).value_or(false)) {
    MSEAVRO_CHECK(blocks.block().frame_offset_bytes >= last_end);
    last_end = blocks.block().end_offset_bytes();
    size_bytes += last_end - blocks.block().frame_offset_bytes;
  }
  MSEAVRO_CHECK(size_bytes + log.losses().size_bytes <= source->size_bytes());
}

}  // namespace
}  // namespace mseavro

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mseavro::read_all({data, size});
  mseavro::salvage_all({data, size});
  return 0;
}
