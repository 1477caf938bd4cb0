#include "events/sink/record_sorter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <tuple>

#include "avro/container/container_file.h"
#include "events/source/schema_fields.h"
#include "events/source/testing/scratch_folder.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSchema = R"({"type": "record", "name": "Event", "fields": [
  {"name": "model_version", "type": ["null", "string"]},
  {"name": "timestamp", "type": {"type": "long", "logicalType": "timestamp-micros"}},
  {"name": "number", "type": "int"},
  {"name": "tags", "type": {"type": "array", "items": "string"}},
  {"name": "mixed", "type": ["string", {"type": "array", "items": "string"}]}]})";

struct Event {
  std::string version;  // Empty: null.
  Instant time = 0;
  int64_t number = 0;
  std::string mixed{};  // Empty: an array.
};

Encoder encode(const std::vector<Event>& events) {
  Encoder datums;
  for (const Event& event : events) {
    datums.put_long(event.version.empty() ? 0 : 1);
    if (!event.version.empty()) datums.put_bytes(event.version);
    datums.put_long(event.time);
    datums.put_long(event.number);
    datums.put_long(0);
    datums.put_long(event.mixed.empty() ? 1 : 0);
    if (event.mixed.empty()) {
      datums.put_long(0);
    } else {
      datums.put_bytes(event.mixed);
    }
  }
  return datums;
}

// Numbers of the events of each file, in their order, by its path.
using Files = std::map<std::string, std::vector<int64_t>>;

class RecordSorterTest : public testing::Test {
 protected:
  // The lots, each added with one call.
  void write(const OrderOptions& options, const std::vector<std::vector<Event>>& lots,
             size_t memory_bytes = 1 << 20) {
    auto schema = Schema::parse(kSchema).value();
    auto order = RecordOrder::make(schema, {{}, list_schema_fields(*schema)}, options);
    ASSERT_TRUE(order) << order.error().message;
    PartitionedOptions layout;
    layout.layout = options.keys.empty() ? FileLayout::kNumbered : FileLayout::kPartitioned;
    layout.durability = Durability::kUnsynced;
    const auto files =
        PartitionedWriter::make(std::string(kSchema), folder_.path(), "events", layout).value();
    RecordSorter sorter(*order, *files, memory_bytes, Limits());
    for (const std::vector<Event>& lot : lots) {
      std::vector<Instant> times;
      for (const Event& event : lot) {
        if (options.has_times) times.push_back(event.time);
      }
      status_ =
          sorter.add(encode(lot).bytes(), static_cast<int64_t>(lot.size()), times, path_keys_);
      if (!status_) return;
    }
    ASSERT_TRUE(sorter.flush());
    ASSERT_TRUE(files->finish());
    ASSERT_TRUE(files->commit());
  }

  Files files() const {
    Files found;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file()) continue;
      const std::string name = fs::relative(entry.path(), folder_.path()).string();
      found[name] = numbers_in(entry.path().string());
    }
    return found;
  }

  static std::vector<int64_t> numbers_in(const std::string& path) {
    const std::vector<ColumnRequest> requests = {
        {FieldPath::parse("number").value(), ColumnType::kInteger}};
    const auto plan = ReadPlan::project(Schema::parse(kSchema).value(), requests).value();
    std::vector<DecodedBlock> blocks;
    EXPECT_TRUE(read_blocks(*open_file(path).value(), {}, &blocks));
    std::vector<int64_t> numbers;
    ColumnDecoder decoder(plan, Limits());
    ColumnBatch batch(plan->column_types(), 64);
    for (const DecodedBlock& block : blocks) {
      decoder.begin_block(as_bytes(block.bytes), block.record_count);
      while (decoder.next(batch).value()) {
        const auto& integers = batch.columns[0].integers;
        numbers.insert(numbers.end(), integers.begin(),
                       integers.begin() + static_cast<std::ptrdiff_t>(batch.size));
      }
    }
    return numbers;
  }

  ScratchFolder folder_;
  PathKeys path_keys_;
  Status status_;
};

constexpr Instant kDay = kMicrosPerDay;

TEST_F(RecordSorterTest, PartitionsAreNamedByFieldsRolesAndTheDay) {
  write({.keys = {"model_version", "date"}},
        {{{"b", 0, 1}, {"a/1", kDay, 2}, {"b", 5, 3}, {"b", kDay, 4}, {"", -1, 5}}});
  EXPECT_EQ(files(), (Files{{"events/model_version=b/date=1970-01-01/part-00001.avro", {1, 3}},
                            {"events/model_version=a%2F1/date=1970-01-02/part-00001.avro", {2}},
                            {"events/model_version=b/date=1970-01-02/part-00001.avro", {4}},
                            {"events/model_version=__HIVE_DEFAULT_PARTITION__/date=1969-12-31/"
                             "part-00001.avro",
                             {5}}}));
}

TEST_F(RecordSorterTest, ToldTimesAreThoseOfPartitionsAndOrder) {
  write({.keys = {"date"}, .sort_by = "time", .has_times = true},
        {{{"a", 7, 1}, {"a", 3, 2}, {"a", kFirstInstant, 3}, {"a", kDay, 4}}});
  EXPECT_EQ(files(), (Files{{"events/date=1970-01-01/part-00001.avro", {2, 1}},
                            {"events/date=1970-01-02/part-00001.avro", {4}},
                            {"events/date=__HIVE_DEFAULT_PARTITION__/part-00001.avro", {3}}}));
}

TEST_F(RecordSorterTest, KeysOfFoldersArePartitionsWhereThereIsNoField) {
  path_keys_ = {{"region", "e/u"}, {"model_version", "old"}, {"date", "2020-01-01"}};
  write({.keys = {"region", "model_version", "date", "place"},
         .path_keys = {"region", "model_version", "date", "place"}},
        {{{"a", kDay, 1}}});
  EXPECT_EQ(files(), (Files{{"events/region=e%2Fu/model_version=a/date=1970-01-02/"
                             "place=__HIVE_DEFAULT_PARTITION__/part-00001.avro",
                             {1}}}));
}

TEST_F(RecordSorterTest, RecordsOfOneTimeStayInTheirOrder) {
  write({.sort_by = "time"}, {{{"a", 5, 1}, {"b", 2, 2}, {"c", 5, 3}}, {{"d", 2, 4}, {"e", 5, 5}}});
  EXPECT_EQ(files(), (Files{{"events-00001.avro", {2, 4, 1, 3, 5}}}));
}

TEST_F(RecordSorterTest, WhatDoesNotFitIntoMemoryGoesToSortedFilesOfItsOwn) {
  write({.sort_by = "number"}, {{{"a", 0, 9}, {"a", 0, 3}}, {{"a", 0, 8}, {"a", 0, 1}}}, 1);
  EXPECT_EQ(files(), (Files{{"events-00001.avro", {3, 9}}, {"events-00002.avro", {1, 8}}}));
}

TEST_F(RecordSorterTest, FilesOfPartitionsThatAreNotSortedGoOn) {
  write({.keys = {"model_version"}}, {{{"a", 0, 9}, {"b", 0, 3}}, {{"b", 0, 8}, {"a", 0, 1}}}, 1);
  EXPECT_EQ(files(), (Files{{"events/model_version=a/part-00001.avro", {9, 1}},
                            {"events/model_version=b/part-00001.avro", {3, 8}}}));
}

TEST_F(RecordSorterTest, ManyRecordsAreInTheOrderThatASlowSortGives) {
  std::mt19937_64 random(7);
  std::vector<std::vector<Event>> lots(3);
  std::vector<std::tuple<std::string, Instant, int64_t>> expected;
  for (int64_t number = 0; number < 9000; ++number) {
    const Event event{std::string(1, static_cast<char>('a' + random() % 3)),
                      static_cast<Instant>(random() % 500), number};
    lots[static_cast<size_t>(number / 3000)].push_back(event);
    expected.emplace_back(event.version, event.time, event.number);
  }
  std::ranges::sort(expected);
  write({.keys = {"model_version"}, .sort_by = "timestamp"}, lots);
  std::vector<int64_t> found;
  for (const auto& [path, numbers] : files()) {
    found.insert(found.end(), numbers.begin(), numbers.end());
  }
  ASSERT_EQ(found.size(), expected.size());
  for (size_t index = 0; index < found.size(); ++index) {
    EXPECT_EQ(found[index], std::get<2>(expected[index])) << index;
  }
}

TEST_F(RecordSorterTest, ValuesThatAreNoScalarsOrNoTimesAreErrors) {
  const struct {
    OrderOptions options;
    Event event;
    std::string message;
  } cases[] = {
      {{.keys = {"mixed"}}, {"a", 0, 1}, "\"mixed\" has values that are no scalars"},
      {{.keys = {"mixed"}}, {"a", 0, 1, "text"}, ""},
      {{.sort_by = "model_version"}, {"a", 0, 1}, "\"model_version\" has values that are no times"},
      {{.sort_by = "model_version"}, {"2025-07-28", 0, 1}, ""},
      {{.sort_by = "model_version"}, {"", 0, 1}, ""},
  };
  for (const auto& test : cases) {
    write(test.options, {{test.event}});
    EXPECT_EQ(status_ ? "" : status_.error().message, test.message);
    fs::remove_all(folder_.path());
  }
}

TEST(RecordOrder, RefusesWhatIsNoFieldAndWhatCannotBeOne) {
  const auto error_of = [](const OrderOptions& options) {
    const auto schema = Schema::parse(kSchema).value();
    const auto order = RecordOrder::make(schema, {{}, list_schema_fields(*schema)}, options);
    return order ? std::string() : order.error().message;
  };
  EXPECT_EQ(error_of({.keys = {"regoin"}}), "Event has no field \"regoin\"");
  EXPECT_EQ(error_of({.keys = {"prediction_id"}}), "Event has no field \"prediction_id\"");
  EXPECT_EQ(error_of({.keys = {"tags"}}), "\"tags\" has values that are no scalars");
  EXPECT_EQ(error_of({.sort_by = "when"}), "Event has no field \"when\"");
  EXPECT_EQ(error_of({.sort_by = "mixed"}), "\"mixed\" is no time to sort by");
  EXPECT_EQ(error_of({.keys = {"model_version"}, .sort_by = "time"}), "");
}

}  // namespace
}  // namespace mseavro
