#include "avro/container/container_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>
#include <unordered_map>

#include "avro/wire/encoder.h"
#include "avro/wire/wire_input.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr std::string_view kSchemaKey = "avro.schema";
constexpr std::string_view kCodecKey = "avro.codec";

constexpr int64_t kFirstReadBytes = 4 << 10;
// Entries are small beside their strings; this keeps a header made of empty ones small as well.
constexpr size_t kMetadataCountMax = 1 << 16;

// Other files that end up where Avro is expected.
std::string_view help_for_magic(std::string_view begin) {
  if (begin.starts_with("PAR1")) return "it is a Parquet file; convert it to Avro";
  if (begin.starts_with("\x1f\x8b")) return "it is compressed with gzip; unpack it first";
  if (begin.starts_with("{") || begin.starts_with("[")) return "it looks like JSON";
  if (begin.starts_with("Obj")) return "only version 1 of the container format is known";
  return "give an Avro object container file";
}

// Reads forward through the header, fetching more of the source as it goes.
class HeaderReader {
 public:
  HeaderReader(const ByteSource& source, const Limits& limits, std::shared_ptr<const Schema> known)
      : source_(source), limits_(limits), known_schema_(std::move(known)) {}

  Result<ContainerHeader> read() {
    MSEAVRO_TRY(read_magic());
    MSEAVRO_TRY(read_metadata());
    MSEAVRO_ASSIGN(const std::span<const uint8_t> sync, read_span(sizeof(SyncMarker)));
    std::memcpy(header_.sync.data(), sync.data(), sync.size());
    header_.size_bytes = position_;
    MSEAVRO_TRY(apply_codec());
    MSEAVRO_TRY(apply_schema());
    return std::move(header_);
  }

 private:
  struct Entry {
    size_t index;          // In header_.metadata.
    int64_t value_offset;  // In the file.
  };

  tl::unexpected<Error> error(ErrorCode code, std::string message, std::string_view help = {},
                              std::string_view value = {}) const {
    return fail(code, std::move(message), std::string(help), std::string(value),
                Place{.file = source_.name(), .byte = position_});
  }
  tl::unexpected<Error> truncated() const {
    return error(ErrorCode::kTruncated, "the file ends inside its header");
  }
  tl::unexpected<Error> too_large() const {
    return error(ErrorCode::kLimitExceeded, fmt::format("the file's header has more than {} bytes",
                                                        limits_.metadata_size_bytes));
  }

  // Fetches the bytes up to `end`. REQUIRES: the file has them and the limit allows them.
  Status fetch(int64_t end) {
    const auto fetched = static_cast<int64_t>(buffer_.size());
    if (end <= fetched) return {};
    const int64_t wanted = std::min(std::max({end, 2 * fetched, kFirstReadBytes}),
                                    std::min(source_.size_bytes(), limits_.metadata_size_bytes));
    buffer_.resize(static_cast<size_t>(wanted));
    const auto into = std::span(buffer_).subspan(static_cast<size_t>(fetched));
    MSEAVRO_ASSIGN(const size_t got, source_.read_at(fetched, into));
    if (got < into.size()) return truncated();
    return {};
  }

  // The next `size` bytes, valid until the next read.
  Result<std::span<const uint8_t>> read_span(int64_t size) {
    if (size > source_.size_bytes() - position_) return truncated();
    if (size > limits_.metadata_size_bytes - position_) return too_large();
    MSEAVRO_TRY(fetch(position_ + size));
    const auto bytes =
        std::span(buffer_).subspan(static_cast<size_t>(position_), static_cast<size_t>(size));
    position_ += size;
    return bytes;
  }

  Result<int64_t> read_long() {
    const int64_t left = std::min(source_.size_bytes(), limits_.metadata_size_bytes) - position_;
    const int64_t size = std::min<int64_t>(kVarintBytes, left);
    MSEAVRO_TRY(fetch(position_ + size));
    const uint8_t* const begin = buffer_.data() + position_;
    const uint8_t* next = begin;
    int64_t value = 0;
    switch (mseavro::read_long(next, begin + size, value)) {
      case WireError::kNone:
        position_ += next - begin;
        return value;
      case WireError::kEnd:
        if (position_ + size < source_.size_bytes()) return too_large();
        return truncated();
      default:
        return error(ErrorCode::kBadHeader, "the header has a number of more than 10 bytes");
    }
  }

  Result<std::string> read_string() {
    MSEAVRO_ASSIGN(const int64_t size, read_long());
    if (size < 0) {
      return error(ErrorCode::kBadHeader, fmt::format("the header has a length of {}", size));
    }
    MSEAVRO_ASSIGN(const std::span<const uint8_t> bytes, read_span(size));
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

  Status read_magic() {
    const int64_t size = std::min<int64_t>(kContainerMagic.size(), source_.size_bytes());
    MSEAVRO_ASSIGN(const std::span<const uint8_t> bytes, read_span(size));
    const std::string_view begin(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (begin == kContainerMagic) return {};
    position_ = 0;
    if (begin.empty()) return error(ErrorCode::kNotAvro, "the file is empty");
    return error(ErrorCode::kNotAvro, "the file does not begin like an Avro file",
                 help_for_magic(begin));
  }

  // A map: blocks of entries until one of none. A negative count is followed by the block's size.
  Status read_metadata() {
    while (true) {
      MSEAVRO_ASSIGN(int64_t count, read_long());
      if (count == 0) return {};
      if (count == std::numeric_limits<int64_t>::min()) {
        return error(ErrorCode::kBadHeader, "the header has an impossible count");
      }
      if (count < 0) {
        MSEAVRO_TRY(read_long());
        count = -count;
      }
      for (; count > 0; --count) MSEAVRO_TRY(read_entry());
    }
  }

  Status read_entry() {
    MSEAVRO_ASSIGN(std::string key, read_string());
    const int64_t value_offset = position_;
    MSEAVRO_ASSIGN(std::string value, read_string());
    const auto [found, is_new] =
        entries_.try_emplace(key, Entry{header_.metadata.size(), value_offset});
    if (!is_new) {
      found->second.value_offset = value_offset;
      header_.metadata[found->second.index].second = std::move(value);
      return {};
    }
    if (entries_.size() > kMetadataCountMax) {
      return error(ErrorCode::kLimitExceeded,
                   fmt::format("the header has more than {} entries", kMetadataCountMax));
    }
    header_.metadata.emplace_back(std::move(key), std::move(value));
    return {};
  }

  // The metadata value of `key`, nullptr when there is none. Errors are then placed at the value.
  const std::string* find(std::string_view key) {
    const auto found = entries_.find(std::string(key));
    if (found == entries_.end()) return nullptr;
    position_ = found->second.value_offset;
    return &header_.metadata[found->second.index].second;
  }

  tl::unexpected<Error> placed(Error inner) const {
    inner.place.file = source_.name();
    inner.place.byte = position_;
    return tl::unexpected<Error>(std::move(inner));
  }

  Status apply_codec() {
    const std::string* name = find(kCodecKey);
    if (name == nullptr) return {};
    const auto codec = find_codec(*name);
    if (!codec) return placed(codec.error());
    header_.codec = *codec;
    return {};
  }

  Status apply_schema() {
    const std::string* text = find(kSchemaKey);
    if (text == nullptr) {
      position_ = 0;
      return error(ErrorCode::kBadHeader, "the file's header has no schema");
    }
    if (known_schema_ != nullptr && known_schema_->text() == *text) {
      header_.schema = known_schema_;
      return {};
    }
    auto schema = Schema::parse(*text, limits_);
    if (!schema) return placed(std::move(schema.error()));
    header_.schema = std::move(*schema);
    return {};
  }

  const ByteSource& source_;
  const Limits& limits_;
  const std::shared_ptr<const Schema> known_schema_;
  std::vector<uint8_t> buffer_;  // The file from its beginning, as far as it has been fetched.
  int64_t position_ = 0;
  std::unordered_map<std::string, Entry> entries_;
  ContainerHeader header_;
};

// FNV-1a with a final mix. The result is stored in files: do not change.
uint64_t stable_hash(std::span<const uint8_t> bytes, uint64_t seed) {
  uint64_t hash = 0xcbf29ce484222325ull ^ seed;
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3ull;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdull;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ull;
  return hash ^ (hash >> 33);
}

SyncMarker sync_marker_of(std::span<const uint8_t> header) {
  const uint64_t halves[] = {stable_hash(header, 0), stable_hash(header, 0x9e3779b97f4a7c15ull)};
  SyncMarker sync;
  static_assert(sizeof halves == sizeof sync);
  std::memcpy(sync.data(), halves, sizeof halves);
  return sync;
}

}  // namespace

Metadata ContainerHeader::user_metadata() const {
  Metadata kept = metadata;
  std::erase_if(kept, [](const auto& entry) { return is_avro_key(entry.first); });
  return kept;
}

Result<ContainerHeader> read_header(const ByteSource& source, const Limits& limits,
                                    std::shared_ptr<const Schema> known_schema) {
  return HeaderReader(source, limits, std::move(known_schema)).read();
}

EncodedHeader encode_header(std::string_view schema_text, Codec codec, const Metadata& metadata) {
  Encoder encoder;
  encoder.put_fixed(
      {reinterpret_cast<const uint8_t*>(kContainerMagic.data()), kContainerMagic.size()});
  encoder.put_long(static_cast<int64_t>(metadata.size()) + 2);
  encoder.put_bytes(kCodecKey);
  encoder.put_bytes(codec_name(codec));
  encoder.put_bytes(kSchemaKey);
  encoder.put_bytes(schema_text);
  for (const auto& [key, value] : metadata) {
    encoder.put_bytes(key);
    encoder.put_bytes(value);
  }
  encoder.put_long(0);
  const SyncMarker sync = sync_marker_of(encoder.bytes());
  encoder.put_fixed(sync);
  return {{encoder.bytes().begin(), encoder.bytes().end()}, sync};
}

}  // namespace mseavro
