#include <fmt/format.h>

#include <limits>
#include <memory>

#include "avro/codec/codec_libraries.h"
#include "avro/codec/padded_buffer.h"
#include "base/result/result.h"

#ifdef MSEAVRO_ISAL
#include <isa-l.h>

namespace mseavro {
namespace {

// What the library needs at the most: data that do not become smaller are stored, with five bytes
// for each 64 KiB.
size_t output_bytes_max(size_t size) { return size + size / 64 + 1024; }

class FastDeflateCompressor final : public Compressor {
 public:
  Result<std::span<const uint8_t>> compress(std::span<const uint8_t> data) override {
    const size_t room = output_bytes_max(data.size());
    if (room > std::numeric_limits<uint32_t>::max()) {
      return fail(ErrorCode::kLimitExceeded,
                  fmt::format("a block of {} bytes is too large for this level", data.size()),
                  "write smaller blocks, or use another --level");
    }
    output_.reserve(room);
    isal_zstream stream;
    isal_deflate_stateless_init(&stream);
    stream.level = 1;
    stream.level_buf = state_.get();
    stream.level_buf_size = kStateBytes;
    stream.end_of_stream = 1;
    stream.next_in = const_cast<uint8_t*>(data.data());
    stream.avail_in = static_cast<uint32_t>(data.size());
    stream.next_out = output_.data();
    stream.avail_out = static_cast<uint32_t>(room);
    MSEAVRO_CHECK(isal_deflate_stateless(&stream) == COMP_OK);
    return output_.padded(stream.total_out);
  }

 private:
  static constexpr uint32_t kStateBytes = ISAL_DEF_LVL1_DEFAULT;

  std::unique_ptr<uint8_t[]> state_ = std::make_unique<uint8_t[]>(kStateBytes);
  PaddedBuffer output_;
};

}  // namespace

std::unique_ptr<Compressor> make_fast_deflate_compressor() {
  return std::make_unique<FastDeflateCompressor>();
}

}  // namespace mseavro

#else

namespace mseavro {

std::unique_ptr<Compressor> make_fast_deflate_compressor() { return make_deflate_compressor(1); }

}  // namespace mseavro

#endif
