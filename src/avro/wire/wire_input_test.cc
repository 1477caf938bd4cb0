#include "avro/wire/wire_input.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "avro/wire/testing/wire_testing.h"

namespace mseavro {
namespace {

// Reads from a block of exactly these bytes, and again with more behind it (the fast path).
struct LongCase {
  WireError error;
  int64_t value;
  size_t size;
};

LongCase read(std::string_view bytes, size_t padding) {
  std::string padded(bytes);
  padded.append(padding, '\x7f');
  const Block block(padded);
  const uint8_t* const begin = block.bytes().data();
  const uint8_t* position = begin;
  int64_t value = 0;
  const WireError error = read_long(position, begin + padded.size(), value);
  return {error, value, static_cast<size_t>(position - begin)};
}

TEST(ReadLong, ReadsEveryPowerOfTwoAndItsNeighbours) {
  std::vector<int64_t> values = {0, std::numeric_limits<int64_t>::min(),
                                 std::numeric_limits<int64_t>::max()};
  for (int bit = 0; bit < 63; ++bit) {
    for (const int64_t near : {-1, 0, 1}) {
      values.push_back((int64_t{1} << bit) + near);
      values.push_back(-(int64_t{1} << bit) + near);
    }
  }
  for (const int64_t value : values) {
    const std::string bytes = Bytes().integer(value);
    for (const size_t padding : {size_t{0}, size_t{1}, size_t{16}}) {
      const LongCase got = read(bytes, padding);
      EXPECT_EQ(got.error, WireError::kNone) << value;
      EXPECT_EQ(got.value, value);
      EXPECT_EQ(got.size, bytes.size()) << value;
    }
    for (size_t size = 0; size < bytes.size(); ++size) {
      const LongCase got = read(bytes.substr(0, size), 0);
      EXPECT_EQ(got.error, WireError::kEnd) << value;
      EXPECT_EQ(got.size, 0u);
    }
  }
}

TEST(ReadLong, AcceptsMoreBytesThanNeededButNoMoreThanTen) {
  std::string bytes = "\x84";
  for (int extra = 0; extra < 8; ++extra, bytes += '\x80') {
    for (const size_t padding : {size_t{0}, size_t{16}}) {
      const LongCase got = read(bytes + std::string(1, '\0'), padding);
      EXPECT_EQ(got.error, WireError::kNone);
      EXPECT_EQ(got.value, 2);
      EXPECT_EQ(got.size, bytes.size() + 1);
    }
  }
  const LongCase eleven = read(std::string(10, '\x80') + '\0', 16);
  EXPECT_EQ(eleven.error, WireError::kLongVarint);
  EXPECT_EQ(eleven.size, 0u);
}

TEST(ReadLong, WrapsTheTenthByteAsJavaDoes) {
  // Of 0x7f only the lowest bit counts: all 64 bits are set, as with 0x01.
  EXPECT_EQ(read(std::string(9, '\xff') + '\x7f', 16).value, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(read(std::string(9, '\xff') + '\x01', 16).value, std::numeric_limits<int64_t>::min());
  EXPECT_EQ(read(std::string(9, '\x80') + '\x7e', 16).value, 0);
}

TEST(ReadInt, RefusesMoreThan32Bits) {
  const struct {
    int64_t value;
    bool fits;
  } cases[] = {{2147483647, true},
               {-2147483648, true},
               {2147483648, false},
               {-2147483649, false},
               {int64_t{1} << 40, false}};
  for (const auto& [value, fits] : cases) {
    const Block block(Bytes().integer(value).bytes());
    const uint8_t* position = block.bytes().data();
    int64_t got = 0;
    const WireError error = read_int(position, position + block.bytes().size(), got);
    EXPECT_EQ(error, fits ? WireError::kNone : WireError::kWideInt) << value;
    EXPECT_EQ(got, fits ? value : 0);
    EXPECT_EQ(position == block.bytes().data(), !fits);
  }
}

TEST(ReadBytes, ReadsEveryLengthAroundTheShortForm) {
  for (const size_t size : {0, 1, 62, 63, 64, 65, 127, 128, 8191, 8192, 70000}) {
    const std::string text(size, 'x');
    for (const size_t padding : {0, 1, 63, 64, 128}) {
      const Block block(Bytes().text(text).bytes() + std::string(padding, 'y'));
      const uint8_t* position = block.bytes().data();
      const uint8_t* const end = position + block.bytes().size();
      std::string_view got;
      EXPECT_EQ(read_bytes(position, end, 1 << 20, got), WireError::kNone);
      EXPECT_EQ(got, text);
      EXPECT_EQ(static_cast<size_t>(end - position), padding);
    }
  }
}

}  // namespace
}  // namespace mseavro
