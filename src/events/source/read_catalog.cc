// A catalog is a scan like any other, of one file and ended early, with the fields' values as text.
#include <algorithm>
#include <numeric>
#include <span>

#include "avro/container/container_reader.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "events/source/csv_rows.h"
#include "events/source/event_scan.h"
#include "events/source/evidence.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

constexpr size_t kEvidenceFieldCount = 64;
constexpr int64_t kAvroRowCount = 10'000;
constexpr int64_t kCsvRowCount = 1'000;

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

// The scalars that are looked at: those at the top before those deep in records.
std::vector<size_t> choose_evidence_fields(std::span<const CandidateField> fields) {
  std::vector<size_t> chosen;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].kind != FieldKind::kOther) chosen.push_back(i);
  }
  std::stable_sort(chosen.begin(), chosen.end(), [fields](size_t a, size_t b) {
    return fields[a].path.steps.size() < fields[b].path.steps.size();
  });
  chosen.resize(std::min(chosen.size(), kEvidenceFieldCount));
  return chosen;
}

bool is_numeric(FieldKind kind) {
  return kind != FieldKind::kText && kind != FieldKind::kBytes && kind != FieldKind::kBoolean;
}

// One field's columns in the scan and what they showed.
struct Watched {
  size_t field;
  size_t text_column;
  std::optional<size_t> number_column;
  EvidenceCollector collector;
};

Status add_evidence(const InputFile& file, const ScanOptions& options,
                    std::vector<CandidateField>& fields) {
  std::vector<Watched> watched_fields;
  std::vector<RequestedColumn> columns;
  for (size_t index : choose_evidence_fields(fields)) {
    const CandidateField& field = fields[index];
    Watched watched{index, columns.size(), std::nullopt, {}};
    columns.push_back({field.path, ColumnType::kText});
    if (is_numeric(field.kind)) {
      watched.number_column = columns.size();
      columns.push_back({field.path, ColumnType::kNumber});
    }
    watched_fields.push_back(std::move(watched));
  }

  const std::vector<InputFile> files{file};
  const int64_t row_limit = file.format == FileFormat::kAvro ? kAvroRowCount : kCsvRowCount;
  MSEAVRO_ASSIGN(const auto scan, EventScan::open(files, std::move(columns), options));
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
    for (Watched& watched : watched_fields) {
      const Column* numbers =
          watched.number_column ? &batch->columns[*watched.number_column] : nullptr;
      watched.collector.add(batch->columns[watched.text_column], numbers, batch_rows);
    }
    row_count += static_cast<int64_t>(batch_rows);
  }
  for (const Watched& watched : watched_fields) {
    fields[watched.field].evidence = watched.collector.finish();
  }
  return {};
}

}  // namespace

Result<FieldCatalog> read_catalog(const InputFile& file, const ScanOptions& options) {
  MSEAVRO_ASSIGN(auto fields, list_fields(file, options));
  MSEAVRO_TRY(add_evidence(file, options, fields));
  return FieldCatalog{file.path, std::move(fields)};
}

}  // namespace mseavro
