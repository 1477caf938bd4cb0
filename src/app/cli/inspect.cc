#include "app/cli/inspect.h"

#include <algorithm>

#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "events/source/csv_rows.h"
#include "events/source/event_scan.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

// Enough to see a few blocks of any file that is usual; smaller files are counted whole.
constexpr int64_t kSampleBytes = 4 << 20;

Status count_blocks(ContainerReader& reader, int64_t end_offset, Inspection& inspection) {
  Piece piece;
  while (inspection.counted_size_bytes < end_offset) {
    MSEAVRO_ASSIGN(const bool more, reader.next(piece));
    if (!more) {
      inspection.counted_all = true;
      break;
    }
    for (const Block& block : piece.blocks) {
      ++inspection.block_count;
      inspection.record_count += block.record_count;
    }
    const Block& last = piece.blocks.back();
    inspection.counted_size_bytes =
        last.offset_bytes + static_cast<int64_t>(last.bytes.size() + sizeof(SyncMarker));
  }
  inspection.counted_all |= inspection.counted_size_bytes == inspection.size_bytes;
  return {};
}

Status count_lines(CsvFile& csv, int64_t end_offset, Inspection& inspection) {
  while (inspection.counted_size_bytes < end_offset) {
    MSEAVRO_ASSIGN(const bool more, csv.next());
    if (!more) {
      inspection.counted_all = true;
      break;
    }
    ++inspection.record_count;
    inspection.counted_size_bytes += static_cast<int64_t>(csv.line_text().size()) + 1;
  }
  return {};
}

// Of a damaged file the schema still tells the fields.
void add_catalog(const ScanOptions& options, Inspection& inspection) {
  if (inspection.header && inspection.header->schema->root().type != SchemaType::kRecord) return;
  auto catalog = read_catalog(inspection.file, options);
  if (catalog) {
    inspection.catalog = std::move(*catalog);
    return;
  }
  if (inspection.header) inspection.catalog.fields = list_schema_fields(*inspection.header->schema);
  if (!inspection.damage) inspection.damage = std::move(catalog.error());
}

}  // namespace

Result<Inspection> inspect_file(const InputFile& file, const InspectOptions& options) {
  Inspection inspection;
  inspection.file = file;
  inspection.catalog.file = file.path;
  ScanOptions scan_options;
  scan_options.limits = options.limits;
  MSEAVRO_ASSIGN(const auto source, open_file(file.path));
  inspection.size_bytes = source->size_bytes();
  const int64_t end_offset = options.count_all ? INT64_MAX : kSampleBytes;

  Status status;
  if (file.format == FileFormat::kAvro) {
    MSEAVRO_ASSIGN(const auto reader, ContainerReader::open(*source, options.limits));
    inspection.header = reader->header();
    inspection.counted_size_bytes = reader->header().size_bytes;
    status = count_blocks(*reader, end_offset, inspection);
  } else {
    MSEAVRO_ASSIGN(const auto csv, CsvFile::open(file.path, scan_options));
    status = count_lines(*csv, end_offset, inspection);
  }
  if (!status) {
    inspection.damage = std::move(status.error());
    if (inspection.damage->place.file.empty()) inspection.damage->place.file = file.path;
  }
  add_catalog(scan_options, inspection);
  return inspection;
}

}  // namespace mseavro
