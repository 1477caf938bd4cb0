// How many different values there are, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mseavro {

// Keeps the smallest hashes that it sees (a KMV sketch: Bar-Yossef et al., Counting Distinct
// Elements in a Data Stream, RANDOM 2002). As long as those are all there are, the count is exact;
// then their density tells how many there must be, with a standard error of 0.8 %. The answer does
// not depend on the order of the values.
class DistinctCounter {
 public:
  static constexpr size_t kExactCountMax = 1 << 14;

  // `hash` is one of hash_bytes: two values with one hash count as one.
  void add(uint64_t hash) {
    if (hash > largest_kept_) return;
    if (hashes_.size() == 2 * kExactCountMax) shrink();
    hashes_.push_back(hash);
  }

  struct Count {
    int64_t value;
    bool is_estimate;
  };
  Count count();

 private:
  void shrink();

  std::vector<uint64_t> hashes_;  // With repeats, up to the next shrink().
  uint64_t largest_kept_ = UINT64_MAX;
  bool is_cut_ = false;  // Hashes above largest_kept_ were dropped.
};

}  // namespace mseavro
