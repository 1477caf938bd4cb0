#include "app/cli/record_printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "avro/wire/column_decoder.h"
#include "avro/wire/datum_reader.h"
#include "avro/wire/flat_columns.h"
#include "avro/wire/json_text.h"
#include "avro/wire/read_plan.h"
#include "base/result/result.h"
#include "base/text/csv_text.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

constexpr size_t kBatchRowCount = 256;

// However short a line is, it takes the time of this many bytes.
constexpr size_t kLineBytesMin = 8;

JsonStyle json_style(LineForm form) {
  return form == LineForm::kAvroJson ? JsonStyle::kAvro : JsonStyle::kPlain;
}

class WholeRecords final : public RecordPrinter {
 public:
  WholeRecords(std::shared_ptr<const ReadPlan> plan, JsonStyle style, const Limits& limits)
      : reader_(std::move(plan), limits), style_(style) {}

  void begin_block(std::span<const uint8_t> bytes, int64_t record_count) override {
    reader_.begin_block(bytes, record_count);
  }
  Result<bool> next(std::string* text) override { return reader_.next_json(style_, text); }

 private:
  DatumReader reader_;
  const JsonStyle style_;
};

// Rows that the filter keeps. What is printed of one is up to the classes that derive from it.
class FilteredRows : public RecordPrinter {
 public:
  // `plan` decodes what is printed and, behind that, the filter's columns.
  FilteredRows(const std::shared_ptr<const ReadPlan>& plan, std::optional<Filter> filter,
               const Limits& limits)
      : decoder_(plan, limits),
        batch_(plan->column_types(), kBatchRowCount),
        filter_(std::move(filter)) {
    const size_t filter_column_count = filter_ ? filter_->columns().size() : 0;
    printed_count_ = plan->column_types().size() - filter_column_count;
    for (size_t i = 0; i < filter_column_count; ++i) filter_columns_.push_back(printed_count_ + i);
  }

  void begin_block(std::span<const uint8_t> bytes, int64_t record_count) override {
    decoder_.begin_block(bytes, record_count);
    batch_.size = next_row_ = 0;
  }

  Result<bool> next(std::string* text) override {
    while (true) {
      if (next_row_ == batch_.size) {
        next_row_ = 0;
        MSEAVRO_ASSIGN(const bool has_rows, decoder_.next(batch_));
        if (!has_rows) return false;
      }
      const size_t row = next_row_++;
      if (filter_ && !filter_->keeps(batch_, filter_columns_, row)) continue;
      MSEAVRO_TRY(print(row, text));
      return true;
    }
  }

 protected:
  virtual Status print(size_t row, std::string* text) = 0;

  const ColumnBatch& batch() const { return batch_; }
  size_t printed_count() const { return printed_count_; }

 private:
  ColumnDecoder decoder_;
  ColumnBatch batch_;
  std::optional<Filter> filter_;
  size_t printed_count_ = 0;
  std::vector<size_t> filter_columns_;
  size_t next_row_ = 0;
};

class FilteredRecords final : public FilteredRows {
 public:
  FilteredRecords(const std::shared_ptr<const ReadPlan>& filter_plan, std::optional<Filter> filter,
                  std::shared_ptr<const ReadPlan> whole_plan, JsonStyle style, const Limits& limits)
      : FilteredRows(filter_plan, std::move(filter), limits),
        record_(std::move(whole_plan), style, limits) {}

 private:
  Status print(size_t row, std::string* text) override {
    const uint8_t* begin = batch().row_begins[row];
    record_.begin_block({begin, batch().row_begins[row + 1]}, 1);
    MSEAVRO_TRY(record_.next(text));
    return {};
  }

  WholeRecords record_;
};

class JsonCells final : public FilteredRows {
 public:
  JsonCells(const std::shared_ptr<const ReadPlan>& plan, std::optional<Filter> filter,
            std::span<const FieldPath> columns, const Limits& limits)
      : FilteredRows(plan, std::move(filter), limits) {
    for (const FieldPath& path : columns) {
      std::string& prefix = prefixes_.emplace_back(prefixes_.empty() ? "{" : ",");
      append_json_string(path.text(), &prefix);
      prefix += ':';
    }
  }

 private:
  Status print(size_t row, std::string* text) override {
    for (size_t i = 0; i < prefixes_.size(); ++i) {
      const Column& column = batch().columns[i];
      text->append(prefixes_[i]);
      text->append(column.has_value(row) ? column.texts[row] : "null");
    }
    text->push_back('}');
    return {};
  }

  std::vector<std::string> prefixes_;  // What stands before each value, as in `,"name":`.
};

class CsvCells final : public FilteredRows {
 public:
  CsvCells(const std::shared_ptr<const ReadPlan>& plan, std::optional<Filter> filter,
           std::span<const ColumnRequest> columns, const Limits& limits)
      : FilteredRows(plan, std::move(filter), limits) {
    for (size_t i = 0; i < printed_count(); ++i) {
      head_ += (i == 0 ? "" : ",") + csv_cell(columns[i].path.text());
    }
  }

  std::optional<std::string> head() const override { return head_; }

 private:
  Status print(size_t row, std::string* text) override {
    for (size_t i = 0; i < printed_count(); ++i) {
      if (i > 0) text->push_back(',');
      const Column& column = batch().columns[i];
      const bool is_null =
          !column.has_value(row) || (is_json(column.type) && column.texts[row] == "null");
      if (!is_null) append_csv_cell(column.texts[row], text);
    }
    return {};
  }

  std::string head_;
};

// The columns that are printed.
Result<std::vector<ColumnRequest>> printed_columns(const Schema& schema,
                                                   const PrintOptions& options) {
  if (options.form == LineForm::kCsv && options.columns.empty()) return flat_columns(schema);
  std::vector<ColumnRequest> columns;
  for (const FieldPath& path : options.columns) {
    ColumnType type =
        options.form == LineForm::kAvroJson ? ColumnType::kAvroJson : ColumnType::kPlainJson;
    if (options.form == LineForm::kCsv) {
      // A path that is not there is found out by the plan.
      if (const auto node = find_node(schema, path)) type = flat_type(schema, *node);
    }
    columns.push_back({path, type});
  }
  return columns;
}

Status check_filter(const Filter& filter, const Schema& schema) {
  const FieldCatalog catalog{.file = {}, .fields = list_schema_fields(schema)};
  for (const FilterColumn& column : filter.columns()) {
    MSEAVRO_TRY(check_comparison(catalog, column.path, column));
  }
  return {};
}

}  // namespace

Status PrintBudget::spend(size_t size_bytes) {
  left_bytes_ -= static_cast<int64_t>(std::max(size_bytes, kLineBytesMin));
  if (left_bytes_ >= 0) return {};
  return fail(ErrorCode::kLimitExceeded,
              fmt::format("the file's records take more than {} bytes when they are written out",
                          limit_bytes_),
              "if the file is to be trusted, raise the limit in Limits", "", {.file = file_});
}

Status RecordPrinter::check(const BlockReader& blocks, std::string* text, PrintBudget& budget) {
  begin_block(blocks.bytes(), blocks.block().record_count);
  const size_t begin = text->size();
  while (true) {
    const auto more = next(text);
    const size_t size = text->size() - begin;
    text->resize(begin);
    if (!more) return tl::unexpected<Error>(more.error());
    if (!*more) return {};
    MSEAVRO_TRY(budget.spend(size + 1));
  }
}

Result<std::unique_ptr<RecordPrinter>> RecordPrinter::make(
    const std::shared_ptr<const Schema>& writer, const PrintOptions& options,
    const Limits& limits) {
  const JsonStyle style = json_style(options.form);
  const bool is_whole = options.columns.empty() && options.form != LineForm::kCsv;
  if (options.reader_schema != nullptr) {
    if (!is_whole || options.where) {
      return fail(ErrorCode::kConflictingOptions,
                  "--reader-schema goes with whole records as JSON alone",
                  "leave out --reader-schema, or --columns, --where and --format csv");
    }
    MSEAVRO_ASSIGN(auto plan, ReadPlan::resolve(*writer, options.reader_schema));
    return std::make_unique<WholeRecords>(std::move(plan), style, limits);
  }
  if (is_whole && !options.where) {
    return std::make_unique<WholeRecords>(ReadPlan::whole(writer), style, limits);
  }

  MSEAVRO_ASSIGN(std::vector<ColumnRequest> columns, printed_columns(*writer, options));
  if (options.where) {
    MSEAVRO_TRY(check_filter(*options.where, *writer));
    for (const FilterColumn& column : options.where->columns()) {
      columns.push_back({column.path, column.type});
    }
  }
  MSEAVRO_ASSIGN(const auto plan, ReadPlan::project(writer, columns));
  if (is_whole) {
    return std::make_unique<FilteredRecords>(plan, options.where, ReadPlan::whole(writer), style,
                                             limits);
  }
  if (options.form == LineForm::kCsv) {
    return std::make_unique<CsvCells>(plan, options.where, columns, limits);
  }
  return std::make_unique<JsonCells>(plan, options.where, options.columns, limits);
}

}  // namespace mseavro
