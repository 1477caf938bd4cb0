#include "app/cli/spec_options.h"

#include <gtest/gtest.h>

#include <utility>

namespace mseavro {
namespace {

using Settings = std::vector<std::pair<const char*, const char*>>;

OptionValues make_values(const Settings& settings) {
  OptionValues values;
  for (const auto& [name, text] : settings) {
    values.add(*find_option(name), {{text}, "--" + std::string(name)});
  }
  return values;
}

Result<Spec> spec_of(const Settings& settings) { return make_spec(make_values(settings)); }

TEST(MakeSpec, WithoutOptionsAsksForEverything) {
  const auto spec = spec_of({});
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->window, WindowSpec{});
  EXPECT_EQ(spec->timezone, "UTC");
  EXPECT_TRUE(spec->by.empty());
  EXPECT_EQ(spec->max_rejected_share, 0.01);
  EXPECT_EQ(spec->duplicates, DuplicatePolicy::kWhenIdsAreRead);
  EXPECT_FALSE(spec->from || spec->to || spec->as_of || spec->max_label_delay_micros);
}

TEST(MakeSpec, TakesEveryOptionOfAQuestion) {
  const auto spec = spec_of({{"window", "week"},
                             {"week-start", "sunday"},
                             {"timezone", "America/New_York"},
                             {"by", "a.b,region"},
                             {"where", "region == 'eu'"},
                             {"from", "2025-07-28"},
                             {"to", "2025-07-28T12:00:00Z"},
                             {"as-of", "2025-08-01"},
                             {"max-label-delay", "30d"},
                             {"duplicates", "drop"},
                             {"match", "latest-before"},
                             {"max-age", "7d"},
                             {"map", "prediction=score"},
                             {"time-unit", "ms"},
                             {"parse-text-numbers", "1"},
                             {"metrics", "mse,quantiles"},
                             {"mix-versions", "1"},
                             {"max-rejected", "5 %"}});
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->window.kind, WindowKind::kWeek);
  EXPECT_EQ(spec->window.week_start, WeekStart::kSunday);
  ASSERT_EQ(spec->by.size(), 2u);
  EXPECT_EQ(spec->by[0].text(), "a.b");
  EXPECT_EQ(spec->where, "region == 'eu'");
  // A time without a zone is read in --timezone.
  EXPECT_EQ(format_time(*spec->from), "2025-07-28T04:00:00Z");
  EXPECT_EQ(format_time(*spec->to), "2025-07-28T12:00:00Z");
  EXPECT_EQ(spec->max_label_delay_micros, 30 * kMicrosPerDay);
  EXPECT_EQ(spec->duplicates, DuplicatePolicy::kDrop);
  EXPECT_EQ(spec->match, MatchPolicy::kLatestBefore);
  EXPECT_EQ(spec->max_age_micros, 7 * kMicrosPerDay);
  EXPECT_EQ(list_paths(spec->map.at(0).paths), "score");
  EXPECT_EQ(spec->time_unit, TimeUnit::kMillis);
  EXPECT_TRUE(spec->parse_text_numbers && spec->error_quantiles && spec->mix_versions);
  EXPECT_EQ(spec->max_rejected_share, 0.05);
}

TEST(MakeSpec, RefusesBadValues) {
  struct {
    Settings settings;
    ErrorCode code;
  } const tests[] = {
      {{{"window", "wek"}}, ErrorCode::kBadOptionValue},
      {{{"match", "newest"}}, ErrorCode::kBadOptionValue},
      {{{"match", "latest-before"}, {"max-age", "old"}}, ErrorCode::kBadOptionValue},
      {{{"max-age", "7d"}}, ErrorCode::kConflictingOptions},
      {{{"week-start", "tuesday"}}, ErrorCode::kBadOptionValue},
      {{{"timezone", "Mars/Olympus"}}, ErrorCode::kBadTimeZone},
      {{{"from", "yesterday"}}, ErrorCode::kBadTime},
      {{{"as-of", "2025-13-01"}}, ErrorCode::kBadTime},
      {{{"from", "2025-07-28"}, {"to", "2025-07-28"}}, ErrorCode::kConflictingOptions},
      {{{"max-label-delay", "0d"}}, ErrorCode::kBadOptionValue},
      {{{"max-rejected", "5"}}, ErrorCode::kBadOptionValue},
      {{{"max-rejected", "-1%"}}, ErrorCode::kBadOptionValue},
      {{{"max-rejected", "nan"}}, ErrorCode::kBadOptionValue},
      {{{"duplicates", "maybe"}}, ErrorCode::kBadOptionValue},
      {{{"time-unit", "minutes"}}, ErrorCode::kBadOptionValue},
      {{{"metrics", "r2"}}, ErrorCode::kBadOptionValue},
      {{{"map", "prediction"}}, ErrorCode::kBadOptionValue},
  };
  for (const auto& test : tests) {
    const auto spec = spec_of(test.settings);
    ASSERT_FALSE(spec) << test.settings.front().second;
    EXPECT_EQ(spec.error().code, test.code) << test.settings.front().second;
  }
}

TEST(MakeLimits, ReadsSizes) {
  struct {
    const char* text;
    int64_t bytes;  // 0: refused.
  } const tests[] = {{"65536", 65536},
                     {"1KiB", 1024},
                     {"256MiB", 256 << 20},
                     {"1GB", 1000000000},
                     {"2 MB", 2000000},
                     {"0", 0},
                     {"-1", 0},
                     {"big", 0},
                     {"1TiB", 0},
                     {"9999999999GiB", 0},
                     {"MiB", 0}};
  for (const auto& test : tests) {
    const auto limits = make_limits(make_values({{"max-block-size", test.text}}));
    ASSERT_EQ(limits.has_value(), test.bytes != 0) << test.text;
    if (limits) {
      EXPECT_EQ(limits->decoded_block_size_bytes, test.bytes) << test.text;
    }
  }
}

TEST(MakeEvaluateOptions, TakesFrom1To256Threads) {
  EXPECT_EQ(make_evaluate_options(make_values({{"threads", "256"}}))->thread_count, 256);
  EXPECT_GE(make_evaluate_options({})->thread_count, 1);
  for (const char* text : {"0", "257", "-1", "two", "1.5"}) {
    EXPECT_FALSE(make_evaluate_options(make_values({{"threads", text}}))) << text;
  }
}

TEST(MakeRollupSpec, KeepsWhatIsNotAsked) {
  const auto spec = make_rollup_spec({});
  ASSERT_TRUE(spec);
  EXPECT_FALSE(spec->window || spec->timezone || spec->by);
  EXPECT_EQ(spec->same_key, RollupSpec::SameKey::kError);
}

TEST(MakeRollupSpec, AnEmptyListKeepsNoSliceKey) {
  EXPECT_TRUE(make_rollup_spec(make_values({{"by", ""}}))->by->empty());
}

TEST(MakeRollupSpec, RefusesTwoWaysAtOnce) {
  const auto spec = make_rollup_spec(make_values({{"latest", "1"}, {"disjoint", "1"}}));
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().code, ErrorCode::kConflictingOptions);
}

TEST(FindFormat, FollowsTheOptionThenTheSuffixThenTheCommand) {
  struct {
    Settings settings;
    std::optional<OutputFormat> format;
  } const tests[] = {
      {{}, OutputFormat::kTable},
      {{{"format", "csv"}}, OutputFormat::kCsv},
      {{{"output", "a.csv"}}, OutputFormat::kCsv},
      {{{"output", "a.csv"}, {"format", "table"}}, OutputFormat::kTable},
      {{{"output", "a.txt"}}, OutputFormat::kTable},
      {{{"output", "a"}}, OutputFormat::kTable},
      {{{"output", "./a"}}, OutputFormat::kTable},
      {{{"output", "v1.2/a"}}, OutputFormat::kTable},
      {{{"output", "/dev/stdout"}}, OutputFormat::kTable},
      {{{"output", "a.avro"}}, std::nullopt},
      {{{"output", "a.parquet"}}, std::nullopt},
      {{{"format", "avro"}}, std::nullopt},
      {{{"format", "CSV"}}, std::nullopt},
  };
  for (const auto& test : tests) {
    const auto format =
        find_format(make_values(test.settings), {OutputFormat::kTable, OutputFormat::kCsv});
    EXPECT_EQ(format.has_value(), test.format.has_value());
    if (format) {
      EXPECT_EQ(*format, *test.format);
    }
  }
}

}  // namespace
}  // namespace mseavro
