#include "mseavro/reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "avro/container/container_writer.h"
#include "base/columns/testing/arrow_text.h"
#include "base/io/byte_sink.h"

namespace mseavro {
namespace {

const char* const kSchema = R"({"type":"record","name":"n.R","fields":[
    {"name":"id","type":"long"},{"name":"region","type":["null","string"]}]})";

// Records {i, "r<i>"}, the region null for every third; a block for each ten.
std::string make_file(int64_t record_count, Codec codec = Codec::kDeflate) {
  std::string file;
  const auto sink = memory_sink(&file);
  ContainerOptions options;
  options.codec = codec;
  options.block_size_bytes = 40;
  options.metadata = {{"made.by", "a test"}};
  const auto writer = ContainerWriter::create(*sink, kSchema, options);
  for (int64_t i = 0; i < record_count; ++i) {
    Encoder& datum = (*writer)->datum();
    datum.put_long(i);
    datum.put_long(i % 3 == 0 ? 0 : 1);
    if (i % 3 != 0) datum.put_bytes("r" + std::to_string(i));
    MSEAVRO_CHECK((*writer)->end_record().has_value());
  }
  MSEAVRO_CHECK((*writer)->finish().has_value());
  return file;
}

std::vector<std::string> rows_of(const ArrowSchema& schema, const ArrowArray& batch) {
  std::vector<std::string> rows;
  for (int64_t row = 0; row < batch.length; ++row) rows.push_back(arrow_text(schema, batch, row));
  return rows;
}

// Every row of the file, and the rows of each batch.
struct Reading {
  std::vector<std::string> rows;
  std::vector<int64_t> batch_rows;
};

Result<Reading> read_all(const AvroFile& file, const BatchOptions& options) {
  MSEAVRO_ASSIGN(auto batches, file.read_batches(options));
  OwnedArrow<ArrowSchema> schema;
  batches.schema(schema.get());
  Reading reading;
  while (true) {
    OwnedArrow<ArrowArray> batch;
    MSEAVRO_ASSIGN(const bool more, batches.next(batch.get()));
    if (!more) return reading;
    reading.batch_rows.push_back(batch->length);
    std::ranges::copy(rows_of(*schema, *batch), std::back_inserter(reading.rows));
  }
}

TEST(AvroFile, TellsWhatTheHeaderSays) {
  const std::string bytes = make_file(1);
  const auto file = AvroFile::open_memory(bytes);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->schema(), kSchema);
  EXPECT_EQ(*file->canonical_schema(),
            R"({"name":"n.R","type":"record","fields":[{"name":"id","type":"long"},)"
            R"({"name":"region","type":["null","string"]}]})");
  EXPECT_EQ(*file->fingerprint(), 0xc2d13ae7a53c1355ull);
  EXPECT_EQ(file->codec(), "deflate");
  const std::vector<std::pair<std::string, std::string>> metadata = {{"made.by", "a test"}};
  EXPECT_EQ(file->metadata(), metadata);
}

TEST(AvroFile, SaysWhichFileIsWrong) {
  const auto missing = AvroFile::open("no/such/file.avro");
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(missing.error().place.file, "no/such/file.avro");
  EXPECT_EQ(AvroFile::open_memory("no avro").error().code, ErrorCode::kNotAvro);
}

TEST(BatchReader, GathersBlocksIntoBatches) {
  const std::string bytes = make_file(100);
  const auto file = AvroFile::open_memory(bytes);
  const auto reading = read_all(*file, {.row_count = 40});
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->batch_rows, (std::vector<int64_t>{40, 40, 20}));
  ASSERT_EQ(reading->rows.size(), 100u);
  EXPECT_EQ(reading->rows[0], "{0;null;}");
  EXPECT_EQ(reading->rows[99], "{99;null;}");
  EXPECT_EQ(reading->rows[98], "{98;r98;}");
}

TEST(BatchReader, HasNoBatchForAFileWithoutRecords) {
  const std::string bytes = make_file(0);
  const auto reading = read_all(*AvroFile::open_memory(bytes), {});
  EXPECT_TRUE(reading->batch_rows.empty());
}

TEST(BatchReader, ReadsTheColumnsThatAreAskedForAsTheReaderSchemaHasThem) {
  const std::string bytes = make_file(2);
  const auto file = AvroFile::open_memory(bytes);
  BatchOptions options;
  options.columns = {"region"};
  EXPECT_EQ(read_all(*file, options)->rows, (std::vector<std::string>{"{null;}", "{r1;}"}));
  options.reader_schema = R"({"type":"record","name":"R","fields":[
      {"name":"number","aliases":["id"],"type":"double"},
      {"name":"new","type":"string","default":"d"}]})";
  options.columns = {"new"};
  EXPECT_EQ(read_all(*file, options)->rows, (std::vector<std::string>{"{d;}", "{d;}"}));
}

TEST(BatchReader, RefusesWhatItCannotRead) {
  const std::string bytes = make_file(2);
  const auto file = AvroFile::open_memory(bytes);
  const struct {
    BatchOptions options;
    ErrorCode code;
  } cases[] = {
      {{.columns = {"none"}}, ErrorCode::kFieldMissing},
      {{.reader_schema = "{"}, ErrorCode::kBadSchemaJson},
      {{.reader_schema = R"("int")"}, ErrorCode::kIncompatibleSchemas},
      {{.row_count = 0}, ErrorCode::kBadOptionValue},
  };
  for (const auto& [options, code] : cases) {
    const auto batches = file->read_batches(options);
    ASSERT_FALSE(batches);
    EXPECT_EQ(batches.error().code, code);
  }
}

TEST(BatchReader, RepeatsItsError) {
  std::string bytes = make_file(100);
  bytes.resize(bytes.size() - 20);
  const auto file = AvroFile::open_memory(bytes);
  auto batches = file->read_batches({.row_count = 30});
  int64_t row_count = 0;
  for (int call = 0; call < 5; ++call) {
    OwnedArrow<ArrowArray> batch;
    const auto more = batches->next(batch.get());
    if (more) {
      row_count += batch->length;
      continue;
    }
    EXPECT_EQ(more.error().code, ErrorCode::kTruncated);
    EXPECT_EQ(batch->release, nullptr);
  }
  EXPECT_EQ(row_count, 90);
}

// A byte for a null of a kilobyte: what comes out of a small file is bounded as a whole.
TEST(BatchReader, BoundsWhatASmallFileBecomes) {
  std::string bytes;
  const auto sink = memory_sink(&bytes);
  const auto writer =
      ContainerWriter::create(*sink, R"(["null",{"type":"fixed","name":"F","size":1000}])", {});
  for (int i = 0; i < 2000; ++i) {
    (*writer)->datum().put_long(0);
    ASSERT_TRUE((*writer)->end_record());
  }
  ASSERT_TRUE((*writer)->finish());
  Limits limits;
  limits.expansion_ratio = 1;
  limits.expansion_size_bytes = 1'000'000;
  const auto reading = read_all(*AvroFile::open_memory(bytes, limits), {.row_count = 100});
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(read_all(*AvroFile::open_memory(bytes), {})->rows.size(), 2000u);
}

TEST(BatchReader, LeavesBatchesToWhoeverGotThem) {
  OwnedArrow<ArrowSchema> schema;
  OwnedArrow<ArrowArray> batch;
  {
    const std::string bytes = make_file(3);
    auto batches = AvroFile::open_memory(bytes)->read_batches();
    auto moved = std::move(*batches);
    moved.schema(schema.get());
    ASSERT_TRUE(*moved.next(batch.get()));
  }
  EXPECT_EQ(rows_of(*schema, *batch),
            (std::vector<std::string>{"{0;null;}", "{1;r1;}", "{2;r2;}"}));
}

TEST(AvroFile, MayBeReadByManyThreadsAtOnce) {
  const std::string bytes = make_file(1000, Codec::kZstandard);
  const auto file = AvroFile::open_memory(bytes);
  const auto expected = read_all(*file, {})->rows;
  std::vector<std::thread> threads;
  std::vector<std::vector<std::string>> found(4);
  for (auto& rows : found) {
    threads.emplace_back([&rows, copy = *file] { rows = read_all(copy, {.row_count = 7})->rows; });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& rows : found) EXPECT_EQ(rows, expected);
}

TEST(ArrowStream, EndsWithAnEmptyArray) {
  const std::string bytes = make_file(5);
  OwnedArrow<ArrowArrayStream> stream;
  std::move(*AvroFile::open_memory(bytes)->read_batches({.row_count = 4}))
      .export_stream(stream.get());
  OwnedArrow<ArrowSchema> schema;
  OwnedArrow<ArrowSchema> same;
  ASSERT_EQ(stream->get_schema(stream.get(), schema.get()), 0);
  ASSERT_EQ(stream->get_schema(stream.get(), same.get()), 0);
  EXPECT_STREQ(schema->format, "+s");
  std::vector<std::string> rows;
  while (true) {
    OwnedArrow<ArrowArray> batch;
    ASSERT_EQ(stream->get_next(stream.get(), batch.get()), 0);
    if (batch->release == nullptr) break;
    std::ranges::copy(rows_of(*schema, *batch), std::back_inserter(rows));
  }
  EXPECT_EQ(rows.size(), 5u);
  EXPECT_EQ(stream->get_last_error(stream.get()), nullptr);
}

TEST(ArrowStream, MayBeReleasedBeforeItsEndAndBeforeItsBatches) {
  const std::string bytes = make_file(50);
  OwnedArrow<ArrowSchema> schema;
  OwnedArrow<ArrowArray> batch;
  {
    OwnedArrow<ArrowArrayStream> stream;
    std::move(*AvroFile::open_memory(bytes)->read_batches({.row_count = 10}))
        .export_stream(stream.get());
    stream->get_schema(stream.get(), schema.get());
    stream->get_next(stream.get(), batch.get());
  }
  EXPECT_EQ(rows_of(*schema, *batch).size(), 10u);
}

TEST(ArrowStream, SaysWhatIsWrongInWords) {
  std::string bytes = make_file(100);
  bytes.resize(bytes.size() - 20);
  OwnedArrow<ArrowArrayStream> stream;
  std::move(*AvroFile::open_memory(bytes)->read_batches()).export_stream(stream.get());
  for (int call = 0; call < 2; ++call) {
    OwnedArrow<ArrowArray> batch;
    EXPECT_EQ(stream->get_next(stream.get(), batch.get()), EINVAL);
    EXPECT_EQ(batch->release, nullptr);
    const std::string error = stream->get_last_error(stream.get());
    EXPECT_NE(error.find("E0203"), std::string::npos) << error;
  }
}

TEST(LineReader, WritesRecordsInBothStyles) {
  const std::string bytes = make_file(2);
  const auto file = AvroFile::open_memory(bytes);
  std::string line = "from before";
  auto avro = file->read_lines();
  ASSERT_TRUE(*avro->next(&line));
  EXPECT_EQ(line, R"({"id":0,"region":null})");
  ASSERT_TRUE(*avro->next(&line));
  EXPECT_EQ(line, R"({"id":1,"region":{"string":"r1"}})");
  EXPECT_FALSE(*avro->next(&line));
  auto plain = file->read_lines({.plain = true});
  ASSERT_TRUE(*plain->next(&line));
  ASSERT_TRUE(*plain->next(&line));
  EXPECT_EQ(line, R"({"id":1,"region":"r1"})");
}

TEST(LineReader, RepeatsItsError) {
  std::string bytes = make_file(15);
  bytes.resize(bytes.size() - 20);
  auto lines = AvroFile::open_memory(bytes)->read_lines();
  std::string line;
  int line_count = 0;
  for (int call = 0; call < 20; ++call) {
    const auto more = lines->next(&line);
    if (more) {
      ++line_count;
    } else {
      EXPECT_EQ(more.error().code, ErrorCode::kTruncated);
    }
  }
  EXPECT_LT(line_count, 15);
  EXPECT_GT(line_count, 0);
}

}  // namespace
}  // namespace mseavro
