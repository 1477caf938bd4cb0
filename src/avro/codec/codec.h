// Block compression of container files.
//
// Codec names are those of the specification: null, deflate (raw, RFC 1951), snappy (with a CRC-32
// of the decompressed bytes, big-endian, behind the data), zstandard, bzip2, xz. The last two are
// read and not written: zstandard is smaller or faster than either.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

enum class Codec : uint8_t { kNull, kDeflate, kSnappy, kZstandard, kBzip2, kXz };

// Errors: kUnknownCodec, naming the codecs that are known.
Result<Codec> find_codec(std::string_view name);
// A codec that can be written. Errors: kUnknownCodec, naming those.
Result<Codec> find_codec_to_write(std::string_view name);
std::string_view codec_name(Codec codec);

// Readable bytes behind every block, so that readers may load a few bytes more than they use.
inline constexpr size_t kReadPadding = 16;

// Decompresses blocks. Keeps its state and output between blocks, so make one for each worker; not
// thread-safe.
class Decompressor {
 public:
  virtual ~Decompressor() = default;

  // The block's decompressed bytes: valid until the next call (for kNull: as long as `block`, whose
  // bytes it returns). At least kReadPadding readable bytes follow the result unless the codec is
  // kNull. Errors: kBadCompression, kBadChecksum, kLimitExceeded (more than
  // limits.decoded_block_size_bytes; a lying size allocates nothing). Deflate blocks may end in up
  // to four bytes of a zlib checksum, which fastavro and avro-py leave there.
  virtual Result<std::span<const uint8_t>> decompress(std::span<const uint8_t> block) = 0;
};

std::unique_ptr<Decompressor> make_decompressor(Codec codec, const Limits& limits);

// `level` -1 means the codec's default (deflate 6, zstandard 3; null and snappy have none).
class Compressor {
 public:
  virtual ~Compressor() = default;
  // The compressed form: borrowed from the compressor, or `data` itself, until the next call.
  virtual Result<std::span<const uint8_t>> compress(std::span<const uint8_t> data) = 0;
};

// `level` -1 means the codec's default (deflate 6, zstandard 3; null and snappy have none); a level
// outside of the codec's range is the nearest one inside. REQUIRES: the codec can be written.
std::unique_ptr<Compressor> make_compressor(Codec codec, int level = -1);

// Whether the codec has the level; -1 every codec has. Errors: kBadOptionValue, which says the
// range.
Status check_level(Codec codec, int level);

}  // namespace mseavro
