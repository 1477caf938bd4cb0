#include "avro/schema/json_bounds.h"

#include <fmt/format.h>

#include <vector>

namespace mseavro {
namespace {

// The offset behind the string whose opening quote is at `offset`.
size_t skip_string(std::string_view text, size_t offset) {
  for (++offset; offset < text.size(); ++offset) {
    if (text[offset] == '"') return offset + 1;
    if (text[offset] == '\\') ++offset;
  }
  return text.size();
}

// The offset behind the comment, or the lone slash, at `offset`.
size_t skip_comment(std::string_view text, size_t offset) {
  const std::string_view opening = text.substr(offset, 2);
  if (opening != "//" && opening != "/*") return offset + 1;
  const std::string_view closing = opening == "//" ? "\n" : "*/";
  const size_t end = text.find(closing, offset + 2);
  return end == std::string_view::npos ? text.size() : end + closing.size();
}

Status exceeded(std::string_view what, int64_t limit, size_t offset) {
  return fail(ErrorCode::kLimitExceeded, fmt::format("the schema has more than {} {}", limit, what),
              "", "", Place{.byte = static_cast<int64_t>(offset)});
}

}  // namespace

Status check_json_bounds(std::string_view text, const JsonBounds& bounds) {
  std::vector<int64_t> separators;  // Commas so far of each open object or array.
  std::vector<bool> is_object;
  int64_t value_count = 1;
  for (size_t offset = 0; offset < text.size();) {
    const char c = text[offset];
    if (c == '"') {
      offset = skip_string(text, offset);
      continue;
    }
    if (c == '/') {
      offset = skip_comment(text, offset);
      continue;
    }
    if (c == '{' || c == '[') {
      separators.push_back(0);
      is_object.push_back(c == '{');
      ++value_count;
    } else if ((c == '}' || c == ']') && !separators.empty()) {
      separators.pop_back();
      is_object.pop_back();
    } else if (c == ',') {
      ++value_count;
      if (!separators.empty()) ++separators.back();
    }
    if (static_cast<int64_t>(separators.size()) > bounds.depth) {
      return exceeded("levels of JSON", bounds.depth, offset);
    }
    if (value_count > bounds.value_count) {
      return exceeded("JSON values", bounds.value_count, offset);
    }
    if (!separators.empty() && is_object.back() && separators.back() >= bounds.member_count) {
      return exceeded("attributes in one place", bounds.member_count, offset);
    }
    ++offset;
  }
  return {};
}

}  // namespace mseavro
