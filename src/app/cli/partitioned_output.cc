#include "app/cli/partitioned_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "avro/wire/column_decoder.h"
#include "base/result/result.h"
#include "base/time/time.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

constexpr std::string_view kDateKey = "date";
constexpr std::string_view kTimeKey = "time";
constexpr size_t kRowsPerBatch = 1024;

// A column of the records, and what to make of it.
struct KeyColumn {
  std::string name;
  size_t column = 0;
  std::optional<TimeReading> time{};
};

class FolderWriter {
 public:
  static Result<std::unique_ptr<FolderWriter>> make(std::shared_ptr<const Schema> schema,
                                                    ContainerOptions container,
                                                    const FolderOptions& options,
                                                    const Limits& limits) {
    std::unique_ptr<FolderWriter> writer(new FolderWriter(std::move(schema), options, limits));
    MSEAVRO_TRY(writer->bind_keys());
    MSEAVRO_ASSIGN(writer->plan_, ReadPlan::project(writer->schema_, writer->requests_));
    PartitionedOptions files;
    files.container = std::move(container);
    files.layout = options.keys.empty() ? FileLayout::kNumbered : FileLayout::kPartitioned;
    files.file_size_bytes_max = options.file_size_bytes_max;
    files.adds_to_files = options.adds_to_files;
    if (options.file_size_bytes_max > 0) {
      // Files end between blocks, so a few blocks must fit.
      files.container.block_size_bytes = std::min(
          files.container.block_size_bytes, std::max<int64_t>(1, options.file_size_bytes_max / 4));
    }
    MSEAVRO_ASSIGN(writer->files_, PartitionedWriter::make(writer->schema_->text(), options.folder,
                                                           options.name, std::move(files)));
    return writer;
  }

  Result<int64_t> write_all(DatumSource& source) {
    while (true) {
      MSEAVRO_ASSIGN(const bool more, source.next(&datums_));
      if (more) ++datum_count_;
      if (more && static_cast<int64_t>(datums_.size()) < options_.memory_bytes) continue;
      MSEAVRO_TRY(write_collected());
      if (!more) break;
      // Records of the next lot may be older than the last ones of this.
      if (sort_column_) MSEAVRO_TRY(files_->end_files());
    }
    MSEAVRO_TRY(files_->finish());
    MSEAVRO_TRY(files_->commit());
    return files_->record_count();
  }

 private:
  struct Row {
    size_t partition;
    int64_t time;
    const uint8_t* begin;
    const uint8_t* end;
  };

  FolderWriter(std::shared_ptr<const Schema> schema, const FolderOptions& options,
               const Limits& limits)
      : schema_(std::move(schema)), options_(options), limits_(limits) {}

  Status bind_keys() {
    for (const std::string& key : options_.keys) {
      MSEAVRO_ASSIGN(KeyColumn bound, bind(key, kDateKey));
      keys_.push_back(std::move(bound));
    }
    if (options_.sort_by.empty()) return {};
    MSEAVRO_ASSIGN(sort_column_, bind(options_.sort_by, kTimeKey));
    return sort_column_->time ? Status() : bind_sort_field();
  }

  // Whole numbers and times as they stand, texts as ISO 8601.
  Status bind_sort_field() {
    ColumnRequest& request = requests_[sort_column_->column];
    const FieldCatalog catalog{options_.folder, list_schema_fields(*schema_)};
    const CandidateField* field = catalog.find(request.path);
    const FieldKind kind = field == nullptr ? FieldKind::kOther : field->kind;
    if (kind == FieldKind::kText) {
      sort_column_->time = TimeReading{.form = TimeReading::Form::kText};
      return {};
    }
    if (kind == FieldKind::kInteger || kind == FieldKind::kInstant ||
        kind == FieldKind::kLocalInstant || kind == FieldKind::kDate) {
      request.type = ColumnType::kInteger;
      sort_column_->time = TimeReading{};
      return {};
    }
    return fail(ErrorCode::kWrongRoleType,
                fmt::format("\"{}\" is no time to sort by", options_.sort_by),
                "name a field of times or whole numbers", options_.sort_by);
  }

  // A field of that name, else what the name means: `time_name` is the event's time, and roles are
  // their fields.
  Result<KeyColumn> bind(const std::string& key, std::string_view time_name) {
    MSEAVRO_ASSIGN(const FieldPath path, FieldPath::parse(key));
    if (find_node(*schema_, path)) return add_column(key, path, std::nullopt);
    const auto role = key == time_name ? std::optional(Role::kTimestamp) : find_role(key);
    if (!role) {
      return fail(ErrorCode::kFieldMissing, fmt::format("the records have no field \"{}\"", key),
                  fmt::format("name a field, model_version or {}", time_name), key);
    }
    RoleQuestion question = options_.roles;
    question.required = {*role};
    const FieldCatalog catalog{options_.folder, list_schema_fields(*schema_)};
    MSEAVRO_ASSIGN(const RoleMapping mapping, infer_roles(catalog, question));
    const BoundRole& bound = *mapping.find(*role);
    const bool is_time = *role == Role::kTimestamp || *role == Role::kLabelTimestamp;
    KeyColumn made =
        add_column(key, bound.path, is_time ? std::optional(bound.time) : std::nullopt);
    const bool has_decimals = bound.kind == FieldKind::kText || bound.kind == FieldKind::kNumber;
    if (is_time && has_decimals) requests_[made.column].type = ColumnType::kText;
    return made;
  }

  KeyColumn add_column(const std::string& name, const FieldPath& path,
                       std::optional<TimeReading> time) {
    const bool is_text = !time || time->form == TimeReading::Form::kText;
    requests_.push_back({path, is_text ? ColumnType::kText : ColumnType::kInteger});
    return {name, requests_.size() - 1, time};
  }

  Status write_collected() {
    MSEAVRO_TRY(find_rows());
    std::ranges::stable_sort(rows_, [](const Row& a, const Row& b) {
      return std::pair(a.partition, a.time) < std::pair(b.partition, b.time);
    });
    for (const Row& row : rows_) {
      MSEAVRO_TRY(files_->add_records(*names_[row.partition], 1, {row.begin, row.end}));
    }
    rows_.clear();
    datums_.clear();
    datum_count_ = 0;
    return {};
  }

  Status find_rows() {
    ColumnDecoder decoder(plan_, limits_);
    decoder.begin_block(datums_.bytes(), datum_count_);
    ColumnBatch batch(plan_->column_types(), kRowsPerBatch);
    while (true) {
      MSEAVRO_ASSIGN(const bool more, decoder.next(batch));
      if (!more) return {};
      for (size_t row = 0; row < batch.size; ++row) {
        MSEAVRO_ASSIGN(const size_t partition, partition_of(batch, row));
        const int64_t time =
            sort_column_ ? instant_at(batch, row, *sort_column_).value_or(kFirstInstant) : 0;
        rows_.push_back({partition, time, batch.row_begins[row], batch.row_begins[row + 1]});
      }
    }
  }

  static std::optional<Instant> instant_at(const ColumnBatch& batch, size_t row,
                                           const KeyColumn& key) {
    const Column& column = batch.columns[key.column];
    if (!column.has_value(row)) return std::nullopt;
    return column.type == ColumnType::kText
               ? read_instant(*key.time, column.texts[row], *TimeZone::utc())
               : read_instant(*key.time, column.integers[row], *TimeZone::utc());
  }

  Result<size_t> partition_of(const ColumnBatch& batch, size_t row) {
    std::string name;
    for (const KeyColumn& key : keys_) {
      if (!name.empty()) name += '/';
      const Column& column = batch.columns[key.column];
      if (column.states[row] == CellState::kWrongType) {
        return fail(ErrorCode::kWrongRoleType,
                    fmt::format("\"{}\" has values that are no scalars", key.name),
                    "partitions have texts and numbers as keys", key.name);
      }
      if (key.time) {
        const auto instant = instant_at(batch, row, key);
        name += instant ? partition_part(key.name, format_day(*instant))
                        : null_partition_part(key.name);
      } else {
        name += column.has_value(row) ? partition_part(key.name, column.texts[row])
                                      : null_partition_part(key.name);
      }
    }
    const auto [found, is_new] = partitions_.emplace(std::move(name), names_.size());
    if (is_new) names_.push_back(&found->first);
    return found->second;
  }

  const std::shared_ptr<const Schema> schema_;
  const FolderOptions& options_;
  const Limits limits_;
  std::vector<ColumnRequest> requests_;
  std::vector<KeyColumn> keys_;
  std::optional<KeyColumn> sort_column_;
  std::shared_ptr<const ReadPlan> plan_;
  std::unique_ptr<PartitionedWriter> files_;
  Encoder datums_;
  int64_t datum_count_ = 0;
  std::vector<Row> rows_;
  std::map<std::string, size_t> partitions_;
  std::vector<const std::string*> names_;  // Of the partitions, by their number.
};

}  // namespace

Result<int64_t> write_folder(DatumSource& source, std::shared_ptr<const Schema> schema,
                             ContainerOptions container, const FolderOptions& options,
                             const Limits& limits) {
  MSEAVRO_ASSIGN(const auto writer,
                 FolderWriter::make(std::move(schema), std::move(container), options, limits));
  return writer->write_all(source);
}

}  // namespace mseavro
