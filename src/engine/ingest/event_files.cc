#include "engine/ingest/event_files.h"

#include <algorithm>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

PartitionedOptions writer_options(const EventFileOptions& options, bool is_partitioned) {
  PartitionedOptions made;
  made.container.codec = options.chunks.codec;
  made.container.level = options.chunks.level;
  made.container.block_size_bytes = static_cast<int64_t>(options.chunks.block_size_bytes);
  made.file_size_bytes_max = options.file_size_bytes_max;
  made.adds_to_files = options.adds_to_files;
  const bool is_numbered = options.is_numbered || options.file_size_bytes_max > 0;
  made.layout = is_partitioned ? FileLayout::kPartitioned
                : is_numbered  ? FileLayout::kNumbered
                               : FileLayout::kOne;
  return made;
}

}  // namespace

Result<EventFiles> EventFiles::make(const LineRules& rules, const EventFileOptions& options) {
  // What is wrong with the order is known before a folder is made.
  std::vector<std::shared_ptr<const RecordOrder>> orders;
  for (const CompiledEvent& event : rules.events()) {
    if (!options.needs_sorter()) break;
    MSEAVRO_ASSIGN(auto schema, Schema::parse(event.plan->schema().text()));
    MSEAVRO_ASSIGN(auto order, RecordOrder::make(std::move(schema), options.order));
    orders.push_back(std::move(order));
  }
  EventFiles files;
  for (const CompiledEvent& event : rules.events()) {
    MSEAVRO_ASSIGN(auto writer, PartitionedWriter::make(
                                    event.plan->schema().text(), options.folder, event.output,
                                    writer_options(options, !options.order.keys.empty())));
    files.writers_.push_back(std::move(writer));
  }
  for (size_t event = 0; event < orders.size(); ++event) {
    files.sorters_.push_back(std::make_unique<RecordSorter>(
        orders[event], *files.writers_[event], options.memory_bytes / orders.size(), Limits()));
  }
  MSEAVRO_ASSIGN(auto writer, PartitionedWriter::make(std::string(dead_letter_schema()),
                                                      options.folder, std::string(kDeadLetters),
                                                      writer_options(options, false)));
  files.writers_.push_back(std::move(writer));
  return files;
}

Status EventFiles::add(const ChunkEvents& events) {
  for (const EventRun& run : events.runs) {
    const std::span<const uint8_t> bytes = events.bytes_of(run);
    if (run.output < sorters_.size()) {
      MSEAVRO_TRY(sorters_[run.output]->add(bytes, run.count, run.times));
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
