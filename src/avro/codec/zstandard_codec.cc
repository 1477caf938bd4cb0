#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "avro/codec/codec_libraries.h"
#include "avro/codec/growing_output.h"
#include "avro/codec/padded_buffer.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int kDefaultLevel = 3;
// One block of a frame takes at least three bytes and holds at most 128 KiB.
constexpr uint64_t kBlockBytesMin = 3;
constexpr uint64_t kBlockDecodedBytesMax = 128 << 10;

struct FreeDecompressor {
  void operator()(ZSTD_DCtx* state) const { ZSTD_freeDCtx(state); }
};
struct FreeCompressor {
  void operator()(ZSTD_CCtx* state) const { ZSTD_freeCCtx(state); }
};

tl::unexpected<Error> library_error(size_t code) {
  if (ZSTD_getErrorCode(code) == ZSTD_error_checksum_wrong) {
    return fail(ErrorCode::kBadChecksum, "the block's checksum does not match its data");
  }
  return fail(ErrorCode::kBadCompression,
              fmt::format("the block is not valid zstandard data ({})", ZSTD_getErrorName(code)));
}

// The size that the block declares, when it is one frame that declares a possible one.
std::optional<uint64_t> declared_size(std::span<const uint8_t> block) {
  const unsigned long long size = ZSTD_getFrameContentSize(block.data(), block.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return std::nullopt;
  if (ZSTD_findFrameCompressedSize(block.data(), block.size()) != block.size()) return std::nullopt;
  const uint64_t blocks_max = block.size() / kBlockBytesMin + 1;
  if (size > blocks_max * kBlockDecodedBytesMax) return std::nullopt;
  return size;
}

class ZstandardDecompressor final : public Decompressor {
 public:
  explicit ZstandardDecompressor(const Limits& limits)
      : limit_bytes_(static_cast<size_t>(limits.decoded_block_size_bytes)),
        limits_(limits),
        state_(ZSTD_createDCtx()),
        stream_output_(limits) {
    MSEAVRO_CHECK(state_ != nullptr);
  }

  Result<std::span<const uint8_t>> decompress(std::span<const uint8_t> block) override {
    const auto size = declared_size(block);
    if (!size) return decompress_stream(block);
    if (*size > limit_bytes_) return too_large_decoded(limits_);
    output_.reserve(*size);
    const size_t result =
        ZSTD_decompressDCtx(state_.get(), output_.data(), *size, block.data(), block.size());
    if (ZSTD_isError(result)) return library_error(result);
    return output_.padded(result);
  }

 private:
  // Several frames, and frames that do not say how large they are.
  Result<std::span<const uint8_t>> decompress_stream(std::span<const uint8_t> block) {
    ZSTD_DCtx_reset(state_.get(), ZSTD_reset_session_only);
    stream_output_.restart();
    ZSTD_inBuffer in{block.data(), block.size(), 0};
    while (true) {
      const std::span<uint8_t> room = stream_output_.room();
      ZSTD_outBuffer out{room.data(), room.size(), 0};
      const size_t rest = ZSTD_decompressStream(state_.get(), &out, &in);
      if (ZSTD_isError(rest)) return library_error(rest);
      stream_output_.add(out.pos);
      if (stream_output_.is_over_limit()) return too_large_decoded(limits_);
      const bool all_read = in.pos == in.size;
      if (all_read && rest == 0) return stream_output_.bytes();
      if (all_read && out.pos < out.size) {
        return fail(ErrorCode::kBadCompression, "the zstandard data in the block end too early");
      }
    }
  }

  const size_t limit_bytes_;
  const Limits limits_;
  std::unique_ptr<ZSTD_DCtx, FreeDecompressor> state_;
  PaddedBuffer output_;
  GrowingOutput stream_output_;
};

class ZstandardCompressor final : public Compressor {
 public:
  explicit ZstandardCompressor(int level)
      : level_(level < 0 ? kDefaultLevel : std::clamp(level, 1, ZSTD_maxCLevel())),
        state_(ZSTD_createCCtx()) {
    MSEAVRO_CHECK(state_ != nullptr);
  }

  Result<std::span<const uint8_t>> compress(std::span<const uint8_t> data) override {
    output_.reserve(ZSTD_compressBound(data.size()));
    const size_t size = ZSTD_compressCCtx(state_.get(), output_.data(), output_.capacity(),
                                          data.data(), data.size(), level_);
    if (ZSTD_isError(size)) {
      return fail(ErrorCode::kWriteFailed,
                  fmt::format("zstandard cannot compress the block ({})", ZSTD_getErrorName(size)));
    }
    return output_.padded(size);
  }

 private:
  const int level_;
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> state_;
  PaddedBuffer output_;
};

}  // namespace

std::unique_ptr<Decompressor> make_zstandard_decompressor(const Limits& limits) {
  return std::make_unique<ZstandardDecompressor>(limits);
}

std::unique_ptr<Compressor> make_zstandard_compressor(int level) {
  return std::make_unique<ZstandardCompressor>(level);
}

}  // namespace mseavro
