#include "engine/ingest/event_files.h"

#include <algorithm>
#include <utility>

#include "base/result/result.h"
#include "events/source/schema_fields.h"

namespace mseavro {
namespace {

PartitionedOptions writer_options(const EventFileOptions& options) {
  PartitionedOptions made;
  made.container.codec = options.chunks.codec;
  made.container.level = options.chunks.level;
  made.container.block_size_bytes = static_cast<int64_t>(options.chunks.block_size_bytes);
  made.file_size_bytes_max = options.file_size_bytes_max;
  made.adds_to_files = options.adds_to_files;
  made.shows_ended_files = options.shows_ended_files;
  const bool is_numbered = options.is_numbered || options.file_size_bytes_max > 0;
  made.layout = is_numbered ? FileLayout::kNumbered : FileLayout::kOne;
  return made;
}

PartitionedOptions event_writer_options(const EventFileOptions& options) {
  PartitionedOptions made = writer_options(options);
  if (!options.sort_by.empty()) made.layout = FileLayout::kNumbered;
  if (options.is_partitioned()) made.layout = FileLayout::kPartitioned;
  return made;
}

// What is wrong with the order is known before a folder is made.
Result<std::vector<std::shared_ptr<const RecordOrder>>> make_orders(
    const LineRules& rules, const EventFileOptions& options) {
  const OrderOptions made{
      .keys = options.partition_keys, .sort_by = options.sort_by, .has_times = true};
  std::vector<std::shared_ptr<const RecordOrder>> orders;
  for (const CompiledEvent& event : rules.events()) {
    MSEAVRO_ASSIGN(auto schema, Schema::parse(event.plan->schema().text()));
    const FieldCatalog catalog{{}, list_schema_fields(*schema)};
    MSEAVRO_ASSIGN(auto order, RecordOrder::make(std::move(schema), catalog, made));
    orders.push_back(std::move(order));
  }
  return orders;
}

// Of events that were encoded here: lines have bounds already.
Limits no_limits() {
  Limits limits;
  limits.datum_size_bytes = INT64_MAX;
  limits.zero_size_elements = INT64_MAX;
  return limits;
}

}  // namespace

bool EventFileOptions::is_by_date() const {
  return sort_by.empty() && partition_keys.size() == 1 && partition_keys.front() == kDateKey;
}

ChunkOptions EventFileOptions::chunk_options() const {
  ChunkOptions options = chunks;
  options.block_size_bytes = static_cast<size_t>(
      block_size_within(static_cast<int64_t>(options.block_size_bytes), file_size_bytes_max));
  options.is_by_date = is_by_date();
  options.is_sorted_later = needs_sorter();
  return options;
}

Result<EventFiles> EventFiles::make(const LineRules& rules, const EventFileOptions& options) {
  std::vector<std::shared_ptr<const RecordOrder>> orders;
  if (options.needs_sorter()) {
    MSEAVRO_ASSIGN(orders, make_orders(rules, options));
  }
  EventFiles files;
  for (const CompiledEvent& event : rules.events()) {
    MSEAVRO_ASSIGN(auto writer,
                   PartitionedWriter::make(event.plan->schema().text(), options.folder,
                                           event.output, event_writer_options(options)));
    files.writers_.push_back(std::move(writer));
  }
  for (size_t event = 0; event < orders.size(); ++event) {
    files.sorters_.push_back(std::make_unique<RecordSorter>(
        orders[event], *files.writers_[event], options.memory_bytes / orders.size(), no_limits()));
  }
  MSEAVRO_ASSIGN(auto writer,
                 PartitionedWriter::make(std::string(dead_letter_schema()), options.folder,
                                         std::string(kDeadLetters), writer_options(options)));
  files.writers_.push_back(std::move(writer));
  return files;
}

Status EventFiles::add(const ChunkEvents& events) {
  for (const EventRun& run : events.runs) {
    const std::span<const uint8_t> bytes = events.bytes_of(run);
    if (run.output < sorters_.size()) {
      MSEAVRO_TRY(sorters_[run.output]->add(bytes, run.count, run.times, {}));
      continue;
    }
    PartitionedWriter& writer = *writers_[run.output];
    MSEAVRO_TRY(run.is_block ? writer.add_block(run.partition, run.count, bytes)
                             : writer.add_records(run.partition, run.count, bytes));
  }
  return {};
}

Status EventFiles::flush() {
  for (const auto& sorter : sorters_) MSEAVRO_TRY(sorter->flush());
  return {};
}

Status EventFiles::end_files() {
  MSEAVRO_TRY(flush());
  for (const auto& writer : writers_) MSEAVRO_TRY(writer->end_files());
  return {};
}

Status EventFiles::commit() {
  MSEAVRO_TRY(flush());
  for (const auto& writer : writers_) MSEAVRO_TRY(writer->finish());
  for (const auto& writer : writers_) MSEAVRO_TRY(writer->commit());
  return {};
}

Status EventFiles::commit_dead_letters() {
  MSEAVRO_TRY(writers_.back()->finish());
  return writers_.back()->commit();
}

std::vector<std::string> EventFiles::places() const {
  std::vector<std::string> places;
  for (const auto& writer : writers_) places.push_back(writer->place());
  return places;
}

bool EventFiles::replaces_files() const {
  return std::ranges::any_of(writers_, [](const auto& writer) { return writer->replaces_file(); });
}

}  // namespace mseavro
