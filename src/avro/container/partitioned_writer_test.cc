#include "avro/container/partitioned_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "avro/container/container_file.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::vector<std::string>>;  // Records by relative path.

class PartitionedWriterTest : public testing::Test {
 protected:
  ~PartitionedWriterTest() override { fs::remove_all(folder_); }

  std::unique_ptr<PartitionedWriter> make(PartitionedOptions options) {
    options.durability = Durability::kUnsynced;
    auto writer = PartitionedWriter::make("\"string\"", folder_, "events", std::move(options));
    EXPECT_TRUE(writer) << writer.error().message;
    return writer ? std::move(*writer) : nullptr;
  }

  static void add(PartitionedWriter& writer, std::string_view partition, std::string_view record) {
    Encoder datum;
    datum.put_bytes(record);
    ASSERT_TRUE(writer.add_records(partition, 1, datum.bytes()));
  }

  static void finish(PartitionedWriter& writer) {
    ASSERT_TRUE(writer.finish());
    ASSERT_TRUE(writer.commit());
  }

  Files files() const {
    Files found;
    if (!fs::exists(folder_)) return found;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
      const std::string name = fs::relative(entry.path(), folder_).string();
      if (entry.is_regular_file()) found[name] = records_of(entry.path().string());
    }
    return found;
  }

  static std::vector<std::string> records_of(const std::string& path) {
    const auto source = open_file(path).value();
    std::vector<DecodedBlock> blocks;
    EXPECT_TRUE(read_blocks(*source, {}, &blocks));
    std::vector<std::string> records;
    for (const DecodedBlock& block : blocks) {
      // Texts of up to 63 bytes: their size is one byte, twice the number.
      for (size_t at = 0; at < block.bytes.size();) {
        const size_t size = static_cast<uint8_t>(block.bytes[at]) / 2u;
        records.push_back(block.bytes.substr(at + 1, size));
        at += size + 1;
      }
    }
    return records;
  }

  const std::string folder_ = testing::TempDir() + "partitioned_" + std::to_string(getpid());
};

TEST_F(PartitionedWriterTest, OneFileAppearsWithCommit) {
  const auto writer = make({});
  add(*writer, "", "a");
  ASSERT_TRUE(writer->end_files());
  add(*writer, "", "b");
  ASSERT_TRUE(writer->finish());
  EXPECT_FALSE(fs::exists(folder_ + "/events.avro"));
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(files(), (Files{{"events.avro", {"a", "b"}}}));
  EXPECT_EQ(writer->record_count(), 2);
}

TEST_F(PartitionedWriterTest, NothingStaysWithoutCommit) {
  for (const FileLayout layout :
       {FileLayout::kOne, FileLayout::kNumbered, FileLayout::kPartitioned}) {
    const auto writer = make({.layout = layout});
    add(*writer, layout == FileLayout::kPartitioned ? "k=a/d=b" : "", "a");
    ASSERT_TRUE(writer->end_files());
  }
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(PartitionedWriterTest, EndedFilesAppearTogetherWithCommit) {
  const auto writer = make({.layout = FileLayout::kNumbered});
  add(*writer, "", "a");
  ASSERT_TRUE(writer->end_files());
  add(*writer, "", "b");
  ASSERT_TRUE(writer->end_files());
  ASSERT_TRUE(writer->finish());
  EXPECT_FALSE(fs::exists(fs::path(folder_) / "events-00001.avro"));
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(files(), (Files{{"events-00001.avro", {"a"}}, {"events-00002.avro", {"b"}}}));
}

TEST_F(PartitionedWriterTest, EmptyFoldersAreNoFilesOfAnEarlierRun) {
  fs::create_directories(fs::path(folder_) / "events/k=a");
  const auto writer = make({.layout = FileLayout::kOne});
  ASSERT_NE(writer, nullptr);
  EXPECT_FALSE(writer->replaces_file());
}

TEST_F(PartitionedWriterTest, NumberedFilesAreShownOneAfterTheOther) {
  const auto writer = make({.layout = FileLayout::kNumbered, .shows_ended_files = true});
  ASSERT_TRUE(writer->end_files());
  add(*writer, "", "a");
  ASSERT_TRUE(writer->end_files());
  EXPECT_EQ(files(), (Files{{"events-00001.avro", {"a"}}}));
  ASSERT_TRUE(writer->end_files());
  add(*writer, "", "b");
  finish(*writer);
  EXPECT_EQ(files(), (Files{{"events-00001.avro", {"a"}}, {"events-00002.avro", {"b"}}}));
}

TEST_F(PartitionedWriterTest, NoRecordsAreOneEmptyFile) {
  finish(*make({.layout = FileLayout::kNumbered}));
  EXPECT_EQ(files(), (Files{{"events-00001.avro", {}}}));
}

TEST_F(PartitionedWriterTest, FilesStayWithinTheirSize) {
  for (const int64_t size_max : {300, 1000}) {
    fs::remove_all(folder_);
    ContainerOptions container;
    container.block_size_bytes = size_max / 4;
    const auto writer = make(
        {.layout = FileLayout::kNumbered, .container = container, .file_size_bytes_max = size_max});
    std::vector<std::string> all;
    for (int index = 0; index < 200; ++index) {
      all.push_back("record " + std::to_string(index));
      add(*writer, "", all.back());
    }
    finish(*writer);
    std::vector<std::string> found;
    for (const auto& [name, records] : files()) {
      EXPECT_LE(fs::file_size(fs::path(folder_) / name), static_cast<uintmax_t>(size_max));
      found.insert(found.end(), records.begin(), records.end());
    }
    EXPECT_EQ(found, all);
    EXPECT_GE(files().size(), 3u);
  }
}

TEST_F(PartitionedWriterTest, EachPartitionHasItsFiles) {
  const auto writer = make({.layout = FileLayout::kPartitioned, .open_file_count_max = 2});
  add(*writer, "k=a", "1");
  add(*writer, "k=b", "2");
  add(*writer, "k=a", "3");
  add(*writer, "k=c/d=x", "4");  // Ends k=b, which was not written to for longest.
  add(*writer, "k=b", "5");
  finish(*writer);
  EXPECT_EQ(files(), (Files{{"events/k=a/part-00001.avro", {"1", "3"}},
                            {"events/k=b/part-00001.avro", {"2"}},
                            {"events/k=b/part-00002.avro", {"5"}},
                            {"events/k=c/d=x/part-00001.avro", {"4"}}}));
}

TEST_F(PartitionedWriterTest, OneFileReplacesThatOfAnEarlierRun) {
  const auto first = make({});
  EXPECT_FALSE(first->replaces_file());
  add(*first, "", "a");
  finish(*first);
  const auto second = make({});
  EXPECT_TRUE(second->replaces_file());
  add(*second, "", "b");
  finish(*second);
  EXPECT_EQ(files(), (Files{{"events.avro", {"b"}}}));
}

TEST_F(PartitionedWriterTest, FilesOfAnEarlierRunAreAddedToOnRequest) {
  const struct {
    FileLayout first;
    FileLayout second;
    Files files;
  } cases[] = {
      {FileLayout::kOne, FileLayout::kOne, {{"events.avro", {"a"}}, {"events-00001.avro", {"b"}}}},
      {FileLayout::kOne,
       FileLayout::kNumbered,
       {{"events.avro", {"a"}}, {"events-00001.avro", {"b"}}}},
      {FileLayout::kNumbered,
       FileLayout::kOne,
       {{"events-00001.avro", {"a"}}, {"events-00002.avro", {"b"}}}},
      {FileLayout::kNumbered,
       FileLayout::kNumbered,
       {{"events-00001.avro", {"a"}}, {"events-00002.avro", {"b"}}}},
      {FileLayout::kPartitioned,
       FileLayout::kPartitioned,
       {{"events/k=1/part-00001.avro", {"a"}}, {"events/k=1/part-00002.avro", {"b"}}}},
  };
  for (const auto& test : cases) {
    fs::remove_all(folder_);
    const auto partition = test.first == FileLayout::kPartitioned ? "k=1" : "";
    const auto first = make({.layout = test.first});
    add(*first, partition, "a");
    finish(*first);
    const auto second = make({.layout = test.second, .adds_to_files = true});
    EXPECT_FALSE(second->replaces_file());
    add(*second, partition, "b");
    finish(*second);
    EXPECT_EQ(files(), test.files);
    // Nothing to add is no file.
    finish(*make({.layout = test.second, .adds_to_files = true}));
    EXPECT_EQ(files(), test.files);
  }
}

TEST_F(PartitionedWriterTest, FilesThatWouldBeReadWithThoseOfAnEarlierRunAreRefused) {
  const struct {
    FileLayout first;
    FileLayout second;
    bool adds_to_files;
  } cases[] = {
      {FileLayout::kOne, FileLayout::kNumbered, false},
      {FileLayout::kOne, FileLayout::kPartitioned, false},
      {FileLayout::kOne, FileLayout::kPartitioned, true},
      {FileLayout::kNumbered, FileLayout::kOne, false},
      {FileLayout::kNumbered, FileLayout::kNumbered, false},
      {FileLayout::kNumbered, FileLayout::kPartitioned, true},
      {FileLayout::kPartitioned, FileLayout::kOne, false},
      {FileLayout::kPartitioned, FileLayout::kPartitioned, false},
      {FileLayout::kPartitioned, FileLayout::kOne, true},
      {FileLayout::kPartitioned, FileLayout::kNumbered, true},
  };
  for (const auto& test : cases) {
    fs::remove_all(folder_);
    const auto first = make({.layout = test.first});
    add(*first, test.first == FileLayout::kPartitioned ? "k=1" : "", "a");
    finish(*first);
    const Files before = files();
    const auto refused =
        PartitionedWriter::make("\"string\"", folder_, "events",
                                {.layout = test.second, .adds_to_files = test.adds_to_files});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflictingOptions);
    EXPECT_NE(refused.error().place.file, "");
    EXPECT_EQ(refused.error().help.find("--append") == std::string::npos,
              test.adds_to_files || (test.first == FileLayout::kPartitioned) !=
                                        (test.second == FileLayout::kPartitioned));
    EXPECT_EQ(files(), before);
  }
}

TEST_F(PartitionedWriterTest, BlocksThatAreCompressedElsewhereStandInOrder) {
  ContainerOptions container;
  container.codec = Codec::kDeflate;
  const auto writer = make({.container = container});
  Encoder datum;
  datum.put_bytes("b");
  const auto compressor = make_compressor(Codec::kDeflate);
  const auto compressed = compressor->compress(datum.bytes());
  ASSERT_TRUE(compressed);
  add(*writer, "", "a");
  ASSERT_TRUE(writer->add_block("", 1, *compressed));
  add(*writer, "", "c");
  finish(*writer);
  EXPECT_EQ(files(), (Files{{"events.avro", {"a", "b", "c"}}}));
}

TEST(PartitionPart, EscapesWhatFoldersTakeForTheirOwn) {
  EXPECT_EQ(partition_part("v", "a b-1.2"), "v=a b-1.2");
  EXPECT_EQ(partition_part("v", "../x=%"), "v=..%2Fx%3D%25");
  EXPECT_EQ(partition_part("v", std::string_view("\0\n", 2)), "v=%00%0A");
  EXPECT_EQ(partition_part("v", "\xc3\xa9"), "v=\xc3\xa9");
  EXPECT_EQ(partition_part("v", ""), null_partition_part("v"));
}

}  // namespace
}  // namespace mseavro
