#include "avro/container/container_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "avro/container/container_file.h"

namespace mseavro {
namespace {

TEST(ContainerWriter, EveryCodecComesBack) {
  std::vector<std::string> records;
  std::string expected;
  for (int index = 0; index < 1000; ++index) {
    records.push_back("record " + std::to_string(index * index));
    expected += static_cast<char>(2 * records.back().size()) + records.back();
  }
  for (const Codec codec : {Codec::kNull, Codec::kDeflate, Codec::kSnappy, Codec::kZstandard}) {
    const std::string file = string_file(records, {.codec = codec, .block_size_bytes = 1000});
    std::vector<DecodedBlock> blocks;
    ASSERT_TRUE(read_blocks(file, {}, &blocks)) << codec_name(codec);
    EXPECT_GT(blocks.size(), 10u);
    std::string bytes;
    int64_t record_count = 0;
    for (const DecodedBlock& block : blocks) {
      bytes += block.bytes;
      record_count += block.record_count;
    }
    EXPECT_EQ(bytes, expected) << codec_name(codec);
    EXPECT_EQ(record_count, 1000);
  }
}

TEST(ContainerWriter, ABlockEndsWhenItsDataReachTheSize) {
  const struct {
    int64_t block_size_bytes;
    std::vector<int64_t> record_counts;
  } cases[] = {
      {1, {1, 1, 1, 1, 1}}, {4, {1, 1, 1, 1, 1}}, {5, {2, 2, 1}},
      {8, {2, 2, 1}},       {9, {3, 2}},          {100, {5}},
  };
  const std::vector<std::string> records(5, "abc");  // Four bytes each.
  for (const auto& test : cases) {
    std::vector<DecodedBlock> blocks;
    ASSERT_TRUE(read_blocks(string_file(records, {.block_size_bytes = test.block_size_bytes}), {},
                            &blocks));
    std::vector<int64_t> record_counts;
    for (const DecodedBlock& block : blocks) record_counts.push_back(block.record_count);
    EXPECT_EQ(record_counts, test.record_counts) << test.block_size_bytes;
  }
}

TEST(ContainerWriter, RecordsThatAreAppendedTogetherAreABlock) {
  std::string file;
  const auto sink = memory_sink(&file);
  const auto writer = *ContainerWriter::create(*sink, "\"string\"", {});
  for (const int64_t count : {3, 0, 2}) {
    for (int64_t record = 0; record < count; ++record) writer->datum().put_bytes("abc");
    ASSERT_TRUE(writer->end_block(count));
  }
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(writer->record_count(), 5);
  std::vector<DecodedBlock> blocks;
  ASSERT_TRUE(read_blocks(file, {}, &blocks));
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].record_count, 3);
  EXPECT_EQ(blocks[1].record_count, 2);
}

TEST(ContainerWriter, EqualInputGivesEqualFiles) {
  const std::vector<std::string> records(100, "x");
  const ContainerOptions options{.codec = Codec::kZstandard, .metadata = {{"user", "value"}}};
  EXPECT_EQ(string_file(records, options), string_file(records, options));
}

TEST(ContainerWriter, RecordsOfNoBytesAreWrittenAtTheEnd) {
  std::string file;
  const auto sink = memory_sink(&file);
  const auto writer = ContainerWriter::create(*sink, "\"null\"", {});
  ASSERT_TRUE(writer);
  for (int index = 0; index < 3; ++index) ASSERT_TRUE((*writer)->end_record());
  ASSERT_TRUE((*writer)->finish());
  EXPECT_EQ((*writer)->record_count(), 3);
  std::vector<DecodedBlock> blocks;
  ASSERT_TRUE(read_blocks(file, {}, &blocks));
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0].record_count, 3);
}

TEST(ContainerWriter, WhatMayNotBeWrittenIsRefused) {
  const struct {
    std::string schema;
    Metadata metadata;
    ErrorCode code;
  } cases[] = {
      {"{", {}, ErrorCode::kBadSchemaJson},
      {R"({"type": "fixed", "name": "my-name", "size": 1})", {}, ErrorCode::kBadSchema},
      {"\"int\"", {{"avro.sync", "x"}}, ErrorCode::kBadOptionValue},
  };
  for (const auto& test : cases) {
    std::string file;
    const auto sink = memory_sink(&file);
    const auto writer = ContainerWriter::create(*sink, test.schema, {.metadata = test.metadata});
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, test.code);
    EXPECT_TRUE(file.empty());
  }
}

TEST(ContainerWriter, CodecsThatAreOnlyReadAreRefused) {
  for (const Codec codec : {Codec::kBzip2, Codec::kXz}) {
    std::string file;
    const auto sink = memory_sink(&file);
    const auto writer = ContainerWriter::create(*sink, "\"int\"", {.codec = codec});
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, ErrorCode::kUnknownCodec);
    EXPECT_EQ(writer.error().value, codec_name(codec));
  }
}

// A sink that takes `room` bytes.
class FullSink final : public ByteSink {
 public:
  explicit FullSink(size_t room) : room_(room) {}
  Status write(std::span<const uint8_t> bytes) override {
    if (bytes.size() > room_) return fail(ErrorCode::kWriteFailed, "full");
    room_ -= bytes.size();
    return {};
  }
  Status commit() override { return {}; }

 private:
  size_t room_;
};

TEST(ContainerWriter, WriteErrorsAreHandedOn) {
  const size_t header_bytes = string_file({}, {}).size();
  FullSink no_room(header_bytes - 1);
  EXPECT_FALSE(ContainerWriter::create(no_room, "\"string\"", {}));

  FullSink header_only(header_bytes);
  const auto writer = ContainerWriter::create(header_only, "\"string\"", {});
  ASSERT_TRUE(writer);
  (*writer)->datum().put_bytes("x");
  ASSERT_TRUE((*writer)->end_record());
  const Status finished = (*writer)->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, ErrorCode::kWriteFailed);
}

// Appends the records to the file of strings.
Status append_strings(const std::vector<std::string>& records, std::string& file,
                      std::string_view schema_text = "\"string\"") {
  const std::string before = file;
  const auto existing = memory_source(as_bytes(before), "test.avro");
  const auto sink = memory_sink(&file);
  MSEAVRO_ASSIGN(const auto writer,
                 ContainerWriter::append(*existing, *sink, schema_text, {.block_size_bytes = 1}));
  for (const std::string& record : records) {
    writer->datum().put_bytes(record);
    MSEAVRO_TRY(writer->end_record());
  }
  return writer->finish();
}

TEST(ContainerWriter, AppendsToAFileWithItsCodecAndKeepsItsHeader) {
  for (const Codec codec : {Codec::kNull, Codec::kDeflate, Codec::kSnappy, Codec::kZstandard}) {
    // Of no record, too.
    for (const std::vector<std::string>& records : {{"a", "b"}, std::vector<std::string>()}) {
      const ContainerOptions options{.codec = codec, .metadata = {{"made", "by hand"}}};
      std::string file = string_file(records, options);
      const std::string before = file;
      ASSERT_TRUE(append_strings({"c", "d"}, file));
      ASSERT_TRUE(append_strings({"e"}, file));
      EXPECT_TRUE(file.starts_with(before));
      std::vector<DecodedBlock> blocks;
      ASSERT_TRUE(read_blocks(file, {}, &blocks));
      std::string bytes;
      for (const DecodedBlock& block : blocks) bytes += block.bytes;
      EXPECT_EQ(bytes, (records.empty() ? ""
                                        : "\x02"
                                          "a\x02"
                                          "b") +
                           std::string("\x02"
                                       "c\x02"
                                       "d\x02"
                                       "e"));
      const auto source = memory_source(as_bytes(file));
      EXPECT_EQ(read_header(*source, {})->metadata[2].second, "by hand");
    }
  }
}

TEST(ContainerWriter, AnAppendThatIsCutOffLosesTheBlockThatItIsCutIn) {
  std::string file = string_file({"one", "two"}, {});
  const size_t old_size = file.size();
  ASSERT_TRUE(append_strings({"three", "four"}, file));
  for (size_t size = old_size; size <= file.size(); ++size) {
    SalvageLog log;
    std::vector<DecodedBlock> blocks;
    ASSERT_TRUE(read_blocks(file.substr(0, size), {}, &blocks, {.salvage = &log})) << size;
    std::vector<DecodedBlock> plain;
    const bool is_whole = read_blocks(file.substr(0, size), {}, &plain).has_value();
    EXPECT_EQ(blocks.size(), plain.size()) << "the blocks before the cut";
    EXPECT_GE(blocks.size(), 1u);
    EXPECT_EQ(log.losses().block_count, is_whole ? 0 : 1) << size;
  }
}

TEST(ContainerWriter, AppendsNothingThatTheFileIsNotFor) {
  const std::string good = string_file({"a"}, {});
  const struct {
    std::string file;
    std::string_view schema_text;
    ErrorCode code;
  } cases[] = {
      {good, "\"bytes\"", ErrorCode::kIncompatibleSchemas},
      {good, "?", ErrorCode::kBadSchemaJson},
      {good.substr(0, good.size() - 1), "\"string\"", ErrorCode::kTruncated},
      {good + "x", "\"string\"", ErrorCode::kTruncated},
      {good.substr(0, 20), "\"string\"", ErrorCode::kTruncated},
      {"no file", "\"string\"", ErrorCode::kNotAvro},
  };
  for (const auto& test : cases) {
    std::string file = test.file;
    const Status status = append_strings({"b"}, file, test.schema_text);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, test.code) << status.error().message;
    EXPECT_EQ(file, test.file);
  }
  // What the schema says beyond how bytes are read may differ.
  std::string file = good;
  EXPECT_TRUE(append_strings({"b"}, file, R"({"type": "string", "doc": "a name"})"));
}

}  // namespace
}  // namespace mseavro
