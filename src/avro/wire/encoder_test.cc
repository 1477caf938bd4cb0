#include "avro/wire/encoder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "avro/wire/wire_input.h"

namespace mseavro {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes taken(const Encoder& encoder) { return {encoder.bytes().begin(), encoder.bytes().end()}; }

TEST(Encoder, LongsOfEverySizeComeBack) {
  for (int bits = 0; bits < 64; ++bits) {
    for (const int offset : {-1, 0, 1}) {
      for (const bool is_negative : {false, true}) {
        const uint64_t magnitude = (uint64_t{1} << bits) + static_cast<uint64_t>(offset);
        const auto value = static_cast<int64_t>(is_negative ? ~magnitude : magnitude);
        Encoder encoder;
        encoder.put_long(value);
        const uint8_t* position = encoder.bytes().data();
        const uint8_t* const end = position + encoder.size();
        int64_t read = 0;
        ASSERT_EQ(read_long(position, end, read), WireError::kNone) << value;
        EXPECT_EQ(read, value);
        EXPECT_EQ(position, end) << value;
      }
    }
  }
}

TEST(Encoder, LongsAreZigzagVarints) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const struct {
    int64_t value;
    Bytes expected;
  } cases[] = {
      {0, {0x00}},
      {-1, {0x01}},
      {1, {0x02}},
      {-2, {0x03}},
      {63, {0x7e}},
      {-64, {0x7f}},
      {64, {0x80, 0x01}},
      {-65, {0x81, 0x01}},
      {8191, {0xfe, 0x7f}},
      {8192, {0x80, 0x80, 0x01}},
      {int64_t{1} << 31, {0x80, 0x80, 0x80, 0x80, 0x10}},
      {kMax, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}},
      {kMin, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}},
  };
  for (const auto& test : cases) {
    Encoder encoder;
    encoder.put_long(test.value);
    EXPECT_EQ(taken(encoder), test.expected) << test.value;
  }
}

TEST(Encoder, EveryTypeHasTheBytesOfTheSpecification) {
  Encoder encoder;
  encoder.put_boolean(false);
  encoder.put_boolean(true);
  encoder.put_int(-3);
  encoder.put_float(1.5f);
  encoder.put_double(-2.0);
  encoder.put_bytes("foo");
  encoder.put_bytes("");
  encoder.put_fixed(Bytes{0xca, 0xfe});
  EXPECT_EQ(taken(encoder), (Bytes{0, 1, 5, 0,    0, 0xc0, 0x3f, 0,   0, 0,    0,
                                   0, 0, 0, 0xc0, 6, 'f',  'o',  'o', 0, 0xca, 0xfe}));
  EXPECT_EQ(encoder.size(), 22u);
}

TEST(Encoder, ClearForgetsWhatWasPut) {
  Encoder encoder;
  encoder.put_long(1);
  encoder.clear();
  EXPECT_EQ(encoder.size(), 0u);
  encoder.put_long(2);
  EXPECT_EQ(taken(encoder), Bytes{4});
}

}  // namespace
}  // namespace mseavro
