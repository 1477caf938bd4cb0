#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "avro/codec/codec_libraries.h"
#include "avro/codec/padded_buffer.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int kDefaultLevel = 6;
constexpr int kHighestLevel = 12;
constexpr size_t kFirstOutputBytes = 64 << 10;
constexpr size_t kFirstRatio = 4;
// Writers that use zlib cut its two bytes of header but not all of its trailing checksum.
constexpr size_t kTrailingBytesAllowed = 4;

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* state) const { libdeflate_free_decompressor(state); }
};
struct FreeCompressor {
  void operator()(libdeflate_compressor* state) const { libdeflate_free_compressor(state); }
};

// libdeflate needs the whole output in one piece and begins again when it does not fit. The buffer
// grows by doubling and is kept, so that all but the first few blocks of a file fit at once.
class DeflateDecompressor final : public Decompressor {
 public:
  explicit DeflateDecompressor(const Limits& limits)
      : limit_bytes_(static_cast<size_t>(limits.decoded_block_size_bytes)),
        limits_(limits),
        state_(libdeflate_alloc_decompressor()) {
    MSEAVRO_CHECK(state_ != nullptr);
  }

  Result<std::span<const uint8_t>> decompress(std::span<const uint8_t> block) override {
    const size_t guess = std::max(kFirstOutputBytes, block.size() * kFirstRatio);
    output_.reserve(std::min(limit_bytes_, guess));
    while (true) {
      size_t used = 0;
      size_t size = 0;
      const libdeflate_result result =
          libdeflate_deflate_decompress_ex(state_.get(), block.data(), block.size(), output_.data(),
                                           output_.capacity(), &used, &size);
      if (result == LIBDEFLATE_SUCCESS) return checked(block.size() - used, size);
      if (result != LIBDEFLATE_INSUFFICIENT_SPACE) {
        return fail(ErrorCode::kBadCompression, "the block is not valid deflate data");
      }
      if (output_.capacity() >= limit_bytes_) return too_large_decoded(limits_);
      output_.reserve(std::min(limit_bytes_, output_.capacity() * 2));
    }
  }

 private:
  Result<std::span<const uint8_t>> checked(size_t unused, size_t size) {
    if (unused > kTrailingBytesAllowed) {
      return fail(ErrorCode::kBadCompression,
                  fmt::format("{} bytes follow the deflate data in the block", unused));
    }
    return output_.padded(size);
  }

  const size_t limit_bytes_;
  const Limits limits_;
  std::unique_ptr<libdeflate_decompressor, FreeDecompressor> state_;
  PaddedBuffer output_;
};

class DeflateCompressor final : public Compressor {
 public:
  explicit DeflateCompressor(int level)
      : state_(libdeflate_alloc_compressor(level < 0 ? kDefaultLevel
                                                     : std::min(level, kHighestLevel))) {
    MSEAVRO_CHECK(state_ != nullptr);
  }

  Result<std::span<const uint8_t>> compress(std::span<const uint8_t> data) override {
    const size_t bound = libdeflate_deflate_compress_bound(state_.get(), data.size());
    output_.reserve(bound);
    const size_t size =
        libdeflate_deflate_compress(state_.get(), data.data(), data.size(), output_.data(), bound);
    MSEAVRO_CHECK(size > 0);
    return output_.padded(size);
  }

 private:
  std::unique_ptr<libdeflate_compressor, FreeCompressor> state_;
  PaddedBuffer output_;
};

}  // namespace

std::unique_ptr<Decompressor> make_deflate_decompressor(const Limits& limits) {
  return std::make_unique<DeflateDecompressor>(limits);
}

std::unique_ptr<Compressor> make_deflate_compressor(int level) {
  return std::make_unique<DeflateCompressor>(level);
}

}  // namespace mseavro
