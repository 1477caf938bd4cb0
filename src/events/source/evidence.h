// What the first rows of a file show of its fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "base/columns/column.h"
#include "events/role/field_catalog.h"

namespace mseavro {

// Gathers the evidence of one field, batch by batch.
class EvidenceCollector {
 public:
  // `texts` has the field's values as text; `numbers` has them as numbers, or is nullptr when the
  // field is of text.
  void add(const Column& texts, const Column* numbers, size_t row_count);
  FieldEvidence finish() const;

 private:
  void add_text(std::string_view text);
  void add_number(double number);

  FieldEvidence evidence_;
  std::unordered_set<uint64_t> hashes_;  // Of the distinct texts.
  bool has_texts_ = false;
  bool all_are_numbers_ = true;
  bool all_are_times_ = true;
};

}  // namespace mseavro
