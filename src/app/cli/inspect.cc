#include "app/cli/inspect.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "app/cli/record_printer.h"
#include "avro/codec/decompressed_stream.h"
#include "avro/container/block_reader.h"
#include "avro/wire/column_decoder.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "base/text/line_reader.h"
#include "events/source/csv_rows.h"
#include "events/source/field_watch.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

// Enough to see a few blocks of any file that is usual; smaller files are counted whole.
constexpr int64_t kSampleBytes = 4 << 20;
// Unless those bytes hold far more than is usual.
constexpr int64_t kSampleDecodedBytes = 64 << 20;
constexpr int64_t kSampleRowCount = 100'000;

constexpr size_t kWatchedFieldCount = 256;
constexpr size_t kBatchRowCount = 256;

// Counts the blocks of an Avro file and watches the fields of its records.
class Survey {
 public:
  Survey(bool count_all, const Limits& limits, Inspection& inspection)
      : count_all_(count_all),
        limits_(limits),
        inspection_(inspection),
        watch_(schema_fields(inspection.fields), kWatchedFieldCount),
        blocks_(limits) {}

  // What was seen before an error stays.
  Status run(ContainerReader& container) {
    MSEAVRO_TRY(make_decoder(container.header().schema));
    const Status status = read_blocks(container);
    watch_.finish(inspection_.fields);
    inspection_.counted_all |= inspection_.counted_size_bytes == inspection_.size_bytes;
    return status;
  }

 private:
  // They stand before the path keys.
  static std::span<const CandidateField> schema_fields(const std::vector<CandidateField>& fields) {
    const auto end = std::ranges::find_if_not(
        fields, [](FieldOrigin origin) { return origin == FieldOrigin::kSchema; },
        &CandidateField::origin);
    return {fields.begin(), end};
  }

  Status make_decoder(const std::shared_ptr<const Schema>& schema) {
    if (schema->root().type != SchemaType::kRecord) return {};
    std::vector<ColumnRequest> columns;
    for (const RequestedColumn& column : watch_.columns()) {
      columns.push_back({column.path, column.type});
    }
    MSEAVRO_ASSIGN(const auto plan, ReadPlan::project(schema, columns));
    decoder_.emplace(plan, limits_);
    batch_.emplace(plan->column_types(), kBatchRowCount);
    return {};
  }

  Status read_blocks(ContainerReader& container) {
    MSEAVRO_ASSIGN(const auto printer, RecordPrinter::make(container.header().schema, {}, limits_));
    PrintBudget budget(inspection_.file.path, container.expansion_limit_bytes());
    std::string text;
    const auto check = [&](const BlockReader& blocks) {
      return printer->check(blocks, &text, budget);
    };
    blocks_.begin_file(container);
    while (wants_more()) {
      MSEAVRO_ASSIGN(const bool more, blocks_.next(check));
      if (!more) {
        inspection_.counted_all = true;
        break;
      }
      MSEAVRO_TRY(watch_rows());
      count_block();
    }
    return {};
  }

  bool wants_more() const {
    return count_all_ || (inspection_.counted_size_bytes < kSampleBytes &&
                          inspection_.counts.decoded_size_bytes < kSampleDecodedBytes);
  }

  Status watch_rows() {
    if (!decoder_) return {};
    decoder_->begin_block(blocks_.bytes(), blocks_.block().record_count);
    while (count_all_ || row_count_ < kSampleRowCount) {
      const auto more = decoder_->next(*batch_);
      if (!more) return blocks_.error(more.error());
      if (!*more) break;
      const auto size = static_cast<int64_t>(batch_->size);
      const int64_t watched = count_all_ ? size : std::min(size, kSampleRowCount - row_count_);
      watch_.add(*batch_, static_cast<size_t>(watched));
      row_count_ += watched;
    }
    return {};
  }

  void count_block() {
    const Block& block = blocks_.block();
    const auto decoded_size = static_cast<int64_t>(blocks_.bytes().size());
    BlockCounts& counts = inspection_.counts;
    ++counts.block_count;
    counts.record_count += block.record_count;
    counts.stored_size_bytes += static_cast<int64_t>(block.bytes.size());
    counts.decoded_size_bytes += decoded_size;
    if (counts.largest_block < 0 || decoded_size > counts.largest_decoded_size_bytes) {
      counts.largest_block = block.index;
      counts.largest_decoded_size_bytes = decoded_size;
    }
    inspection_.counted_size_bytes = block.end_offset_bytes();
  }

  const bool count_all_;
  const Limits& limits_;
  Inspection& inspection_;
  FieldWatch watch_;
  BlockReader blocks_;
  std::optional<ColumnDecoder> decoder_;  // When the root is a record.
  std::optional<ColumnBatch> batch_;
  int64_t row_count_ = 0;
};

// `next` gives the next record's text, or false at the end.
Status count_records(const std::function<Result<bool>(std::string_view*)>& next, int64_t end_offset,
                     Inspection& inspection) {
  while (inspection.counted_size_bytes < end_offset) {
    std::string_view text;
    MSEAVRO_ASSIGN(const bool more, next(&text));
    if (!more) {
      inspection.counted_all = true;
      break;
    }
    ++inspection.counts.record_count;
    inspection.counted_size_bytes += static_cast<int64_t>(text.size()) + 1;
  }
  return {};
}

// Of a damaged file the schema still tells the fields.
void add_catalog(const ScanOptions& options, Inspection& inspection) {
  if (inspection.header && inspection.header->schema->root().type != SchemaType::kRecord) return;
  auto catalog = read_catalog(inspection.file, options);
  if (catalog) {
    inspection.catalog = std::move(*catalog);
  } else {
    if (inspection.header) {
      inspection.catalog.fields = list_schema_fields(*inspection.header->schema);
    }
    inspection.damage = std::move(catalog.error());
  }
  inspection.fields = inspection.catalog.fields;
}

}  // namespace

Result<Inspection> inspect_file(const InputFile& file, const InspectOptions& options) {
  Inspection inspection;
  inspection.file = file;
  inspection.catalog.file = file.path;
  ScanOptions scan_options;
  scan_options.limits = options.limits;
  scan_options.salvage = options.salvage;
  MSEAVRO_ASSIGN(const auto source, open_file(file.path));
  inspection.size_bytes = source->size_bytes();

  Status status;
  std::array<uint8_t, 4> beginning{};
  MSEAVRO_ASSIGN(const size_t beginning_size, source->read_at(0, beginning));
  // How large the rest of compressed text is, is not known before it is read.
  const bool counts_all = options.count_all || is_compressed({beginning.data(), beginning_size});
  const int64_t end_offset = counts_all ? INT64_MAX : kSampleBytes;
  if (file.format == FileFormat::kAvro) {
    SalvageLog salvage_log;
    MSEAVRO_ASSIGN(const auto container,
                   ContainerReader::open(*source, options.limits,
                                         {.salvage = options.salvage ? &salvage_log : nullptr}));
    inspection.header = container->header();
    inspection.counted_size_bytes = container->header().size_bytes;
    add_catalog(scan_options, inspection);
    status = Survey(options.count_all, options.limits, inspection).run(*container);
    inspection.losses = salvage_log.losses();
  } else if (file.format == FileFormat::kJsonLines) {
    LineReader lines(read_decompressed(*source), options.limits.json_size_bytes);
    add_catalog(scan_options, inspection);
    status = count_records([&](std::string_view* text) { return lines.next(text); }, end_offset,
                           inspection);
  } else {
    MSEAVRO_ASSIGN(const auto csv, CsvFile::open(file.path, scan_options));
    add_catalog(scan_options, inspection);
    const auto next = [&](std::string_view* text) {
      auto more = csv->next();
      *text = csv->line_text();
      return more;
    };
    status = count_records(next, end_offset, inspection);
  }
  if (!status) {
    inspection.damage = std::move(status.error());
    if (inspection.damage->place.file.empty()) inspection.damage->place.file = file.path;
  }
  return inspection;
}

}  // namespace mseavro
