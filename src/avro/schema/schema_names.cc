#include "avro/schema/schema_names.h"

namespace mseavro {

std::string shorten(std::string_view text, size_t size_bytes) {
  if (text.size() <= size_bytes) return std::string(text);
  while (size_bytes > 0 && (text[size_bytes] & 0xc0) == 0x80) --size_bytes;  // Not inside UTF-8.
  return std::string(text.substr(0, size_bytes)) + "...";
}

}  // namespace mseavro
