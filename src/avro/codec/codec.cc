#include "avro/codec/codec.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <span>

#include "avro/codec/codec_libraries.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// In the order of the enumeration; those that can be written come first.
constexpr std::array<std::string_view, 6> kNames = {"null",      "deflate", "snappy",
                                                    "zstandard", "bzip2",   "xz"};
constexpr std::span kNamesToWrite = std::span(kNames).first<4>();

constexpr size_t kNameBytesShown = 64;

class NullDecompressor final : public Decompressor {
 public:
  explicit NullDecompressor(const Limits& limits) : limits_(limits) {}

  Result<std::span<const uint8_t>> decompress(std::span<const uint8_t> block) override {
    if (static_cast<int64_t>(block.size()) > limits_.decoded_block_size_bytes) {
      return too_large_decoded(limits_);
    }
    return block;
  }

 private:
  const Limits limits_;
};

class NullCompressor final : public Compressor {
 public:
  Result<std::span<const uint8_t>> compress(std::span<const uint8_t> data) override { return data; }
};

}  // namespace

Result<Codec> find_codec(std::string_view name) {
  for (size_t index = 0; index < kNames.size(); ++index) {
    if (kNames[index] == name) return static_cast<Codec>(index);
  }
  const std::string_view shown = name.substr(0, kNameBytesShown);
  return fail(ErrorCode::kUnknownCodec, fmt::format("the codec \"{}\" is not known", shown),
              fmt::format("known codecs are {}", fmt::join(kNames, ", ")), std::string(shown));
}

Result<Codec> find_codec_to_write(std::string_view name) {
  auto codec = find_codec(name);
  if (codec && static_cast<size_t>(*codec) < kNamesToWrite.size()) return codec;
  const std::string help =
      fmt::format("codecs that can be written are {}", fmt::join(kNamesToWrite, ", "));
  if (!codec) {
    codec.error().help = help;
    return codec;
  }
  return fail(ErrorCode::kUnknownCodec,
              fmt::format("the codec \"{}\" can be read, but not written", name), help,
              std::string(name));
}

std::string_view codec_name(Codec codec) { return kNames[static_cast<size_t>(codec)]; }

std::unique_ptr<Decompressor> make_decompressor(Codec codec, const Limits& limits) {
  switch (codec) {
    case Codec::kDeflate:
      return make_deflate_decompressor(limits);
    case Codec::kSnappy:
      return make_snappy_decompressor(limits);
    case Codec::kZstandard:
      return make_zstandard_decompressor(limits);
    case Codec::kBzip2:
      return make_bzip2_decompressor(limits);
    case Codec::kXz:
      return make_xz_decompressor(limits);
    case Codec::kNull:
      break;
  }
  return std::make_unique<NullDecompressor>(limits);
}

Status check_level(Codec codec, int level) {
  const int level_max = codec == Codec::kDeflate ? 12 : codec == Codec::kZstandard ? 22 : 0;
  if (level == -1 || (level >= 1 && level <= level_max)) return {};
  if (level_max == 0) {
    return fail(ErrorCode::kBadOptionValue,
                fmt::format("the codec {} has no levels of compression", codec_name(codec)),
                "leave --level out", std::to_string(level));
  }
  return fail(ErrorCode::kBadOptionValue,
              fmt::format("the codec {} has the levels 1 to {}", codec_name(codec), level_max),
              "as in --level 9", std::to_string(level));
}

std::unique_ptr<Compressor> make_compressor(Codec codec, int level) {
  switch (codec) {
    case Codec::kDeflate:
      return level == 1 ? make_fast_deflate_compressor() : make_deflate_compressor(level);
    case Codec::kSnappy:
      return make_snappy_compressor();
    case Codec::kZstandard:
      return make_zstandard_compressor(level);
    case Codec::kNull:
      return std::make_unique<NullCompressor>();
    case Codec::kBzip2:
    case Codec::kXz:
      break;
  }
  MSEAVRO_CHECK(false);
}

tl::unexpected<Error> too_large_decoded(const Limits& limits) {
  return fail(ErrorCode::kLimitExceeded,
              fmt::format("the block holds more than {} bytes when it is "
                          "decompressed",
                          limits.decoded_block_size_bytes));
}

}  // namespace mseavro
