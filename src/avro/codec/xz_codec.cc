#include <fmt/format.h>
#include <lzma.h>

#include <memory>

#include "avro/codec/codec_libraries.h"
#include "avro/codec/growing_output.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// A stream says how large a dictionary it needs, up to 4 GiB. The highest level of xz needs 65 MiB.
constexpr uint64_t kMemoryBytesMax = 80 << 20;

class XzDecompressor final : public Decompressor {
 public:
  explicit XzDecompressor(const Limits& limits) : limits_(limits), output_(limits) {}
  ~XzDecompressor() override { lzma_end(&state_); }

  Result<std::span<const uint8_t>> decompress(std::span<const uint8_t> block) override {
    const lzma_ret begun = lzma_stream_decoder(&state_, kMemoryBytesMax, LZMA_CONCATENATED);
    MSEAVRO_CHECK(begun == LZMA_OK);
    state_.next_in = block.data();
    state_.avail_in = block.size();
    output_.restart();
    while (true) {
      const std::span<uint8_t> room = output_.room();
      state_.next_out = room.data();
      state_.avail_out = room.size();
      const lzma_ret result = lzma_code(&state_, LZMA_FINISH);
      output_.add(room.size() - state_.avail_out);
      if (output_.is_over_limit()) return too_large_decoded(limits_);
      if (result == LZMA_STREAM_END) return output_.bytes();
      if (result != LZMA_OK) return library_error(result);
    }
  }

 private:
  static tl::unexpected<Error> library_error(lzma_ret result) {
    switch (result) {
      case LZMA_BUF_ERROR:
        return fail(ErrorCode::kBadCompression, "the xz data in the block end too early");
      case LZMA_MEMLIMIT_ERROR:
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("the block needs more than {} bytes of memory to be decompressed",
                                kMemoryBytesMax));
      default:
        return fail(
            ErrorCode::kBadCompression,
            fmt::format("the block is not valid xz data (code {})", static_cast<int>(result)));
    }
  }

  const Limits limits_;
  lzma_stream state_ = LZMA_STREAM_INIT;
  GrowingOutput output_;
};

}  // namespace

std::unique_ptr<Decompressor> make_xz_decompressor(const Limits& limits) {
  return std::make_unique<XzDecompressor>(limits);
}

}  // namespace mseavro
