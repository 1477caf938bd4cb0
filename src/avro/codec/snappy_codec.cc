#include <libdeflate.h>
#include <snappy.h>

#include <memory>

#include "avro/codec/codec_libraries.h"
#include "avro/codec/padded_buffer.h"

namespace mseavro {
namespace {

constexpr size_t kChecksumBytes = 4;
// The densest element copies 64 bytes and takes three. A block that declares more cannot be right.
constexpr size_t kHighestRatio = 22;

uint32_t load_big_endian(const uint8_t* from) {
  return uint32_t{from[0]} << 24 | uint32_t{from[1]} << 16 | uint32_t{from[2]} << 8 | from[3];
}

const char* as_chars(std::span<const uint8_t> bytes) {
  return reinterpret_cast<const char*>(bytes.data());
}

class SnappyDecompressor final : public Decompressor {
 public:
  explicit SnappyDecompressor(const Limits& limits) : limits_(limits) {}

  Result<std::span<const uint8_t>> decompress(std::span<const uint8_t> block) override {
    if (block.size() < kChecksumBytes) return bad("the block is too short for its checksum");
    const auto data = block.first(block.size() - kChecksumBytes);
    size_t size = 0;
    if (!snappy::GetUncompressedLength(as_chars(data), data.size(), &size) ||
        size > data.size() * kHighestRatio) {
      return bad("the block declares an impossible size");
    }
    if (size > static_cast<size_t>(limits_.decoded_block_size_bytes)) {
      return too_large_decoded(limits_);
    }
    output_.reserve(size);
    if (!snappy::RawUncompress(as_chars(data), data.size(),
                               reinterpret_cast<char*>(output_.data()))) {
      return bad("the block is not valid snappy data");
    }
    const auto decoded = output_.padded(size);
    if (libdeflate_crc32(0, decoded.data(), decoded.size()) !=
        load_big_endian(block.data() + data.size())) {
      return fail(ErrorCode::kBadChecksum, "the block's checksum does not match its data");
    }
    return decoded;
  }

 private:
  static tl::unexpected<Error> bad(const char* message) {
    return fail(ErrorCode::kBadCompression, message);
  }

  const Limits limits_;
  PaddedBuffer output_;
};

class SnappyCompressor final : public Compressor {
 public:
  Result<std::span<const uint8_t>> compress(std::span<const uint8_t> data) override {
    output_.reserve(snappy::MaxCompressedLength(data.size()) + kChecksumBytes);
    size_t size = 0;
    snappy::RawCompress(as_chars(data), data.size(), reinterpret_cast<char*>(output_.data()),
                        &size);
    const uint32_t checksum = libdeflate_crc32(0, data.data(), data.size());
    for (const int shift : {24, 16, 8, 0}) {
      output_.data()[size++] = static_cast<uint8_t>(checksum >> shift);
    }
    return output_.padded(size);
  }

 private:
  PaddedBuffer output_;
};

}  // namespace

std::unique_ptr<Decompressor> make_snappy_decompressor(const Limits& limits) {
  return std::make_unique<SnappyDecompressor>(limits);
}

std::unique_ptr<Compressor> make_snappy_compressor() {
  return std::make_unique<SnappyCompressor>();
}

}  // namespace mseavro
