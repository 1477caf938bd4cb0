#include "avro/container/salvage.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/result/error_catalog.h"
#include "base/text/number_text.h"

namespace mseavro {

void Losses::add(Losses other) {
  block_count += other.block_count;
  record_count += other.record_count;
  uncounted_block_count += other.uncounted_block_count;
  size_bytes += other.size_bytes;
  const size_t kept = std::min(other.first_blocks.size(), kLostBlocksKept - first_blocks.size());
  std::move(other.first_blocks.begin(), other.first_blocks.begin() + static_cast<ptrdiff_t>(kept),
            std::back_inserter(first_blocks));
}

std::string losses_text(const Losses& losses) {
  std::string text = format_counted(losses.block_count, "block") + " lost with ";
  if (losses.uncounted_block_count == losses.block_count) {
    return text + "an unknown number of records";
  }
  text += format_counted(losses.record_count, "record");
  if (losses.uncounted_block_count == 0) return text;
  return fmt::format("{} and an unknown number in {} of them", text,
                     format_thousands(losses.uncounted_block_count));
}

std::string lost_block_text(const LostBlock& lost) {
  const std::string records =
      lost.record_count ? fmt::format("{} records", *lost.record_count) : "records unknown";
  const std::string record =
      lost.cause.place.record < 0 ? "" : fmt::format(" in record {}", lost.cause.place.record);
  return fmt::format("{}: lost block {}, bytes {} to {}, {}: {}{}: {}", lost.file, lost.block,
                     lost.begin_bytes, lost.end_bytes, records, code_text(lost.cause.code), record,
                     lost.cause.message);
}

void SalvageLog::add(LostBlock lost) {
  const std::scoped_lock lock(mutex_);
  ++totals_.block_count;
  totals_.record_count += lost.record_count.value_or(0);
  totals_.uncounted_block_count += lost.record_count ? 0 : 1;
  totals_.size_bytes += lost.end_bytes - lost.begin_bytes;
  std::pair key(lost.file, lost.block);
  first_blocks_.insert_or_assign(std::move(key), std::move(lost));
  if (first_blocks_.size() > kLostBlocksKept) first_blocks_.erase(std::prev(first_blocks_.end()));
}

void SalvageLog::extend(const std::string& file, int64_t block, int64_t size_bytes) {
  const std::scoped_lock lock(mutex_);
  totals_.size_bytes += size_bytes;
  const auto found = first_blocks_.find({file, block});
  if (found != first_blocks_.end()) found->second.end_bytes += size_bytes;
}

Losses SalvageLog::losses() const {
  const std::scoped_lock lock(mutex_);
  Losses losses = totals_;
  for (const auto& [key, lost] : first_blocks_) losses.first_blocks.push_back(lost);
  return losses;
}

}  // namespace mseavro
