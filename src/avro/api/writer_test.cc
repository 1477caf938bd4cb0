#include "mseavro/writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/columns/owned_arrow.h"
#include "mseavro/reader.h"

namespace mseavro {
namespace {

const char* const kSchema = R"({"type":"record","name":"R","fields":[
    {"name":"id","type":"long"},
    {"name":"region","type":["null","string"],"default":null}]})";

class AvroWriterTest : public testing::Test {
 protected:
  AvroWriterTest() { std::filesystem::create_directory(folder_); }
  ~AvroWriterTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }

  std::vector<std::string> lines_of(const std::string& name) const {
    std::vector<std::string> lines;
    auto reader = AvroFile::open(path(name))->read_lines();
    for (std::string line; *reader->next(&line);) lines.push_back(line);
    return lines;
  }

  // A file of `count` records, written line by line.
  void write_lines(const std::string& name, int count) const {
    auto writer = AvroWriter::create(path(name), kSchema);
    ASSERT_TRUE(writer) << writer.error().message;
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(
          writer->write_json(R"({"region":{"string":"eu"},"id":)" + std::to_string(i) + "}"));
    }
    EXPECT_EQ(writer->record_count(), count);
    ASSERT_TRUE(writer->close());
  }

 private:
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("mseavro_writer_test_" +
       std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(AvroWriterTest, WritesLinesOfJson) {
  auto writer = AvroWriter::create(path("a.avro"), kSchema, {.codec = "zstandard"});
  ASSERT_TRUE(writer->write_json(R"({"id":1,"region":{"string":"eu"}})"));
  ASSERT_TRUE(writer->write_json(R"({"id":2,"region":"us"})", true));
  const auto refused = writer->write_json(R"({"id":"three"})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().place.field, "id");
  ASSERT_TRUE(writer->write_json(R"({"id":4})"));
  EXPECT_FALSE(std::filesystem::exists(path("a.avro")));
  ASSERT_TRUE(writer->close());
  EXPECT_EQ(lines_of("a.avro"), (std::vector<std::string>{R"({"id":1,"region":{"string":"eu"}})",
                                                          R"({"id":2,"region":{"string":"us"}})",
                                                          R"({"id":4,"region":null})"}));
  EXPECT_EQ(AvroFile::open(path("a.avro"))->codec(), "zstandard");
}

TEST_F(AvroWriterTest, WritesBatchesAndStreams) {
  write_lines("a.avro", 100);
  auto batches = AvroFile::open(path("a.avro"))->read_batches({.row_count = 30});
  OwnedArrow<ArrowSchema> columns;
  batches->schema(columns.get());
  const auto schema = avro_schema_of(*columns, "Copy");
  ASSERT_TRUE(schema) << schema.error().message;
  auto writer = AvroWriter::create(path("b.avro"), *schema, {.metadata = {{"made.by", "a test"}}});
  ASSERT_TRUE(writer) << writer.error().message;
  {
    OwnedArrow<ArrowArray> batch;
    ASSERT_TRUE(*batches->next(batch.get()));
    ASSERT_TRUE(writer->write(*columns, *batch));
    EXPECT_EQ(writer->record_count(), 30);
  }
  ArrowArrayStream rest;
  std::move(*batches).export_stream(&rest);
  ASSERT_TRUE(writer->write_stream(&rest));
  EXPECT_EQ(rest.release, nullptr);
  ASSERT_TRUE(writer->close());
  EXPECT_EQ(lines_of("b.avro"), lines_of("a.avro"));
  EXPECT_EQ(AvroFile::open(path("b.avro"))->metadata()[0].second, "a test");
}

TEST_F(AvroWriterTest, ReleasesAStreamThatItCannotWrite) {
  write_lines("a.avro", 10);
  auto writer = AvroWriter::create(path("b.avro"), R"("string")");
  ArrowArrayStream stream;
  std::move(*AvroFile::open(path("a.avro"))->read_batches()).export_stream(&stream);
  const auto refused = writer->write_stream(&stream);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kNoArrowType);
  EXPECT_EQ(stream.release, nullptr);
}

TEST_F(AvroWriterTest, SaysWhatTheStreamSaid) {
  write_lines("a.avro", 1000);
  std::filesystem::resize_file(path("a.avro"), std::filesystem::file_size(path("a.avro")) - 20);
  auto writer = AvroWriter::create(path("b.avro"), kSchema);
  ArrowArrayStream stream;
  std::move(*AvroFile::open(path("a.avro"))->read_batches()).export_stream(&stream);
  const auto failed = writer->write_stream(&stream);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().value.find("E0203"), std::string::npos);
}

TEST_F(AvroWriterTest, LeavesNoFileBehindUnlessItIsClosed) {
  {
    auto writer = AvroWriter::create(path("a.avro"), kSchema);
    ASSERT_TRUE(writer->write_json(R"({"id":1})"));
    auto moved = std::move(*writer);
    ASSERT_TRUE(moved.write_json(R"({"id":2})"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(std::filesystem::path(path("a.avro")).parent_path()));
}

TEST_F(AvroWriterTest, WritesNothingOnceItIsClosed) {
  auto writer = AvroWriter::create(path("a.avro"), kSchema);
  ASSERT_TRUE(writer->close());
  EXPECT_EQ(writer->write_json(R"({"id":1})").error().code, ErrorCode::kWriteFailed);
  EXPECT_EQ(writer->close().error().code, ErrorCode::kWriteFailed);
}

TEST_F(AvroWriterTest, RefusesWhatCannotBeWritten) {
  const struct {
    std::string path;
    std::string schema;
    WriteOptions options;
    ErrorCode code;
  } cases[] = {
      {path("a.avro"), "{", {}, ErrorCode::kBadSchemaJson},
      {path("a.avro"),
       R"({"type":"record","name":"no name","fields":[]})",
       {},
       ErrorCode::kBadSchema},
      {path("a.avro"), kSchema, {.codec = "xz"}, ErrorCode::kUnknownCodec},
      {path("a.avro"), kSchema, {.metadata = {{"avro.x", ""}}}, ErrorCode::kBadOptionValue},
      {path("none/a.avro"), kSchema, {}, ErrorCode::kWriteFailed},
  };
  for (const auto& [file, schema, options, code] : cases) {
    const auto writer = AvroWriter::create(file, schema, options);
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, code) << writer.error().message;
  }
}

}  // namespace
}  // namespace mseavro
