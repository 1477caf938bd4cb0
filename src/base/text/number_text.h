// Numbers as text, the same in every locale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mseavro {

// The double nearest to decimal text ("2", "-0.5", "+1e-3", ".5"), with spaces around it, or "nan",
// "inf" and "infinity" with a sign and in any case, so that callers can say why they refuse them.
// Text beyond the range of double is an infinity, below it a zero, as in Python. nullopt for
// anything else: no text, other text behind the number, hexadecimal, separators of thousands, a
// decimal comma.
std::optional<double> parse_number(std::string_view text);
// The same for the nearest float, which the float nearest to the nearest double need not be.
std::optional<float> parse_number32(std::string_view text);

// An integer in decimal, with an optional sign and spaces around it; nullopt past the range of
// int64.
std::optional<int64_t> parse_integer(std::string_view text);

// Whether the text is one by which programs say that there is no value where they would write a
// number: nothing, NA, N/A, n/a, null, Null, NULL, None, \N. Where a text may stand it is a text.
bool is_null_word(std::string_view text);

// Appends the shortest digits that read back as the same bits, in plain notation from 1e-5 up to
// 1e16 and with an exponent outside: "2", "0.1", "100000", "1e+20", "-0"; "NaN", "Infinity",
// "-Infinity".
void append_number(float value, std::string* text);
void append_number(double value, std::string* text);
std::string format_number(double value);

void append_integer(int64_t value, std::string* text);

// "1,254,310"
std::string format_thousands(int64_t value);
// "1 row", "1,254,310 rows"
std::string format_counted(int64_t count, std::string_view noun);

}  // namespace mseavro
