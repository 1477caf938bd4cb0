#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "avro/codec/stream_libraries.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int kGzipWindow = 15 + 16;  // The largest window, and gzip's header and checksum.

uInt size_of(std::span<const uint8_t> bytes) {
  return static_cast<uInt>(std::min<size_t>(bytes.size(), std::numeric_limits<uInt>::max()));
}

class GzipStream final : public StreamDecompressor {
 public:
  GzipStream() { MSEAVRO_CHECK(inflateInit2(&state_, kGzipWindow) == Z_OK); }
  ~GzipStream() override { inflateEnd(&state_); }

  Result<StreamStep> step(std::span<const uint8_t> in, std::span<uint8_t> out) override {
    // gzip passes over zeros behind a member, with which some tapes and tools fill up.
    if (is_behind_member_ && !in.empty() && in[0] == 0) {
      const auto zeros = std::ranges::find_if(in, [](uint8_t byte) { return byte != 0; });
      return StreamStep{static_cast<size_t>(zeros - in.begin()), 0};
    }
    if (in.empty() && is_behind_member_) return StreamStep{};
    if (is_behind_member_) inflateReset(&state_);
    is_behind_member_ = false;
    state_.next_in = const_cast<Bytef*>(in.data());
    state_.avail_in = size_of(in);
    state_.next_out = out.data();
    state_.avail_out = size_of(out);
    const int code = inflate(&state_, Z_NO_FLUSH);
    const StreamStep done{size_of(in) - state_.avail_in, size_of(out) - state_.avail_out};
    if (code == Z_STREAM_END) is_behind_member_ = true;
    if (code == Z_OK || code == Z_BUF_ERROR || code == Z_STREAM_END) return done;
    const bool is_checksum = state_.msg != nullptr && std::strstr(state_.msg, "check") != nullptr &&
                             std::strstr(state_.msg, "header") == nullptr;
    if (is_checksum) {
      return fail(ErrorCode::kBadChecksum, "the gzip data do not match their checksum");
    }
    return fail(ErrorCode::kBadCompression, "the gzip data are damaged",
                "if something else stands behind the compressed data, cut it off");
  }

  bool is_between_members() const override { return is_behind_member_; }

 private:
  z_stream state_{};
  bool is_behind_member_ = false;
};

}  // namespace

std::unique_ptr<StreamDecompressor> make_gzip_stream() { return std::make_unique<GzipStream>(); }

}  // namespace mseavro
