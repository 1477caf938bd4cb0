#include "base/result/edit_distance.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

TEST(EditDistance, CountsInsertionsRemovalsAndReplacements) {
  const struct {
    std::string_view a;
    std::string_view b;
    size_t distance;
  } cases[] = {
      {"", "", 0},
      {"", "day", 3},
      {"window", "window", 0},
      {"windw", "window", 1},
      {"wimdow", "window", 1},
      {"windoww", "window", 1},
      {"dya", "day", 2},
      {"kitten", "sitting", 3},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(edit_distance(test.a, test.b), test.distance) << test.a << " " << test.b;
    EXPECT_EQ(edit_distance(test.b, test.a), test.distance) << test.b << " " << test.a;
  }
}

}  // namespace
}  // namespace mseavro
