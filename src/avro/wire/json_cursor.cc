#include "avro/wire/json_cursor.h"

#include <algorithm>
#include <charconv>

#include "base/result/result.h"

namespace mseavro {
namespace {

// Bytes of the string that `text` begins with, its quotes included.
size_t string_size(std::string_view text) {
  size_t end = 1;
  while (text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return end + 1;
}

char unescaped(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

}  // namespace

JsonKind JsonCursor::kind() const {
  switch (rest_.front()) {
    case 'n':
      return JsonKind::kNull;
    case 't':
    case 'f':
      return JsonKind::kBoolean;
    case '"':
      return JsonKind::kString;
    case '[':
      return JsonKind::kArray;
    case '{':
      return JsonKind::kObject;
    default:
      return JsonKind::kNumber;
  }
}

bool JsonCursor::boolean() {
  const bool value = rest_.front() == 't';
  rest_.remove_prefix(value ? 4 : 5);
  return value;
}

std::string_view JsonCursor::number() {
  const std::string_view text = rest_.substr(0, rest_.find_first_of(",]}"));
  rest_.remove_prefix(text.size());
  return text;
}

std::string JsonCursor::string() {
  const size_t size = string_size(rest_);
  std::string value;
  for (size_t i = 1; i + 1 < size; ++i) {
    if (rest_[i] != '\\') {
      value.push_back(rest_[i]);
    } else if (rest_[++i] != 'u') {
      value.push_back(unescaped(rest_[i]));
    } else {
      unsigned code = 0;
      std::from_chars(rest_.data() + i + 1, rest_.data() + i + 5, code, 16);
      MSEAVRO_DCHECK(code < 0x80);
      value.push_back(static_cast<char>(code));
      i += 4;
    }
  }
  rest_.remove_prefix(size);
  return value;
}

std::string_view JsonCursor::skip() {
  const std::string_view begin = rest_;
  size_t depth = 0;
  do {
    switch (rest_.front()) {
      case '"':
        rest_.remove_prefix(string_size(rest_));
        continue;
      case '[':
      case '{':
        ++depth;
        break;
      case ']':
      case '}':
        --depth;
        break;
      case ',':
      case ':':
        break;
      default:
        rest_.remove_prefix(std::min(rest_.find_first_of(",]}"), rest_.size()));
        continue;
    }
    rest_.remove_prefix(1);
  } while (depth > 0);
  return begin.substr(0, begin.size() - rest_.size());
}

bool JsonCursor::next() {
  const char c = rest_.front();
  if (c == ',') rest_.remove_prefix(1);
  if (c != ']' && c != '}') return true;
  rest_.remove_prefix(1);
  return false;
}

std::string JsonCursor::key() {
  std::string name = string();
  rest_.remove_prefix(1);
  return name;
}

}  // namespace mseavro
