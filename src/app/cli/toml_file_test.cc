#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "app/cli/option_values.h"

namespace mseavro {
namespace {

using Texts = std::vector<std::string>;

// A file of options that is gone after the test.
class TomlFile : public testing::Test {
 protected:
  ~TomlFile() override { std::remove(path_.c_str()); }

  Status read(const std::string& text, CommandId command = CommandId::kEval) {
    std::ofstream(path_, std::ios::binary) << text;
    values_ = {};
    return add_toml_file(path_, true, command, &values_);
  }

  const std::string path_ =
      testing::TempDir() + "mseavro_toml_" + std::to_string(getpid()) + ".toml";
  OptionValues values_;
};

TEST_F(TomlFile, HoldsOptionsWithUnderscores) {
  ASSERT_TRUE(
      read("window = \"week\"\nweek_start = 'sunday'\nthreads = 4\nmax_rejected = 0.012345678\n"
           "by = [\"region\", \"tier\"]\nmix_versions = true\nfrom = 2025-07-28\n"
           "to = 2025-07-29T10:00:00+02:00\nlabels = \"a,b.csv\"\n"));
  EXPECT_EQ(values_.text("window"), "week");
  EXPECT_EQ(values_.text("week-start"), "sunday");
  EXPECT_EQ(values_.text("threads"), "4");
  EXPECT_EQ(values_.text("max-rejected"), "0.012345678");
  EXPECT_EQ(values_.list("by"), (Texts{"region", "tier"}));
  EXPECT_TRUE(values_.flag("mix-versions"));
  EXPECT_EQ(values_.text("from"), "2025-07-28");
  EXPECT_EQ(values_.text("to"), "2025-07-29T10:00:00+02:00");
  EXPECT_EQ(values_.list("labels"), Texts{"a,b.csv"});
  EXPECT_FALSE(values_.was_typed("window"));
}

TEST_F(TomlFile, MapsRolesInATable) {
  ASSERT_TRUE(read("[map]\nprediction = \"score\"\nactual = \"\"\n"));
  EXPECT_EQ(values_.list("map"), (Texts{"actual=", "prediction=score"}));
  ASSERT_TRUE(read("map = [\"prediction=score\"]\n"));
  EXPECT_EQ(values_.list("map"), Texts{"prediction=score"});
}

TEST_F(TomlFile, PassesOverOptionsOfOtherCommands) {
  ASSERT_TRUE(read("limit = 3\nwindow = \"day\"\n"));
  EXPECT_FALSE(values_.has("limit"));
  ASSERT_TRUE(read("limit = 3\nwindow = \"day\"\n", CommandId::kCat));
  EXPECT_EQ(values_.text("limit"), "3");
}

TEST_F(TomlFile, RefusesWhatItDoesNotKnowWithLineColumnAndHelp) {
  struct {
    const char* text;
    int line;
    const char* message;
    const char* help;
  } const tests[] = {
      {"# ours\nwindw = \"week\"\n", 2, "column 1: there is no option windw",
       "did you mean window?"},
      {"week-strt = 1\n", 1, "column 1: there is no option week-strt", "did you mean week_start?"},
      {"zzzz = 1\n", 1, "column 1: there is no option zzzz",
       "options are called as on the command line, with underscores"},
      {"spec = \"other.toml\"\n", 1, "column 1: there is no option spec", ""},
      {"window = [\"day\"]\n", 1, "column 10: window takes one value", ""},
      {"latest = \"yes\"\n", 1, "column 10: latest is true or false", ""},
      {"[window]\nkind = \"day\"\n", 1, "column 1: window takes a text, a number or a time", ""},
      {"by = [[\"a\"]]\n", 1, "column 7: by takes a text, a number or a time", ""},
  };
  for (const auto& test : tests) {
    const Status read_status = read(test.text);
    ASSERT_FALSE(read_status) << test.text;
    EXPECT_EQ(read_status.error().code, ErrorCode::kBadSpec);
    EXPECT_EQ(read_status.error().message, test.message);
    EXPECT_EQ(read_status.error().place.line, test.line) << test.text;
    EXPECT_EQ(read_status.error().place.file, path_);
    if (*test.help != 0) {
      EXPECT_EQ(read_status.error().help, test.help);
    }
  }
}

TEST_F(TomlFile, RefusesBrokenTomlWithItsPlace) {
  const Status broken = read("by = [\"a\"]\nwindow = \"week\n");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::kBadSpec);
  EXPECT_EQ(broken.error().place.line, 2);
}

TEST_F(TomlFile, NamesItsLineAsTheOriginOfAValue) {
  ASSERT_TRUE(read("\n\nwindow = \"wek\"\n"));
  EXPECT_EQ(values_.bad_value("window", "unknown").value().message, path_ + " (line 3): unknown");
}

TEST_F(TomlFile, MayBeAbsentUnlessItWasNamed) {
  OptionValues values;
  EXPECT_TRUE(add_toml_file("/nonexistent/mseavro.toml", false, CommandId::kEval, &values));
  const Status missing =
      add_toml_file("/nonexistent/mseavro.toml", true, CommandId::kEval, &values);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_F(TomlFile, MustBeReadableWhenItIsThere) {
  OptionValues values;
  const Status folder = add_toml_file(testing::TempDir(), false, CommandId::kEval, &values);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::kUnreadable);
}

TEST_F(TomlFile, HasALimit) {
  const Status large = read("# " + std::string(1 << 20, 'x'));
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace mseavro
