#include "avro/wire/decimal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "avro/wire/encoder.h"
#include "avro/wire/wire_input.h"
#include "base/result/ascii.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

constexpr uint32_t kBase = 1'000'000'000;
constexpr int kBaseDigits = 9;

// What kDecimalBytesLimit bytes hold, whatever the digits.
constexpr int64_t kDecimalDigitsLimit = 616;

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

// A number as written: digits, and how many of them stand behind the point.
struct Written {
  bool negative = false;
  std::string digits;
  int64_t scale = 0;
};

std::optional<Written> read_digits(std::string_view text) {
  Written number;
  const size_t mark = std::min(text.find_first_of("eE"), text.size());
  int64_t exponent = 0;
  if (mark < text.size()) {
    const auto parsed = parse_integer(text.substr(mark + 1));
    if (!parsed || !std::in_range<int32_t>(*parsed)) return std::nullopt;
    exponent = *parsed;
  }
  text = text.substr(0, mark);
  number.negative = text.starts_with('-');
  if (number.negative || text.starts_with('+')) text.remove_prefix(1);
  const size_t point = std::min(text.find('.'), text.size());
  number.digits = text.substr(0, point);
  if (point < text.size()) number.digits.append(text.substr(point + 1));
  number.scale = static_cast<int64_t>(number.digits.size() - point) - exponent;
  if (number.digits.empty() || !std::ranges::all_of(number.digits, is_digit)) return std::nullopt;
  return number;
}

void drop_leading_zeros(std::string& digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
}

// Adds or takes zeros until `scale` digits stand behind the point; false when more than zeros would
// have to go.
bool rescale(Written& number, int64_t scale) {
  drop_leading_zeros(number.digits);
  if (number.digits.empty()) number.scale = scale;
  for (; number.scale > scale; --number.scale) {
    if (number.digits.back() != '0') return false;
    number.digits.pop_back();
  }
  const int64_t zeros = scale - number.scale;
  if (zeros > kDecimalDigitsLimit) return false;
  number.digits.append(static_cast<size_t>(zeros), '0');
  number.scale = scale;
  return true;
}

// The integer in big-endian two's complement, as short as can be. REQUIRES: up to
// kDecimalDigitsLimit digits.
std::string two_complement(const Written& number) {
  std::vector<uint8_t> bytes;  // The magnitude, the lowest first.
  for (const char digit : number.digits) {
    unsigned carry = static_cast<unsigned>(digit - '0');
    for (uint8_t& byte : bytes) {
      carry += byte * 10u;
      byte = static_cast<uint8_t>(carry);
      carry >>= 8;
    }
    if (carry > 0) bytes.push_back(static_cast<uint8_t>(carry));
  }
  bytes.push_back(0);  // Of the sign.
  if (number.negative) {
    bool carry = true;
    for (uint8_t& byte : bytes) {
      byte = static_cast<uint8_t>(~byte + (carry ? 1 : 0));
      carry = carry && byte == 0;
    }
  }
  const auto is_sign_alone = [&] {
    const uint8_t sign = bytes.back();
    const bool is_negative = (bytes[bytes.size() - 2] & 0x80) != 0;
    return (sign == 0x00 && !is_negative) || (sign == 0xff && is_negative);
  };
  while (bytes.size() > 1 && is_sign_alone()) bytes.pop_back();
  return {bytes.rbegin(), bytes.rend()};
}

std::string big_decimal_bytes(const Written& number) {
  Encoder to;
  to.put_bytes(two_complement(number));
  to.put_int(static_cast<int32_t>(number.scale));
  return std::string(to.text());
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

DecimalBytes parse_decimal(const SchemaNode& node, std::string_view text) {
  auto number = read_digits(text);
  if (!number) return {{}, "it is no decimal number"};
  const bool is_big = node.logical == LogicalType::kBigDecimal;
  if (!is_big && !rescale(*number, node.scale)) {
    return {{}, "it has more digits behind the point than the scale"};
  }
  if (is_big && number->scale < 0 && !rescale(*number, 0)) return {{}, "it has too many digits"};
  drop_leading_zeros(number->digits);
  const auto digit_count = static_cast<int64_t>(number->digits.size());
  if (!is_big && digit_count > node.precision) return {{}, "it has more digits than the precision"};
  if (std::max(digit_count, number->scale) > kDecimalDigitsLimit) {
    return {{}, "it has too many digits"};
  }
  if (is_big) return {big_decimal_bytes(*number), {}};
  std::string bytes = two_complement(*number);
  if (node.type == SchemaType::kFixed) {
    const bool negative = (bytes.front() & 0x80) != 0;
    bytes.insert(0, static_cast<size_t>(node.size) - bytes.size(), negative ? '\xff' : '\0');
  }
  return {std::move(bytes), {}};
}

}  // namespace mseavro
