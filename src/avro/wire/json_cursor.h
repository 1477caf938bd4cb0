// Reading JSON text that is known to be valid, value by value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mseavro {

enum class JsonKind : uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// REQUIRES: the text is JSON as the schema parser keeps it (SchemaField::default_json): valid,
// without spaces, and with \u escapes for control characters alone.
//
//   for (cursor.enter(); cursor.next();) item(cursor);                        an array
//   for (cursor.enter(); cursor.next();) member(cursor.key(), cursor);        an object
class JsonCursor {
 public:
  // `text` must outlive the cursor.
  explicit JsonCursor(std::string_view text) : rest_(text) {}

  // Of the value that the cursor is at.
  JsonKind kind() const;

  // Each moves behind the value. REQUIRES: it is of that kind.
  void null() { rest_.remove_prefix(4); }
  bool boolean();
  std::string_view number();
  std::string string();  // UTF-8.

  // Any value, however deep; returns its text.
  std::string_view skip();

  // Into an array or object.
  void enter() { rest_.remove_prefix(1); }
  // To its next item or member; behind it and false when there is none left.
  bool next();
  // The member's name; the cursor is then at its value.
  std::string key();

 private:
  std::string_view rest_;
};

}  // namespace mseavro
