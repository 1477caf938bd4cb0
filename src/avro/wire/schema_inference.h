// A schema for data that came without one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/json_document.h"
#include "mseavro/error.h"

namespace mseavro {

// Looks at every row or object of a source, and knows then a record whose fields take all of them.
// Each field is a union of null, its default, and of what was seen:
//
//   boolean; long; double (also where longs are among them); string. In JSON also arrays and
//   records, and of several of these a union; in CSV of several kinds a string, because a text is
//   what all of them are. Numbers that begin with a zero or a plus are texts: the zeros of a postal
//   code are part of it. What was never seen is a string. In CSV NA, null and the like are null
//   (is_null_word) but where there are texts.
//
// Times stay texts: what was meant is not to be guessed.
class SchemaInference {
 public:
  // An object of JSON lines. Errors: kBadValue when it is none; kLimitExceeded, too many fields.
  // REQUIRES: a document whose depth is bounded, as this recurses.
  Status add_object(JsonValue json);

  // The columns of CSV and its rows, of as many cells.
  void set_columns(std::span<const std::string> columns);
  void add_row(std::span<const std::string_view> cells);

  // The record's schema as JSON text. It is called Row.
  std::string schema_text() const;

 private:
  // What was seen in one place.
  struct Kinds {
    bool null = false;
    bool boolean = false;
    bool whole = false;
    bool fraction = false;
    bool text = false;
    std::unique_ptr<Kinds> items{};
    bool object = false;
    std::vector<std::pair<std::string, Kinds>> fields{};  // Of objects, as they were first met.
    std::map<std::string, size_t, std::less<>> slots{};   // In fields.
  };

  class Text;

  Status add_value(JsonValue json, Kinds* kinds);
  Status add_members(JsonValue json, Kinds* kinds);

  Kinds root_;
  bool is_csv_ = false;
  int64_t field_count_ = 0;
};

}  // namespace mseavro
