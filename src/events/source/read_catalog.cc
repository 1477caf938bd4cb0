// A catalog is a scan like any other, of one file and ended early, with the fields' values as text.
#include <algorithm>

#include "avro/container/container_reader.h"
#include "avro/wire/column_decoder.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "events/source/csv_rows.h"
#include "events/source/event_scan.h"
#include "events/source/field_watch.h"
#include "events/source/json_rows.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

constexpr size_t kEvidenceFieldCount = 64;
constexpr int64_t kAvroRowCount = 10'000;
constexpr int64_t kTextRowCount = 1'000;
constexpr size_t kDatumBatchRowCount = 1'000;

CandidateField text_field(std::string name, FieldOrigin origin) {
  CandidateField field;
  field.path.steps.push_back({std::move(name)});
  field.kind = FieldKind::kText;
  field.origin = origin;
  return field;
}

Result<std::vector<CandidateField>> list_fields(const InputFile& file, const ScanOptions& options) {
  std::vector<CandidateField> fields;
  if (file.format == FileFormat::kAvro) {
    MSEAVRO_ASSIGN(const auto source, open_file(file.path));
    MSEAVRO_ASSIGN(const auto reader, ContainerReader::open(*source, options.limits));
    fields = list_schema_fields(*reader->header().schema);
  } else if (file.format == FileFormat::kJsonLines) {
    MSEAVRO_ASSIGN(std::vector<JsonField> members, list_json_fields(file.path, options));
    for (JsonField& member : members) {
      CandidateField& field = fields.emplace_back(text_field({}, FieldOrigin::kJson));
      field.path = std::move(member.path);
      field.has_strings = member.has_strings;
      field.nullable = true;
    }
  } else {
    MSEAVRO_ASSIGN(const auto csv, CsvFile::open(file.path, options));
    for (const std::string& name : csv->names()) {
      fields.push_back(text_field(name, FieldOrigin::kCsv));
      fields.back().nullable = true;
    }
  }
  for (const auto& [name, value] : file.path_keys) {
    CandidateField field = text_field(name, FieldOrigin::kPathKey);
    const bool is_known = std::any_of(fields.begin(), fields.end(), [&field](const auto& known) {
      return known.path == field.path;
    });
    if (!is_known) fields.push_back(std::move(field));
  }
  return fields;
}

Status add_evidence(const InputFile& file, ScanOptions options,
                    std::vector<CandidateField>& fields) {
  options.reads_blocks_together = false;
  FieldWatch watch(fields, kEvidenceFieldCount);
  const std::vector<InputFile> files{file};
  const int64_t row_limit = file.format == FileFormat::kAvro ? kAvroRowCount : kTextRowCount;
  MSEAVRO_ASSIGN(const auto scan, EventScan::open(files, watch.columns(), options));
  const auto worker = scan->make_worker();
  std::optional<int64_t> first_block;
  for (int64_t row_count = 0; row_count < row_limit;) {
    const auto next = worker->next();
    // What is wrong behind the first rows is for the run to report, which reads them all.
    if (!next && !first_block) return tl::unexpected<Error>(next.error());
    const ColumnBatch* batch = next.value_or(nullptr);
    if (batch == nullptr || worker->place().block != first_block.value_or(worker->place().block)) {
      break;
    }
    first_block = worker->place().block;
    const size_t batch_rows = std::min(batch->size, static_cast<size_t>(row_limit - row_count));
    watch.add(*batch, batch_rows);
    row_count += static_cast<int64_t>(batch_rows);
  }
  watch.finish(fields);
  return {};
}

}  // namespace

Result<FieldCatalog> read_catalog(const InputFile& file, const ScanOptions& options) {
  MSEAVRO_ASSIGN(auto fields, list_fields(file, options));
  MSEAVRO_TRY(add_evidence(file, options, fields));
  return FieldCatalog{file.path, std::move(fields)};
}

Result<FieldCatalog> read_catalog(std::shared_ptr<const Schema> schema,
                                  std::span<const uint8_t> datums, int64_t record_count,
                                  const Limits& limits) {
  FieldCatalog catalog{{}, list_schema_fields(*schema)};
  FieldWatch watch(catalog.fields, kEvidenceFieldCount);
  std::vector<ColumnRequest> requests;
  for (const RequestedColumn& column : watch.columns()) {
    requests.push_back({column.path, column.type});
  }
  MSEAVRO_ASSIGN(auto plan, ReadPlan::project(std::move(schema), requests));
  ColumnBatch batch(plan->column_types(), kDatumBatchRowCount);
  ColumnDecoder decoder(std::move(plan), limits);
  decoder.begin_block(datums, record_count);
  while (true) {
    MSEAVRO_ASSIGN(const bool more, decoder.next(batch));
    if (!more) break;
    watch.add(batch, batch.size);
  }
  watch.finish(catalog.fields);
  return catalog;
}

}  // namespace mseavro
