#include "app/report/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/result/result.h"

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

void strip_trailing_spaces(std::string& line) {
  line.erase(line.find_last_not_of(' ') + 1);
}

std::string markdown_cell(const std::string& text) {
  std::string cell;
  for (char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

}  // namespace

void TextTable::add_column(std::string name, Align align) {
  const size_t width = width_of(name);
  columns_.push_back({std::move(name), align, width});
}

void TextTable::add_row(std::vector<std::string> cells) {
  MSEAVRO_CHECK(cells.size() == columns_.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    columns_[i].width = std::max(columns_[i].width, width_of(cells[i]));
  }
  rows_.push_back(std::move(cells));
}

std::string TextTable::text(bool color) const {
  std::string out;
  const auto add_line = [&](const auto& cell_of) {
    std::string line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line += "  ";
      line += pad(cell_of(i), columns_[i].width, columns_[i].align);
    }
    strip_trailing_spaces(line);
    return line + "\n";
  };
  const std::string header = add_line([&](size_t i) { return columns_[i].name; });
  out += color ? fmt::format("\x1b[1m{}\x1b[0m\n", header.substr(0, header.size() - 1)) : header;
  out += add_line([&](size_t i) { return std::string(columns_[i].width, '-'); });
  for (const auto& row : rows_) out += add_line([&](size_t i) { return row[i]; });
  return out;
}

std::string TextTable::markdown() const {
  std::string out = "|";
  for (const Column& column : columns_) {
    out += fmt::format(" {} |", pad(column.name, column.width, column.align));
  }
  out += "\n|";
  for (const Column& column : columns_) {
    const std::string dashes(column.width, '-');
    out += column.align == Align::kRight ? fmt::format(" {}:|", dashes)
                                         : fmt::format(" {} |", dashes);
  }
  out += "\n";
  for (const auto& row : rows_) {
    out += "|";
    for (size_t i = 0; i < columns_.size(); ++i) {
      out += fmt::format(" {} |", pad(markdown_cell(row[i]), columns_[i].width, columns_[i].align));
    }
    out += "\n";
  }
  return out;
}

std::string TextTable::csv() const {
  std::string out;
  for (size_t i = 0; i < columns_.size(); ++i) {
    out += (i == 0 ? "" : ",") + csv_cell(columns_[i].name);
  }
  out += "\n";
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      out += (i == 0 ? "" : ",") + (row[i].empty() ? std::string() : csv_cell(row[i]));
    }
    out += "\n";
  }
  return out;
}

std::string csv_cell(const std::string& text) {
  if (text.empty()) return "\"\"";
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + "\"";
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
      cells.push_back(fmt::format("{:.{}f}", *number, decimals));
    }
  }
  return cells;
}

}  // namespace mseavro
