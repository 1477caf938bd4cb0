// Arrow arrays read back value by value, by their formats alone, as any other program would.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/columns/owned_arrow.h"
#include "base/result/result.h"
#include "mseavro/arrow_abi.h"

namespace mseavro {

inline std::string hex_text(std::string_view bytes) {
  std::string text = "0x";
  for (const char byte : bytes) {
    text += "0123456789abcdef"[static_cast<uint8_t>(byte) >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

// The metadata's value for a key, or "-".
inline std::string arrow_metadata(const ArrowSchema& schema, std::string_view key) {
  const char* at = schema.metadata;
  if (at == nullptr) return "-";
  const auto next_size = [&at] {
    int32_t size = 0;
    std::memcpy(&size, at, sizeof size);
    at += sizeof size;
    return static_cast<size_t>(size);
  };
  const auto next_text = [&] {
    const size_t size = next_size();
    const std::string_view text(at, size);
    at += size;
    return text;
  };
  for (size_t count = next_size(); count > 0; --count) {
    const std::string_view found = next_text();
    const std::string_view value = next_text();
    if (found == key) return std::string(value);
  }
  return "-";
}

namespace arrow_text_detail {

template <class Number>
Number number(const ArrowArray& array, int buffer, int64_t row) {
  Number value;
  std::memcpy(&value, static_cast<const char*>(array.buffers[buffer]) + row * sizeof value,
              sizeof value);
  return value;
}

inline std::string_view fixed(const ArrowArray& array, int64_t row, size_t size) {
  return {static_cast<const char*>(array.buffers[1]) + row * static_cast<int64_t>(size), size};
}

inline bool bit(const void* bits, int64_t row) {
  return (static_cast<const uint8_t*>(bits)[row / 8] >> (row % 8) & 1) != 0;
}

}  // namespace arrow_text_detail

// Row `row` as text: null, numbers in digits (floating ones as 0x and their bytes), texts as they
// are, other bytes as 0x..., {struct;}, [list;], {map:...;} and <branch>value. Arrays have offset
// 0.
inline std::string arrow_text(const ArrowSchema& schema, const ArrowArray& array, int64_t row) {
  using namespace arrow_text_detail;
  MSEAVRO_CHECK(array.offset == 0 && row < array.length);
  const std::string_view format = schema.format;
  const bool is_union = format.starts_with("+ud");
  if (format == "n") return "null";
  if (!is_union && array.buffers[0] != nullptr && !bit(array.buffers[0], row)) {
    MSEAVRO_CHECK(array.null_count > 0);
    return "null";
  }
  const auto child = [&](int64_t index, int64_t child_row) {
    return arrow_text(*schema.children[index], *array.children[index], child_row);
  };
  if (schema.dictionary != nullptr) {
    return arrow_text(*schema.dictionary, *array.dictionary, number<int32_t>(array, 1, row));
  }
  if (format == "b") return bit(array.buffers[1], row) ? "true" : "false";
  if (format == "i" || format == "tdD" || format == "ttm") {
    return std::to_string(number<int32_t>(array, 1, row));
  }
  if (format == "l" || format == "ttu" || format.starts_with("ts")) {
    return std::to_string(number<int64_t>(array, 1, row));
  }
  if (format == "f") return hex_text(fixed(array, row, 4));
  if (format == "g") return hex_text(fixed(array, row, 8));
  if (format == "tin") return hex_text(fixed(array, row, 16));
  if (format.starts_with("d:")) {
    return hex_text(fixed(array, row, format.ends_with(",256") ? 32 : 16));
  }
  if (format.starts_with("w:")) {
    return hex_text(fixed(array, row, std::stoul(std::string(format.substr(2)))));
  }
  if (format == "+s") {
    std::string text = "{";
    for (int64_t i = 0; i < schema.n_children; ++i) text += child(i, row) + ";";
    return text + "}";
  }
  if (is_union) {
    const auto branch = number<int8_t>(array, 0, row);
    return "<" + std::to_string(branch) + ">" + child(branch, number<int32_t>(array, 1, row));
  }
  const auto begin = number<int32_t>(array, 1, row);
  const auto end = number<int32_t>(array, 1, row + 1);
  if (format == "u" || format == "z") {
    const std::string_view bytes(static_cast<const char*>(array.buffers[2]) + begin,
                                 static_cast<size_t>(end - begin));
    return format == "u" ? std::string(bytes) : hex_text(bytes);
  }
  MSEAVRO_CHECK(format == "+l" || format == "+m");
  std::string text = "[";
  for (int32_t item = begin; item < end; ++item) text += child(0, item) + ";";
  return text + "]";
}

}  // namespace mseavro
