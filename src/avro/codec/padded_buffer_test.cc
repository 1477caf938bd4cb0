#include "avro/codec/padded_buffer.h"

#include <gtest/gtest.h>

#include <string_view>
#include <utility>

namespace mseavro {
namespace {

TEST(PaddedBuffer, GrowingKeepsWhatIsAskedForAndPadsWithZeros) {
  PaddedBuffer buffer;
  buffer.reserve(4);
  std::memcpy(buffer.data(), "abcd", 4);
  buffer.reserve(1000, 3);
  EXPECT_EQ(buffer.capacity(), 1000u);
  const auto bytes = buffer.padded(3);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(bytes.data()), 3), "abc");
  for (size_t index = 0; index < kReadPadding; ++index) EXPECT_EQ(bytes.data()[3 + index], 0);
}

TEST(PaddedBuffer, ASmallerReserveKeepsMemoryAndBytes) {
  PaddedBuffer buffer;
  buffer.reserve(100);
  const uint8_t* before = buffer.data();
  buffer.reserve(10);
  EXPECT_EQ(buffer.data(), before);
  EXPECT_EQ(buffer.capacity(), 100u);
}

TEST(PaddedBuffer, AnEmptyBufferCanBePaddedToo) {
  PaddedBuffer buffer;
  buffer.reserve(0);
  EXPECT_EQ(buffer.padded(0).size(), 0u);
}

TEST(PaddedBuffer, MovingLeavesAnEmptyBuffer) {
  PaddedBuffer from;
  from.reserve(8);
  PaddedBuffer to = std::move(from);
  EXPECT_EQ(to.capacity(), 8u);
  from.reserve(2);  // NOLINT: a moved-from buffer is usable again.
  EXPECT_EQ(from.capacity(), 2u);
}

}  // namespace
}  // namespace mseavro
