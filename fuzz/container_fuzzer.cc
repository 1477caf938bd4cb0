// A container file from anywhere is read to its end or to a typed error; blocks are decompressed.
#include <cstddef>
#include <cstdint>
#include <span>

#include "avro/container/container_reader.h"
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

}  // namespace
}  // namespace mseavro

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mseavro::read_all({data, size});
  return 0;
}
