#include "avro/codec/codec.h"

#include <bzlib.h>
#include <gtest/gtest.h>
#include <lzma.h>

#include <random>
#include <string>
#include <vector>

namespace mseavro {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr Codec kWritten[] = {Codec::kNull, Codec::kDeflate, Codec::kSnappy, Codec::kZstandard};
constexpr Codec kCodecs[] = {Codec::kNull,      Codec::kDeflate, Codec::kSnappy,
                             Codec::kZstandard, Codec::kBzip2,   Codec::kXz};

// Text that compresses, but not to nothing.
Bytes sample(size_t size) {
  Bytes bytes(size);
  uint32_t state = 1;
  for (size_t index = 0; index < size; ++index) {
    state = state * 1664525 + 1013904223;
    bytes[index] = index % 3 == 0 ? static_cast<uint8_t>(state >> 24) : static_cast<uint8_t>(index);
  }
  return bytes;
}

Bytes bzip2(Bytes data) {
  data.reserve(1);  // The library refuses a null pointer.
  Bytes out(data.size() * 2 + 1000);
  auto size = static_cast<unsigned>(out.size());
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size,
                                     reinterpret_cast<char*>(data.data()),
                                     static_cast<unsigned>(data.size()), 9, 0, 0),
            BZ_OK);
  out.resize(size);
  return out;
}

Bytes xz(const Bytes& data, uint32_t preset = 6) {
  Bytes out(data.size() * 2 + 1000);
  size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(preset, LZMA_CHECK_CRC64, nullptr, data.data(), data.size(),
                                    out.data(), &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

Bytes compressed(Codec codec, const Bytes& data, int level = -1) {
  if (codec == Codec::kBzip2) return bzip2(data);
  if (codec == Codec::kXz) return xz(data);
  const auto compressor = make_compressor(codec, level);
  const auto out = compressor->compress(data);
  EXPECT_TRUE(out);
  return {out->begin(), out->end()};
}

// The decompressed bytes, or the error's code.
struct Outcome {
  Bytes bytes;
  int code = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << "code " << outcome.code << ", " << outcome.bytes.size() << " bytes";
}

Outcome failed(ErrorCode code) { return {{}, static_cast<int>(code)}; }

Outcome decompressed(Decompressor& decompressor, const Bytes& block) {
  const auto result = decompressor.decompress(block);
  if (!result) return failed(result.error().code);
  return {Bytes(result->begin(), result->end())};
}

Outcome decompressed(Codec codec, const Bytes& block, const Limits& limits = {}) {
  return decompressed(*make_decompressor(codec, limits), block);
}

Bytes text(std::string_view value) { return {value.begin(), value.end()}; }

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(Codec, NamesAreThoseOfTheSpecification) {
  for (const Codec codec : kCodecs) EXPECT_EQ(find_codec(codec_name(codec)), codec);
  for (const std::string_view name : {"lz4", "Deflate", ""}) {
    const auto codec = find_codec(name);
    ASSERT_FALSE(codec);
    EXPECT_EQ(codec.error().code, ErrorCode::kUnknownCodec);
    EXPECT_EQ(codec.error().value, name);
    EXPECT_EQ(codec.error().help, "known codecs are null, deflate, snappy, zstandard, bzip2, xz");
  }
}

TEST(Codec, SomeAreReadAndNotWritten) {
  for (const Codec codec : kWritten) EXPECT_EQ(find_codec_to_write(codec_name(codec)), codec);
  for (const std::string_view name : {"bzip2", "xz", "lz4"}) {
    const auto codec = find_codec_to_write(name);
    ASSERT_FALSE(codec);
    EXPECT_EQ(codec.error().code, ErrorCode::kUnknownCodec);
    EXPECT_EQ(codec.error().value, name);
    EXPECT_EQ(codec.error().help,
              "codecs that can be written are null, deflate, snappy, zstandard");
  }
}

TEST(Codec, WhatIsCompressedComesBack) {
  for (const Codec codec : kCodecs) {
    const auto decompressor = make_decompressor(codec, {});
    for (const size_t size : {0, 1, 100, 65535, 65536, 300000, 5}) {
      const Bytes data = sample(size);
      EXPECT_EQ(decompressed(*decompressor, compressed(codec, data)), Outcome{data})
          << codec_name(codec) << " " << size;
    }
  }
}

TEST(Codec, LevelsOutsideTheRangeAreTheNearestInside) {
  const Bytes data = sample(1000);
  for (const Codec codec : kWritten) {
    for (const int level : {0, 1, 9, 100}) {
      EXPECT_EQ(decompressed(codec, compressed(codec, data, level)), Outcome{data})
          << codec_name(codec) << " " << level;
    }
  }
}

// Blocks of any size and content one after the other, as with a new compressor each time: equal
// input gives equal files. Data that do not compress hardly grow.
TEST(Codec, TheLowestLevelOfDeflateForgetsAndStores) {
  const auto compressor = make_compressor(Codec::kDeflate, 1);
  std::mt19937_64 random(5);
  for (const size_t size : {0, 1, 2, 100, 65535, 65536, 1'000'000, 70'000, 3}) {
    Bytes noise(size);
    for (uint8_t& byte : noise) byte = static_cast<uint8_t>(random());
    for (const Bytes& data : {noise, sample(size), Bytes(size, 'x')}) {
      const auto out = compressor->compress(data);
      ASSERT_TRUE(out) << size;
      const Bytes packed(out->begin(), out->end());
      EXPECT_LE(packed.size(), size + size / 1000 + 20);
      EXPECT_TRUE(packed == compressed(Codec::kDeflate, data, 1)) << size;
      EXPECT_EQ(decompressed(Codec::kDeflate, packed), Outcome{data}) << size;
    }
  }
}

TEST(Codec, ACompressorForgetsWhatItCompressedBefore) {
  for (const Codec codec : kWritten) {
    const auto compressor = make_compressor(codec);
    ASSERT_TRUE(compressor->compress(sample(5000)));
    const Bytes data = sample(50);
    const auto out = compressor->compress(data);
    ASSERT_TRUE(out);
    EXPECT_EQ(compressed(codec, data), Bytes(out->begin(), out->end())) << codec_name(codec);
  }
}

TEST(Codec, TheLimitHoldsAtTheLimitAndNotOnePast) {
  const Bytes data = sample(200000);
  for (const Codec codec : kCodecs) {
    const Bytes block = compressed(codec, data);
    EXPECT_EQ(decompressed(codec, block, {.decoded_block_size_bytes = 200000}), Outcome{data})
        << codec_name(codec);
    EXPECT_EQ(decompressed(codec, block, {.decoded_block_size_bytes = 199999}),
              failed(ErrorCode::kLimitExceeded))
        << codec_name(codec);
  }
}

TEST(Codec, EveryTruncationIsAnError) {
  const Bytes data = sample(300);
  for (const Codec codec : kCodecs) {
    if (codec == Codec::kNull) continue;
    const Bytes block = compressed(codec, data);
    const auto decompressor = make_decompressor(codec, {});
    for (size_t size = 0; size < block.size(); ++size) {
      const Outcome outcome =
          decompressed(*decompressor, Bytes(block.begin(), block.begin() + size));
      EXPECT_TRUE(outcome == failed(ErrorCode::kBadCompression) ||
                  outcome == failed(ErrorCode::kBadChecksum))
          << codec_name(codec) << " cut at " << size << ": " << outcome;
    }
    // And the decompressor is as good as new.
    EXPECT_EQ(decompressed(*decompressor, block), Outcome{data});
  }
}

TEST(Codec, PaddingBehindTheResultIsReadable) {
  for (const Codec codec : kCodecs) {
    if (codec == Codec::kNull) continue;
    const auto decompressor = make_decompressor(codec, {});
    const Bytes block = compressed(codec, sample(65536));
    const auto result = decompressor->decompress(block);
    ASSERT_TRUE(result);
    int sum = 0;
    for (size_t index = 0; index < kReadPadding; ++index) sum += result->data()[65536 + index];
    EXPECT_EQ(sum, 0) << codec_name(codec);
  }
}

TEST(DeflateCodec, FixedBytesOfOtherWritersAreRead) {
  const Bytes stored = {0x01, 0x03, 0x00, 0xfc, 0xff, 'a', 'b', 'c'};
  const struct {
    Bytes block;
    Outcome expected;
  } cases[] = {
      {{0x03, 0x00}, {{}}},
      {stored, {text("abc")}},
      // The end of zlib's checksum, as fastavro leaves it.
      {joined({stored, {1, 2, 3}}), {text("abc")}},
      {joined({stored, {1, 2, 3, 4}}), {text("abc")}},
      {joined({stored, {1, 2, 3, 4, 5}}), failed(ErrorCode::kBadCompression)},
      {{}, failed(ErrorCode::kBadCompression)},
      {{0x07}, failed(ErrorCode::kBadCompression)},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(decompressed(Codec::kDeflate, test.block), test.expected);
  }
}

TEST(SnappyCodec, TheChecksumIsBigEndianAndChecked) {
  // "abc" as one literal, and its CRC-32.
  const Bytes good = {0x03, 0x08, 'a', 'b', 'c', 0x35, 0x24, 0x41, 0xc2};
  EXPECT_EQ(decompressed(Codec::kSnappy, good), Outcome{text("abc")});
  EXPECT_EQ(compressed(Codec::kSnappy, text("abc")), good);
  for (size_t index = 2; index < good.size(); ++index) {
    Bytes bad = good;
    bad[index] ^= 1;
    EXPECT_EQ(decompressed(Codec::kSnappy, bad), failed(ErrorCode::kBadChecksum)) << index;
  }
}

TEST(SnappyCodec, ALyingSizeIsRefused) {
  const struct {
    Bytes size;
    ErrorCode code;
  } cases[] = {
      {{0x80, 0x80, 0x80, 0x80, 0x08}, ErrorCode::kBadCompression},  // 2 GiB
      {{0xff, 0xff, 0xff, 0xff, 0x0f}, ErrorCode::kBadCompression},  // 4 GiB - 1
      {{0xff, 0xff, 0xff, 0xff, 0xff}, ErrorCode::kBadCompression},  // No varint of 32 bits.
      {{0x04}, ErrorCode::kBadCompression},
  };
  for (const auto& test : cases) {
    const Bytes block = joined({test.size, {0x08, 'a', 'b', 'c', 0x35, 0x24, 0x41, 0xc2}});
    EXPECT_EQ(decompressed(Codec::kSnappy, block), failed(test.code));
  }
}

// Frames made by hand (RFC 8878): magic number, descriptor, window, blocks.
Bytes frame_without_size(std::initializer_list<Bytes> blocks) {
  Bytes frame = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38};  // A window of 128 KiB.
  for (const Bytes& block : blocks) frame = joined({frame, block});
  return frame;
}

Bytes block_header(uint32_t size, uint32_t type, bool last) {
  const uint32_t header = size << 3 | type << 1 | (last ? 1 : 0);
  return {static_cast<uint8_t>(header), static_cast<uint8_t>(header >> 8),
          static_cast<uint8_t>(header >> 16)};
}

Bytes raw_block(std::string_view value, bool last) {
  return joined({block_header(static_cast<uint32_t>(value.size()), 0, last), text(value)});
}

// `size` times 'z' in four bytes.
Bytes run_block(uint32_t size, bool last) { return joined({block_header(size, 1, last), {'z'}}); }

TEST(ZstandardCodec, FramesWithoutContentSizeAndSeveralFramesAreRead) {
  const Bytes one = frame_without_size({raw_block("hello", true)});
  const Bytes two = frame_without_size({raw_block("a", false), raw_block("b", true)});
  const Bytes sized = compressed(Codec::kZstandard, text("sized"));
  const Bytes skippable = {0x50, 0x2a, 0x4d, 0x18, 0x02, 0x00, 0x00, 0x00, 9, 9};
  const struct {
    Bytes block;
    Outcome expected;
  } cases[] = {
      {one, {text("hello")}},
      {two, {text("ab")}},
      {joined({one, two}), {text("helloab")}},
      {joined({sized, one}), {text("sizedhello")}},
      {joined({sized, skippable, sized}), {text("sizedsized")}},
      {frame_without_size({raw_block("", true)}), {{}}},
      {{}, failed(ErrorCode::kBadCompression)},
      {frame_without_size({raw_block("hello", false)}), failed(ErrorCode::kBadCompression)},
      {joined({one, {1, 2, 3, 4, 5}}), failed(ErrorCode::kBadCompression)},
      {joined({sized, {0}}), failed(ErrorCode::kBadCompression)},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(decompressed(Codec::kZstandard, test.block), test.expected);
  }
}

TEST(ZstandardCodec, FramesWithoutContentSizeKeepTheLimit) {
  const Bytes block = frame_without_size(
      {run_block(128 << 10, false), run_block(128 << 10, false), run_block(1, true)});
  constexpr int64_t kSize = (256 << 10) + 1;
  EXPECT_EQ(decompressed(Codec::kZstandard, block, {.decoded_block_size_bytes = kSize}),
            Outcome{Bytes(kSize, 'z')});
  EXPECT_EQ(decompressed(Codec::kZstandard, block, {.decoded_block_size_bytes = kSize - 1}),
            failed(ErrorCode::kLimitExceeded));
}

TEST(ZstandardCodec, ALyingSizeIsRefused) {
  const Bytes raw = raw_block("hello", true);
  const Bytes magic = {0x28, 0xb5, 0x2f, 0xfd};
  const struct {
    Bytes header;
    ErrorCode code;
  } cases[] = {
      {{0x20, 0x06}, ErrorCode::kBadCompression},
      {{0x20, 0x04}, ErrorCode::kBadCompression},
      {{0xe0, 0, 0, 0, 0, 0, 1, 0, 0}, ErrorCode::kBadCompression},  // 1 TiB
      {{0xe0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, ErrorCode::kBadCompression},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(decompressed(Codec::kZstandard, joined({magic, test.header, raw})),
              failed(test.code));
  }
}

TEST(ZstandardCodec, AWrongChecksumIsAnError) {
  const Bytes frame =
      joined({{0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x38}, raw_block("hello", true), {0, 0, 0, 0}});
  EXPECT_EQ(decompressed(Codec::kZstandard, frame), failed(ErrorCode::kBadChecksum));
}

TEST(Bzip2AndXzCodecs, SeveralStreamsAreOneBlock) {
  for (const Codec codec : {Codec::kBzip2, Codec::kXz}) {
    const Bytes hello = compressed(codec, text("hello"));
    const Bytes empty = compressed(codec, {});
    const struct {
      Bytes block;
      Outcome expected;
    } cases[] = {
        {empty, {{}}},
        {joined({hello, hello}), {text("hellohello")}},
        {joined({empty, hello, empty}), {text("hello")}},
        {{}, failed(ErrorCode::kBadCompression)},
        {joined({hello, {0}}), failed(ErrorCode::kBadCompression)},
        {joined({hello, text("hello")}), failed(ErrorCode::kBadCompression)},
        {joined({hello, Bytes(hello.begin(), hello.end() - 1)}),
         failed(ErrorCode::kBadCompression)},
    };
    for (const auto& test : cases) {
      EXPECT_EQ(decompressed(codec, test.block), test.expected) << codec_name(codec);
    }
  }
}

TEST(Bzip2AndXzCodecs, EveryFlippedBitIsFound) {
  for (const Codec codec : {Codec::kBzip2, Codec::kXz}) {
    const Bytes data = sample(100);
    const Bytes block = compressed(codec, data);
    const auto decompressor = make_decompressor(codec, {});
    for (size_t bit = 0; bit < 8 * block.size(); ++bit) {
      Bytes bad = block;
      bad[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      // Some bits of bzip2 have no meaning.
      const Outcome outcome = decompressed(*decompressor, bad);
      EXPECT_TRUE(outcome.code != 0 || outcome == Outcome{data}) << codec_name(codec) << bit;
    }
  }
}

TEST(Bzip2Codec, StreamsOfNothingAreCounted) {
  const Bytes empty = bzip2({});
  Bytes block;
  for (int count = 0; count < 4096; ++count) block.insert(block.end(), empty.begin(), empty.end());
  EXPECT_EQ(decompressed(Codec::kBzip2, block), Outcome{});
  block.insert(block.end(), empty.begin(), empty.end());
  EXPECT_EQ(decompressed(Codec::kBzip2, block), failed(ErrorCode::kLimitExceeded));
}

TEST(XzCodec, TheHighestLevelIsReadAndALargerDictionaryIsNot) {
  const Bytes data = sample(1000);
  EXPECT_EQ(decompressed(Codec::kXz, xz(data, 9)), Outcome{data});

  lzma_options_lzma options;
  ASSERT_FALSE(lzma_lzma_preset(&options, 0));
  options.dict_size = 256 << 20;
  const lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  Bytes block(2000);
  size_t size = 0;
  ASSERT_EQ(lzma_stream_buffer_encode(const_cast<lzma_filter*>(filters), LZMA_CHECK_CRC32, nullptr,
                                      data.data(), data.size(), block.data(), &size, block.size()),
            LZMA_OK);
  block.resize(size);
  EXPECT_EQ(decompressed(Codec::kXz, block), failed(ErrorCode::kLimitExceeded));
}

}  // namespace
}  // namespace mseavro
