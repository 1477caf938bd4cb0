#include "avro/schema/json_layout.h"

#include <fmt/format.h>

#include <iterator>
#include <vector>

namespace mseavro {
namespace {

constexpr size_t kLineWidth = 100;
constexpr size_t kIndentWidth = 2;

bool opens(char c) { return c == '{' || c == '['; }
bool closes(char c) { return c == '}' || c == ']'; }

// The offset behind the string at `offset`, which is complete.
size_t string_end(std::string_view json, size_t offset) {
  for (++offset; json[offset] != '"'; ++offset) {
    if (json[offset] == '\\') ++offset;
  }
  return offset + 1;
}

// Appends the container at `offset` on one line of up to `width` columns and gives the offset
// behind it; 0, and nothing is appended, when it does not fit.
size_t append_line(std::string_view json, size_t offset, size_t width, std::string& out) {
  const size_t size_before = out.size();
  size_t depth = 0;
  while (out.size() - size_before < width) {
    const char c = json[offset];
    if (c == '"') {
      const size_t end = string_end(json, offset);
      out.append(json.substr(offset, end - offset));
      offset = end;
      continue;
    }
    out += c;
    ++offset;
    if (c == ',' || c == ':') out += ' ';
    if (opens(c)) ++depth;
    if (closes(c) && --depth == 0) return offset;
  }
  out.resize(size_before);
  return 0;
}

class Layout {
 public:
  explicit Layout(std::string_view json) : json_(json) {}

  std::string text() && {
    while (offset_ < json_.size()) step();
    return std::move(out_);
  }

 private:
  void step() {
    const char c = json_[offset_];
    if (c == '"') return copy(string_end(json_, offset_));
    if (opens(c)) return open();
    if (closes(c)) --depth_, break_line();
    copy(offset_ + 1);
    if (c == ',') break_line();
    if (c == ':') out_ += ' ';
  }

  void open() {
    const size_t column = out_.size() - line_begin_ + 1;  // With a comma behind it.
    const bool is_empty = closes(json_[offset_ + 1]);
    if ((depth_ > 0 || is_empty) && column < kLineWidth) {
      const size_t end = append_line(json_, offset_, kLineWidth - column, out_);
      if (end > 0) {
        offset_ = end;
        return;
      }
    }
    copy(offset_ + 1);
    ++depth_;
    break_line();
  }

  void copy(size_t end) {
    out_.append(json_.substr(offset_, end - offset_));
    offset_ = end;
  }

  void break_line() {
    out_ += '\n';
    line_begin_ = out_.size();
    out_.append(depth_ * kIndentWidth, ' ');
  }

  const std::string_view json_;
  size_t offset_ = 0;
  std::string out_;
  size_t line_begin_ = 0;
  size_t depth_ = 0;
};

}  // namespace

void append_json_string(std::string_view text, std::string& json) {
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      json += c;
    }
  }
  json += '"';
}

std::string lay_out_json(std::string_view compact) { return Layout(compact).text(); }

}  // namespace mseavro
