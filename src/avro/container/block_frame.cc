#include "avro/container/block_frame.h"

#include <fmt/format.h>

#include <cstring>

#include "avro/wire/wire_input.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

Result<int64_t> parse_long(std::span<const uint8_t> bytes, int64_t& position) {
  const uint8_t* next = bytes.data() + position;
  int64_t value = 0;
  switch (read_long(next, bytes.data() + bytes.size(), value)) {
    case WireError::kNone:
      position = next - bytes.data();
      return value;
    case WireError::kEnd:
      return fail(ErrorCode::kTruncated, "the file ends inside a block", "", "", {.byte = 0});
    default:
      return fail(ErrorCode::kBadVarint, "the block begins with a number of more than 10 bytes", "",
                  "", {.byte = 0});
  }
}

bool begins_like_a_file(std::span<const uint8_t> bytes) {
  return bytes.size() >= kContainerMagic.size() &&
         std::memcmp(bytes.data(), kContainerMagic.data(), kContainerMagic.size()) == 0;
}

}  // namespace

Result<BlockFrame> parse_frame(std::span<const uint8_t> bytes, int64_t left_bytes,
                               const Limits& limits) {
  int64_t position = 0;
  MSEAVRO_ASSIGN(const int64_t record_count, parse_long(bytes, position));
  if (record_count < 0 && begins_like_a_file(bytes)) {
    return fail(ErrorCode::kBadBlockCount,
                "another Avro file begins here, where a block should: two files were joined",
                "give the files one by one; containers cannot be joined byte by byte", "",
                {.byte = 0});
  }
  if (record_count < 0) {
    return fail(ErrorCode::kBadBlockCount,
                fmt::format("the block declares {} records", record_count), "", "", {.byte = 0});
  }
  const int64_t size_offset = position;
  MSEAVRO_ASSIGN(const int64_t size, parse_long(bytes, position));
  if (size < 0) {
    return fail(ErrorCode::kBadLength, fmt::format("the block declares {} bytes", size), "", "",
                {.byte = size_offset});
  }
  if (size > left_bytes - position - kSyncBytes) {
    return fail(ErrorCode::kTruncated, "the file ends inside a block", "", "", {.byte = 0});
  }
  if (size > limits.block_size_bytes) {
    return fail(ErrorCode::kLimitExceeded,
                fmt::format("the block has {} bytes, more than {}", size, limits.block_size_bytes),
                "", "", {.byte = size_offset});
  }
  return BlockFrame{record_count, position, size};
}

}  // namespace mseavro
