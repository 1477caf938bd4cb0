#include "app/cli/option_values.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

using Texts = std::vector<std::string>;

void add(OptionValues& values, const char* name, Texts texts, const char* origin = "--x") {
  values.add(*find_option(name), {std::move(texts), origin});
}

TEST(OptionValues, TheFirstSourceWins) {
  OptionValues values;
  add(values, "window", {"week"});
  add(values, "window", {"day"});
  EXPECT_EQ(values.text("window"), "week");
}

TEST(OptionValues, OfOneSourceTheLastTextCounts) {
  OptionValues values;
  add(values, "window", {"week", "day"});
  EXPECT_EQ(values.text("window"), "day");
}

TEST(OptionValues, WhatIsNotSetHasTheFallback) {
  const OptionValues values;
  EXPECT_FALSE(values.has("window"));
  EXPECT_EQ(values.text("window"), "");
  EXPECT_EQ(values.text("window", "none"), "none");
  EXPECT_EQ(values.list("by"), Texts{});
  EXPECT_FALSE(values.flag("latest"));
}

TEST(OptionValues, MappingsOfAllSourcesCountTheStrongestLast) {
  OptionValues values;
  add(values, "map", {"prediction=a"});
  add(values, "map", {"prediction=b", "actual=c"}, "file");
  EXPECT_EQ(values.list("map"), (Texts{"prediction=b", "actual=c", "prediction=a"}));
}

TEST(OptionValues, ListsAreSplitAndRepeatsAreNot) {
  OptionValues values;
  add(values, "by", {"region, tier", "carrier"});
  add(values, "labels", {"a,b.csv", "c.csv"});
  EXPECT_EQ(values.list("by"), (Texts{"region", "tier", "carrier"}));
  EXPECT_EQ(values.list("labels"), (Texts{"a,b.csv", "c.csv"}));
}

TEST(OptionValues, FlagsAreSetByTheirNameAndByWordsForYes) {
  EXPECT_TRUE([] {
    OptionValues values;
    add(values, "latest", {});
    return values.flag("latest");
  }());
  for (const char* yes : {"1", "true", "yes", "on"}) {
    OptionValues values;
    add(values, "latest", {yes});
    EXPECT_TRUE(values.flag("latest")) << yes;
  }
  for (const char* no : {"0", "false", "no", "off", ""}) {
    OptionValues values;
    add(values, "latest", {no});
    EXPECT_FALSE(values.flag("latest")) << no;
  }
}

TEST(OptionValues, OnlyTheCommandLineIsTyped) {
  OptionValues values;
  add(values, "window", {"day"}, "--window");
  add(values, "timezone", {"UTC"}, "MSEAVRO_TIMEZONE");
  EXPECT_TRUE(values.was_typed("window"));
  EXPECT_FALSE(values.was_typed("timezone"));
  EXPECT_FALSE(values.was_typed("by"));
}

TEST(OptionValues, BadValuesNameTheirOrigin) {
  OptionValues values;
  add(values, "threads", {"many"}, "MSEAVRO_THREADS");
  const Error error = values.bad_value("threads", "no number", "write 4").value();
  EXPECT_EQ(error.code, ErrorCode::kBadOptionValue);
  EXPECT_EQ(error.message, "MSEAVRO_THREADS: no number");
  EXPECT_EQ(error.value, "many");
  EXPECT_EQ(error.help, "write 4");
}

TEST(SplitList, SplitsAtCommasOutsideQuotesAndBrackets) {
  struct {
    const char* text;
    Texts items;
  } const tests[] = {
      {"", {}},
      {" , ", {}},
      {"a", {"a"}},
      {"a,b", {"a", "b"}},
      {" a , b ", {"a", "b"}},
      {"a,,b,", {"a", "b"}},
      {"tags[\"x,y\"],b", {"tags[\"x,y\"]", "b"}},
      {"tags[\"]\"],b", {"tags[\"]\"]", "b"}},
      {"'a,b',c", {"'a,b'", "c"}},
      {"`a,b`", {"`a,b`"}},
      {"\"never closed,b", {"\"never closed,b"}},
      {"a],b", {"a]", "b"}},
  };
  for (const auto& test : tests) EXPECT_EQ(split_list(test.text), test.items) << test.text;
}

TEST(AddEnvironment, TakesTheOptionsOfTheCommand) {
  char window[] = "MSEAVRO_WINDOW=week";
  char week_start[] = "MSEAVRO_WEEK_START=sunday";
  char limit[] = "MSEAVRO_LIMIT=3";
  char other[] = "WINDOW=day";
  char* environment[] = {other, window, week_start, limit, nullptr};
  OptionValues values;
  add_environment(environment, CommandId::kEval, &values);
  EXPECT_EQ(values.text("window"), "week");
  EXPECT_EQ(values.text("week-start"), "sunday");
  EXPECT_FALSE(values.has("limit"));
  add_environment(nullptr, CommandId::kEval, &values);
}

TEST(CheckEnvironment, RefusesWhatIsNearlyAnOption) {
  struct {
    std::string entry;
    std::string help;
  } tests[] = {
      {"MSEAVRO_WINDW=year", "did you mean MSEAVRO_WINDOW? If not, unset MSEAVRO_WINDW"},
      {"MSEAVRO_WEEK-START=sunday",
       "did you mean MSEAVRO_WEEK_START? If not, unset MSEAVRO_WEEK-START"},
      {"MSEAVRO_WINDOW=year", ""},
      {"MSEAVRO_BINARY=build/mseavro", ""},
      {"WINDW=year", ""},
  };
  for (auto& [entry, help] : tests) {
    char* environment[] = {entry.data(), nullptr};
    const Status status = check_environment(environment);
    EXPECT_EQ(status ? "" : status.error().help, help) << entry;
  }
}

}  // namespace
}  // namespace mseavro
