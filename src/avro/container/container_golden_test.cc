// Files that other languages wrote; testdata/avro has the programs that made them.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "avro/container/container_file.h"

namespace mseavro {
namespace {

constexpr int64_t kRecordCount = 32;

std::string golden_path(const std::string& name) {
  return std::string(MSEAVRO_TESTDATA) + "/avro/" + name + ".avro";
}

std::vector<DecodedBlock> golden_blocks(const std::string& name) {
  std::vector<DecodedBlock> blocks;
  const auto source = open_file(golden_path(name));
  EXPECT_TRUE(source) << name;
  if (!source) return blocks;
  const Status status = read_blocks(**source, {}, &blocks);
  EXPECT_TRUE(status) << name << ": " << status.error().message;
  return blocks;
}

int64_t record_count(const std::vector<DecodedBlock>& blocks) {
  int64_t count = 0;
  for (const DecodedBlock& block : blocks) count += block.record_count;
  return count;
}

std::string all_bytes(const std::vector<DecodedBlock>& blocks) {
  std::string bytes;
  for (const DecodedBlock& block : blocks) bytes += block.bytes;
  return bytes;
}

TEST(ContainerGolden, EveryCodecHoldsTheSameBlocks) {
  for (const std::string maker : {"fastavro", "java"}) {
    const auto plain = golden_blocks(maker + "_null");
    EXPECT_GT(plain.size(), 2u) << maker;
    EXPECT_EQ(record_count(plain), kRecordCount) << maker;
    for (const std::string codec : {"deflate", "snappy", "zstandard"}) {
      const auto blocks = golden_blocks(maker + "_" + codec);
      EXPECT_EQ(record_count(blocks), kRecordCount) << maker << " " << codec;
      EXPECT_EQ(all_bytes(blocks), all_bytes(plain)) << maker << " " << codec;
    }
  }
}

TEST(ContainerGolden, BothLanguagesWriteTheSameRecords) {
  EXPECT_EQ(all_bytes(golden_blocks("fastavro_null")), all_bytes(golden_blocks("java_null")));
}

TEST(ContainerGolden, SizedArraysAndMapsAreInTheirFile) {
  const auto sized = golden_blocks("java_sized");
  EXPECT_EQ(record_count(sized), kRecordCount);
  EXPECT_GT(all_bytes(sized).size(), all_bytes(golden_blocks("java_null")).size());
}

TEST(ContainerGolden, HeadersHaveTheSchemaAndTheMetadata) {
  const struct {
    std::string name;
    Codec codec;
    std::string maker;
  } cases[] = {{"fastavro_null", Codec::kNull, "fastavro"},
               {"fastavro_zstandard", Codec::kZstandard, "fastavro"},
               {"java_snappy", Codec::kSnappy, "Avro Java"},
               {"java_sized", Codec::kNull, "Avro Java"}};
  for (const auto& test : cases) {
    const auto source = open_file(golden_path(test.name));
    ASSERT_TRUE(source);
    const auto reader = ContainerReader::open(**source, {});
    ASSERT_TRUE(reader) << reader.error().message;
    const ContainerHeader& header = (*reader)->header();
    EXPECT_EQ(header.codec, test.codec) << test.name;
    EXPECT_EQ(header.schema->root().name, "golden.Everything");
    EXPECT_EQ(header.schema->root().fields.size(), 34u);
    EXPECT_TRUE(check_names(*header.schema));
    const std::pair<std::string, std::string> made_by("made.by", test.maker);
    EXPECT_EQ(std::count(header.metadata.begin(), header.metadata.end(), made_by), 1);
  }
}

TEST(ContainerGolden, EveryTruncationOfACompressedFileIsAnErrorOrAShorterFile) {
  const auto source = open_file(golden_path("java_zstandard"));
  ASSERT_TRUE(source);
  std::string file(static_cast<size_t>((*source)->size_bytes()), '\0');
  ASSERT_TRUE((*source)->read_at(0, {reinterpret_cast<uint8_t*>(file.data()), file.size()}));
  size_t clean_count = 0;
  for (size_t size = 0; size < file.size(); size += 41) {
    std::vector<DecodedBlock> blocks;
    const Status status = read_blocks(file.substr(0, size), {}, &blocks);
    clean_count += status.has_value() ? 1 : 0;
    EXPECT_LT(record_count(blocks), kRecordCount);
  }
  EXPECT_LE(clean_count, 5u);
}

}  // namespace
}  // namespace mseavro
