// Container files in memory, for the tests of this module.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "avro/container/container_reader.h"
#include "avro/container/container_writer.h"
#include "base/io/byte_sink.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"

namespace mseavro {

struct DecodedBlock {
  int64_t index;
  int64_t offset_bytes;
  int64_t record_count;
  std::string bytes;  // Decompressed.
};

inline std::span<const uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// A file of strings, one record each.
inline std::string string_file(const std::vector<std::string>& records, ContainerOptions options,
                               std::string schema_text = "\"string\"") {
  std::string file;
  const auto sink = memory_sink(&file);
  const auto writer = ContainerWriter::create(*sink, std::move(schema_text), std::move(options));
  MSEAVRO_CHECK(writer.has_value());
  for (const std::string& record : records) {
    (*writer)->datum().put_bytes(record);
    MSEAVRO_CHECK((*writer)->end_record().has_value());
  }
  MSEAVRO_CHECK((*writer)->finish().has_value());
  return file;
}

// Appends the blocks of the source to `*blocks`; the first error ends it.
inline Status read_blocks(const ByteSource& source, const Limits& limits,
                          std::vector<DecodedBlock>* blocks) {
  auto reader = ContainerReader::open(source, limits);
  if (!reader) return tl::unexpected<Error>(reader.error());
  const auto decompressor = make_decompressor((*reader)->header().codec, limits);
  Piece piece;
  while (true) {
    const auto more = (*reader)->next(piece);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) return {};
    for (const Block& block : piece.blocks) {
      const auto bytes = (*reader)->decompress(block, *decompressor);
      if (!bytes) return tl::unexpected<Error>(bytes.error());
      blocks->push_back({block.index, block.offset_bytes, block.record_count,
                         std::string(bytes->begin(), bytes->end())});
    }
  }
}

inline Status read_blocks(std::string_view file, const Limits& limits,
                          std::vector<DecodedBlock>* blocks) {
  return read_blocks(*memory_source(as_bytes(file), "test.avro"), limits, blocks);
}

}  // namespace mseavro
