#include "app/cli/cat.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "events/source/testing/avro_test_file.h"
#include "events/source/testing/scratch_folder.h"

namespace mseavro {
namespace {

constexpr std::string_view kSchema = R"({"type":"record","name":"Event","fields":[
    {"name":"id","type":["null","string"]},
    {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
    {"name":"y","type":"double"}]})";

PutRecord event(std::string id, int64_t at, double y) {
  return [=](Encoder& out) {
    out.put_long(1);
    out.put_bytes(id);
    out.put_long(at);
    out.put_double(y);
  };
}

class Cat : public testing::Test {
 protected:
  // What is printed; status_ says how it ended.
  std::string cat(std::string_view bytes, const CatOptions& options = {},
                  const Limits& limits = {}) {
    path_ = folder_.write("a.avro", bytes);
    std::string text;
    const auto sink = memory_sink(&text);
    status_ = cat_file(path_, options, *sink, limits);
    EXPECT_TRUE(sink->commit());
    return text;
  }

  ScratchFolder folder_;
  std::string path_;
  Status status_;
};

TEST_F(Cat, PrintsTheAvroJsonEncodingOneRecordALine) {
  EXPECT_EQ(cat(avro_file(kSchema, {event("a\n", 0, 0.5), event("b", 1, NAN)})),
            R"({"id":{"string":"a\n"},"at":0,"y":0.5})"
            "\n"
            R"({"id":{"string":"b"},"at":1,"y":"NaN"})"
            "\n");
  EXPECT_TRUE(status_);
}

TEST_F(Cat, PrintsNoMoreOfAFileThanTheLimitsAllow) {
  const std::string file = avro_file(kSchema, {event("a", 0, 0.5), event("b", 0, 0.5)});
  const std::string line = "{\"id\":{\"string\":\"a\"},\"at\":0,\"y\":0.5}\n";
  const auto size = static_cast<int64_t>(line.size());
  cat(file, {}, {.expansion_size_bytes = 2 * size, .expansion_ratio = 0});
  EXPECT_TRUE(status_);
  EXPECT_EQ(cat(file, {}, {.expansion_size_bytes = size - 1, .expansion_ratio = 0}), line);
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(status_.error().place.block, 0);
}

TEST_F(Cat, PrintsPlainJsonForPeople) {
  EXPECT_EQ(cat(avro_file(kSchema, {event("a", 0, 0.5)}), {.plain = true}),
            R"({"id":"a","at":"1970-01-01T00:00:00Z","y":0.5})"
            "\n");
}

TEST_F(Cat, PrintsTheRecordsAsAReaderSchemaHasThem) {
  const auto with_schema = [](std::string_view fields) {
    const std::string text =
        R"({"type":"record","name":"Event","fields":[)" + std::string(fields) + "]}";
    return CatOptions{.reader_schema = *Schema::parse(text)};
  };
  const std::string bytes = avro_file(kSchema, {event("a", 5, 0.5), event("b", 6, 1)});
  EXPECT_EQ(cat(bytes, with_schema(R"({"name":"score","type":"double","aliases":["y"]},
                                      {"name":"region","type":"string","default":"eu"},
                                      {"name":"at","type":"double"})")),
            R"({"score":0.5,"region":"eu","at":5.0})"
            "\n"
            R"({"score":1.0,"region":"eu","at":6.0})"
            "\n");
  EXPECT_TRUE(status_);
  EXPECT_EQ(cat(bytes, with_schema(R"({"name":"region","type":"string"})")), "");
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kIncompatibleSchemas);
  EXPECT_EQ(status_.error().place.file, path_);
  EXPECT_EQ(status_.error().place.field, "region");
}

TEST_F(Cat, PrintsAnyRootTypeAndNothingOfAnEmptyFile) {
  EXPECT_EQ(cat(avro_file("\"int\"", {[](Encoder& out) { out.put_int(7); }})), "7\n");
  EXPECT_EQ(cat(avro_file(kSchema, {})), "");
  EXPECT_TRUE(status_);
}

TEST_F(Cat, StopsAtTheLimitInAnyBlock) {
  const auto put = [](int value) { return PutRecord([=](Encoder& out) { out.put_int(value); }); };
  // Two records a block.
  const std::string bytes = avro_file("\"int\"", {put(1), put(2), put(3), put(4), put(5)}, 2);
  struct Case {
    int64_t limit;
    std::string_view text;
  };
  for (const Case& c : {Case{-1, "1\n2\n3\n4\n5\n"}, Case{0, ""}, Case{1, "1\n"}, Case{2, "1\n2\n"},
                        Case{3, "1\n2\n3\n"}, Case{9, "1\n2\n3\n4\n5\n"}}) {
    EXPECT_EQ(cat(bytes, {.limit = c.limit}), c.text) << c.limit;
  }
}

TEST_F(Cat, PrintsAFileThatIsLargerThanItsBuffer) {
  std::vector<PutRecord> records;
  for (int i = 0; i < 10000; ++i) records.push_back(event("some text", i, 0.5));
  const std::string text = cat(avro_file(kSchema, records, 4096, Codec::kZstandard));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10000);
  EXPECT_TRUE(text.ends_with(R"("at":9999,"y":0.5})"
                             "\n"));
}

TEST_F(Cat, PrintsWhatIsSoundBeforeAnErrorAndNamesItsPlace) {
  const auto put = [](int value) { return PutRecord([=](Encoder& out) { out.put_long(value); }); };
  const std::string bytes =
      avro_file(R"({"type":"record","name":"B","fields":[{"name":"b","type":"boolean"}]})",
                {put(0), put(-1), put(0), put(1)}, 2);
  EXPECT_EQ(cat(bytes), "{\"b\":false}\n{\"b\":true}\n{\"b\":false}\n");
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kBadBoolean);
  EXPECT_EQ(status_.error().place.file, path_);
  EXPECT_EQ(status_.error().place.block, 1);
  EXPECT_EQ(status_.error().place.record, 1);
  EXPECT_EQ(status_.error().place.byte, static_cast<int64_t>(bytes.size()) - 16 - 1);
}

TEST_F(Cat, AnswersAFileThatIsNotAvro) {
  EXPECT_EQ(cat("id,actual\n"), "");
  ASSERT_FALSE(status_);
  EXPECT_EQ(status_.error().code, ErrorCode::kNotAvro);
}

// A pipe whose reader went away.
class ClosedSink final : public ByteSink {
 public:
  Status write(std::span<const uint8_t>) override {
    return fail(ErrorCode::kWriteFailed, "the pipe is closed");
  }
  Status commit() override { return {}; }
};

TEST_F(Cat, EndsWhenNobodyReadsItsOutput) {
  const std::string path = folder_.write("a.avro", avro_file(kSchema, {event("a", 0, 0)}));
  ClosedSink sink;
  const Status status = cat_file(path, {}, sink, {});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kWriteFailed);
  EXPECT_EQ(status.error().place.file, "") << "the input is not at fault";
}

}  // namespace
}  // namespace mseavro
