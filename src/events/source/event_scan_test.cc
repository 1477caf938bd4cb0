#include "events/source/event_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <thread>

#include "avro/codec/codec.h"
#include "events/source/testing/avro_test_file.h"
#include "events/source/testing/scratch_folder.h"

namespace mseavro {
namespace {

// Eight bytes a record, so that a block's size says how many it has.
constexpr std::string_view kScoreSchema =
    R"({"type":"record","name":"Score","fields":[{"name":"score","type":"double"}]})";
constexpr std::string_view kEventSchema = R"({"type":"record","name":"Event","fields":[
    {"name":"id","type":"string"},
    {"name":"n","type":["null","long"]},
    {"name":"features","type":{"type":"record","name":"F","fields":[
        {"name":"region","type":"string"}]}}]})";

RequestedColumn column(std::string_view path, ColumnType type) {
  return {FieldPath::parse(path).value(), type};
}

PutRecord score(double value) {
  return [value](Encoder& out) { out.put_double(value); };
}

PutRecord event(std::string id, std::optional<int64_t> n, std::string region) {
  return [=](Encoder& out) {
    out.put_bytes(id);
    out.put_long(n ? 1 : 0);
    if (n) out.put_long(*n);
    out.put_bytes(region);
  };
}

std::string cell_text(const Column& cells, size_t row) {
  if (cells.states[row] == CellState::kNull) return "null";
  if (cells.states[row] == CellState::kWrongType) return "wrong";
  switch (cells.type) {
    case ColumnType::kInteger:
      return std::to_string(cells.integers[row]);
    case ColumnType::kNumber:
      return testing::PrintToString(cells.numbers[row]);
    default:
      return "'" + std::string(cells.texts[row]) + "'";
  }
}

class EventScanTest : public testing::Test {
 protected:
  std::string add(const std::string& name, std::string_view bytes) {
    return folder_.write(name, bytes);
  }

  void open(std::vector<RequestedColumn> columns, ScanOptions options = {}) {
    files_ = list_inputs(std::vector{folder_.path()}).value();
    scan_ = EventScan::open(files_, std::move(columns), options).value();
  }

  // The rows that one worker reads, as "cell cell;" each, or the error's message.
  std::string rows() {
    std::string text;
    const auto worker = scan_->make_worker();
    while (true) {
      const auto batch = worker->next();
      if (!batch) return batch.error().message;
      if (*batch == nullptr) return text;
      for (size_t row = 0; row < (*batch)->size; ++row) {
        for (const Column& cells : (*batch)->columns) text += cell_text(cells, row) + " ";
        text.back() = ';';
      }
    }
  }

  // How often each value of the first column is read, by that many workers.
  std::map<double, int> count_values(size_t worker_count) {
    std::vector<std::map<double, int>> counts(worker_count);
    std::vector<std::thread> threads;
    for (size_t i = 0; i < worker_count; ++i) {
      threads.emplace_back([this, &counts, i] {
        const auto worker = scan_->make_worker();
        while (true) {
          const auto batch = worker->next();
          if (!batch || *batch == nullptr) return;
          for (size_t row = 0; row < (*batch)->size; ++row) {
            ++counts[i][(*batch)->columns[0].numbers[row]];
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::map<double, int> sum;
    for (const auto& part : counts) {
      for (const auto& [value, count] : part) sum[value] += count;
    }
    return sum;
  }

  ScratchFolder folder_;
  std::vector<InputFile> files_;
  std::unique_ptr<EventScan> scan_;
};

TEST_F(EventScanTest, HasTheColumnsInTheOrderOfTheRequest) {
  add("a.avro", avro_file(kEventSchema, {event("p1", 7, "eu"), event("p2", {}, "us")}));
  open({column("features.region", ColumnType::kText), column("n", ColumnType::kNumber),
        column("id", ColumnType::kText), column("n", ColumnType::kInteger)});
  EXPECT_EQ(rows(), "'eu' 7 'p1' 7;'us' null 'p2' null;");
}

TEST_F(EventScanTest, ResolvesEachFileByItsOwnSchema) {
  add("1.avro", avro_file(kEventSchema, {event("p1", 7, "eu")}));
  add("2.avro", avro_file(kScoreSchema, {score(0.5), score(1.5)}));
  add("3.avro", avro_file(kEventSchema, {event("p3", {}, "us")}));
  add("4.csv", "score,id\n2.5,p4\n");
  add("5.avro", avro_file(kScoreSchema, {score(3.5)}));
  open({column("id", ColumnType::kText), column("score", ColumnType::kNumber),
        column("nowhere", ColumnType::kInteger)});
  EXPECT_EQ(
      rows(),
      "'p1' null null;null 0.5 null;null 1.5 null;'p3' null null;'p4' 2.5 null;null 3.5 null;");
  EXPECT_TRUE(scan_->column_was_found(0));
  EXPECT_TRUE(scan_->column_was_found(1));
  EXPECT_FALSE(scan_->column_was_found(2));
}

TEST_F(EventScanTest, ReadsPathKeysWhereTheFileHasNoSuchField) {
  add("n=1/day=2025-07-28/a.avro", avro_file(kScoreSchema, {score(1)}));
  add("n=x/day=2025-07-29/a.avro", avro_file(kScoreSchema, {score(2)}));
  add("n=__HIVE_DEFAULT_PARTITION__/a.avro", avro_file(kScoreSchema, {score(3)}));
  add("n=9/a.avro", avro_file(kEventSchema, {event("p1", 7, "eu")}));
  add("n=9/b.csv", "n,score\n5,4\n");
  add("score=9/n=2/n=3/a.csv", "id\np2\n");
  open({column("score", ColumnType::kNumber), column("n", ColumnType::kInteger),
        column("n", ColumnType::kText), column("day", ColumnType::kText)});
  EXPECT_EQ(rows(),
            "1 1 '1' '2025-07-28';"
            "null 7 '7' null;"
            "4 5 '5' null;"
            "3 null null null;"
            "2 wrong 'x' '2025-07-29';"
            "9 3 '3' null;");
  EXPECT_TRUE(scan_->column_was_found(3));
}

TEST_F(EventScanTest, ReadsCsvWithByteOrderMarkQuotesAndLineEnds) {
  add("a.csv",
      "\xef\xbb\xbfid,\"features.region\",score\r\n"
      "p1,\"a \"\"b\"\", c\",1.5\r\n"
      "\r\n"
      "\"\",,\r\n"
      "p3,\"two\nlines\",abc\r\n"
      "p4,\"\", 2 \n");
  open({column("features.region", ColumnType::kText), column("id", ColumnType::kText),
        column("score", ColumnType::kNumber), column("score", ColumnType::kInteger)});
  EXPECT_EQ(rows(),
            "'a \"b\", c' 'p1' 1.5 wrong;null '' null null;'two\nlines' 'p3' wrong wrong;"
            "'' 'p4' 2 2;");
}

TEST_F(EventScanTest, ReadsCsvWithAnotherDelimiter) {
  add("a.csv", "id;score\np1;1,5\n");
  add("b.tsv", "score\tid\n2\tp2\n");
  open({column("id", ColumnType::kText), column("score", ColumnType::kText)});
  EXPECT_EQ(rows(), "'p1' '1,5';'p2' '2';");
}

TEST_F(EventScanTest, ReadsJsonLines) {
  add("n=9/a.jsonl",
      "\xef\xbb\xbf"
      R"({"id":"p\u0031","score":2.5,"n":1})"
      "\r\n\n"
      R"({"score":"3","id":null})"
      "\n"
      R"({"score":3,"id":"3"})"
      "\n"
      R"({"id":true,"score":[1],"n":null})"
      "\n"
      R"({"id":{"x":1},"score":"many","id":12345678901234567890})");
  open({column("score", ColumnType::kNumber), column("id", ColumnType::kText),
        column("n", ColumnType::kInteger)});
  // A path key stands in for a member that is not there; of two members of a name the last counts.
  EXPECT_EQ(rows(),
            "2.5 'p1' 1;"
            "wrong null 9;"
            "3 '3' 9;"
            "wrong 'true' null;"
            "wrong '12345678901234567890' 9;");
}

TEST_F(EventScanTest, ReadsCompressedText) {
  const auto compressed = [](std::string_view text) {
    const auto compressor = make_compressor(Codec::kZstandard);
    const auto bytes =
        compressor->compress({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
    return std::string(bytes->begin(), bytes->end());
  };
  add("a.csv.zst", compressed("id,score\np1,1.5\n"));
  add("b.jsonl.zst", compressed(R"({"id":"p2","score":2.5})"));
  open({column("id", ColumnType::kText), column("score", ColumnType::kNumber)});
  EXPECT_EQ(rows(), "'p1' 1.5;'p2' 2.5;");
  const std::string cut = add("c.csv.zst", compressed("id\np1\n").substr(0, 12));
  open({column("id", ColumnType::kText)});
  rows();
  const Status status = scan_->status();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kTruncated);
  EXPECT_EQ(status.error().place.file, cut);
}

TEST_F(EventScanTest, FindsMembersOfObjectsInJsonLines) {
  add("a.ndjson", R"({"out":{"score":1}})"
                  "\n"
                  R"({"out":null})"
                  "\n"
                  R"({"out":7})"
                  "\n"
                  R"({"out.score":7})"
                  "\n");
  open({column("out.score", ColumnType::kNumber), column("`out.score`", ColumnType::kText)});
  EXPECT_EQ(rows(), "1 null;null null;null null;null '7';");
}

TEST_F(EventScanTest, GoesOnBehindMalformedLines) {
  const auto expect_malformed = [&](const std::string& name, const std::string& bytes,
                                    const std::string& line) {
    files_ = list_inputs(std::vector{add(name, bytes)}).value();
    scan_ = EventScan::open(files_, {column("id", ColumnType::kText)}, {}).value();
    const auto worker = scan_->make_worker();
    const ColumnBatch* batch = *worker->next();
    ASSERT_EQ(batch->size, 3u) << line;
    EXPECT_EQ(batch->columns[0].texts[0], "a");
    EXPECT_EQ(batch->columns[0].states[1], CellState::kNull) << line;
    EXPECT_EQ(batch->columns[0].texts[2], "b");
    ASSERT_EQ(worker->malformed_rows().size(), 1u) << line;
    EXPECT_EQ(worker->malformed_rows()[0], 1u);
    EXPECT_EQ(worker->row_bytes(1), line);
    EXPECT_EQ(worker->line(1), 4) << line;
    EXPECT_TRUE(scan_->status());
  };
  for (const std::string line : {"c", "c,1,2", ",,"}) {
    expect_malformed("a.csv", "id,score\na,1\n\n" + line + "\nb,2\n", line);
  }
  for (const std::string line : {"{\"id\":", "[1]", "3", "{} {}"}) {
    expect_malformed("a.jsonl", "{\"id\":\"a\"}\n\n\n" + line + "\n{\"id\":\"b\"}\n", line);
  }
}

TEST_F(EventScanTest, HasNoRowsOfFilesWithoutRecords) {
  add("a.avro", avro_file(kScoreSchema, {}));
  add("b.csv", "score\n");
  open({column("score", ColumnType::kNumber)});
  EXPECT_EQ(rows(), "");
  EXPECT_TRUE(scan_->status());
}

TEST_F(EventScanTest, CountsRowsEvenWhenNoColumnIsAskedFor) {
  add("a.avro", avro_file(kScoreSchema, {score(1), score(2)}));
  open({});
  EXPECT_EQ(scan_->make_worker()->next().value()->size, 2u);
}

TEST_F(EventScanTest, SaysWhereARowStandsAndWhatItsBytesAre) {
  add("a.avro", avro_file(kEventSchema,
                          {event("p1", {}, "x"), event("p2", {}, "y"), event("p3", {}, "z"),
                           event("p4", {}, "u")},
                          12, Codec::kDeflate));
  add("b.csv", "id,score\n\np5,\"a\nb\"\np6,\"\"\"\"\n");
  ScanOptions options;
  options.batch_row_count = 1;
  open({column("id", ColumnType::kText)}, options);
  const auto worker = scan_->make_worker();
  std::string places;
  while (const ColumnBatch* batch = worker->next().value()) {
    const BatchPlace place = worker->place();
    places += std::filesystem::path(place.file->path).filename().native();
    for (int64_t number :
         {int64_t{place.file_index}, place.block, place.first_record, worker->line(0)}) {
      places += " " + std::to_string(number);
    }
    places += " " + std::string(batch->columns[0].texts[0]) + " " +
              testing::PrintToString(worker->row_bytes(0)) + "\n";
  }
  EXPECT_EQ(places,
            "a.avro 0 0 0 -1 p1 \"\\x4p1\\0\\x2x\"\n"
            "a.avro 0 0 1 -1 p2 \"\\x4p2\\0\\x2y\"\n"
            "a.avro 0 1 0 -1 p3 \"\\x4p3\\0\\x2z\"\n"
            "a.avro 0 1 1 -1 p4 \"\\x4p4\\0\\x2u\"\n"
            "b.csv 1 0 0 3 p5 \"p5,\\\"a\\nb\\\"\"\n"
            "b.csv 1 0 1 5 p6 \"p6,\\\"\\\"\\\"\\\"\"\n");
}

TEST_F(EventScanTest, GivesEveryRowOnceToAnyNumberOfWorkers) {
  std::map<double, int> expected;
  double next_value = 0;
  for (int file = 0; file < 7; ++file) {
    std::vector<PutRecord> records;
    for (int row = 0; row < 3000 * file; ++row) {
      expected[next_value] = 1;
      records.push_back(score(next_value++));
    }
    add(std::to_string(file) + ".avro",
        avro_file(kScoreSchema, records, 4096, file % 2 ? Codec::kNull : Codec::kSnappy));
  }
  add("x.csv", "score\n-1\n-2\n");
  expected[-1] = expected[-2] = 1;
  for (size_t worker_count : {1, 2, 8}) {
    open({column("score", ColumnType::kNumber)});
    EXPECT_EQ(count_values(worker_count), expected) << worker_count;
    EXPECT_TRUE(scan_->status());
  }
}

TEST_F(EventScanTest, KeepsNoFileOpenThatIsRead) {
  if (!std::filesystem::exists("/proc/self/fd")) GTEST_SKIP() << "there is no /proc";
  const auto open_file_count = [] {
    const std::filesystem::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
  };
  for (int i = 0; i < 20; ++i) {
    add(std::to_string(i) + ".avro", avro_file(kScoreSchema, {score(i)}));
    add(std::to_string(i) + ".csv", "score\n1\n");
  }
  open({column("score", ColumnType::kNumber)});
  const auto before = open_file_count();
  const auto worker = scan_->make_worker();
  while (worker->next().value() != nullptr) EXPECT_LE(open_file_count(), before + 1);
  EXPECT_EQ(open_file_count(), before);
}

TEST_F(EventScanTest, SaysWhereAnErrorStands) {
  const std::string boolean_schema =
      R"({"type":"record","name":"B","fields":[{"name":"score","type":"boolean"}]})";
  const auto put_bit = [](int8_t bit) {
    return PutRecord([bit](Encoder& out) { out.put_long(bit); });
  };
  struct Case {
    Codec codec;
    int64_t byte_in_block;
    std::string_view words;
  };
  // The second block's third record is neither 0 nor 1.
  const std::vector<PutRecord> records = {put_bit(0), put_bit(0), put_bit(0),
                                          put_bit(0), put_bit(0), put_bit(1)};
  for (const Case& c : {Case{Codec::kNull, 2, ""},
                        Case{Codec::kDeflate, 0, "at byte 2 of the decompressed block"}}) {
    const std::string bytes = avro_file(boolean_schema, records, 3, c.codec);
    const std::string sync = bytes.substr(bytes.size() - 16);
    // Behind the first block's marker stand the second block's count and size, a byte each.
    const auto block = static_cast<int64_t>(bytes.find(sync, bytes.find(sync) + 16) + 16 + 2);
    add("1.avro", avro_file(kScoreSchema, {score(1)}));
    add("2.avro", avro_file(kScoreSchema, {score(2)}));
    const std::string path = add("3.avro", bytes);
    open({column("score", ColumnType::kInteger)});
    const auto worker = scan_->make_worker();
    auto batch = worker->next();
    while (batch && *batch != nullptr) batch = worker->next();
    ASSERT_FALSE(batch);
    const Error& error = batch.error();
    EXPECT_EQ(error.code, ErrorCode::kBadBoolean);
    EXPECT_EQ(error.place.file, path);
    EXPECT_EQ(error.place.block, 1);
    EXPECT_EQ(error.place.record, 2);
    EXPECT_EQ(error.place.byte, block + c.byte_in_block);
    EXPECT_NE(error.message.find(c.words), std::string::npos) << error.message;
    EXPECT_EQ(worker->next().value(), nullptr) << "nothing follows an error";
  }
}

TEST_F(EventScanTest, NamesTheLineOfACsvError) {
  struct Case {
    std::string_view bytes;
    std::string_view words;
    int64_t line;
  };
  for (const Case& c : {Case{"id,score\np1,\"x\n", "", 2},
                        Case{"score,id,id\n1,2,3\n", "the header has the name 'id' twice", 1},
                        Case{"", "no header line", 1}}) {
    const std::string path = add("a.csv", c.bytes);
    open({column("id", ColumnType::kText)});
    EXPECT_NE(rows().find(c.words), std::string::npos) << c.words;
    const Status status = scan_->status();
    ASSERT_FALSE(status) << c.words;
    EXPECT_EQ(status.error().code, ErrorCode::kBadCsv);
    EXPECT_EQ(status.error().place.file, path);
    EXPECT_EQ(status.error().place.line, c.line);
  }
}

TEST_F(EventScanTest, ReportsTheErrorThatStandsFirstForAnyNumberOfWorkers) {
  std::vector<PutRecord> records;
  for (int i = 0; i < 20000; ++i) records.push_back(score(i));
  const std::string sound = avro_file(kScoreSchema, records, 800);
  std::string damaged = sound;
  damaged.back() ^= 1;  // The last block's sync marker.
  add("0.avro", sound);
  const std::string first_bad = add("1.avro", damaged);
  add("2.avro", "no Avro file");
  add("3.avro", sound.substr(0, sound.size() / 2));
  for (size_t worker_count : {1, 2, 8, 8, 8}) {
    open({column("score", ColumnType::kNumber)});
    count_values(worker_count);
    const Status status = scan_->status();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().place.file, first_bad) << worker_count;
    EXPECT_EQ(status.error().code, ErrorCode::kBadSync) << worker_count;
  }
}

// Blocks of 64 records of a kilobyte each, whose last byte is a boolean.
constexpr std::string_view kLongSchema = R"({"type":"record","name":"Long","fields":[
    {"name":"n","type":"double"},
    {"name":"padding","type":{"type":"fixed","name":"Padding","size":1014}},
    {"name":"flag","type":"boolean"}]})";
constexpr size_t kLongRecordBytes = 1023;
constexpr size_t kRecordsInBlock = 64;

std::string long_file(int64_t record_count) {
  std::vector<PutRecord> records;
  for (int64_t n = 0; n < record_count; ++n) {
    records.push_back([n](Encoder& out) {
      out.put_double(static_cast<double>(n));
      out.put_fixed(std::vector<uint8_t>(1014, 'x'));
      out.put_boolean(false);
    });
  }
  return avro_file(kLongSchema, records, kRecordsInBlock * kLongRecordBytes);
}

// Where a record ends in such a file: its last bytes say which record it is.
size_t flag_of(const std::string& file, double n) {
  Encoder encoder;
  encoder.put_double(n);
  const auto bytes = encoder.bytes();
  const std::string begin(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return file.find(begin + "xxx") + kLongRecordBytes - 1;
}

TEST_F(EventScanTest, GivesEveryRowOnceThatIsReadFromSeveralBlocksTogether) {
  add("a.avro", long_file(4000));
  for (const size_t worker_count : {1, 2, 8}) {
    open({column("n", ColumnType::kNumber), column("flag", ColumnType::kInteger)});
    const auto counts = count_values(worker_count);
    ASSERT_TRUE(scan_->status());
    ASSERT_EQ(counts.size(), 4000);
    for (const auto& [value, count] : counts) ASSERT_EQ(count, 1) << value;
  }
}

TEST_F(EventScanTest, ReportsTheFirstErrorOfBlocksThatAreReadTogether) {
  const std::string good = long_file(4000);
  for (const std::vector<double>& bad_records :
       {std::vector{3999.0, 1700.0, 650.0}, {640.0, 1900.0}, {70.0, 130.0}, {3999.0}}) {
    std::string file = good;
    for (const double n : bad_records) file[flag_of(file, n)] = 7;
    const auto first = static_cast<int64_t>(*std::ranges::min_element(bad_records));
    add("a.avro", file);
    for (const size_t worker_count : {1, 2, 8}) {
      open({column("n", ColumnType::kNumber), column("flag", ColumnType::kInteger)});
      count_values(worker_count);
      const Status status = scan_->status();
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code, ErrorCode::kBadBoolean);
      EXPECT_EQ(status.error().place.block, first / static_cast<int64_t>(kRecordsInBlock));
      EXPECT_EQ(status.error().place.record, first % static_cast<int64_t>(kRecordsInBlock));
    }
  }
}

TEST_F(EventScanTest, SalvageLosesWholeBlocksForAnyNumberOfWorkers) {
  constexpr std::string_view kFlagSchema = R"({"type":"record","name":"Flag","fields":[
      {"name":"n","type":"long"},{"name":"flag","type":"boolean"}]})";
  std::vector<PutRecord> records;
  for (int64_t n = 0; n < 600; ++n) {
    records.push_back([n](Encoder& out) {
      out.put_long(n % 64);
      out.put_boolean(false);
    });
  }
  // Blocks of a hundred records, so that batches of seven are in the middle of one.
  std::string file = avro_file(kFlagSchema, records, 200);
  const std::string sync = file.substr(file.size() - 16);
  const size_t second_block = file.find(sync, file.find(sync) + 16) + 16;
  file[second_block + 4 + 199] = 7;  // The flag of its last record.
  const std::string path = add("a.avro", file);
  add("b.avro", file.substr(0, file.size() - 1));
  for (const size_t worker_count : {1, 2, 8}) {
    ScanOptions options;
    options.batch_row_count = 7;
    options.salvage = true;
    open({column("n", ColumnType::kNumber), column("flag", ColumnType::kInteger)}, options);
    int64_t row_count = 0;
    for (const auto& [value, count] : count_values(worker_count)) row_count += count;
    EXPECT_TRUE(scan_->status());
    EXPECT_EQ(row_count, 900);
    const Losses losses = scan_->losses();
    EXPECT_EQ(losses.block_count, 3);
    EXPECT_EQ(losses.record_count, 300);
    ASSERT_EQ(losses.first_blocks.size(), 3u);
    EXPECT_EQ(losses.first_blocks[0].file, path);
    EXPECT_EQ(losses.first_blocks[0].block, 1);
    EXPECT_EQ(losses.first_blocks[0].begin_bytes, static_cast<int64_t>(second_block));
    EXPECT_EQ(losses.first_blocks[0].cause.place.record, 99);
    EXPECT_EQ(losses.first_blocks[2].block, 5);
  }
}

}  // namespace
}  // namespace mseavro
