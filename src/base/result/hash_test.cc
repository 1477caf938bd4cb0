#include "base/result/hash.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace mseavro {
namespace {

TEST(StringTable, GivesTheSameCodesAsAMapForAnyMixOfNewAndRepeatedTexts) {
  std::mt19937_64 random(1);
  StringTable table;
  std::map<std::string, uint32_t> oracle;
  for (int i = 0; i < 50000; ++i) {
    // Numbers of very different lengths, among them the empty text and texts with zero bytes.
    std::string text =
        i % 7 == 0 ? std::string(random() % 40, '\0') : std::to_string(random() % 9000);
    if (i % 11 == 0) text += std::string(random() % 100, 'x');
    const auto expected = oracle.emplace(text, static_cast<uint32_t>(oracle.size())).first->second;
    ASSERT_EQ(table.code(text), expected);
  }
  ASSERT_EQ(table.size(), oracle.size());
  for (const auto& [text, code] : oracle) ASSERT_EQ(table.text(code), text);
}

TEST(StringTable, TellsTextsApartThatDifferInOneByteOrOnlyInLength) {
  // Short texts are kept as integers; every length around their limits, and each byte of each.
  StringTable table;
  uint32_t count = 0;
  for (size_t length = 0; length < 40; ++length) {
    std::string text(length, '\0');
    EXPECT_EQ(table.code(text), count++);
    for (size_t index = 0; index < length; ++index) {
      text[index] = '\1';
      EXPECT_EQ(table.code(text), count++);
      text[index] = '\0';
    }
  }
}

TEST(StringTable, KeepsItsOwnCopiesWhereTheyAre) {
  StringTable table;
  std::string text = "first";
  const uint32_t code = table.code(text);
  const std::string_view kept = table.text(code);
  text = "other";
  for (int i = 0; i < 20000; ++i) table.code(std::to_string(i));
  EXPECT_EQ(kept, "first");
  EXPECT_EQ(table.text(code).data(), kept.data());
}

TEST(StringTable, TakesTextsLargerThanItsPieces) {
  StringTable table;
  const std::string large(1 << 20, 'y');
  EXPECT_EQ(table.code("small"), 0u);
  EXPECT_EQ(table.code(large), 1u);
  EXPECT_EQ(table.code("small too"), 2u);
  EXPECT_EQ(table.text(1), large);
  EXPECT_EQ(table.code(large), 1u);
}

TEST(StringTable, CountsTheMemoryOfItsTexts) {
  StringTable table;
  const size_t before = table.memory_bytes();
  table.code(std::string(1 << 20, 'y'));
  EXPECT_GE(table.memory_bytes(), before + (1 << 20));
}

TEST(PairTable, GivesTheSameCodesAsAMapForAnyMixOfNewAndRepeatedPairs) {
  std::mt19937 random(2);
  PairTable table;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> oracle;
  const uint32_t extremes[] = {0, 1, 0x7fffffffu, 0x80000000u, 0xffffffffu};
  for (int i = 0; i < 50000; ++i) {
    const uint32_t first = i % 13 == 0 ? extremes[random() % 5] : random() % 100;
    const uint32_t second = i % 17 == 0 ? extremes[random() % 5] : random() % 100;
    const auto expected =
        oracle.emplace(std::pair(first, second), static_cast<uint32_t>(oracle.size()))
            .first->second;
    ASSERT_EQ(table.code(first, second), expected);
  }
  ASSERT_EQ(table.size(), oracle.size());
  for (const auto& [pair, code] : oracle) {
    ASSERT_EQ(table.first(code), pair.first);
    ASSERT_EQ(table.second(code), pair.second);
  }
}

TEST(PairTable, TellsPairsApartOnBothSidesOfItsSquare) {
  PairTable table;
  uint32_t count = 0;
  for (uint32_t first : {0u, 1u, 254u, 255u, 256u, 257u, 0xffffffffu}) {
    for (uint32_t second : {0u, 1u, 254u, 255u, 256u, 257u, 0xffffffffu}) {
      EXPECT_EQ(table.code(first, second), count++);
    }
  }
  EXPECT_EQ(table.code(255, 256), 3u * 7 + 4);
}

TEST(HashBytes, DiffersForTextsThatDifferInOneByteOrOnlyInLength) {
  std::set<uint64_t> hashes;
  size_t count = 0;
  for (size_t length = 0; length < 40; ++length) {
    std::string text(length, '\0');
    hashes.insert(hash_bytes(text));
    ++count;
    for (size_t index = 0; index < length; ++index) {
      text[index] = '\1';
      hashes.insert(hash_bytes(text));
      text[index] = '\0';
      ++count;
    }
  }
  EXPECT_EQ(hashes.size(), count);
}

}  // namespace
}  // namespace mseavro
