#include "avro/codec/decompressed_stream.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/result/error_catalog.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

std::string gzip(const std::string& text) {
  z_stream state{};
  EXPECT_EQ(deflateInit2(&state, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&state, text.size()), '\0');
  state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  state.avail_in = static_cast<uInt>(text.size());
  state.next_out = reinterpret_cast<Bytef*>(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&state, Z_FINISH), Z_STREAM_END);
  out.resize(state.total_out);
  deflateEnd(&state);
  return out;
}

std::string zstd(const std::string& text, int window_log = 0) {
  ZSTD_CCtx* const state = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(state, ZSTD_c_checksumFlag, 1);
  // A frame of known size has no window of its own.
  if (window_log > 0) ZSTD_CCtx_setParameter(state, ZSTD_c_contentSizeFlag, 0);
  if (window_log > 0) ZSTD_CCtx_setParameter(state, ZSTD_c_windowLog, window_log);
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_inBuffer from{text.data(), text.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  if (window_log > 0) ZSTD_compressStream2(state, &to, &from, ZSTD_e_flush);
  EXPECT_EQ(ZSTD_compressStream2(state, &to, &from, ZSTD_e_end), 0u);
  ZSTD_freeCCtx(state);
  out.resize(to.pos);
  return out;
}

class Pieces final : public ByteStream {
 public:
  Pieces(std::string bytes, size_t piece_size) : bytes_(std::move(bytes)), size_(piece_size) {}

  Result<size_t> read(std::span<uint8_t> into) override {
    const size_t count = std::min({bytes_.size() - at_, into.size(), size_});
    std::copy_n(bytes_.begin() + static_cast<int64_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }

 private:
  const std::string bytes_;
  const size_t size_;
  size_t at_ = 0;
};

// All that the stream gives, or the code of its error.
std::string read(const std::string& bytes, size_t piece_size = 1 << 20,
                 size_t asked_size = 1 << 16) {
  const auto stream = decompressed_stream(std::make_unique<Pieces>(bytes, piece_size));
  if (!stream) return code_text(stream.error().code);
  std::string all;
  std::vector<uint8_t> buffer(asked_size);
  while (true) {
    const auto size = (*stream)->read(buffer);
    if (!size) return code_text(size.error().code);
    if (*size == 0) return all;
    all.append(buffer.begin(), buffer.begin() + static_cast<int64_t>(*size));
  }
}

const std::string kText = "2024-03-08T23:06:09,42,GET /data/m/alien+1979/1.mpg\n";
const std::string kFillUp(5, '\0');  // As tapes have it behind gzip data.
const std::string kSkipped = std::string("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);  // By zstd.

TEST(DecompressedStream, JoinsWhatStandsBehindEachOtherInAnyPieces) {
  const struct {
    const char* name;
    std::string bytes;
    std::string text;
  } cases[] = {
      {"plain", kText, kText},
      {"nothing", "", ""},
      {"one byte as gzip has it", "\x1f", "\x1f"},
      {"three bytes as zstd has them", "\x28\xb5\x2f", "\x28\xb5\x2f"},
      {"gzip", gzip(kText), kText},
      {"gzip members", gzip(kText) + gzip("") + gzip("b"), kText + "b"},
      {"gzip, filled up", gzip(kText) + kFillUp, kText},
      {"gzip, zeros between members", gzip(kText) + kFillUp + gzip("b") + kFillUp, kText + "b"},
      {"zstd", zstd(kText), kText},
      {"zstd frames", zstd(kText) + zstd("") + kSkipped + zstd("b") + kSkipped, kText + "b"},
      {"gzip in gzip is unpacked once", gzip(gzip(kText)), gzip(kText)},
  };
  for (const auto& [name, bytes, text] : cases) {
    for (const size_t piece_size : {1, 2, 3, 7, 100, 1 << 20}) {
      for (const size_t asked_size : {1, 5, 64, 1 << 16}) {
        EXPECT_EQ(read(bytes, piece_size, asked_size), text)
            << name << " " << piece_size << " " << asked_size;
      }
    }
  }
}

TEST(DecompressedStream, KnowsWhatIsCutOffAtEveryByte) {
  for (const std::string& whole : {gzip(kText), zstd(kText)}) {
    const size_t magic_size = whole[0] == '\x1f' ? 2 : 4;
    for (size_t size = magic_size; size < whole.size(); ++size) {
      EXPECT_EQ(read(whole.substr(0, size)), code_text(ErrorCode::kTruncated)) << size;
      EXPECT_EQ(read(whole + whole.substr(0, size), 3), code_text(ErrorCode::kTruncated)) << size;
    }
  }
}

TEST(DecompressedStream, RefusesOtherDataBehindCompressedOnes) {
  for (const std::string& whole : {gzip(kText), zstd(kText)}) {
    for (const char* const garbage : {"\n", "more of the log\n", "\x1f", "\x1f\x8b\xff"}) {
      const std::string outcome = read(whole + garbage);
      EXPECT_TRUE(outcome == code_text(ErrorCode::kBadCompression) ||
                  outcome == code_text(ErrorCode::kTruncated))
          << outcome << " for " << garbage;
    }
  }
  EXPECT_EQ(read(gzip(kText) + "more of the log\n"), code_text(ErrorCode::kBadCompression));
  EXPECT_EQ(read(zstd(kText) + "more of the log\n"), code_text(ErrorCode::kBadCompression));
}

TEST(DecompressedStream, SaysWhatUnpacksOtherData) {
  const struct {
    std::string bytes;
    const char* command;  // "": it is text.
  } cases[] = {
      {"BZh91AY&SY\x01\x02", "bzip2 -dc"},
      {std::string("\xfd\x37zXZ\0\0\4", 8), "xz -dc"},
      {"\x04\x22\x4d\x18\x64\x40", "lz4 -dc"},
      {"BZh is a beginning, too", ""},
      {"BZh", ""},
  };
  for (const auto& [bytes, command] : cases) {
    const auto stream = decompressed_stream(std::make_unique<Pieces>(bytes, 1));
    EXPECT_EQ(stream.has_value(), *command == '\0') << bytes;
    if (stream) continue;
    EXPECT_EQ(stream.error().code, ErrorCode::kUnreadable);
    EXPECT_NE(stream.error().help.find(command), std::string::npos) << stream.error().help;
  }
}

TEST(DecompressedStream, ChecksTheChecksum) {
  std::string packed = gzip(kText);
  packed[packed.size() - 5] ^= 1;  // Before the four bytes of the size.
  EXPECT_EQ(read(packed), code_text(ErrorCode::kBadChecksum));
  packed = gzip(kText);
  packed.back() ^= 1;
  EXPECT_EQ(read(packed), code_text(ErrorCode::kBadChecksum)) << "the size counts as one";
  packed = zstd(kText);
  packed.back() ^= 1;
  EXPECT_EQ(read(packed), code_text(ErrorCode::kBadChecksum));
}

// The library alone takes the first of these for empty when it does not get it whole.
TEST(DecompressedStream, JudgesAFrameTheSameWhateverThePieces) {
  for (const std::string& bytes : {std::string("\x28\xb5\x2f\xfd\x60\xd0\xfa\x05\0\0", 10),
                                   std::string("\x28\xb5\x2f\xfd\x20\x02\x01\0\0", 9)}) {
    const std::string outcome = read(bytes);
    for (const size_t piece_size : {1, 2, 5}) EXPECT_EQ(read(bytes, piece_size), outcome);
  }
}

TEST(DecompressedStream, TakesNoMoreThanIsAskedForOfABomb) {
  constexpr size_t kBombBytes = 32 << 20;
  for (const std::string& bomb :
       {gzip(std::string(kBombBytes, 'x')), zstd(std::string(kBombBytes, 'x'))}) {
    ASSERT_LT(bomb.size(), kBombBytes / 500);
    const auto stream = decompressed_stream(std::make_unique<Pieces>(bomb, 1 << 20)).value();
    std::vector<uint8_t> buffer(1 << 16);
    size_t total = 0;
    while (const size_t size = stream->read(buffer).value()) {
      ASSERT_LE(size, buffer.size());
      total += size;
    }
    EXPECT_EQ(total, kBombBytes);
  }
}

TEST(DecompressedStream, RefusesAWindowThatTakesTooMuchMemory) {
  EXPECT_EQ(read(zstd(kText, 27)), kText);
  EXPECT_EQ(read(zstd(kText, 28)), code_text(ErrorCode::kLimitExceeded));
}

}  // namespace
}  // namespace mseavro
