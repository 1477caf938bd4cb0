#include "quality/exact/boxed.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

TEST(Boxed, IsAbsentUntilEmplacedAndAfterReset) {
  Boxed<int> box;
  EXPECT_FALSE(box);
  EXPECT_EQ(box.emplace(), 0);
  EXPECT_TRUE(box);
  box.reset();
  EXPECT_FALSE(box);
}

TEST(Boxed, CopiesItsValueAndNotThePlace) {
  Boxed<int> box;
  box.emplace() = 7;
  Boxed<int> copy = box;
  *copy = 8;
  EXPECT_EQ(*box, 7);
  box = copy;
  EXPECT_EQ(*box, 8);
  box = Boxed<int>();
  EXPECT_FALSE(box);
  EXPECT_EQ(*copy, 8);
}

}  // namespace
}  // namespace mseavro
