#include "base/text/csv_text.h"

#include <algorithm>

namespace mseavro {
namespace {

bool needs_quotes(char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; }

}  // namespace

void append_csv_cell(std::string_view text, std::string* csv) {
  if (!text.empty() && std::ranges::none_of(text, needs_quotes)) {
    csv->append(text);
    return;
  }
  csv->push_back('"');
  for (const char c : text) {
    if (c == '"') csv->push_back('"');
    csv->push_back(c);
  }
  csv->push_back('"');
}

std::string csv_cell(std::string_view text) {
  std::string cell;
  append_csv_cell(text, &cell);
  return cell;
}

}  // namespace mseavro
