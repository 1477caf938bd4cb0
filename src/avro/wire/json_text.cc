#include "avro/wire/json_text.h"

#include <cstddef>
#include <cstdint>

namespace mseavro {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_unicode_escape(uint8_t value, std::string* json) {
  json->append("\\u00");
  json->push_back(kHex[value >> 4]);
  json->push_back(kHex[value & 15]);
}

// A character below U+0080.
void append_ascii(char c, std::string* json) {
  switch (c) {
    case '"':
      json->append("\\\"");
      return;
    case '\\':
      json->append("\\\\");
      return;
    case '\b':
      json->append("\\b");
      return;
    case '\f':
      json->append("\\f");
      return;
    case '\n':
      json->append("\\n");
      return;
    case '\r':
      json->append("\\r");
      return;
    case '\t':
      json->append("\\t");
      return;
    default:
      if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
        append_unicode_escape(static_cast<uint8_t>(c), json);
      } else {
        json->push_back(c);
      }
  }
}

// What follows a lead byte in well-formed UTF-8 (Unicode Standard, table 3-7).
struct Sequence {
  size_t size;  // 0 when the byte leads nothing.
  uint8_t second_first;
  uint8_t second_last;
};

Sequence sequence_of(uint8_t lead) {
  if (lead < 0xc2) return {0, 0, 0};
  if (lead < 0xe0) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead < 0xf0) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead < 0xf4) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

// Appends the character that `text` begins with and returns its size in bytes.
size_t append_character(std::string_view text, std::string* json) {
  const Sequence sequence = sequence_of(static_cast<uint8_t>(text[0]));
  size_t size = 1;
  while (size < sequence.size && size < text.size()) {
    const auto byte = static_cast<uint8_t>(text[size]);
    const uint8_t first = size == 1 ? sequence.second_first : 0x80;
    const uint8_t last = size == 1 ? sequence.second_last : 0xbf;
    if (byte < first || byte > last) break;
    ++size;
  }
  if (size == sequence.size) {
    json->append(text.substr(0, size));
  } else {
    json->append("\xef\xbf\xbd");
  }
  return size;
}

bool is_plain(char c) {
  return static_cast<uint8_t>(c) >= 0x20 && static_cast<uint8_t>(c) < 0x7f && c != '"' && c != '\\';
}

}  // namespace

void append_json_string(std::string_view text, std::string* json, size_t size_limit) {
  json->push_back('"');
  for (size_t i = 0; i < text.size() && json->size() <= size_limit;) {
    size_t plain_end = i;
    while (plain_end < text.size() && is_plain(text[plain_end])) ++plain_end;
    json->append(text.substr(i, plain_end - i));
    i = plain_end;
    if (i == text.size()) break;
    if (static_cast<uint8_t>(text[i]) < 0x80) {
      append_ascii(text[i++], json);
    } else {
      i += append_character(text.substr(i), json);
    }
  }
  json->push_back('"');
}

void append_json_bytes(std::string_view bytes, std::string* json, size_t size_limit) {
  json->push_back('"');
  for (const char c : bytes) {
    if (json->size() > size_limit) return;
    if (static_cast<uint8_t>(c) < 0x80) {
      append_ascii(c, json);
    } else {
      append_unicode_escape(static_cast<uint8_t>(c), json);
    }
  }
  json->push_back('"');
}

}  // namespace mseavro
