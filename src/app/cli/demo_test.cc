#include "app/cli/demo.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "avro/codec/codec.h"
#include "avro/container/container_reader.h"
#include "avro/wire/datum_reader.h"
#include "avro/wire/read_plan.h"
#include "base/io/byte_source.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;

// A folder for one test, empty at its begin and gone at its end.
class ScratchFolder {
 public:
  ScratchFolder()
      : path_(fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~ScratchFolder() { fs::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::vector<std::string> read_records(const std::string& path) {
  const Limits limits;
  const auto source = open_file(path).value();
  const auto reader = ContainerReader::open(*source, limits).value();
  const auto decompressor = make_decompressor(reader->header().codec, limits);
  DatumReader datums(ReadPlan::whole(reader->header().schema), limits);
  std::vector<std::string> records;
  Piece piece;
  while (reader->next(piece).value()) {
    for (const Block& block : piece.blocks) {
      datums.begin_block(decompressor->decompress(block.bytes).value(), block.record_count);
      for (std::string json; datums.next_json(JsonStyle::kAvro, &json).value(); json.clear()) {
        records.push_back(json);
      }
    }
  }
  return records;
}

struct FolderSize {
  int64_t day_count = 0;
  int64_t record_count = 0;
  friend bool operator==(const FolderSize&, const FolderSize&) = default;
};

FolderSize measure(const std::string& folder) {
  FolderSize size;
  for (const auto& day : fs::directory_iterator(folder)) {
    ++size.day_count;
    const auto source = open_file((day.path() / "part-0.avro").string()).value();
    const auto reader = ContainerReader::open(*source, Limits()).value();
    for (Piece piece; reader->next(piece).value();) {
      for (const Block& block : piece.blocks) size.record_count += block.record_count;
    }
  }
  return size;
}

std::vector<std::string> records_with(const std::string& path, const std::string& text) {
  std::vector<std::string> found;
  for (const std::string& record : read_records(path)) {
    if (record.find(text) != std::string::npos) found.push_back(record);
  }
  return found;
}

using Records = std::vector<std::string>;

// One test, because writing the demo is what takes the time.
TEST(FlightsDemo, WritesPredictionsOfTwoVersionsAndLabels) {
  const ScratchFolder scratch;
  const std::string demo = scratch / "demo";
  const auto said = write_flights_demo(demo);
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_NE(said->find("mseavro report " + demo + "/predictions --labels " + demo + "/labels"),
            std::string::npos);

  const std::string schedule = demo + "/predictions/model_version=schedule-1";
  const std::string carryover = demo + "/predictions/model_version=carryover-2";
  const std::string labels = demo + "/labels";
  EXPECT_EQ(measure(schedule), (FolderSize{365, 336'776}));
  // New Year's Day 2014: flights of the last evening that left, or landed, after midnight.
  EXPECT_EQ(measure(carryover), (FolderSize{366, 328'521}));
  EXPECT_EQ(measure(labels), (FolderSize{366, 327'346}));

  // Left at 5:17 instead of 5:15 (EST), landed in Houston at 8:30 instead of 8:19 (CST).
  const std::string new_year = "/date=2013-01-01/part-0.avro";
  EXPECT_EQ(records_with(schedule + new_year, "2013-01-01-UA-1545-EWR"),
            Records{R"({"prediction_id":"2013-01-01-UA-1545-EWR","prediction":0.0,)"
                    R"("timestamp":1357035300000000,"carrier":"UA","origin":"EWR","dest":"IAH"})"});
  EXPECT_EQ(records_with(carryover + new_year, "2013-01-01-UA-1545-EWR"),
            Records{R"({"prediction_id":"2013-01-01-UA-1545-EWR","prediction":2.0,)"
                    R"("timestamp":1357035420000000,"carrier":"UA","origin":"EWR","dest":"IAH"})"});
  EXPECT_EQ(records_with(labels + new_year, "2013-01-01-UA-1545-EWR"),
            Records{R"({"prediction_id":"2013-01-01-UA-1545-EWR","actual":11.0,)"
                    R"("label_timestamp":1357050600000000})"});

  // Never left: predicted by the schedule alone, and never labelled.
  EXPECT_EQ(records_with(schedule + new_year, "2013-01-01-EV-4308-EWR").size(), 1u);
  EXPECT_EQ(records_with(carryover + new_year, "2013-01-01-EV-4308-EWR").size(), 0u);
  EXPECT_EQ(records_with(labels + new_year, "2013-01-01-EV-4308-EWR").size(), 0u);

  // Scheduled at 23:59 of 2 January, left at 0:42: an event of 3 January.
  EXPECT_EQ(records_with(schedule + "/date=2013-01-02/part-0.avro", "2013-01-02-B6-707-JFK").size(),
            1u);
  EXPECT_EQ(
      records_with(carryover + "/date=2013-01-03/part-0.avro", "2013-01-02-B6-707-JFK").size(), 1u);

  // An earlier demo is written over with the same bytes, and what was added to it stays.
  const std::string first_bytes = read_bytes(labels + new_year);
  write_bytes(labels + new_year, "damaged");
  write_bytes(demo + "/mine.csv", "mine");
  ASSERT_TRUE(write_flights_demo(demo));
  EXPECT_EQ(read_bytes(labels + new_year), first_bytes);
  EXPECT_EQ(read_bytes(demo + "/mine.csv"), "mine");
}

TEST(FlightsDemo, LeavesAFolderWithOtherContentAlone) {
  const ScratchFolder scratch;
  write_bytes(scratch / "mine.csv", "mine");
  const auto said = write_flights_demo(scratch / "");
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, ErrorCode::kWriteFailed);
  EXPECT_NE(said.error().help.find("mseavro demo "), std::string::npos);
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch / ""), fs::directory_iterator()), 1);
}

TEST(FlightsDemo, CannotBeWrittenWhereAFileStands) {
  const ScratchFolder scratch;
  write_bytes(scratch / "file", "mine");
  const auto said = write_flights_demo(scratch / "file");
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, ErrorCode::kWriteFailed);
  EXPECT_EQ(said.error().place.file, scratch / "file");
}

}  // namespace
}  // namespace mseavro
