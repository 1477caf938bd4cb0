#include "events/sink/record_sorter.h"

#include <algorithm>
#include <utility>

#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kRowsPerBatch = 1024;

}  // namespace

RecordSorter::RecordSorter(std::shared_ptr<const RecordOrder> order, PartitionedWriter& files,
                           size_t memory_bytes, const Limits& limits)
    : order_(std::move(order)),
      files_(files),
      memory_bytes_(memory_bytes),
      decoder_(order_->plan(), limits),
      batch_(order_->plan()->column_types(), kRowsPerBatch) {}

Status RecordSorter::add(std::span<const uint8_t> datums, int64_t count,
                         std::span<const Instant> times, const PathKeys& path_keys) {
  MSEAVRO_DCHECK(times.size() == (order_->has_times() ? static_cast<size_t>(count) : 0));
  datums_.emplace_back(datums.begin(), datums.end());
  datum_bytes_ += datums.size();
  decoder_.begin_block(datums_.back(), count);
  for (size_t first = 0;; first += batch_.size) {
    MSEAVRO_ASSIGN(const bool more, decoder_.next(batch_));
    if (!more) break;
    for (size_t row = 0; row < batch_.size; ++row) {
      const Instant told = times.empty() ? kFirstInstant : times[first + row];
      MSEAVRO_ASSIGN(const size_t partition, find_partition(row, told, path_keys));
      const uint8_t* const begin = batch_.row_begins[row];
      const auto size = static_cast<size_t>(batch_.row_begins[row + 1] - begin);
      int64_t rank = 0;
      if (order_->is_sorted()) {
        MSEAVRO_ASSIGN(rank, order_->rank_of(batch_, row, told));
      }
      rows_.push_back({rank, begin, size, partition});
    }
  }
  return datum_bytes_ + rows_.size() * sizeof(Row) < memory_bytes_ ? Status() : flush();
}

Status RecordSorter::flush() {
  if (rows_.empty()) return {};
  if (order_->is_sorted() && has_earlier_lot_) MSEAVRO_TRY(files_.end_files());
  has_earlier_lot_ = true;
  std::ranges::stable_sort(rows_, [](const Row& a, const Row& b) {
    return std::pair(a.partition, a.rank) < std::pair(b.partition, b.rank);
  });
  for (const Row& row : rows_) {
    MSEAVRO_TRY(files_.add_records(*partition_names_[row.partition], 1, {row.datum, row.size}));
  }
  rows_.clear();
  datums_.clear();
  datum_bytes_ = 0;
  return {};
}

Result<size_t> RecordSorter::find_partition(size_t row, Instant time, const PathKeys& path_keys) {
  MSEAVRO_ASSIGN(std::string name, order_->partition_of(batch_, row, time, path_keys));
  const auto [found, is_new] = partitions_.emplace(std::move(name), partition_names_.size());
  if (is_new) partition_names_.push_back(&found->first);
  return found->second;
}

}  // namespace mseavro
