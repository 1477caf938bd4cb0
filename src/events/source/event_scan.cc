#include "events/source/event_scan.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/result/result.h"
#include "events/source/avro_rows.h"
#include "events/source/csv_rows.h"
#include "events/source/json_rows.h"
#include "events/source/text_cells.h"

namespace mseavro {
namespace {

// How far a worker is, in the order in which files and blocks are given out.
constexpr int64_t kBeforeBlocks = -1;
constexpr int64_t kBehindBlocks = INT64_MAX;
struct Progress {
  uint32_t file = 0;
  int64_t block = kBeforeBlocks;
  friend auto operator<=>(const Progress&, const Progress&) = default;
};

// A file that has been given out. The worker that it was given to first opens it; those that come
// to help wait for that.
struct SharedFile {
  SharedFile(uint32_t file_index, const InputFile& file) : index(file_index), input(file) {}

  const uint32_t index;
  const InputFile& input;
  std::mutex mutex;
  bool was_opened = false;  // Guarded by mutex.
  AvroFile avro;            // Not changed once opened; without a reader when that failed.
};

class Scan;

class ScanWorker final : public EventScan::Worker {
 public:
  explicit ScanWorker(Scan& scan);

  Result<const ColumnBatch*> next() override;
  BatchPlace place() const override;
  std::string_view row_bytes(size_t row) const override;
  int64_t line(size_t row) const override;
  std::span<const uint32_t> malformed_rows() const override;

 private:
  bool is_text() const { return file_->input.format != FileFormat::kAvro; }
  Result<bool> advance();
  Status begin_file();
  Result<std::unique_ptr<TextRows>> open_text() const;
  void fill_constants(const std::vector<size_t>& varying_columns);
  Result<bool> read_rows();

  Scan& scan_;
  ColumnBatch batch_;
  ConstantColumns constants_;
  AvroRows avro_rows_;
  std::unique_ptr<TextRows> text_rows_;
  std::shared_ptr<SharedFile> file_;
  Progress progress_;
};

// Gives out files in order, each first to one worker alone: with many small files nobody waits for
// anybody. When all are given out, workers without one help with those that are still being read.
//
// A worker goes on after an error elsewhere until it is past the place of that error. So every
// block before it is read by the worker that took it, and the error that remains is the one that a
// single worker would have met.
class Scan final : public EventScan {
 public:
  Scan(const std::vector<InputFile>& files, std::vector<RequestedColumn> columns,
       ScanOptions options)
      : files_(files),
        columns_(std::move(columns)),
        options_(std::move(options)),
        was_found_(columns_.size()) {}

  std::unique_ptr<Worker> make_worker() override { return std::make_unique<ScanWorker>(*this); }

  Status status() const override {
    const std::lock_guard lock(mutex_);
    if (failure_) return tl::unexpected<Error>(failure_->second);
    return {};
  }

  Losses losses() const override { return salvage_log_.losses(); }

  bool column_was_found(size_t index) const override { return was_found_[index]; }

  const std::vector<RequestedColumn>& columns() const { return columns_; }
  const ScanOptions& options() const { return options_; }

  // The next file for a worker; nullptr when there is nothing left to do.
  std::shared_ptr<SharedFile> take_file() {
    const std::lock_guard lock(mutex_);
    if (next_file_ < files_.size()) {
      const uint32_t index = next_file_++;
      auto file = std::make_shared<SharedFile>(index, files_[index]);
      if (file->input.format == FileFormat::kAvro) open_files_.push_back(file);
      return file;
    }
    return open_files_.empty() ? nullptr : open_files_.front();
  }

  // Nothing is left to take of this file. It is closed when its last worker leaves it.
  void retire_file(const SharedFile& file) {
    const std::lock_guard lock(mutex_);
    std::erase_if(open_files_, [&file](const auto& open) { return open.get() == &file; });
  }

  // Opens it unless that was tried before; it has no reader when that failed. `known_plan` is the
  // caller's last one: the next file most likely has the same schema.
  Status open_once(SharedFile& file, const std::shared_ptr<const AvroPlan>& known_plan) {
    const std::lock_guard lock(file.mutex);
    if (std::exchange(file.was_opened, true)) return {};
    const auto known_schema = known_plan ? known_plan->schema : nullptr;
    MSEAVRO_ASSIGN(auto source, options_.map_files ? open_file_mapped(file.input.path)
                                                   : open_file(file.input.path));
    MSEAVRO_ASSIGN(auto reader,
                   ContainerReader::open(*source, options_.limits,
                                         {.known_schema = known_schema,
                                          .salvage = options_.salvage ? &salvage_log_ : nullptr}));
    const std::shared_ptr<const Schema>& schema = reader->header().schema;
    if (schema == known_schema) {
      file.avro.plan = known_plan;
    } else {
      MSEAVRO_ASSIGN(file.avro.plan, plan_for(schema));
    }
    file.avro.source = std::move(source);
    file.avro.reader = std::move(reader);
    return {};
  }

  void set_found(size_t column) { was_found_[column].store(true, std::memory_order_relaxed); }

  void report(const Progress& progress, const Error& error) {
    const std::lock_guard lock(mutex_);
    if (!failure_ || progress < failure_->first) failure_.emplace(progress, error);
    has_failed_.store(true, std::memory_order_relaxed);
  }

  // Whether an error at or before this place is known, so that nothing behind it counts.
  bool has_failed_at(const Progress& progress) const {
    if (!has_failed_.load(std::memory_order_relaxed)) return false;
    const std::lock_guard lock(mutex_);
    return failure_->first <= progress;
  }

 private:
  Result<std::shared_ptr<const AvroPlan>> plan_for(const std::shared_ptr<const Schema>& schema) {
    const std::lock_guard lock(plans_mutex_);
    if (const auto found = plans_.find(schema->text()); found != plans_.end()) {
      return found->second;
    }
    MSEAVRO_ASSIGN(auto plan, make_avro_plan(schema, columns_));
    plans_.emplace(plan->schema->text(), plan);
    return plan;
  }

  const std::vector<InputFile>& files_;
  const std::vector<RequestedColumn> columns_;
  const ScanOptions options_;

  mutable std::mutex mutex_;  // Guards what follows.
  uint32_t next_file_ = 0;
  std::vector<std::shared_ptr<SharedFile>> open_files_;
  std::optional<std::pair<Progress, Error>> failure_;

  std::atomic<bool> has_failed_ = false;
  std::vector<std::atomic<bool>> was_found_;

  SalvageLog salvage_log_;

  std::mutex plans_mutex_;
  // By schema text, which the plan's schema owns.
  std::unordered_map<std::string_view, std::shared_ptr<const AvroPlan>> plans_;
};

std::vector<ColumnType> types_of(const std::vector<RequestedColumn>& columns) {
  std::vector<ColumnType> types;
  for (const RequestedColumn& column : columns) types.push_back(column.type);
  return types;
}

ScanWorker::ScanWorker(Scan& scan)
    : scan_(scan),
      batch_(types_of(scan.columns()), scan.options().batch_row_count),
      constants_(scan.columns().size()),
      avro_rows_(scan.options()) {}

Result<const ColumnBatch*> ScanWorker::next() {
  Result<bool> more = advance();
  if (more) return *more ? &batch_ : nullptr;
  Error& error = more.error();
  if (error.place.file.empty()) error.place.file = file_->input.path;
  scan_.report(progress_, error);
  return tl::unexpected<Error>(std::move(error));
}

Result<bool> ScanWorker::advance() {
  while (!scan_.has_failed_at(progress_)) {
    if (file_ == nullptr) {
      file_ = scan_.take_file();
      if (file_ == nullptr) return false;
      progress_ = {file_->index, kBeforeBlocks};
      MSEAVRO_TRY(begin_file());
    }
    MSEAVRO_ASSIGN(const bool more, read_rows());
    if (more) return true;
    scan_.retire_file(*file_);
    text_rows_ = nullptr;
    file_ = nullptr;
  }
  return false;
}

Result<std::unique_ptr<TextRows>> ScanWorker::open_text() const {
  if (file_->input.format == FileFormat::kJsonLines) {
    return JsonRows::open(file_->input, scan_.columns(), scan_.options());
  }
  MSEAVRO_ASSIGN(auto file, CsvFile::open(file_->input.path, scan_.options()));
  return CsvRows::open(std::move(file), scan_.columns());
}

Status ScanWorker::begin_file() {
  if (is_text()) {
    MSEAVRO_ASSIGN(text_rows_, open_text());
    fill_constants(text_rows_->columns());
    return {};
  }
  MSEAVRO_TRY(scan_.open_once(*file_, avro_rows_.plan()));
  if (file_->avro.reader != nullptr) {
    avro_rows_.begin_file(file_->avro);
    fill_constants(file_->avro.plan->columns);
  }
  return {};
}

// A column that the file does not have is the same in all its rows: a path key, or null.
void ScanWorker::fill_constants(const std::vector<size_t>& varying_columns) {
  auto varying = varying_columns.begin();
  for (size_t i = 0; i < scan_.columns().size(); ++i) {
    if (varying != varying_columns.end() && *varying == i) {
      constants_.set_varying(i);
      scan_.set_found(i);
      ++varying;
      continue;
    }
    const FieldPath& path = scan_.columns()[i].path;
    const std::string* text = path.steps.size() == 1
                                  ? find_path_key(file_->input.path_keys, path.steps[0].name)
                                  : nullptr;
    constants_.fill(batch_, i, text);
    if (text != nullptr) scan_.set_found(i);
  }
}

Result<bool> ScanWorker::read_rows() {
  if (!is_text() && file_->avro.reader == nullptr) return false;
  Result<bool> more = is_text() ? text_rows_->next(batch_) : avro_rows_.next(batch_);
  if (!more) {
    const int64_t block = more.error().place.block;
    progress_.block = block >= 0 ? block : kBehindBlocks;
  } else if (*more) {
    progress_.block = is_text() ? 0 : avro_rows_.first_open_block();
  }
  return more;
}

BatchPlace ScanWorker::place() const {
  if (file_ == nullptr) return {};
  if (is_text()) return {&file_->input, file_->index, 0, text_rows_->first_record()};
  return {&file_->input, file_->index, avro_rows_.block(), avro_rows_.first_record()};
}

std::string_view ScanWorker::row_bytes(size_t row) const {
  MSEAVRO_CHECK(file_ != nullptr && row < batch_.size);
  if (is_text()) return text_rows_->row_bytes(row);
  const uint8_t* begin = batch_.row_begins[row];
  return {reinterpret_cast<const char*>(begin),
          static_cast<size_t>(batch_.row_begins[row + 1] - begin)};
}

int64_t ScanWorker::line(size_t row) const {
  MSEAVRO_CHECK(file_ != nullptr && row < batch_.size);
  return is_text() ? text_rows_->line(row) : -1;
}

std::span<const uint32_t> ScanWorker::malformed_rows() const {
  MSEAVRO_CHECK(file_ != nullptr);
  return is_text() ? text_rows_->malformed_rows() : std::span<const uint32_t>();
}

}  // namespace

Result<std::unique_ptr<EventScan>> EventScan::open(const std::vector<InputFile>& files,
                                                   std::vector<RequestedColumn> columns,
                                                   ScanOptions options) {
  return std::make_unique<Scan>(files, std::move(columns), std::move(options));
}

}  // namespace mseavro
