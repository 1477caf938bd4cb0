// Avro files for tests.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "avro/container/container_writer.h"
#include "base/result/result.h"

namespace mseavro {

using PutRecord = std::function<void(Encoder&)>;

// The bytes of a container file, whose blocks end with the record that makes them
// `block_size_bytes` long.
inline std::string avro_file(std::string_view schema_text, const std::vector<PutRecord>& records,
                             int64_t block_size_bytes = 1 << 20, Codec codec = Codec::kNull) {
  std::string bytes;
  const auto sink = memory_sink(&bytes);
  ContainerOptions options;
  options.codec = codec;
  options.block_size_bytes = block_size_bytes;
  const auto writer = ContainerWriter::create(*sink, std::string(schema_text), options);
  MSEAVRO_CHECK(writer);
  for (const PutRecord& put : records) {
    put((*writer)->datum());
    MSEAVRO_CHECK((*writer)->end_record());
  }
  MSEAVRO_CHECK((*writer)->finish());
  MSEAVRO_CHECK(sink->commit());
  return bytes;
}

}  // namespace mseavro
