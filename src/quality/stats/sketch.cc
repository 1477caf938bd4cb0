#include "quality/stats/sketch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/result/result.h"
#include "quality/exact/canonical_bytes.h"

namespace mseavro {
namespace {

constexpr int kDroppedBits = 47;  // Bits of a double below those that choose the bucket.
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The double with `steps` times the width of a bucket in its bits, plus `rest`.
double edge(uint64_t steps, uint64_t rest) {
  return std::bit_cast<double>((steps << kDroppedBits) + rest);
}

// ceil(q * count) without rounding.
int64_t nearest_rank(double q, int64_t count) {
  constexpr int64_t kBillion = 1'000'000'000;
  const int64_t share = std::llround(q * static_cast<double>(kBillion));
  const __int128 rank = (static_cast<__int128>(share) * count + kBillion - 1) / kBillion;
  return std::max<int64_t>(1, static_cast<int64_t>(rank));
}

}  // namespace

template <class Take>
void Sketch::visit(Take take) const {
  for (uint32_t page = 0; page < directory_.size(); ++page) {
    if (directory_[page] == 0) continue;
    const uint32_t first_slot = (directory_[page] - 1u) * kPageSize;
    for (uint32_t rank = 0; rank < kPageSize; ++rank) {
      const int64_t count = count_at(first_slot + rank);
      if (count != 0 && !take((first_page_ + page) * kPageSize + rank, count)) return;
    }
  }
}

void Sketch::add_page(uint32_t bucket) {
  const uint32_t page = bucket / kPageSize;
  if (directory_.empty()) first_page_ = page;
  if (page < first_page_) {
    directory_.insert(directory_.begin(), first_page_ - page, 0);
    first_page_ = page;
  }
  if (page - first_page_ >= directory_.size()) directory_.resize(page - first_page_ + 1);
  low_.resize(low_.size() + kPageSize);
  if (!high_.empty()) high_.resize(low_.size());
  directory_[page - first_page_] = static_cast<uint16_t>(low_.size() / kPageSize);
}

void Sketch::add_high(uint32_t slot, int32_t amount) {
  if (high_.empty()) high_.resize(low_.size());
  high_[slot] += amount;
}

int64_t Sketch::count_at(uint32_t slot) const {
  const uint64_t high = high_.empty() ? 0 : static_cast<uint32_t>(high_[slot]);
  return static_cast<int64_t>(high << 32 | low_[slot]);
}

void Sketch::add_count(uint32_t bucket, uint64_t amount) {
  const uint32_t slot = slot_of(bucket);
  const uint64_t sum = static_cast<uint64_t>(count_at(slot)) + amount;
  low_[slot] = static_cast<uint32_t>(sum);
  const int32_t high = static_cast<int32_t>(sum >> 32);
  if (high != 0 && high_.empty()) high_.resize(low_.size());
  if (!high_.empty()) high_[slot] = high;
}

void Sketch::combine(const Sketch& other) {
  other.visit([this](uint32_t bucket, int64_t count) {
    add_count(bucket, static_cast<uint64_t>(count));
    return true;
  });
}

void Sketch::subtract(const Sketch& other) {
  other.visit([this](uint32_t bucket, int64_t count) {
    add_count(bucket, uint64_t{0} - static_cast<uint64_t>(count));
    return true;
  });
}

int64_t Sketch::count() const {
  uint64_t total = 0;
  visit([&total](uint32_t, int64_t count) {
    total += static_cast<uint64_t>(count);
    return true;
  });
  return static_cast<int64_t>(total);
}

double Sketch::midpoint(uint32_t bucket) {
  if (bucket == kZeroBucket) return 0.0;
  if (bucket == 0) return -kInfinity;
  if (bucket == kBucketCount - 1) return kInfinity;
  constexpr uint64_t kHalf = uint64_t{1} << (kDroppedBits - 1);
  return bucket > kZeroBucket ? edge(bucket - kZeroBucket - 1, kHalf)
                              : -edge(kZeroBucket - bucket - 1, kHalf);
}

double Sketch::upper_edge(uint32_t bucket) {
  if (bucket <= kZeroBucket) {
    return bucket == kZeroBucket ? 0.0 : 0.0 - edge(kZeroBucket - bucket - 1, 0);
  }
  if (bucket == kBucketCount - 1) return kInfinity;
  return std::min(edge(bucket - kZeroBucket, 0), std::numeric_limits<double>::max());
}

std::optional<double> Sketch::quantile(double q) const {
  MSEAVRO_DCHECK(q > 0 && q <= 1);
  const int64_t total = count();
  if (total <= 0) return std::nullopt;
  uint64_t left = static_cast<uint64_t>(nearest_rank(q, total));
  std::optional<double> found;
  visit([&](uint32_t bucket, int64_t count) {
    found = midpoint(bucket);
    if (count > 0 && static_cast<uint64_t>(count) >= left) return false;
    left -= static_cast<uint64_t>(count);
    return true;
  });
  return found;
}

std::optional<double> Sketch::upper_bound() const {
  std::optional<double> found;
  visit([&found](uint32_t bucket, int64_t) {
    found = upper_edge(bucket);
    return true;
  });
  return found;
}

void Sketch::encode(std::string* out) const {
  uint64_t filled = 0;
  visit([&filled](uint32_t, int64_t) { return ++filled, true; });
  append_varint(filled, out);
  uint32_t next = 0;
  visit([&next, out](uint32_t bucket, int64_t count) {
    append_varint(uint64_t{bucket - next} << 1 | uint64_t{count < 0}, out);
    const uint64_t magnitude = static_cast<uint64_t>(count);
    append_varint(count < 0 ? uint64_t{0} - magnitude : magnitude, out);
    next = bucket + 1;
    return true;
  });
}

Result<Sketch> Sketch::decode(std::span<const uint8_t>* bytes) {
  MSEAVRO_ASSIGN(const uint64_t filled, take_varint(bytes));
  Sketch sketch;
  uint32_t next = 0;
  for (uint64_t rank = 0; rank < filled; ++rank) {
    MSEAVRO_ASSIGN(const uint64_t step, take_varint(bytes));
    MSEAVRO_ASSIGN(const uint64_t magnitude, take_varint(bytes));
    if (step >> 1 >= kBucketCount - next) {
      return bad_state("a bucket in the state is out of range");
    }
    if (magnitude == 0 || magnitude > static_cast<uint64_t>(kCountLimit)) {
      return bad_state("a count in the state is out of range");
    }
    next += static_cast<uint32_t>(step >> 1) + 1;
    sketch.add_count(next - 1, (step & 1) != 0 ? uint64_t{0} - magnitude : magnitude);
  }
  return sketch;
}

}  // namespace mseavro
