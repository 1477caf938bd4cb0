#include "events/source/distinct_counter.h"

#include <algorithm>
#include <cmath>

namespace mseavro {

// Drops repeats, and all but the smallest.
void DistinctCounter::shrink() {
  std::sort(hashes_.begin(), hashes_.end());
  hashes_.erase(std::unique(hashes_.begin(), hashes_.end()), hashes_.end());
  if (hashes_.size() <= kExactCountMax) return;
  hashes_.resize(kExactCountMax);
  largest_kept_ = hashes_.back();
  is_cut_ = true;
}

DistinctCounter::Count DistinctCounter::count() {
  shrink();
  if (!is_cut_) return {static_cast<int64_t>(hashes_.size()), false};
  const double share = std::ldexp(static_cast<double>(largest_kept_), -64);
  return {std::llround(static_cast<double>(kExactCountMax - 1) / share), true};
}

}  // namespace mseavro
