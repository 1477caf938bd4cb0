// Gathers evidence of a file's fields from batches of their values.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/columns/column.h"
#include "events/role/field_catalog.h"
#include "events/source/event_scan.h"
#include "events/source/evidence.h"

namespace mseavro {

class FieldWatch {
 public:
  // Looks at `field_count_max` of the fields: scalars, those at the top before those deep in
  // records.
  FieldWatch(std::span<const CandidateField> fields, size_t field_count_max);

  // What the batches must hold, in this order.
  const std::vector<RequestedColumn>& columns() const { return columns_; }

  void add(const ColumnBatch& batch, size_t row_count);

  // Writes what was seen into the evidence of the fields, which are those of the beginning.
  void finish(std::vector<CandidateField>& fields);

 private:
  struct Watched {
    size_t field;
    size_t text_column;
    std::optional<size_t> number_column;
    EvidenceCollector collector;
  };

  std::vector<RequestedColumn> columns_;
  std::vector<Watched> watched_;
};

}  // namespace mseavro
