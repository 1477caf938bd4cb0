// Names of types and fields: parts of full names, and names as messages show them.
#pragma once

#include <string>
#include <string_view>

namespace mseavro {

// "a.b" of "a.b.C"; empty for the null namespace.
inline std::string_view namespace_of(std::string_view full) {
  const size_t dot = full.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : full.substr(0, dot);
}

// "C" of "a.b.C".
inline std::string_view unqualified_name(std::string_view full) {
  return full.substr(full.rfind('.') + 1);
}

// The beginning of a text that the input may have made long, for a message.
std::string shorten(std::string_view text, size_t size_bytes);

// A name cut to a length that fits in a sentence.
inline std::string shown_name(std::string_view name) { return shorten(name, 64); }

}  // namespace mseavro
