// Container files in memory, for the tests of this module.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "avro/container/block_reader.h"
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
inline Status read_blocks(
    const ByteSource& source, const Limits& limits, std::vector<DecodedBlock>* blocks,
    ReadOptions options = {},
    const BlockReader::Check& check = [](const BlockReader&) { return Status(); }) {
  const auto container = ContainerReader::open(source, limits, std::move(options));
  if (!container) return tl::unexpected<Error>(container.error());
  BlockReader reader(limits);
  reader.begin_file(**container);
  while (true) {
    MSEAVRO_ASSIGN(const bool more, reader.next(check));
    if (!more) return {};
    const Block& block = reader.block();
    blocks->push_back({block.index, block.offset_bytes, block.record_count,
                       std::string(reader.bytes().begin(), reader.bytes().end())});
  }
}

inline Status read_blocks(std::string_view file, const Limits& limits,
                          std::vector<DecodedBlock>* blocks, ReadOptions options = {}) {
  return read_blocks(*memory_source(as_bytes(file), "test.avro"), limits, blocks,
                     std::move(options));
}

}  // namespace mseavro
