// Parts of full names.
#pragma once

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

}  // namespace mseavro
