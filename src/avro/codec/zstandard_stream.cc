#include <fmt/format.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "avro/codec/stream_libraries.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int kWindowLogMax = 27;

struct FreeState {
  void operator()(ZSTD_DCtx* state) const { ZSTD_freeDCtx(state); }
};

class ZstandardStream final : public StreamDecompressor {
 public:
  ZstandardStream() : state_(ZSTD_createDCtx()) {
    MSEAVRO_CHECK(state_ != nullptr);
    ZSTD_DCtx_setParameter(state_.get(), ZSTD_d_windowLogMax, kWindowLogMax);
  }

  Result<StreamStep> step(std::span<const uint8_t> in, std::span<uint8_t> out) override {
    if (in.empty() && is_between_frames_) return StreamStep{};
    // A frame that is there whole goes a shorter way through the library, which judges damage
    // otherwise. With its first byte alone all go the same way, whatever the pieces.
    ZSTD_inBuffer from{in.data(), is_between_frames_ ? 1 : in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const size_t rest = ZSTD_decompressStream(state_.get(), &to, &from);
    if (ZSTD_isError(rest)) return error_of(rest);
    is_between_frames_ = rest == 0;
    return StreamStep{from.pos, to.pos};
  }

  bool is_between_members() const override { return is_between_frames_; }

 private:
  static tl::unexpected<Error> error_of(size_t code) {
    switch (ZSTD_getErrorCode(code)) {
      case ZSTD_error_checksum_wrong:
        return fail(ErrorCode::kBadChecksum, "the zstd data do not match their checksum");
      case ZSTD_error_frameParameter_windowTooLarge:
        return fail(ErrorCode::kLimitExceeded, "the zstd data need more than 128 MiB to be read",
                    "compress them again without --ultra and --long");
      default:
        return fail(ErrorCode::kBadCompression,
                    fmt::format("the zstd data are damaged ({})", ZSTD_getErrorName(code)));
    }
  }

  std::unique_ptr<ZSTD_DCtx, FreeState> state_;
  bool is_between_frames_ = true;
};

}  // namespace

std::unique_ptr<StreamDecompressor> make_zstandard_stream() {
  return std::make_unique<ZstandardStream>();
}

}  // namespace mseavro
