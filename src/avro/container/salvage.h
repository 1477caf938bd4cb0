// What is passed over when damaged files are read with salvage: each damaged block, and no more.
//
// A block is lost as a whole when its bytes do not decompress or any of its records cannot be
// decoded, so that no answer rests on a part of one. Behind a block whose frame is damaged the next
// sync marker ends some block. That one begins where the sizes that blocks declare lead to, or else
// at the first bytes that say so and can be decoded; what lies before it is lost. When there is no
// such place, all up to behind the marker is.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

struct LostBlock {
  std::string file;
  int64_t block = 0;  // Its index; a stretch in which no blocks can be told apart counts as one.
  int64_t begin_bytes = 0;  // Where it stands in the file, half-open.
  int64_t end_bytes = 0;
  std::optional<int64_t> record_count = {};  // As it declares; nullopt when that cannot be known.
  Error cause;
};

// Equal for any order in which the blocks were read.
struct Losses {
  int64_t block_count = 0;
  int64_t record_count = 0;                  // Of the blocks that declare theirs.
  int64_t uncounted_block_count = 0;         // Those that do not.
  int64_t size_bytes = 0;                    // As stored.
  std::vector<LostBlock> first_blocks = {};  // By file and index, no more than kLostBlocksKept.

  // Adds those of other files.
  void add(Losses other);
};

inline constexpr size_t kLostBlocksKept = 100;

// "2 blocks lost with 200 records", "1 block lost with an unknown number of records".
std::string losses_text(const Losses& losses);
// One line on what was lost where, and why.
std::string lost_block_text(const LostBlock& lost);

// Where readers note what they pass over. Thread-safe; memory is bounded.
class SalvageLog {
 public:
  void add(LostBlock lost);
  // The stretch that was lost as `block` of the file is longer by so much.
  void extend(const std::string& file, int64_t block, int64_t size_bytes);
  Losses losses() const;

 private:
  mutable std::mutex mutex_;  // Guards what follows.
  Losses totals_;             // Without first_blocks.
  std::map<std::pair<std::string, int64_t>, LostBlock> first_blocks_;
};

}  // namespace mseavro
