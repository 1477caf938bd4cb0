#include <bzlib.h>
#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <memory>

#include "avro/codec/codec_libraries.h"
#include "avro/codec/growing_output.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Writers that compress in parallel make a stream of 100 kB or more; a stream of nothing has 14
// bytes, but takes the library megabytes and the time to get them.
constexpr int kStreamCountMax = 4096;

tl::unexpected<Error> bad_data(int result) {
  return fail(ErrorCode::kBadCompression,
              fmt::format("the block is not valid bzip2 data (code {})", result));
}

class Stream {
 public:
  Stream() { MSEAVRO_CHECK(BZ2_bzDecompressInit(&state_, 0, 0) == BZ_OK); }
  ~Stream() { BZ2_bzDecompressEnd(&state_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bz_stream& operator*() { return state_; }

 private:
  bz_stream state_{};
};

class Bzip2Decompressor final : public Decompressor {
 public:
  explicit Bzip2Decompressor(const Limits& limits) : limits_(limits), output_(limits) {}

  Result<std::span<const uint8_t>> decompress(std::span<const uint8_t> block) override {
    output_.restart();
    int stream_count = 0;
    do {
      if (++stream_count > kStreamCountMax) {
        return fail(ErrorCode::kLimitExceeded,
                    fmt::format("the block has more than {} bzip2 streams", kStreamCountMax));
      }
      MSEAVRO_TRY(read_stream(block));
    } while (!block.empty());
    return output_.bytes();
  }

 private:
  // Takes one stream off the front of `block`.
  Status read_stream(std::span<const uint8_t>& block) {
    Stream stream;
    while (true) {
      const std::span<uint8_t> room = output_.room();
      const auto in_size = static_cast<unsigned>(std::min<size_t>(block.size(), UINT_MAX));
      const auto out_size = static_cast<unsigned>(std::min<size_t>(room.size(), UINT_MAX));
      (*stream).next_in = const_cast<char*>(reinterpret_cast<const char*>(block.data()));
      (*stream).avail_in = in_size;
      (*stream).next_out = reinterpret_cast<char*>(room.data());
      (*stream).avail_out = out_size;
      const int result = BZ2_bzDecompress(&*stream);
      block = block.subspan(in_size - (*stream).avail_in);
      output_.add(out_size - (*stream).avail_out);
      if (output_.is_over_limit()) return too_large_decoded(limits_);
      if (result == BZ_STREAM_END) return {};
      if (result != BZ_OK) return bad_data(result);
      if (block.empty() && (*stream).avail_out > 0) {
        return fail(ErrorCode::kBadCompression, "the bzip2 data in the block end too early");
      }
    }
  }

  const Limits limits_;
  GrowingOutput output_;
};

}  // namespace

std::unique_ptr<Decompressor> make_bzip2_decompressor(const Limits& limits) {
  return std::make_unique<Bzip2Decompressor>(limits);
}

}  // namespace mseavro
