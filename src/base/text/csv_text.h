// Writing CSV (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace mseavro {

// Appends a cell, quoted where it must be. An empty text is `""`, so that it differs from null,
// which is nothing at all.
void append_csv_cell(std::string_view text, std::string* csv);

// The cell alone.
std::string csv_cell(std::string_view text);

}  // namespace mseavro
