#include "avro/codec/decompressed_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "avro/codec/stream_libraries.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kInputBytes = 128 << 10;
constexpr std::array<uint8_t, 2> kGzipMagic = {0x1f, 0x8b};
constexpr std::array<uint8_t, 4> kZstandardMagic = {0x28, 0xb5, 0x2f, 0xfd};

template <size_t kSize>
bool begins_with(std::span<const uint8_t> bytes, const std::array<uint8_t, kSize>& magic) {
  return bytes.size() >= kSize && std::equal(magic.begin(), magic.end(), bytes.begin());
}

// What other programs pack, and with what it is unpacked; bzip2 has a digit in between.
struct OtherCompression {
  std::string_view begin;
  std::string_view at_fourth_byte;
  std::string_view command;
};
constexpr OtherCompression kOtherCompressions[] = {
    {"BZh", "1AY&SY", "bzip2"},
    {std::string_view("\xfd\x37zXZ\0", 6), "", "xz"},
    {"\x04\x22\x4d\x18", "", "lz4"},
};
constexpr size_t kBeginningBytes = 10;  // Enough to know all of them.

Status check_compression(std::span<const uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const auto& [begin, at_fourth_byte, command] : kOtherCompressions) {
    if (!text.starts_with(begin)) continue;
    if (!text.substr(std::min<size_t>(text.size(), 4)).starts_with(at_fourth_byte)) continue;
    return fail(ErrorCode::kUnreadable, fmt::format("{} data are not unpacked here", command),
                fmt::format("unpack them on the way: {} -dc FILE | mseavro ... -", command));
  }
  return {};
}

// Reads ahead into a buffer of its own.
class BufferedInput {
 public:
  explicit BufferedInput(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  std::span<const uint8_t> bytes() const { return std::span(buffer_).subspan(begin_, size_); }
  bool has_ended() const { return has_ended_; }

  void take(size_t size) {
    begin_ += size;
    size_ -= size;
  }

  // Adds to bytes(), until there are at least `size` or the stream ends. REQUIRES: room for them.
  Status fill(size_t size) {
    if (begin_ + size > buffer_.size()) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, size_);
      begin_ = 0;
    }
    while (size_ < size && !has_ended_) {
      MSEAVRO_ASSIGN(const size_t got, stream_->read(std::span(buffer_).subspan(begin_ + size_)));
      size_ += got;
      has_ended_ = got == 0;
    }
    return {};
  }

  // Straight from the stream, once bytes() is empty.
  Result<size_t> read_on(std::span<uint8_t> into) { return stream_->read(into); }

 private:
  std::unique_ptr<ByteStream> stream_;
  std::vector<uint8_t> buffer_ = std::vector<uint8_t>(kInputBytes);
  size_t begin_ = 0;
  size_t size_ = 0;
  bool has_ended_ = false;
};

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(BufferedInput input) : input_(std::move(input)) {}

  Result<size_t> read(std::span<uint8_t> into) override {
    const std::span<const uint8_t> ahead = input_.bytes();
    if (ahead.empty()) return input_.has_ended() ? Result<size_t>(0) : input_.read_on(into);
    const size_t size = std::min(ahead.size(), into.size());
    std::copy_n(ahead.begin(), size, into.begin());
    input_.take(size);
    return size;
  }

 private:
  BufferedInput input_;
};

class DecompressedStream final : public ByteStream {
 public:
  DecompressedStream(BufferedInput input, std::unique_ptr<StreamDecompressor> decompressor)
      : input_(std::move(input)), decompressor_(std::move(decompressor)) {}

  Result<size_t> read(std::span<uint8_t> into) override {
    while (true) {
      MSEAVRO_TRY(input_.fill(1));
      MSEAVRO_ASSIGN(const StreamStep step, decompressor_->step(input_.bytes(), into));
      input_.take(step.read_size);
      if (step.written_size > 0) return step.written_size;
      if (!input_.has_ended() || !input_.bytes().empty()) continue;
      if (decompressor_->is_between_members()) return 0;
      return fail(ErrorCode::kTruncated, "the compressed data end too early",
                  "get the file again; what is complete of it: gzip -dc or zstd -dc");
    }
  }

 private:
  BufferedInput input_;
  std::unique_ptr<StreamDecompressor> decompressor_;
};

class SourceStream final : public ByteStream {
 public:
  explicit SourceStream(const ByteSource& source) : source_(source) {}

  Result<size_t> read(std::span<uint8_t> into) override {
    MSEAVRO_ASSIGN(const size_t size, source_.read_at(offset_bytes_, into));
    offset_bytes_ += static_cast<int64_t>(size);
    return size;
  }

 private:
  const ByteSource& source_;
  int64_t offset_bytes_ = 0;
};

}  // namespace

bool is_compressed(std::span<const uint8_t> bytes) {
  return begins_with(bytes, kGzipMagic) || begins_with(bytes, kZstandardMagic);
}

Result<std::unique_ptr<ByteStream>> decompressed_stream(std::unique_ptr<ByteStream> stream) {
  BufferedInput input(std::move(stream));
  MSEAVRO_TRY(input.fill(kBeginningBytes));
  MSEAVRO_TRY(check_compression(input.bytes()));
  std::unique_ptr<StreamDecompressor> decompressor;
  if (begins_with(input.bytes(), kGzipMagic)) decompressor = make_gzip_stream();
  if (begins_with(input.bytes(), kZstandardMagic)) decompressor = make_zstandard_stream();
  if (decompressor == nullptr) return std::make_unique<PlainStream>(std::move(input));
  return std::make_unique<DecompressedStream>(std::move(input), std::move(decompressor));
}

std::function<Result<size_t>(std::span<uint8_t>)> read_decompressed(const ByteSource& source) {
  // Shared, since what is called as a function can be copied.
  return [&source, stream = std::shared_ptr<ByteStream>()](
             std::span<uint8_t> into) mutable -> Result<size_t> {
    if (stream == nullptr) {
      MSEAVRO_ASSIGN(stream, decompressed_stream(std::make_unique<SourceStream>(source)));
    }
    return stream->read(into);
  };
}

}  // namespace mseavro
