#include "avro/wire/decimal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <span>
#include <system_error>
#include <vector>

#include "avro/wire/wire_input.h"

namespace mseavro {
namespace {

constexpr uint32_t kBase = 1'000'000'000;
constexpr int kBaseDigits = 9;

struct Digits {
  bool negative = false;
  std::string text;  // Without sign and leading zeros; "0" for zero.
};

// The magnitude as 32-bit words, most significant first.
std::vector<uint32_t> magnitude(std::string_view bytes, bool negative) {
  std::vector<uint32_t> words((bytes.size() + 3) / 4, negative ? 0xffffffffu : 0u);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const size_t from_end = bytes.size() - 1 - i;
    uint32_t& word = words[words.size() - 1 - from_end / 4];
    const int shift = static_cast<int>(from_end % 4) * 8;
    word = (word & ~(0xffu << shift)) | uint32_t{static_cast<uint8_t>(bytes[i])} << shift;
  }
  if (!negative) return words;
  bool carry = true;
  for (size_t i = words.size(); i-- > 0;) {
    words[i] = ~words[i] + (carry ? 1 : 0);
    carry = carry && words[i] == 0;
  }
  return words;
}

// Divides the number by kBase in place and returns the remainder.
uint32_t take_group(std::span<uint32_t> words) {
  uint64_t remainder = 0;
  for (uint32_t& word : words) {
    const uint64_t part = remainder << 32 | word;
    word = static_cast<uint32_t>(part / kBase);
    remainder = part % kBase;
  }
  return static_cast<uint32_t>(remainder);
}

Digits digits_of(std::string_view unscaled) {
  Digits digits;
  digits.negative = !unscaled.empty() && (unscaled.front() & 0x80) != 0;
  std::vector<uint32_t> words = magnitude(unscaled, digits.negative);
  for (std::span<uint32_t> rest(words); !rest.empty();) {
    if (rest.front() == 0) {
      rest = rest.subspan(1);
      continue;
    }
    uint32_t group = take_group(rest);
    for (int i = 0; i < kBaseDigits; ++i, group /= 10) {
      digits.text.push_back(static_cast<char>('0' + group % 10));
    }
  }
  while (!digits.text.empty() && digits.text.back() == '0') digits.text.pop_back();
  if (digits.text.empty()) digits.text = "0";
  std::ranges::reverse(digits.text);
  return digits;
}

}  // namespace

std::optional<Decimal> find_decimal(const SchemaNode& node, std::string_view bytes) {
  if (bytes.size() > kDecimalBytesLimit) return std::nullopt;
  if (node.logical != LogicalType::kBigDecimal) return Decimal{bytes, node.scale};
  const auto* position = reinterpret_cast<const uint8_t*>(bytes.data());
  const uint8_t* const end = position + bytes.size();
  Decimal decimal;
  int64_t scale = 0;
  if (read_bytes(position, end, kDecimalBytesLimit, decimal.unscaled) != WireError::kNone ||
      read_int(position, end, scale) != WireError::kNone || position != end)
    return std::nullopt;
  decimal.scale = static_cast<int32_t>(scale);
  return decimal;
}

double decimal_to_number(const Decimal& decimal) {
  const Digits digits = digits_of(decimal.unscaled);
  const std::string text = digits.text + "e" + std::to_string(-int64_t{decimal.scale});
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc::result_out_of_range) {
    // from_chars leaves the value alone; the exponent of the first digit says which end it was.
    const int64_t exponent = static_cast<int64_t>(digits.text.size()) - decimal.scale;
    value = exponent > 0 && digits.text != "0" ? std::numeric_limits<double>::infinity() : 0.0;
  }
  return digits.negative ? -value : value;
}

bool append_decimal(const Decimal& decimal, std::string* text) {
  const int64_t scale = decimal.scale;
  if (std::abs(scale) > static_cast<int64_t>(kDecimalBytesLimit)) return false;
  Digits digits = digits_of(decimal.unscaled);
  if (scale < 0 && digits.text != "0") digits.text.append(static_cast<size_t>(-scale), '0');
  if (scale > 0) {
    const auto fraction = static_cast<size_t>(scale);
    if (digits.text.size() <= fraction)
      digits.text.insert(0, fraction + 1 - digits.text.size(), '0');
    digits.text.insert(digits.text.size() - fraction, 1, '.');
  }
  if (digits.negative) text->push_back('-');
  text->append(digits.text);
  return true;
}

}  // namespace mseavro
