// What the first rows of a file show of its fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/columns/column.h"
#include "events/role/field_catalog.h"
#include "events/source/distinct_counter.h"

namespace mseavro {

// Gathers the evidence of one field, batch by batch.
class EvidenceCollector {
 public:
  // `texts` has the field's values as text; `numbers` has them as numbers or integers, or is
  // nullptr when the field is of neither.
  void add(const Column& texts, const Column* numbers, size_t row_count);
  FieldEvidence finish();

 private:
  void add_text(std::string_view text);
  void add_number(double number);
  void add_integer(int64_t integer);

  FieldEvidence evidence_;
  int64_t value_count_ = 0;  // But for words that say null.
  DistinctCounter distinct_;
  int64_t number_text_count_ = 0;
  int64_t time_text_count_ = 0;
};

}  // namespace mseavro
