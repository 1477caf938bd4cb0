#include "engine/ingest/ingest.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "avro/container/block_reader.h"
#include "avro/container/container_reader.h"
#include "avro/wire/datum_reader.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRules = R"(
[line]
pattern = '{time:time} {event...}'
[[event]]
name = 'Number'
schema = 's'
output = 'numbers'
pattern = 'n {n:int}'
range.n = [0, 1000000]
)";
constexpr const char* kSchema = R"({"type": "record", "name": "Number", "fields": [
  {"name": "n", "type": "int"}, {"name": "time", "type": "string"}]})";

class Ingest : public testing::Test {
 protected:
  Ingest() {
    fs::create_directories(folder_);
    options_.files.folder = (folder_ / "out").string();
    options_.files.chunks.codec = Codec::kNull;
    rules_ = LineRules::compile(parse_rules(kRules, "r.toml").value(),
                                [](const std::string&) { return std::string(kSchema); }, {})
                 .value();
  }
  ~Ingest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void append(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary | std::ios::app) << text;
  }

  // The records of the output files that begin like this, in the order of their names.
  std::string records(const std::string& prefix) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(options_.files.folder)) {
      const std::string name = fs::relative(entry.path(), options_.files.folder).string();
      if (entry.is_regular_file() && name.starts_with(prefix)) files[name] = read(entry.path());
    }
    std::string all;
    for (const auto& [name, text] : files) all += text;
    return all;
  }

  static std::string read(const fs::path& file) {
    const auto source = open_file(file.string()).value();
    const auto container = ContainerReader::open(*source, {}).value();
    BlockReader blocks({});
    blocks.begin_file(*container);
    DatumReader reader(ReadPlan::whole(container->header().schema), {});
    std::string text;
    while (blocks.next([](const BlockReader&) { return Status(); }).value()) {
      reader.begin_block(blocks.bytes(), blocks.block().record_count);
      while (reader.next_json(JsonStyle::kPlain, &text).value()) text += "\n";
    }
    return text;
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("ingest_" + std::to_string(getpid()));
  IngestOptions options_;
  std::shared_ptr<const LineRules> rules_;
};

std::string line(int number) { return "2024-01-01T00:00:00 n " + std::to_string(number) + "\n"; }

TEST_F(Ingest, EveryLineEndsInOneOutput) {
  append("a.log", line(1) + "bad\n" + line(2));
  append("b.log", "\n" + line(-1) + line(3) + "2024-01-01T00:00:00 n x");
  const auto result = ingest({path("a.log"), path("b.log")}, rules_, options_);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->counts.lines, 7);
  EXPECT_EQ(result->counts.events, std::vector<int64_t>{3});
  EXPECT_EQ(result->counts.rejected(), 4);
  EXPECT_TRUE(result->counts.adds_up());
  EXPECT_EQ(records("numbers"),
            "{\"n\":1,\"time\":\"2024-01-01T00:00:00Z\"}\n{\"n\":2,\"time\":\"2024-01-01T00:00:00Z"
            "\"}\n{\"n\":3,\"time\":\"2024-01-01T00:00:00Z\"}\n");
  const std::string dead = records("dead_letters");
  EXPECT_NE(dead.find("\"reason\":\"missing_field\",\"source\":\"" + path("a.log") +
                      "\",\"line_number\":2,\"raw\":\"bad\""),
            std::string::npos)
      << dead;
  EXPECT_NE(dead.find("\"n_out_of_range\""), std::string::npos);
}

TEST_F(Ingest, ThreadsDoNotShow) {
  std::mt19937_64 random(3);
  std::string text;
  for (int index = 0; index < 40'000; ++index) {
    text += random() % 100 == 0 ? "bad\n" : line(static_cast<int>(random() % 1'000'100));
  }
  append("a.log", text);
  std::map<int, std::string> outputs;
  for (const int threads : {1, 2, 7}) {
    options_.thread_count = threads;
    ASSERT_TRUE(ingest({path("a.log"), path("a.log")}, rules_, options_));
    outputs[threads] = records("numbers") + records("dead_letters");
  }
  EXPECT_GT(outputs[1].size(), text.size());
  EXPECT_TRUE(outputs[2] == outputs[1]);
  EXPECT_TRUE(outputs[7] == outputs[1]);
}

TEST_F(Ingest, AFileThatIsNotThereLeavesNothing) {
  append("a.log", line(1));
  const auto result = ingest({path("a.log"), path("none.log")}, rules_, options_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(result.error().place.file, path("none.log"));
  EXPECT_TRUE(fs::is_empty(options_.files.folder));
}

TEST_F(Ingest, AnotherRunReplacesOrAddsEventsAndDeadLettersAlike) {
  append("a.log", line(1) + "bad\n");
  append("b.log", line(2) + "worse\n");
  const auto has = [this](const std::string& first, const std::string& second) {
    const std::string all = records("numbers") + records("dead_letters");
    return std::pair(all.find(first) != all.npos, all.find(second) != all.npos);
  };
  EXPECT_FALSE(ingest({path("a.log")}, rules_, options_)->replaced_files);
  options_.files.adds_to_files = true;
  EXPECT_FALSE(ingest({path("b.log")}, rules_, options_)->replaced_files);
  EXPECT_EQ(has("\"n\":1", "\"bad\""), std::pair(true, true));
  EXPECT_EQ(has("\"n\":2", "\"worse\""), std::pair(true, true));
  options_.files.adds_to_files = false;
  EXPECT_EQ(ingest({path("b.log")}, rules_, options_).error().code, ErrorCode::kConflictingOptions);
  fs::remove(path("out/numbers-00001.avro"));
  fs::remove(path("out/dead_letters-00001.avro"));
  EXPECT_TRUE(ingest({path("b.log")}, rules_, options_)->replaced_files);
  EXPECT_EQ(has("\"n\":1", "\"bad\""), std::pair(false, false));
}

TEST_F(Ingest, ContainerFilesAreNoLogs) {
  append("a.avro", "Obj\x01 and more\n");
  FollowOptions follow;
  follow.wait = [](bool) { return false; };
  follow.now_micros = [] { return int64_t{0}; };
  for (const auto& result : {ingest({path("a.avro")}, rules_, options_),
                             ingest_followed({path("a.avro")}, rules_, options_, follow)}) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kUnreadable);
    EXPECT_EQ(result.error().place.file, path("a.avro"));
  }
}

TEST_F(Ingest, TooManyRejectsLeaveTheirLettersOnly) {
  append("a.log", line(1) + "bad\n");
  options_.max_rejected_share = 0.4;
  const auto result = ingest({path("a.log")}, rules_, options_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kTooManyRejected);
  EXPECT_FALSE(fs::exists(path("out/numbers.avro")));
  EXPECT_NE(records("dead_letters").find("\"bad\""), std::string::npos);
  options_.max_rejected_share = 0.5;
  EXPECT_TRUE(ingest({path("a.log")}, rules_, options_));
}

// Writers, rotation and the clock go on as they like between two looks; every line that was written
// comes once, in order, with its number in its file.
TEST_F(Ingest, FollowingLosesAndDoublesNothingInASimulation) {
  for (uint64_t seed = 0; seed < 12; ++seed) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::mt19937_64 random(seed);
    std::string expected;
    std::string unfinished;  // The end of a line that is begun in the file.
    int64_t now_micros = 0;
    int number = 0;
    int steps = 0;
    FollowOptions follow;
    follow.now_micros = [&] { return now_micros; };
    follow.rotate_every_micros = 50;
    follow.wait = [&](bool) {
      now_micros += static_cast<int64_t>(random() % 20);
      // All was read. Whole lines are added, or one in two parts with a look between them.
      if (!unfinished.empty()) {
        append("a.log", std::exchange(unfinished, {}));
        return true;
      }
      if (random() % 5 == 0 && fs::exists(path("a.log"))) {
        random() % 2 == 0 ? fs::rename(path("a.log"), path("old." + std::to_string(number)))
                          : fs::resize_file(path("a.log"), 0);
        return true;
      }
      for (uint64_t count = random() % 4; count > 0; --count) {
        append("a.log", line(number));
        expected += "{\"n\":" + std::to_string(number++) + ",\"time\":\"2024-01-01T00:00:00Z\"}\n";
      }
      if (random() % 3 == 0) {
        const std::string whole = line(number);
        const size_t cut = 1 + random() % (whole.size() - 1);
        append("a.log", whole.substr(0, cut));
        unfinished = whole.substr(cut);
        expected += "{\"n\":" + std::to_string(number++) + ",\"time\":\"2024-01-01T00:00:00Z\"}\n";
      }
      return ++steps < 60 || !unfinished.empty();
    };
    options_.files.is_numbered = true;
    const auto result = ingest_followed({path("a.log")}, rules_, options_, follow);
    ASSERT_TRUE(result) << result.error().message << " seed " << seed;
    EXPECT_EQ(result->counts.rejected(), 0) << "seed " << seed;
    ASSERT_EQ(records("numbers"), expected) << "seed " << seed;
    EXPECT_TRUE(fs::exists(path("out/numbers-00002.avro"))) << "seed " << seed;
  }
}

TEST_F(Ingest, CompressedFilesAreNotFollowed) {
  append("a.log", "\x1f\x8b\x08 and more");
  const FollowOptions follow{[](bool) { return false; }, [] { return int64_t{0}; }};
  const auto result = ingest_followed({path("a.log")}, rules_, options_, follow);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnreadable);
}

}  // namespace
}  // namespace mseavro
