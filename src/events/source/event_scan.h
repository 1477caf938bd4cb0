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
#include <span>
#include <string>
#include <vector>

#include "avro/container/salvage.h"
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

// Where a batch stands: its row i is record `first_record + i` of `block` (a CSV file is one
// block).
struct BatchPlace {
  const InputFile* file = nullptr;
  uint32_t file_index = 0;
  int64_t block = 0;
  int64_t first_record = 0;
};

struct ScanOptions {
  Limits limits;
  size_t batch_row_count = 1024;
  // Read Avro files in place. Only for programs that handle SIGBUS (open_file_mapped).
  bool map_files = false;
  // Several blocks of an Avro file at a time, whose rows come interleaved; otherwise one behind the
  // other, for a look at the first rows that opens no more blocks than it needs.
  bool reads_blocks_together = true;
  // Pass over the damaged blocks of Avro files (avro/container/salvage.h).
  bool salvage = false;
};

// Columns of an input that schema inference can look at, with evidence from its first block (or the
// first thousand CSV records). Also reports a schema in which a field is no scalar as kOther.
Result<FieldCatalog> read_catalog(const InputFile& file, const ScanOptions& options);

// The fields of a schema, with evidence from `record_count` datums that stand behind each other.
// Errors: those of decoding.
Result<FieldCatalog> read_catalog(std::shared_ptr<const Schema> schema,
                                  std::span<const uint8_t> datums, int64_t record_count,
                                  const Limits& limits);

class EventScan {
 public:
  class Worker {
   public:
    virtual ~Worker() = default;
    // The next batch, valid until the next call; nullptr at the end. Errors have place.file, and
    // block, record and byte or line as far as they are known. After an error in any worker the
    // others end as soon as they are past its place.
    virtual Result<const ColumnBatch*> next() = 0;
    virtual BatchPlace place() const = 0;
    // The original bytes of a row of the current batch: an Avro datum or a CSV line.
    virtual std::string_view row_bytes(size_t row) const = 0;
    // The line of a CSV file that a row of the current batch begins on, from 1; -1 for Avro.
    virtual int64_t line(size_t row) const = 0;
    // Rows of the current batch that could not be taken apart: a line of CSV with more or fewer
    // fields than the header, a line of JSON that is no object. They have no values.
    virtual std::span<const uint32_t> malformed_rows() const = 0;
  };

  virtual ~EventScan() = default;

  // `files` must outlive the scan. CSV files read every column from text: kNumber and kInteger
  // parse it (CellState::kWrongType when it is no number), empty and unquoted is null.
  static Result<std::unique_ptr<EventScan>> open(const std::vector<InputFile>& files,
                                                 std::vector<RequestedColumn> columns,
                                                 ScanOptions options);

  // The scan must outlive its workers.
  virtual std::unique_ptr<Worker> make_worker() = 0;

  // The error that stands first in the files, once every worker was asked until its end or an
  // error. It is the same for any number of workers, which the first error in time is not.
  virtual Status status() const = 0;

  // What salvage passed over, once every worker was asked until its end. The same for any number of
  // workers.
  virtual Losses losses() const = 0;

  // Whether any file's schema, header or path has the column at `index`; a name that no file has is
  // most likely a typing error. Known once all files have been opened (at the end of a scan).
  virtual bool column_was_found(size_t index) const = 0;
};

}  // namespace mseavro
