// The header of an Avro object container file: 'O' 'b' 'j' 1, a map of metadata, a sync marker.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
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

// How every container file begins.
inline constexpr std::string_view kContainerMagic("Obj\x01", 4);

// The 16 bytes behind the header and behind each block.
using SyncMarker = std::array<uint8_t, 16>;

using Metadata = std::vector<std::pair<std::string, std::string>>;

struct ContainerHeader {
  std::shared_ptr<const Schema> schema;
  Codec codec = Codec::kNull;
  SyncMarker sync{};
  int64_t size_bytes = 0;  // Offset of the first block.
  // All metadata as stored, avro.schema and avro.codec included. Of a repeated key the last counts.
  Metadata metadata;

  // Without what belongs to Avro itself (is_avro_key).
  Metadata user_metadata() const;
};

// Whether only Avro may give metadata of that name a meaning.
inline bool is_avro_key(std::string_view key) { return key.starts_with("avro."); }

// Reads no more of the source than the header needs, give or take a few kilobytes. Errors: as
// ContainerReader::open. When the schema's text is that of `known_schema`, it is not parsed again.
Result<ContainerHeader> read_header(const ByteSource& source, const Limits& limits,
                                    std::shared_ptr<const Schema> known_schema = nullptr);

struct EncodedHeader {
  std::vector<uint8_t> bytes;
  SyncMarker sync;
};

// The header of a new file. Its sync marker is a hash of what stands before it.
EncodedHeader encode_header(std::string_view schema_text, Codec codec, const Metadata& metadata);

}  // namespace mseavro
