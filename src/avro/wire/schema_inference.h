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

// A cell for which a column is text though most of its cells are numbers.
struct OddCell {
  std::string column;
  std::string text;
  int64_t line = 0;
};

// Looks at every row or object of a source, and knows then a record whose fields take all of them.
// Each field is a union of null, its default, and of what was seen:
//
//   boolean; long; double (also where longs are among them); string. In JSON also arrays and
//   records, and of several of these a union; in CSV of several kinds a string, because a text is
//   what all of them are. What was never seen is a string. In CSV NA, null and the like are null
//   (is_null_word) but where there are texts.
//
// A cell of CSV that would not come back as it was makes its column a string, because it may be a
// name and no number: the postal code 01067, +1, an integer beyond 64 bits, 1e3 (unless the column
// has decimals, too), and 1.10 where decimals of the column differ in length, as in 1.9 and 1.10;
// prices such as 1.50 and 2.00 stay numbers. In a column that is called like a name every decimal
// does.
//
// Times stay texts: what was meant is not to be guessed.
//
// A name that Avro does not allow becomes one that it does (`Modell-Version`: Modell_Version, or
// Modell_Version_2 beside another of that name), and stays as an alias, by which WritePlan and
// RowEncoder find it.
class SchemaInference {
 public:
  // An object of JSON lines. Errors: kBadJson when it is none; kLimitExceeded, too many fields.
  // REQUIRES: a document whose depth is bounded, as this recurses.
  Status add_object(JsonValue json);

  // The columns of CSV and its rows, of as many cells. `is_name` says of a column whether it is
  // called like what names something, such as a version or an id.
  void set_columns(std::span<const std::string> columns, bool (*is_name)(std::string_view column));
  // `line` is where the row stands in its file.
  void add_row(std::span<const std::string_view> cells, int64_t line);

  // The record's schema as JSON text. It is called Row.
  std::string schema_text() const;
  // The same without aliases, which other readers may refuse.
  std::string schema_text_without_aliases() const;

  // The first of each such column whose name is not that of a name.
  std::vector<OddCell> odd_cells() const;

 private:
  // One cell of a column; no line: none yet.
  struct Cell {
    std::string_view text;
    int64_t line = 0;
  };
  struct KeptCell {
    std::string text;
    int64_t line = 0;
    // The first stays.
    void keep(const Cell& cell);
  };

  // What was seen in one place.
  struct Kinds {
    bool null = false;
    bool boolean = false;
    bool whole = false;
    bool fraction = false;
    bool text = false;
    bool is_name = false;      // From here on of CSV.
    bool exponent = false;     // An integer and an exponent without a sign.
    bool padded = false;       // A decimal like 1.10.
    bool uneven = false;       // Decimals of different lengths.
    size_t decimal_count = 0;  // Digits behind the point of the last decimal.
    int64_t value_count = 0;
    int64_t number_count = 0;
    KeptCell odd_text{};  // No number, and those for exponent and padded.
    KeptCell odd_exponent{};
    KeptCell odd_decimals{};
    std::unique_ptr<Kinds> items{};
    bool object = false;
    std::vector<std::pair<std::string, Kinds>> fields{};  // Of objects, as they were first met.
    std::map<std::string, size_t, std::less<>> slots{};   // In fields.
  };

  class Text;

  static void add_cell(const Cell& cell, Kinds* kinds);
  static void add_number(const Cell& cell, Kinds* kinds);
  static bool is_text(const Kinds& kinds);
  Status add_value(JsonValue json, Kinds* kinds);
  Status add_members(JsonValue json, Kinds* kinds);

  Kinds root_;
  bool is_csv_ = false;
  int64_t field_count_ = 0;
};

}  // namespace mseavro
