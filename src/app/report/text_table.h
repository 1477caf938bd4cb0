// Tables of text: aligned, Markdown, CSV.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mseavro {

class TextTable {
 public:
  enum class Align : uint8_t { kLeft, kRight };

  void add_column(std::string name, Align align);
  // REQUIRES: one cell a column.
  void add_row(std::vector<std::string> cells);

  // Columns padded with spaces, a line below the header. With `color`, a bold header. Here and in
  // Markdown control characters of cells are shown as \xNN.
  std::string text(bool color) const;
  std::string markdown() const;
  std::string csv() const;

 private:
  std::vector<std::string> names_;
  std::vector<Align> aligns_;
  std::vector<std::vector<std::string>> rows_;
};

// Numbers of one column with as many decimals (2 to 6) as show three digits of the smallest.
// Null is empty.
std::vector<std::string> format_column(const std::vector<std::optional<double>>& numbers);

}  // namespace mseavro
