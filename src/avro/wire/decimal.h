// Avro decimals: an unscaled integer in big-endian two's complement, and a scale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "avro/schema/schema.h"

namespace mseavro {

// Making digits takes time that grows with the square of the size, and a block can be full of
// decimals; so longer ones are refused. 256 bytes are 616 digits, twice what a double reaches. The
// same number bounds the zeros that a scale may ask for.
inline constexpr size_t kDecimalBytesLimit = 256;

struct Decimal {
  std::string_view unscaled;
  int32_t scale = 0;
};

// The decimal in a value of a node whose logical type is kDecimal or kBigDecimal (whose bytes hold
// the unscaled bytes and the scale). nullopt when it is too long or malformed.
std::optional<Decimal> find_decimal(const SchemaNode& node, std::string_view bytes);

// The nearest double, ties to even; infinite when it is beyond all doubles.
double decimal_to_number(const Decimal& decimal);

// Appends "-12.340". False, with nothing appended, when the scale asks for more zeros than
// kDecimalBytesLimit.
bool append_decimal(const Decimal& decimal, std::string* text);

// The bytes of a value of a node whose logical type is kDecimal or kBigDecimal, as few as can be
// unless the type is fixed, from digits with or without sign, point and exponent ("-12.340",
// "1e3"). A big-decimal keeps as many digits behind the point as there are. Or a problem: what
// keeps the text from being such a value, as the end of a sentence.
struct DecimalBytes {
  std::string bytes;
  std::string_view problem;  // Empty when there is none.
};
DecimalBytes parse_decimal(const SchemaNode& node, std::string_view text);

}  // namespace mseavro
