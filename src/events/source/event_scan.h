// Rows of event files as column batches, for any number of workers.
//
// The columns that a run needs are named once; each file resolves them by itself: a field of its
// schema becomes a decoded column, a path key a constant one, a name that the file does not have is
// all null. Avro files are cut into pieces of whole blocks that any worker may take; a CSV file is
// one piece.
//
//   MSEAVRO_ASSIGN(auto scan, EventScan::open(files, columns, options));
//   auto worker = scan->make_worker();                  // one per thread
//   while (true) {
//     MSEAVRO_ASSIGN(const ColumnBatch* batch, worker->next());
//     if (batch == nullptr) break;
//     ... batch->columns[i] is columns[i]; worker->place() says where its rows are from
//   }
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "avro/wire/field_path.h"
#include "base/columns/column.h"
#include "events/role/field_catalog.h"
#include "events/source/input_files.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

struct RequestedColumn {
  FieldPath path;
  ColumnType type;
};

// Where the first row of a batch stands: row i of the batch is record `first_record + i` of `block`
// (Avro) or the CSV record whose line is in the batch's `line` column.
struct BatchPlace {
  const InputFile* file = nullptr;
  uint32_t file_index = 0;
  int64_t block = 0;
  int64_t first_record = 0;
  int64_t first_line = 0;  // CSV: line of the first row of the batch; 0 for Avro.
};

struct ScanOptions {
  Limits limits;
  size_t batch_row_count = 1024;
  char csv_delimiter = ',';
};

// Columns of an input that schema inference can look at, with evidence from its first block (or the
// first thousand CSV records). Also reports a schema in which a field is no scalar as kOther.
Result<FieldCatalog> read_catalog(const InputFile& file, const ScanOptions& options);

class EventScan {
 public:
  class Worker {
   public:
    virtual ~Worker() = default;
    // The next batch, valid until the next call; nullptr at the end. After an error in any worker
    // the others end early. Errors have place.file, block, record and byte set.
    virtual Result<const ColumnBatch*> next() = 0;
    virtual BatchPlace place() const = 0;
    // The original bytes of a row of the current batch: an Avro datum or a CSV line.
    virtual std::string_view row_bytes(size_t row) const = 0;
  };

  virtual ~EventScan() = default;

  // `files` must outlive the scan. CSV files read every column from text: kNumber and kInteger parse
  // it (CellState::kWrongType when it is no number), empty and unquoted is null.
  static Result<std::unique_ptr<EventScan>> open(const std::vector<InputFile>& files,
                                                 std::vector<RequestedColumn> columns,
                                                 ScanOptions options);

  virtual std::unique_ptr<Worker> make_worker() = 0;

  // Whether any file's schema, header or path has the column at `index`; a name that no file has
  // is most likely a typing error. Known once all files have been opened (at the end of a scan).
  virtual bool column_was_found(size_t index) const = 0;
};

}  // namespace mseavro
