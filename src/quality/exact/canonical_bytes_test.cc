#include "quality/exact/canonical_bytes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mseavro {
namespace {

std::string varint(uint64_t value) {
  std::string out;
  append_varint(value, &out);
  return out;
}

std::string count(int64_t value) {
  std::string out;
  append_count(value, &out);
  return out;
}

template <class Take>
auto take(Take function, const std::string& text) {
  std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  auto result = function(&bytes);
  EXPECT_TRUE(!result || bytes.empty());
  return result;
}

TEST(CanonicalBytes, VarintsHaveTheirDocumentedForm) {
  struct Case {
    uint64_t value;
    std::string bytes;
  };
  const Case cases[] = {
      {0, std::string(1, '\0')},
      {127, "\x7f"},
      {128, std::string("\x80\x01")},
      {300, std::string("\xac\x02")},
      {UINT64_MAX, std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(varint(c.value), c.bytes);
    EXPECT_EQ(take(take_varint, c.bytes).value(), c.value);
  }
}

TEST(CanonicalBytes, EveryPowerOfTwoComesBack) {
  for (int power = 0; power < 64; ++power) {
    const uint64_t value = uint64_t{1} << power;
    for (const uint64_t near : {value - 1, value, value + 1}) {
      EXPECT_EQ(take(take_varint, varint(near)).value(), near);
    }
  }
}

TEST(CanonicalBytes, CountsFoldTheirSign) {
  EXPECT_EQ(count(1), std::string("\x02"));
  EXPECT_EQ(count(-1), std::string("\x01"));
  for (const int64_t value : {int64_t{0}, int64_t{-64}, int64_t{63}, kCountLimit, -kCountLimit}) {
    EXPECT_EQ(take(take_count, count(value)).value(), value);
  }
}

TEST(CanonicalBytes, CountsBeyondTheLimitAreRefused) {
  for (const int64_t value : {kCountLimit + 1, -kCountLimit - 1, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(take(take_count, count(value)).error().code, ErrorCode::kBadState) << value;
  }
}

TEST(CanonicalBytes, PaddedOverlongAndShortVarintsAreRefused) {
  const std::string cases[] = {
      "",
      "\x80",
      std::string("\x80\x00", 2),
      std::string("\xff\x80\x00", 3),
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01",
  };
  for (const std::string& bytes : cases) {
    EXPECT_EQ(take(take_varint, bytes).error().code, ErrorCode::kBadState);
  }
}

}  // namespace
}  // namespace mseavro
