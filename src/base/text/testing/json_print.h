// A document as text again, for tests: without spaces, texts as they are between quotes.
#pragma once

#include <string>

#include "base/text/json_document.h"

namespace mseavro {

inline std::string print_json(JsonValue value) {
  std::string text;
  switch (value.kind()) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBoolean:
      return value.boolean() ? "true" : "false";
    case JsonKind::kNumber:
      return std::string(value.text());
    case JsonKind::kString:
      return "\"" + std::string(value.text()) + "\"";
    case JsonKind::kArray:
      for (JsonItems items(value); items.next();) {
        text += (text.empty() ? "" : ",") + print_json(items.value());
      }
      return "[" + text + "]";
    case JsonKind::kObject:
      for (JsonMembers members(value); members.next();) {
        text += (text.empty() ? "\"" : ",\"") + std::string(members.key()) + "\":";
        text += print_json(members.value());
      }
      return "{" + text + "}";
  }
  return text;
}

}  // namespace mseavro
