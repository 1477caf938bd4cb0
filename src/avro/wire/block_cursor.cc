#include "avro/wire/block_cursor.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr const char* kDamagedHelp =
    "the data or the schema is wrong: get the file again from where it was written";
constexpr const char* kLimitHelp = "if the file is to be trusted, raise the limit in Limits";

Place place_of(const BlockCursor& cursor) {
  Place place;
  if (!cursor.is_datum) place.record = cursor.next_record;
  place.byte = cursor.position - cursor.begin;
  return place;
}

// The number at the position: the value that was refused.
std::string varint_text(const BlockCursor& cursor) {
  const uint8_t* position = cursor.position;
  uint64_t raw = 0;
  if (read_varint_slowly(position, cursor.end, raw) != WireError::kNone) return {};
  return std::to_string(decode_zigzag(raw));
}

}  // namespace

Status BlockCursor::finish() {
  if (has_ended) return {};
  has_ended = true;
  if (position == end) return {};
  const std::string left = std::to_string(end - position);
  std::string message =
      is_datum
          ? fmt::format("{} bytes stand behind the datum", left)
          : fmt::format("{} bytes are left in the block behind its {} records", left, record_count);
  return fail(ErrorCode::kTrailingBytes, std::move(message), kDamagedHelp, left, place_of(*this));
}

Error BlockCursor::describe(WireError error) {
  has_ended = true;
  const auto describe = [&](ErrorCode code, std::string message, std::string value,
                            const char* help) {
    return Error{code, std::move(message), help, std::move(value), place_of(*this)};
  };
  switch (error) {
    case WireError::kNone:
      break;
    case WireError::kEnd:
      if (is_datum) {
        return describe(ErrorCode::kTruncated, "the bytes end inside the datum", {}, kDamagedHelp);
      }
      return describe(ErrorCode::kBadBlockCount,
                      fmt::format("the block's bytes end within record {} of {}", next_record + 1,
                                  record_count),
                      {}, kDamagedHelp);
    case WireError::kLongVarint:
      return describe(ErrorCode::kBadVarint, "a number takes more than 10 bytes", {}, kDamagedHelp);
    case WireError::kWideInt:
      return describe(ErrorCode::kBadVarint, "an int does not fit in 32 bits", varint_text(*this),
                      kDamagedHelp);
    case WireError::kBoolean:
      return describe(ErrorCode::kBadBoolean, "a boolean is neither 0 nor 1",
                      std::to_string(*position), kDamagedHelp);
    case WireError::kIndex:
      return describe(ErrorCode::kBadIndex,
                      "the index of a union branch or enum symbol is out of range",
                      varint_text(*this), kDamagedHelp);
    case WireError::kNegativeLength:
      return describe(ErrorCode::kBadLength, "a length is negative", varint_text(*this),
                      kDamagedHelp);
    case WireError::kLengthPastEnd:
      return describe(ErrorCode::kBadLength,
                      is_datum ? "a length goes beyond the datum's bytes"
                               : "a length goes beyond the block's end",
                      varint_text(*this), kDamagedHelp);
    case WireError::kLongValue:
      return describe(ErrorCode::kLimitExceeded, "a datum is larger than limits.datum_size_bytes",
                      {}, kLimitHelp);
    case WireError::kBlockCount:
      return describe(ErrorCode::kBadBlockCount,
                      "the count of an array or map block has no positive form", varint_text(*this),
                      kDamagedHelp);
    case WireError::kBlockSize:
      return describe(ErrorCode::kBadLength,
                      "the items of a sized array or map block do not fill its size", {},
                      kDamagedHelp);
    case WireError::kDepth:
      return describe(ErrorCode::kTooDeep, "values are nested deeper than limits.datum_depth", {},
                      kLimitHelp);
    case WireError::kZeroSize:
      return describe(
          ErrorCode::kLimitExceeded,
          "a block declares more elements that take no bytes than limits.zero_size_elements", {},
          kLimitHelp);
    case WireError::kOutput:
      return describe(ErrorCode::kLimitExceeded,
                      "a record grows too large when it is written out as a whole value", {},
                      "read the columns that you need");
    case WireError::kRefused:
      return describe(ErrorCode::kIncompatibleSchemas,
                      "the reader schema has nothing for a value in the data", {}, "");
  }
  MSEAVRO_CHECK(false);
}

}  // namespace mseavro
