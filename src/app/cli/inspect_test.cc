#include "app/cli/inspect.h"

#include <gtest/gtest.h>

#include "events/source/testing/avro_test_file.h"
#include "events/source/testing/scratch_folder.h"

namespace mseavro {
namespace {

constexpr std::string_view kScoreSchema =
    R"({"type":"record","name":"Score","fields":[{"name":"score","type":"double"}]})";

std::vector<PutRecord> scores(int count) {
  std::vector<PutRecord> records;
  for (int i = 0; i < count; ++i) {
    records.push_back([i](Encoder& out) { out.put_double(i); });
  }
  return records;
}

class Inspect : public testing::Test {
 protected:
  Inspection inspect(const std::string& name, std::string_view bytes, bool count_all = false,
                     bool salvage = false) {
    const auto files = list_inputs(std::vector{folder_.write(name, bytes)}).value();
    InspectOptions options;
    options.count_all = count_all;
    options.salvage = salvage;
    return inspect_file(files.at(0), options).value();
  }

  ScratchFolder folder_;
};

TEST_F(Inspect, CountsSmallFilesWhole) {
  const std::string bytes = avro_file(kScoreSchema, scores(10), 32, Codec::kSnappy);
  const Inspection inspection = inspect("a.avro", bytes);
  EXPECT_EQ(inspection.size_bytes, static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(inspection.header->codec, Codec::kSnappy);
  EXPECT_EQ(inspection.counts.block_count, 3);
  EXPECT_EQ(inspection.counts.record_count, 10);
  EXPECT_TRUE(inspection.counted_all);
  ASSERT_EQ(inspection.catalog.fields.size(), 1u);
  // Roles are inferred from the first block; what is shown is of all.
  EXPECT_EQ(inspection.catalog.fields[0].evidence.row_count, 4);
  EXPECT_EQ(inspection.fields[0].evidence.row_count, 10);
  EXPECT_EQ(inspection.fields[0].evidence.maximum, 9);
  EXPECT_EQ(inspection.counts.decoded_size_bytes, 80);
}

TEST_F(Inspect, CountsTheBeginningOfLargeFilesUnlessAskedForAll) {
  const std::string bytes = avro_file(kScoreSchema, scores(800'000), 64 << 10);
  const Inspection beginning = inspect("a.avro", bytes);
  EXPECT_FALSE(beginning.counted_all);
  EXPECT_LT(beginning.counts.record_count, 800'000);
  EXPECT_GE(beginning.counted_size_bytes, 4 << 20);
  EXPECT_LT(beginning.counted_size_bytes, 5 << 20);
  EXPECT_EQ(beginning.fields[0].evidence.row_count, 100'000);
  const Inspection all = inspect("a.avro", bytes, true);
  EXPECT_EQ(all.counts.record_count, 800'000);
  EXPECT_EQ(all.fields[0].evidence.row_count, 800'000);
  EXPECT_EQ(all.fields[0].evidence.maximum, 799'999);
  EXPECT_TRUE(all.fields[0].evidence.distinct_is_estimate);
}

TEST_F(Inspect, NamesTheBlockThatIsLargestWhenItIsDecompressed) {
  std::vector<PutRecord> records;
  for (const size_t size : {30, 5000, 40}) {
    records.push_back([size](Encoder& out) { out.put_bytes(std::string(size, 'x')); });
  }
  const Inspection inspection =
      inspect("a.avro", avro_file(R"({"type":"record","name":"R","fields":[
                    {"name":"s","type":"string"}]})",
                                  records, 1, Codec::kDeflate));
  EXPECT_EQ(inspection.counts.block_count, 3);
  EXPECT_EQ(inspection.counts.largest_block, 1);
  EXPECT_EQ(inspection.counts.largest_decoded_size_bytes, 5002);
  EXPECT_EQ(inspection.counts.decoded_size_bytes, 31 + 5002 + 41);
  EXPECT_LT(inspection.counts.stored_size_bytes, 200);
}

TEST_F(Inspect, SalvageGoesOnBehindDamage) {
  const std::string good = avro_file(kScoreSchema, scores(12), 32);
  std::string bad = good;
  bad[good.find(good.substr(good.size() - 16)) + 16 + 1] ^= 2;  // The first block's size.
  for (const std::string& bytes : {bad, good.substr(0, good.size() - 1)}) {
    EXPECT_TRUE(inspect("a.avro", bytes).damage);
    const Inspection inspection = inspect("a.avro", bytes, false, true);
    EXPECT_FALSE(inspection.damage);
    EXPECT_EQ(inspection.counts.record_count, 8);
    EXPECT_EQ(inspection.fields[0].evidence.row_count, 8);
    EXPECT_EQ(inspection.losses.block_count, 1);
    EXPECT_TRUE(inspection.counted_all);
  }
}

TEST_F(Inspect, CountsCsvRecords) {
  const Inspection inspection = inspect("a.csv", "id,y\np1,\"a\nb\"\np2,2\n");
  EXPECT_FALSE(inspection.header);
  EXPECT_EQ(inspection.counts.record_count, 2);
  EXPECT_TRUE(inspection.counted_all);
  EXPECT_EQ(inspection.catalog.fields.size(), 2u);
}

TEST_F(Inspect, ShowsADamagedFileUpToTheDamage) {
  std::string bytes = avro_file(kScoreSchema, scores(10), 32);
  bytes.resize(bytes.size() - 1);
  const Inspection inspection = inspect("a.avro", bytes);
  EXPECT_EQ(inspection.damage->code, ErrorCode::kTruncated);
  EXPECT_EQ(inspection.counts.record_count, 8);
  EXPECT_FALSE(inspection.counted_all);
  EXPECT_EQ(inspection.catalog.fields.at(0).evidence.row_count, 4);
}

TEST_F(Inspect, ShowsTheFieldsOfAFileWhoseFirstBlockIsDamaged) {
  std::string bytes = avro_file(kScoreSchema, scores(10), 32, Codec::kDeflate);
  // The first block's data begin behind the header's marker, a count and a size.
  bytes[bytes.find(bytes.substr(bytes.size() - 16)) + 16 + 2] = '\xff';
  const Inspection inspection = inspect("a.avro", bytes);
  EXPECT_EQ(inspection.damage->code, ErrorCode::kBadCompression);
  EXPECT_EQ(inspection.counts.record_count, 0);
  EXPECT_EQ(inspection.fields.at(0).path.text(), "score");
}

TEST_F(Inspect, HasNoFieldsOfARootThatIsNoRecord) {
  const Inspection inspection =
      inspect("a.avro", avro_file("\"int\"", {[](Encoder& out) { out.put_int(7); }}));
  EXPECT_TRUE(inspection.catalog.fields.empty());
  EXPECT_FALSE(inspection.damage);
}

TEST_F(Inspect, AnswersWhatHasNoHeader) {
  const std::string path = folder_.write("a.avro", "text");
  const auto inspection = inspect_file({path, FileFormat::kAvro, {}}, {});
  ASSERT_FALSE(inspection);
  EXPECT_EQ(inspection.error().code, ErrorCode::kNotAvro);
}

}  // namespace
}  // namespace mseavro
