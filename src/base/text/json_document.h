// A JSON text, checked whole and laid out flat.
//
// Values stand in one array in the order of the text, and each knows where the next one after it
// stands, so that to pass over a value costs nothing however deep it is and nobody needs recursion
// to read one. Numbers keep their digits: what they are worth is decided by who reads them.
//
//   JsonDocument document;
//   MSEAVRO_TRY(document.parse(R"({"a": [1, 2.50]})"));
//   for (JsonMembers members(document.root()); members.next();) use(members.key(),
//   members.value()); for (JsonItems items(array); items.next();) use(items.value());
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

enum class JsonKind : uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };

// What to do about a line of a file, counted from 1, that is not the one JSON object that lines of
// JSON are. What begins in the first line and ends elsewhere is most likely one document; NaN is
// what many programs write for want of a number.
std::string json_lines_help(std::string_view line, int64_t line_number, const std::string& file);

// Whether a text is written as JSON writes numbers: without spaces, plus sign and leading zeros.
bool is_json_number(std::string_view text);

class JsonDocument;

// One value of a document. A small value itself; valid until the document is parsed again or gone.
class JsonValue {
 public:
  JsonKind kind() const;
  // REQUIRES: kind() is kBoolean.
  bool boolean() const;
  // Of a string its characters in UTF-8, of a number its digits as written. REQUIRES: it is one.
  std::string_view text() const;
  // Items of an array, members of an object. REQUIRES: it is one.
  size_t count() const;

  // Offset of its first byte in the text.
  int64_t byte() const;
  // Its place among all values and keys of the document, from 0 on.
  uint32_t index() const { return index_; }
  // The place of what stands behind it and all that is in it.
  uint32_t end_index() const;

 private:
  friend class JsonDocument;
  friend class JsonItems;
  friend class JsonMembers;
  JsonValue(const JsonDocument& document, uint32_t index) : document_(&document), index_(index) {}

  const JsonDocument* document_;
  uint32_t index_;
};

// A resource of one thread; its memory is kept from text to text.
class JsonDocument {
 public:
  JsonDocument();
  ~JsonDocument();
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;

  // Reads one JSON text (RFC 8259): one value of any kind, in UTF-8. Repeated members are kept, all
  // of them. Errors, with place.byte and place.line in the text: kBadJson; kTooDeep for arrays and
  // objects in each other beyond `depth_limit`; kLimitExceeded beyond limits.json_size_bytes.
  Status parse(std::string_view text, const Limits& limits = {}, int64_t depth_limit = 1024);

  // REQUIRES: parse() has succeeded; so for all below.
  JsonValue root() const { return {*this, 0}; }
  // The value or key at an index.
  JsonValue at(uint32_t index) const { return {*this, index}; }
  // Values and keys.
  size_t node_count() const { return nodes_.size(); }

 private:
  friend class JsonValue;
  friend class JsonItems;
  friend class JsonMembers;
  class Parser;

  struct Node {
    uint32_t begin;  // In the text.
    uint32_t next;   // Index of the node behind this value and all that is in it.
    uint32_t size;   // Bytes of a text; items or members; a boolean's value.
    JsonKind kind;
    const char* text;  // In the parser's memory.
  };

  std::unique_ptr<Parser> parser_;
  std::vector<Node> nodes_;
};

// The items of an array, one after another.
class JsonItems {
 public:
  // REQUIRES: an array.
  explicit JsonItems(JsonValue array);

  // To the next item; false when there is none left. Then value() may be called.
  bool next();
  JsonValue value() const { return {*document_, index_}; }

 private:
  const JsonDocument* document_;
  uint32_t index_;  // Of the item; before the first call, of the array.
  uint32_t next_;
  uint32_t end_;
};

// The members of an object, in the order of the text.
class JsonMembers {
 public:
  // REQUIRES: an object.
  explicit JsonMembers(JsonValue object);

  bool next();
  std::string_view key() const { return JsonValue(*document_, index_).text(); }
  JsonValue value() const { return {*document_, index_ + 1}; }

 private:
  const JsonDocument* document_;
  uint32_t index_;  // Of the key; before the first call, of the object.
  uint32_t next_;
  uint32_t end_;
};

}  // namespace mseavro
