#include "app/report/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/result/result.h"
#include "base/text/csv_text.h"

namespace mseavro {
namespace {

// Characters, not bytes: continuation bytes of UTF-8 take no room of their own.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string pad(const std::string& text, size_t width, TextTable::Align align) {
  const size_t used = width_of(text);
  const std::string space(width > used ? width - used : 0, ' ');
  return align == TextTable::Align::kLeft ? text + space : space + text;
}

void strip_trailing_spaces(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

// Cells may come from the data, so control characters must neither break a line nor reach the
// terminal as commands.
std::string shown(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      cell += fmt::format("\\x{:02x}", byte);
    } else {
      cell += c;
    }
  }
  return cell;
}

std::string shown_in_markdown(const std::string& text) {
  std::string cell;
  for (const char c : shown(text)) {
    if (c == '|') cell += '\\';
    cell += c;
  }
  return cell;
}

// The header and the rows as they are shown, and how wide each column gets.
struct Grid {
  std::vector<std::vector<std::string>> lines;
  std::vector<size_t> widths;

  explicit Grid(size_t column_count) : widths(column_count) {}

  void add(const std::vector<std::string>& cells, std::string (*show)(const std::string&)) {
    std::vector<std::string> line;
    for (size_t i = 0; i < cells.size(); ++i) {
      line.push_back(show(cells[i]));
      widths[i] = std::max(widths[i], width_of(line.back()));
    }
    lines.push_back(std::move(line));
  }
};

}  // namespace

void TextTable::add_column(std::string name, Align align) {
  names_.push_back(std::move(name));
  aligns_.push_back(align);
}

void TextTable::add_row(std::vector<std::string> cells) {
  MSEAVRO_CHECK(cells.size() == names_.size());
  rows_.push_back(std::move(cells));
}

std::string TextTable::text(bool color) const {
  Grid grid(names_.size());
  grid.add(names_, shown);
  for (const auto& row : rows_) grid.add(row, shown);
  std::string out;
  for (const auto& cells : grid.lines) {
    const bool is_header = out.empty();
    std::string line;
    std::string rule;
    for (size_t i = 0; i < cells.size(); ++i) {
      line += (i == 0 ? "" : "  ") + pad(cells[i], grid.widths[i], aligns_[i]);
      rule += (i == 0 ? "" : "  ") + std::string(grid.widths[i], '-');
    }
    strip_trailing_spaces(line);
    out += is_header && color ? fmt::format("\x1b[1m{}\x1b[0m\n", line) : line + "\n";
    if (is_header) out += rule + "\n";
  }
  return out;
}

std::string TextTable::markdown() const {
  Grid grid(names_.size());
  grid.add(names_, shown_in_markdown);
  for (const auto& row : rows_) grid.add(row, shown_in_markdown);
  std::string out;
  for (const auto& cells : grid.lines) {
    const bool is_header = out.empty();
    std::string line = "|";
    std::string rule = "|";
    for (size_t i = 0; i < cells.size(); ++i) {
      line += fmt::format(" {} |", pad(cells[i], grid.widths[i], aligns_[i]));
      rule += fmt::format(" {}{}|", std::string(grid.widths[i], '-'),
                          aligns_[i] == Align::kRight ? ":" : " ");
    }
    out += line + "\n";
    if (is_header) out += rule + "\n";
  }
  return out;
}

std::string TextTable::csv() const {
  std::string out;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) {
      out += (i == 0 ? "" : ",") + (cells[i].empty() ? std::string() : csv_cell(cells[i]));
    }
    out += "\n";
  };
  add_line(names_);
  for (const auto& row : rows_) add_line(row);
  return out;
}

std::vector<std::string> format_column(const std::vector<std::optional<double>>& numbers) {
  double smallest = INFINITY;
  for (const auto& number : numbers) {
    if (number && *number != 0) smallest = std::min(smallest, std::abs(*number));
  }
  int decimals = 2;
  while (decimals < 6 && smallest * std::pow(10, decimals) < 100) ++decimals;
  std::vector<std::string> cells;
  for (const auto& number : numbers) {
    if (!number) {
      cells.emplace_back();
    } else if (std::abs(*number) >= 1e12 || (*number != 0 && std::abs(*number) < 1e-6)) {
      cells.push_back(fmt::format("{:.4g}", *number));
    } else {
      // Adding 0 takes the sign off a negative zero.
      cells.push_back(fmt::format("{:.{}f}", *number + 0.0, decimals));
    }
  }
  return cells;
}

}  // namespace mseavro
