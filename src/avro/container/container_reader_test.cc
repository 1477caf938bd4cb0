#include "avro/container/container_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "avro/container/container_file.h"
#include "avro/wire/encoder.h"

namespace mseavro {
namespace {

using Blocks = std::vector<DecodedBlock>;

constexpr int64_t kSyncBytes = 16;

// Two records of 10 bytes in each block.
std::string small_file(size_t block_count) {
  const std::vector<std::string> records(2 * block_count, "123456789");
  return string_file(records, {.block_size_bytes = 20});
}

int64_t header_size(const std::string& file) {
  return (*ContainerReader::open(*memory_source(as_bytes(file)), {}))->header().size_bytes;
}

// In small_file: two numbers of a byte each, the data, the marker.
constexpr int64_t kSmallBlockBytes = 1 + 1 + 20 + kSyncBytes;

std::string number(int64_t value) {
  Encoder encoder;
  encoder.put_long(value);
  return {encoder.bytes().begin(), encoder.bytes().end()};
}

// The header of a file of strings, and its marker.
struct Parts {
  std::string header = string_file({}, {});
  std::string sync = header.substr(header.size() - kSyncBytes);
};

TEST(ContainerReader, BlocksComeInOrderWithTheirPlaces) {
  const std::string file = small_file(3);
  Blocks blocks;
  ASSERT_TRUE(read_blocks(file, {}, &blocks));
  ASSERT_EQ(blocks.size(), 3u);
  for (int64_t index = 0; index < 3; ++index) {
    EXPECT_EQ(blocks[index].index, index);
    EXPECT_EQ(blocks[index].record_count, 2);
    EXPECT_EQ(blocks[index].offset_bytes, header_size(file) + index * kSmallBlockBytes + 2);
    EXPECT_EQ(blocks[index].bytes,
              "\x12"
              "123456789\x12"
              "123456789");
  }
}

TEST(ContainerReader, AFileWithoutBlocksHasNoPieces) {
  Blocks blocks;
  EXPECT_TRUE(read_blocks(string_file({}, {}), {}, &blocks));
  EXPECT_TRUE(blocks.empty());
}

TEST(ContainerReader, BlocksLargerThanAPieceAreReadWhole) {
  // Sizes around the piece's, so that blocks begin and end everywhere in it.
  std::vector<std::string> records;
  for (const size_t size : {10, 262144, 5, 262100, 262130, 40, 3000000, 7, 524288, 1, 1}) {
    records.emplace_back(size, static_cast<char>('a' + records.size()));
  }
  const std::string file = string_file(records, {.block_size_bytes = 1});
  Blocks blocks;
  ASSERT_TRUE(read_blocks(file, {}, &blocks));
  ASSERT_EQ(blocks.size(), records.size());
  for (size_t index = 0; index < blocks.size(); ++index) {
    EXPECT_EQ(blocks[index].index, static_cast<int64_t>(index));
    EXPECT_TRUE(blocks[index].bytes.ends_with(records[index])) << index;
  }
}

TEST(ContainerReader, EveryTruncationIsAnErrorOrAShorterFile) {
  const std::string file = small_file(3);
  const int64_t begin = header_size(file);
  for (int64_t size = begin; size <= static_cast<int64_t>(file.size()); ++size) {
    const int64_t whole = (size - begin) / kSmallBlockBytes;
    Blocks blocks;
    const Status status = read_blocks(file.substr(0, size), {}, &blocks);
    EXPECT_EQ(static_cast<int64_t>(blocks.size()), whole) << size;
    EXPECT_EQ(status.has_value(), (size - begin) % kSmallBlockBytes == 0) << size;
    if (status) continue;
    EXPECT_EQ(status.error().code, ErrorCode::kTruncated) << size;
    EXPECT_EQ(status.error().place.block, whole) << size;
    EXPECT_EQ(status.error().place.byte, begin + whole * kSmallBlockBytes) << size;
    EXPECT_EQ(status.error().place.file, "test.avro");
  }
}

TEST(ContainerReader, EveryWrongByteOfAMarkerIsFound) {
  const std::string file = small_file(2);
  for (int64_t block = 0; block < 2; ++block) {
    const int64_t marker = header_size(file) + (block + 1) * kSmallBlockBytes - kSyncBytes;
    for (int64_t byte = marker; byte < marker + kSyncBytes; ++byte) {
      std::string bad = file;
      bad[byte] ^= 0x40;
      Blocks blocks;
      const Status status = read_blocks(bad, {}, &blocks);
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code, ErrorCode::kBadSync);
      EXPECT_EQ(status.error().place.block, block);
      EXPECT_EQ(status.error().place.byte, marker);
      EXPECT_EQ(static_cast<int64_t>(blocks.size()), block) << "good blocks come first";
    }
  }
}

TEST(ContainerReader, WrongNumbersAreTypedErrors) {
  const Parts parts;
  const std::string data(4, 'd');
  const struct {
    std::string block;
    ErrorCode code;
    int64_t byte;  // From the block's beginning.
  } cases[] = {
      {number(-1) + number(4) + data + parts.sync, ErrorCode::kBadBlockCount, 0},
      {number(INT64_MIN) + number(4) + data + parts.sync, ErrorCode::kBadBlockCount, 0},
      {number(1) + number(-1) + data + parts.sync, ErrorCode::kBadLength, 1},
      {number(1) + number(INT64_MIN) + data + parts.sync, ErrorCode::kBadLength, 1},
      {number(1) + number(5) + data + parts.sync, ErrorCode::kTruncated, 0},
      {number(1) + number(INT64_MAX) + data + parts.sync, ErrorCode::kTruncated, 0},
      {number(1) + number(3) + data + parts.sync, ErrorCode::kBadSync, 5},
      {std::string(10, '\xff') + "\x01" + data + parts.sync, ErrorCode::kBadVarint, 0},
      {number(1) + std::string(10, '\xff') + "\x01" + data + parts.sync, ErrorCode::kBadVarint, 0},
      {number(1), ErrorCode::kTruncated, 0},
      {"\xff", ErrorCode::kTruncated, 0},
  };
  for (const auto& test : cases) {
    Blocks blocks;
    const Status status = read_blocks(parts.header + test.block, {}, &blocks);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, test.code) << status.error().message;
    EXPECT_EQ(status.error().place.block, 0);
    EXPECT_EQ(status.error().place.byte, static_cast<int64_t>(parts.header.size()) + test.byte);
  }
}

TEST(ContainerReader, AFileThatBecomesShorterIsTruncated) {
  // A source that promises more than it has.
  class Shrunk final : public ByteSource {
   public:
    explicit Shrunk(std::string_view bytes) : ByteSource("shrunk"), bytes_(bytes) {}
    Result<size_t> read_at(int64_t offset, std::span<uint8_t> into) const override {
      return memory_source(as_bytes(bytes_))->read_at(offset, into);
    }
    int64_t size_bytes() const override { return static_cast<int64_t>(bytes_.size()) + 100; }

   private:
    std::string_view bytes_;
  };
  const std::string file = string_file({std::string(10000, 'x')}, {});
  Blocks blocks;
  const Status status = read_blocks(Shrunk(file), {}, &blocks);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTruncated);
}

TEST(ContainerReader, TheBlockLimitHoldsAtTheLimitAndNotOnePast) {
  const std::string file = small_file(1);
  Blocks blocks;
  EXPECT_TRUE(read_blocks(file, {.block_size_bytes = 20}, &blocks));
  const Status status = read_blocks(file, {.block_size_bytes = 19}, &blocks);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(status.error().place.byte, header_size(file) + 1);
}

TEST(ContainerReader, WhatBlocksBecomeAllTogetherIsBoundedByTheirSize) {
  // Three blocks of 20 bytes as stored, and as decompressed.
  const std::string file = small_file(3);
  const struct {
    Limits limits;
    size_t blocks_read;
  } cases[] = {
      {{.expansion_size_bytes = 60, .expansion_ratio = 0}, 3},
      {{.expansion_size_bytes = 59, .expansion_ratio = 0}, 2},
      {{.expansion_size_bytes = 0, .expansion_ratio = 1}, 3},
      {{.expansion_size_bytes = 0, .expansion_ratio = 0}, 0},
      {{.expansion_size_bytes = INT64_MAX, .expansion_ratio = INT64_MAX}, 3},
  };
  for (const auto& test : cases) {
    Blocks blocks;
    const Status status = read_blocks(file, test.limits, &blocks);
    EXPECT_EQ(blocks.size(), test.blocks_read);
    EXPECT_EQ(status.has_value(), test.blocks_read == 3);
    if (status) continue;
    EXPECT_EQ(status.error().code, ErrorCode::kLimitExceeded);
    EXPECT_EQ(status.error().place.file, "test.avro");
    EXPECT_EQ(status.error().place.block, -1) << "it is all blocks that are too much";
  }
}

TEST(ContainerReader, RecordsWithoutBytesCountAsBytes) {
  const Parts parts;
  const std::string file = parts.header + number(50) + number(0) + parts.sync;
  Limits limits{.expansion_size_bytes = 50, .expansion_ratio = 0};
  Blocks blocks;
  EXPECT_TRUE(read_blocks(file, limits, &blocks));
  limits.expansion_size_bytes = 49;
  EXPECT_EQ(read_blocks(file, limits, &blocks).error().code, ErrorCode::kLimitExceeded);
  limits.zero_size_elements = 40;  // The block is refused after as many.
  EXPECT_TRUE(read_blocks(file, limits, &blocks));
}

TEST(ContainerReader, AnErrorInABlockIsPlacedInTheFile) {
  for (const Codec codec : {Codec::kNull, Codec::kDeflate}) {
    const std::string file = string_file({"123456789"}, {.codec = codec});
    const auto source = memory_source(as_bytes(file), "test.avro");
    const auto reader = ContainerReader::open(*source, {});
    ASSERT_TRUE(reader);
    Piece piece;
    ASSERT_EQ((*reader)->next(piece), true);
    Error error{ErrorCode::kBadLength, "a length is negative", {}, {}, {.record = 7, .byte = 3}};
    error = (*reader)->error_in(error, piece.blocks[0]).value();
    EXPECT_EQ(error.place.file, "test.avro");
    EXPECT_EQ(error.place.block, 0);
    EXPECT_EQ(error.place.record, 7);
    // The bytes of a compressed block have no place of their own in the file.
    const bool is_plain = codec == Codec::kNull;
    EXPECT_EQ(error.place.byte, piece.blocks[0].offset_bytes + (is_plain ? 3 : 0));
    EXPECT_EQ(error.message, is_plain
                                 ? "a length is negative"
                                 : "a length is negative, at byte 3 of the decompressed block");
  }
}

TEST(ContainerReader, EmptyBlocksArePassedOverAndCounted) {
  const Parts parts;
  const std::string empty = number(0) + number(0) + parts.sync;
  const std::string full = number(1) + number(2) + "\x02x" + parts.sync;
  std::string file = parts.header;
  for (int index = 0; index < 20000; ++index) file += empty;  // More than a piece.
  file += full + empty;
  Blocks blocks;
  ASSERT_TRUE(read_blocks(file, {}, &blocks));
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].index, 20000);
  EXPECT_EQ(blocks[0].bytes, "\x02x");
}

TEST(ContainerReader, BytesWithoutRecordsAreHandedOut) {
  const Parts parts;
  Blocks blocks;
  ASSERT_TRUE(read_blocks(parts.header + number(0) + number(3) + "abc" + parts.sync, {}, &blocks));
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].record_count, 0);
  EXPECT_EQ(blocks[0].bytes, "abc");
}

TEST(ContainerReader, AfterAnErrorThereAreNoMoreBlocks) {
  std::string file = small_file(3);
  file[header_size(file) + 2 * kSmallBlockBytes - 1] ^= 1;
  const auto source = memory_source(as_bytes(file));
  const auto reader = ContainerReader::open(*source, {});
  ASSERT_TRUE(reader);
  Piece piece;
  EXPECT_EQ((*reader)->next(piece), true);
  EXPECT_EQ(piece.blocks.size(), 1u);
  EXPECT_FALSE((*reader)->next(piece).has_value());
  EXPECT_EQ((*reader)->next(piece), false);
  EXPECT_TRUE(piece.blocks.empty());
}

TEST(ContainerReader, FourThreadsSeeEveryBlockOnce) {
  std::vector<std::string> records;
  for (int index = 0; index < 3000; ++index) {
    records.push_back(std::to_string(index) + ":" + std::string(index % 1500, 'x'));
  }
  const std::string file = string_file(records, {.block_size_bytes = 1});
  const auto source = memory_source(as_bytes(file));
  const auto reader = ContainerReader::open(*source, {});
  ASSERT_TRUE(reader);

  std::mutex mutex;
  std::map<int64_t, std::string> seen;
  const auto work = [&] {
    Piece piece;
    while ((*reader)->next(piece).value_or(false)) {
      const std::scoped_lock lock(mutex);
      for (const Block& block : piece.blocks) {
        EXPECT_TRUE(
            seen.emplace(block.index, std::string(block.bytes.begin(), block.bytes.end())).second);
      }
    }
  };
  std::vector<std::thread> threads;
  for (int index = 0; index < 4; ++index) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();

  ASSERT_EQ(seen.size(), records.size());
  for (const auto& [index, bytes] : seen) EXPECT_TRUE(bytes.ends_with(records[index])) << index;
}

}  // namespace
}  // namespace mseavro
