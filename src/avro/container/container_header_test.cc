#include "avro/container/container_header.h"

#include <gtest/gtest.h>

#include <string>

#include "avro/wire/encoder.h"

namespace mseavro {
namespace {

std::string text_of(const Encoder& encoder) {
  return {encoder.bytes().begin(), encoder.bytes().end()};
}

std::string number(int64_t value) {
  Encoder encoder;
  encoder.put_long(value);
  return text_of(encoder);
}

std::string entry(std::string_view key, std::string_view value) {
  Encoder encoder;
  encoder.put_bytes(key);
  encoder.put_bytes(value);
  return text_of(encoder);
}

const std::string kMagic("Obj\x01", 4);
const std::string kSync = "0123456789abcdef";
const std::string kSchema = entry("avro.schema", "\"int\"");
const std::string kEnd = number(0);

Result<ContainerHeader> parsed(const std::string& file, const Limits& limits = {}) {
  const auto source =
      memory_source({reinterpret_cast<const uint8_t*>(file.data()), file.size()}, "h.avro");
  return read_header(*source, limits);
}

TEST(ContainerHeader, TakesAKnownSchemaWhenTheTextIsTheSame) {
  const std::string file = kMagic + number(1) + kSchema + kEnd + kSync;
  const auto source =
      memory_source({reinterpret_cast<const uint8_t*>(file.data()), file.size()}, "h.avro");
  const auto same = Schema::parse("\"int\"").value();
  const auto other = Schema::parse("\"long\"").value();
  EXPECT_EQ(read_header(*source, {}, same)->schema, same);
  EXPECT_EQ(read_header(*source, {}, other)->schema->root().type, SchemaType::kInt);
}

TEST(ContainerHeader, MetadataMayComeInSeveralSizedBlocks) {
  const std::string deflate = entry("avro.codec", "deflate");
  const struct {
    std::string metadata;
    Codec codec;
    size_t count;
  } cases[] = {
      {number(1) + kSchema + kEnd, Codec::kNull, 1},
      {number(2) + kSchema + deflate + kEnd, Codec::kDeflate, 2},
      {number(1) + deflate + number(1) + kSchema + kEnd, Codec::kDeflate, 2},
      {number(-2) + number(99) + kSchema + deflate + kEnd, Codec::kDeflate, 2},
      {number(-1) + number(1) + deflate + number(1) + kSchema + kEnd, Codec::kDeflate, 2},
      // Of a repeated key the last counts.
      {number(3) + deflate + kSchema + entry("avro.codec", "snappy") + kEnd, Codec::kSnappy, 2},
      {number(3) + entry("avro.schema", "bad") + entry("", "") + kSchema + kEnd, Codec::kNull, 2},
  };
  for (const auto& test : cases) {
    const std::string file = kMagic + test.metadata + kSync + "blocks";
    const auto header = parsed(file);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(header->codec, test.codec);
    EXPECT_EQ(header->metadata.size(), test.count);
    EXPECT_EQ(header->schema->root().type, SchemaType::kInt);
    EXPECT_EQ(std::string(header->sync.begin(), header->sync.end()), kSync);
    EXPECT_EQ(header->size_bytes, static_cast<int64_t>(file.size() - 6));
  }
}

TEST(ContainerHeader, ErrorsNameTheFileAndTheByte) {
  const std::string long_number(11, '\xff');
  const struct {
    std::string file;
    ErrorCode code;
    int64_t byte;
  } cases[] = {
      {"", ErrorCode::kNotAvro, 0},
      {"Ob", ErrorCode::kNotAvro, 0},
      {"PAR1....", ErrorCode::kNotAvro, 0},
      {std::string("Obj\0....", 8), ErrorCode::kNotAvro, 0},
      {kMagic, ErrorCode::kTruncated, 4},
      {kMagic + kEnd + kSync, ErrorCode::kBadHeader, 0},
      {kMagic + number(1) + entry("avro.codec", "null") + kEnd + kSync, ErrorCode::kBadHeader, 0},
      {kMagic + number(2) + kSchema + entry("avro.codec", "lzma") + kEnd + kSync,
       ErrorCode::kUnknownCodec, 5 + 18 + 11},
      {kMagic + number(1) + entry("avro.schema", "\"in\"") + kEnd + kSync, ErrorCode::kUnknownName,
       5 + 12},
      {kMagic + number(1) + entry("avro.schema", "{") + kEnd + kSync, ErrorCode::kBadSchemaJson,
       5 + 12},
      {kMagic + long_number, ErrorCode::kBadHeader, 4},
      {kMagic + number(INT64_MIN) + kEnd, ErrorCode::kBadHeader, 14},
      {kMagic + number(1) + number(-1) + kSync, ErrorCode::kBadHeader, 6},
      {kMagic + number(1) + number(INT64_MAX) + kSync, ErrorCode::kTruncated, 15},
      {kMagic + number(INT64_MAX) + kSchema + kEnd, ErrorCode::kTruncated, 14 + 18 + 1},
  };
  for (const auto& test : cases) {
    const auto header = parsed(test.file);
    ASSERT_FALSE(header) << test.file;
    EXPECT_EQ(header.error().code, test.code) << header.error().message;
    EXPECT_EQ(header.error().place.byte, test.byte) << header.error().message;
    EXPECT_EQ(header.error().place.file, "h.avro");
  }
}

TEST(ContainerHeader, EveryTruncationIsAnError) {
  const std::string file =
      kMagic + number(2) + kSchema + entry("avro.codec", "null") + kEnd + kSync;
  ASSERT_TRUE(parsed(file));
  for (size_t size = 0; size < file.size(); ++size) {
    const auto header = parsed(file.substr(0, size));
    ASSERT_FALSE(header) << size;
    EXPECT_EQ(header.error().code, size < 4 ? ErrorCode::kNotAvro : ErrorCode::kTruncated) << size;
  }
}

TEST(ContainerHeader, TheLimitHoldsAtTheLimitAndNotOnePast) {
  for (const size_t padding : {0, 5000, 100000}) {
    const std::string header =
        kMagic + number(2) + kSchema + entry("padding", std::string(padding, 'p')) + kEnd + kSync;
    const auto size = static_cast<int64_t>(header.size());
    EXPECT_TRUE(parsed(header + "blocks", {.metadata_size_bytes = size}));
    for (const int64_t limit : {size - 1, size - 16, size - 17, int64_t{5}, int64_t{3}}) {
      const auto over = parsed(header + "blocks", {.metadata_size_bytes = limit});
      ASSERT_FALSE(over);
      EXPECT_EQ(over.error().code, ErrorCode::kLimitExceeded) << limit;
    }
  }
}

TEST(ContainerHeader, ManyEmptyEntriesAreRefused) {
  std::string metadata = number(70000);
  for (int index = 0; index < 70000; ++index) metadata += entry(std::to_string(index), "");
  const auto header = parsed(kMagic + metadata + kEnd + kSync);
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().code, ErrorCode::kLimitExceeded);
}

TEST(ContainerHeader, WhatIsEncodedIsRead) {
  const EncodedHeader encoded =
      encode_header("\"int\"", Codec::kZstandard, {{"key", "value"}, {"empty", ""}});
  const auto header = parsed({encoded.bytes.begin(), encoded.bytes.end()});
  ASSERT_TRUE(header);
  EXPECT_EQ(header->codec, Codec::kZstandard);
  EXPECT_EQ(header->sync, encoded.sync);
  EXPECT_EQ(header->metadata, (Metadata{{"avro.codec", "zstandard"},
                                        {"avro.schema", "\"int\""},
                                        {"key", "value"},
                                        {"empty", ""}}));
}

TEST(ContainerHeader, TheSyncMarkerIsAHashOfTheHeader) {
  const EncodedHeader header = encode_header("\"int\"", Codec::kNull, {});
  EXPECT_EQ(header.sync, encode_header("\"int\"", Codec::kNull, {}).sync);
  EXPECT_NE(header.sync, encode_header("\"int\"", Codec::kSnappy, {}).sync);
  EXPECT_NE(header.sync, encode_header("\"long\"", Codec::kNull, {}).sync);
  EXPECT_NE(header.sync, encode_header("\"int\"", Codec::kNull, {{"a", "b"}}).sync);
}

}  // namespace
}  // namespace mseavro
