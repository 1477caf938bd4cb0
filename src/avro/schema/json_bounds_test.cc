#include "avro/schema/json_bounds.h"

#include <gtest/gtest.h>

#include <string>

namespace mseavro {
namespace {

constexpr JsonBounds kBounds{.depth = 2, .value_count = 5, .member_count = 3};

TEST(JsonBounds, TextAtTheBoundsPassesAndOneMoreDoesNot) {
  const struct {
    std::string text;
    int64_t failed_at;  // -1: passes.
  } cases[] = {
      {"", -1},
      {"1", -1},
      {"[[]]", -1},
      {"[[[]]]", 2},
      {"[{[", 2},
      {"[][][]", -1},  // No JSON, but within bounds: levels end.
      {"]]]}}}", -1},
      {"[1,2,3]", -1},
      {"[1,2,3,4]", -1},
      {"[1,2,3,4,5]", 8},
      {R"({"a":1,"b":2,"c":3})", -1},
      {R"({"a":1,"b":2,"c":3,"d":4})", 18},
      {R"(["{{{{,,,,\"[[[[,,,,"])", -1},
      {R"("\\" [[[)", 7},
      {R"("never closed [[[[)", -1},
      {R"("ends with a backslash\)", -1},
      {"/* [[[[ , , , , , */ []", -1},
      {"// [[[[\n[[[", 10},
      {"/* never closed [[[", -1},
      {"/ [[[", 4},
      {"/", -1},
  };
  for (const auto& test : cases) {
    const Status status = check_json_bounds(test.text, kBounds);
    EXPECT_EQ(status.has_value(), test.failed_at < 0) << test.text;
    if (status) continue;
    EXPECT_EQ(status.error().code, ErrorCode::kLimitExceeded) << test.text;
    EXPECT_EQ(status.error().place.byte, test.failed_at) << test.text;
  }
}

}  // namespace
}  // namespace mseavro
