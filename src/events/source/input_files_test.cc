#include "events/source/input_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "events/source/testing/scratch_folder.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;

using PathKeys = std::vector<std::pair<std::string, std::string>>;

class InputFiles : public testing::Test {
 protected:
  std::string touch(const std::string& name, std::string_view bytes = "Obj\x01") {
    return folder_.write(name, bytes);
  }

  // The paths found, relative to the scratch folder, each with a space behind.
  std::string found(const std::vector<std::string>& sources) {
    const auto files = list_inputs(sources);
    if (!files) return files.error().message;
    std::string text;
    for (const InputFile& file : *files) {
      text += fs::path(file.path).lexically_proximate(folder_.path()).native() + " ";
    }
    return text;
  }

  std::string at(const std::string& name) const { return folder_.path() + "/" + name; }

  ScratchFolder folder_;
};

TEST_F(InputFiles, AreSearchedInAllDepthsAndSortedByPath) {
  touch("z.avro");
  touch("b/deep/er/y.avro");
  touch("a/labels.csv");
  touch("a/more.jsonl");
  touch("a/notes.txt");
  touch("a/old.csv.bak");
  touch("c/d.csv.gz");
  touch("c/d.ndjson.zst");
  touch("c/d.avro.gz");
  EXPECT_EQ(found({folder_.path()}),
            "a/labels.csv a/more.jsonl b/deep/er/y.avro c/d.csv.gz c/d.ndjson.zst z.avro ");
}

TEST_F(InputFiles, PassOverHiddenAndUnderscoredNamesInFolders) {
  for (const char* name : {".hidden.avro", "_SUCCESS.avro", ".git/a.avro", "_temporary/b.avro"}) {
    touch(name);
  }
  touch("_day=3/c.avro");
  touch("d.avro");
  EXPECT_EQ(found({folder_.path()}), "_day=3/c.avro d.avro ");
}

TEST_F(InputFiles, AreTakenAsTheyAreWhenNamed) {
  const std::string hidden = touch(".hidden.avro");
  const std::string nameless = touch("events");
  EXPECT_EQ(found({nameless, hidden}), ".hidden.avro events ");
}

TEST_F(InputFiles, TellTheFormatOfANamedFileByItsContentThenItsName) {
  struct Case {
    const char* name;
    std::string_view bytes;
    FileFormat format;
  };
  const Case cases[] = {
      {"events", "Obj\x01...", FileFormat::kAvro},
      {"really_avro.csv", "Obj\x01", FileFormat::kAvro},
      {"labels.csv", "id,actual\n", FileFormat::kCsv},
      {"labels.csv.part1", "id\n", FileFormat::kCsv},
      {"empty.csv", "", FileFormat::kCsv},
      {"labels.jsonl", "{}", FileFormat::kJsonLines},
      {"labels.ndjson", "{}", FileFormat::kJsonLines},
      {"really_avro.jsonl", "Obj\x01", FileFormat::kAvro},
      {"broken.avro", "text", FileFormat::kAvro},
      {"labels.json", "{}", FileFormat::kJsonLines},
      {"labels", "\x01\x02", FileFormat::kAvro},
      {"labels.tsv", "", FileFormat::kCsv},
      {"labels.tsv.gz", "\x1f\x8b", FileFormat::kCsv},
      {"labels.csv.gz", "\x1f\x8b", FileFormat::kCsv},
      {"labels.jsonl.zst", "\x28\xb5\x2f\xfd", FileFormat::kJsonLines},
  };
  for (const Case& c : cases) {
    const auto files = list_inputs(std::vector{touch(c.name, c.bytes)});
    ASSERT_TRUE(files) << c.name;
    EXPECT_EQ(files->at(0).format, c.format) << c.name;
  }
}

TEST_F(InputFiles, HaveTheKeysOfTheirFoldersOutermostFirst) {
  const std::string path = touch(
      "model_version=v4.1/date=2025-07-28/=x/plain/a%20b=c%2Fd%zz%2/"
      "region=__HIVE_DEFAULT_PARTITION__"
      "/empty=/x=y/file=1.avro");
  const auto files = list_inputs(std::vector{path});
  ASSERT_TRUE(files);
  const PathKeys expected = {{"model_version", "v4.1"},
                             {"date", "2025-07-28"},
                             {"a b", "c/d%zz%2"},
                             {"empty", ""},
                             {"x", "y"}};
  EXPECT_EQ(files->at(0).path_keys, expected);
}

TEST_F(InputFiles, HaveTheKeysOfTheFolderThatWasTyped) {
  touch("region=eu/a.avro");
  const auto files = list_inputs(std::vector{at("region=eu/")});
  ASSERT_TRUE(files);
  EXPECT_EQ(files->at(0).path_keys, (PathKeys{{"region", "eu"}}));
}

TEST_F(InputFiles, NamedTwiceAreReadOnce) {
  touch("a/x.avro");
  touch("b.avro");
  fs::create_symlink(at("b.avro"), at("c.avro"));
  EXPECT_EQ(found({at("a"), at("a/x.avro"), at("a/../a/./x.avro"), folder_.path()}),
            "a/x.avro b.avro ");
}

TEST_F(InputFiles, AreFoundBehindLinksThatMayLeadInCircles) {
  touch("data/2025/x.avro");
  fs::create_directory_symlink(at("data"), at("data/2025/again"));
  fs::create_directory_symlink(at("data/2025"), at("linked"));
  EXPECT_EQ(found({at("data")}), "data/2025/x.avro ");
  EXPECT_EQ(found({at("linked")}), "linked/x.avro ");
}

TEST_F(InputFiles, AnswerWhatCannotBeReadWithTheReason) {
  touch("texts/a.txt");
  touch("texts/_SUCCESS");
  const std::string text = touch("labels.txt", "id;actual\n1;2\n");
  fs::create_symlink(at("nowhere"), folder_.path() + "/dangling.avro");
  struct Case {
    std::vector<std::string> sources;
    ErrorCode code;
    std::string_view words;
  };
  const Case cases[] = {
      {{}, ErrorCode::kNoInput, "no input is named"},
      {{at("none.avro")}, ErrorCode::kNotFound, "none.avro"},
      {{at("*.avro")}, ErrorCode::kNotFound, "*.avro"},
      {{at("texts")},
       ErrorCode::kNoInput,
       "no *.avro, *.csv or *.jsonl file in any depth (1 others)"},
      {{text}, ErrorCode::kUnreadable, "holds text, and its name does not say of what kind"},
      {{"-"}, ErrorCode::kUnreadable, "'/dev/stdin' is a pipe or a device"},
      {{"/dev/null"}, ErrorCode::kUnreadable, "is a pipe or a device"},
      {{folder_.path()}, ErrorCode::kUnreadable, "dangling.avro"},
  };
  for (const Case& c : cases) {
    const auto files = list_inputs(c.sources);
    ASSERT_FALSE(files) << c.words;
    EXPECT_EQ(files.error().code, c.code) << c.words;
    EXPECT_NE(files.error().message.find(c.words), std::string::npos) << files.error().message;
  }
}

}  // namespace
}  // namespace mseavro
