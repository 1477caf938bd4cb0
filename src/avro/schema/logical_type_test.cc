#include "avro/schema/logical_type.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

TEST(LogicalType, IsValidOnlyOnItsOwnType) {
  const struct {
    std::string_view name;
    SchemaType type;
    int64_t fixed_size;
    LogicalType expected;
  } cases[] = {
      {"uuid", SchemaType::kString, 0, LogicalType::kUuid},
      {"uuid", SchemaType::kFixed, 16, LogicalType::kUuid},
      {"uuid", SchemaType::kFixed, 15, LogicalType::kNone},
      {"uuid", SchemaType::kBytes, 0, LogicalType::kNone},
      {"date", SchemaType::kInt, 0, LogicalType::kDate},
      {"date", SchemaType::kLong, 0, LogicalType::kNone},
      {"time-millis", SchemaType::kInt, 0, LogicalType::kTimeMillis},
      {"time-millis", SchemaType::kLong, 0, LogicalType::kNone},
      {"time-micros", SchemaType::kLong, 0, LogicalType::kTimeMicros},
      {"time-micros", SchemaType::kInt, 0, LogicalType::kNone},
      {"timestamp-millis", SchemaType::kLong, 0, LogicalType::kTimestampMillis},
      {"timestamp-micros", SchemaType::kLong, 0, LogicalType::kTimestampMicros},
      {"timestamp-nanos", SchemaType::kLong, 0, LogicalType::kTimestampNanos},
      {"timestamp-millis", SchemaType::kInt, 0, LogicalType::kNone},
      {"timestamp-millis", SchemaType::kString, 0, LogicalType::kNone},
      {"local-timestamp-millis", SchemaType::kLong, 0, LogicalType::kLocalTimestampMillis},
      {"local-timestamp-micros", SchemaType::kLong, 0, LogicalType::kLocalTimestampMicros},
      {"local-timestamp-nanos", SchemaType::kLong, 0, LogicalType::kLocalTimestampNanos},
      {"duration", SchemaType::kFixed, 12, LogicalType::kDuration},
      {"duration", SchemaType::kFixed, 13, LogicalType::kNone},
      {"big-decimal", SchemaType::kBytes, 0, LogicalType::kBigDecimal},
      {"big-decimal", SchemaType::kFixed, 8, LogicalType::kNone},
      {"decimal", SchemaType::kBytes, 0, LogicalType::kNone},  // Without a precision.
      {"Date", SchemaType::kInt, 0, LogicalType::kNone},
      {"", SchemaType::kInt, 0, LogicalType::kNone},
      {"timestamp-seconds", SchemaType::kLong, 0, LogicalType::kNone},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(find_logical_type({.name = test.name}, test.type, test.fixed_size), test.expected)
        << test.name << " on " << schema_type_name(test.type);
  }
}

TEST(LogicalType, ADecimalNeedsDigitsThatFit) {
  const struct {
    int64_t precision;
    int64_t scale;
    SchemaType type;
    int64_t fixed_size;
    bool valid;
  } cases[] = {
      {1, 0, SchemaType::kBytes, 0, true},    {0, 0, SchemaType::kBytes, 0, false},
      {-1, 0, SchemaType::kBytes, 0, false},  {5, 5, SchemaType::kBytes, 0, true},
      {5, 6, SchemaType::kBytes, 0, false},   {5, -1, SchemaType::kBytes, 0, false},
      {1000, 2, SchemaType::kBytes, 0, true}, {int64_t{1} << 31, 0, SchemaType::kBytes, 0, false},
      {2, 0, SchemaType::kFixed, 1, true},                                          // 127
      {3, 0, SchemaType::kFixed, 1, false},   {9, 2, SchemaType::kFixed, 4, true},  // 2,147,483,647
      {10, 2, SchemaType::kFixed, 4, false},  {18, 0, SchemaType::kFixed, 8, true},
      {19, 0, SchemaType::kFixed, 8, false},  {38, 0, SchemaType::kFixed, 16, true},
      {39, 0, SchemaType::kFixed, 16, false}, {1, 0, SchemaType::kFixed, 0, false},
      {5, 2, SchemaType::kString, 0, false},  {5, 2, SchemaType::kLong, 0, false},
  };
  for (const auto& test : cases) {
    const LogicalType found =
        find_logical_type({.name = "decimal", .precision = test.precision, .scale = test.scale},
                          test.type, test.fixed_size);
    EXPECT_EQ(found == LogicalType::kDecimal, test.valid)
        << test.precision << ", " << test.scale << " in " << test.fixed_size;
  }
}

}  // namespace
}  // namespace mseavro
