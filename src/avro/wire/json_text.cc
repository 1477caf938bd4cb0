#include "avro/wire/json_text.h"

#include <cstddef>
#include <cstdint>

#include "base/text/utf8.h"

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
      i += append_utf8_character(text.substr(i), json);
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

std::optional<std::string> json_bytes(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<uint8_t>(text[i]);
    if (byte >= 0x80) {
      if (byte > 0xc3) return std::nullopt;
      byte = static_cast<uint8_t>(byte << 6 | (text[++i] & 0x3f));
    }
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

}  // namespace mseavro
