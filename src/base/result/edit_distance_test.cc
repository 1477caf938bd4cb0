#include "base/result/edit_distance.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(ClosestName, ForgivesAnErrorInThreeLettersAndMissingEnds) {
  const std::vector<std::string_view> known = {"window", "where", "to", "labels", "by", "timezone"};
  struct {
    const char* name;
    const char* closest;
  } const tests[] = {
      {"windw", "window"}, {"windows", "window"}, {"lables", "labels"}, {"time-zone", "timezone"},
      {"tim", "timezone"}, {"lab", "labels"},     {"t", "to"},          {"too", "to"},
      {"xy", "by"},        {"zzz", ""},           {"xyz", ""},          {"", ""},
      {"predictions", ""}};
  for (const auto& test : tests) EXPECT_EQ(closest_name(test.name, known), test.closest);
  EXPECT_EQ(closest_name(std::string(100, 'a') + "b", {std::string(100, 'a')}), "");
}

TEST(ClosestName, IsWhatOneMayHaveMeant) {
  EXPECT_EQ(did_you_mean("labl", {"label"}, "there are labels"), "did you mean label?");
  EXPECT_EQ(did_you_mean("zzz", {"label"}, "there are labels"), "there are labels");
}

}  // namespace
}  // namespace mseavro
