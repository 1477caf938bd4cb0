#include "base/result/ascii.h"

#include <gtest/gtest.h>

#include <string>

namespace mseavro {
namespace {

constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";

bool holds(std::string_view set, char byte) { return set.find(byte) != std::string_view::npos; }

TEST(Ascii, EveryByteBelongsToItsSetAlone) {
  for (int value = 0; value < 256; ++value) {
    const char byte = static_cast<char>(value);
    const bool digit = holds("0123456789", byte);
    const bool upper = holds(kUpper, byte);
    const bool lower = holds(kLower, byte);
    EXPECT_EQ(is_digit(byte), digit) << value;
    EXPECT_EQ(is_upper(byte), upper) << value;
    EXPECT_EQ(is_lower(byte), lower) << value;
    EXPECT_EQ(is_letter(byte), upper || lower) << value;
    EXPECT_EQ(is_letter_or_digit(byte), upper || lower || digit) << value;
  }
}

TEST(Ascii, CaseChangesLettersAndNothingElse) {
  for (int value = 0; value < 256; ++value) {
    const char byte = static_cast<char>(value);
    const size_t upper = kUpper.find(byte);
    const size_t lower = kLower.find(byte);
    EXPECT_EQ(to_lower(byte), upper < kUpper.size() ? kLower[upper] : byte) << value;
    EXPECT_EQ(to_upper(byte), lower < kLower.size() ? kUpper[lower] : byte) << value;
  }
  EXPECT_EQ(to_lower("Model_V2 \xC3\x84"), "model_v2 \xC3\x84");
}

TEST(Ascii, HexadecimalDigitsHaveTheirValueInEitherCase) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int value = 0; value < 256; ++value) {
    const size_t digit = kDigits.find(to_lower(static_cast<char>(value)));
    EXPECT_EQ(hex_digit(static_cast<char>(value)),
              digit == std::string_view::npos ? -1 : static_cast<int>(digit))
        << value;
  }
}

}  // namespace
}  // namespace mseavro
