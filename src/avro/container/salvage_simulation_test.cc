// Files of many blocks are damaged at random places: salvage must yield the blocks of which no byte
// was touched, and no others. Every failure names its seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "avro/container/container_file.h"
#include "avro/wire/datum_reader.h"
#include "base/result/hash.h"

namespace mseavro {
namespace {

using Random = std::mt19937_64;

size_t below(Random& random, size_t bound) { return static_cast<size_t>(random() % bound); }

// Not every codec has a checksum, so the blocks of these files end in one of their own: 64
// booleans.
std::string checksum(std::string_view records) {
  const uint64_t hash = hash_bytes(records);
  std::string bits;
  for (size_t i = 0; i < 64; ++i) bits.push_back(static_cast<char>(hash >> i & 1));
  return bits;
}

struct TestFile {
  std::string bytes;
  std::vector<std::string> blocks;  // Their records, before compression.
  std::vector<size_t> begins;       // Where they begin in the file, and where the last one ends.
};

TestFile make_file(Random& random, Codec codec) {
  TestFile file;
  const auto sink = memory_sink(&file.bytes);
  const auto writer =
      ContainerWriter::create(*sink, "\"boolean\"", {.codec = codec, .block_size_bytes = 1 << 30});
  const size_t block_count = 1 + below(random, 30);
  for (size_t index = 0; index < block_count; ++index) {
    file.begins.push_back(file.bytes.size());
    // Mostly small, now and then larger than what is read at a time behind damage.
    const size_t record_count = below(random, below(random, 8) == 0 ? 20'000 : 1'000);
    std::string records;
    uint64_t bits = 0;
    for (size_t i = 0; i < record_count; ++i) {
      if (i % 64 == 0) bits = random();
      records.push_back(static_cast<char>(bits >> i % 64 & 1));
    }
    records += checksum(records);
    for (const char record : records) {
      (*writer)->datum().put_boolean(record != 0);
      MSEAVRO_CHECK((*writer)->end_record());
    }
    MSEAVRO_CHECK((*writer)->finish());  // Ends the block.
    file.blocks.push_back(std::move(records));
  }
  file.begins.push_back(file.bytes.size());
  return file;
}

// What happens to files: each byte of the result is one of the original's, or not.
struct Damaged {
  std::string bytes;
  std::vector<size_t> origins;  // Of each byte, in the original file; kChanged for others.
};
constexpr size_t kChanged = SIZE_MAX;

void damage(Random& random, size_t begin, Damaged& file) {
  const size_t position = begin + below(random, file.bytes.size() - begin);
  const size_t wanted = 1 + below(random, below(random, 3) == 0 ? 2'000 : 50);
  const size_t size = std::min(wanted, file.bytes.size() - position);
  const auto at = static_cast<ptrdiff_t>(position);
  const auto end = static_cast<ptrdiff_t>(position + size);
  std::string garbage(size, '\0');
  for (char& byte : garbage) byte = static_cast<char>(random() | 1);
  switch (below(random, 4)) {
    case 0:  // Other bytes in their place.
      for (size_t i = 0; i < size; ++i) {
        file.bytes[position + i] ^= static_cast<char>(garbage[i]);
        file.origins[position + i] = kChanged;
      }
      return;
    case 1:  // A hole in the disk.
      for (size_t i = 0; i < size; ++i) {
        if (file.bytes[position + i] == '\xff') continue;
        file.bytes[position + i] = '\xff';
        file.origins[position + i] = kChanged;
      }
      return;
    case 2:  // Bytes that are missing.
      file.bytes.erase(position, size);
      file.origins.erase(file.origins.begin() + at, file.origins.begin() + end);
      return;
    default:  // Bytes too many.
      file.bytes.insert(position, garbage);
      file.origins.insert(file.origins.begin() + at, size, kChanged);
  }
}

// Whether the original's bytes [begin, end) still stand in one piece.
bool is_whole(const Damaged& file, size_t begin, size_t end) {
  std::vector<size_t> wanted(end - begin);
  std::iota(wanted.begin(), wanted.end(), begin);
  const auto found = std::find(file.origins.begin(), file.origins.end(), begin);
  return file.origins.end() - found >= static_cast<ptrdiff_t>(wanted.size()) &&
         std::equal(wanted.begin(), wanted.end(), found);
}

struct Salvaged {
  std::map<int64_t, std::string> blocks;  // By index.
  Losses losses;
};

Salvaged salvage(const std::string& file, int thread_count) {
  SalvageLog log;
  const auto source = memory_source(as_bytes(file));
  const auto container = ContainerReader::open(*source, {}, {.salvage = &log});
  MSEAVRO_CHECK(container.has_value());
  Salvaged salvaged;
  std::mutex mutex;
  const auto work = [&] {
    DatumReader datums(ReadPlan::whole((*container)->header().schema), {});
    std::string line;
    const auto check = [&](const BlockReader& blocks) -> Status {
      datums.begin_block(blocks.bytes(), blocks.block().record_count);
      while (true) {
        MSEAVRO_ASSIGN(const bool more, datums.next_json(JsonStyle::kAvro, &line));
        line.clear();
        if (!more) break;
      }
      const std::string_view bytes(reinterpret_cast<const char*>(blocks.bytes().data()),
                                   blocks.bytes().size());
      if (bytes.ends_with(checksum(bytes.substr(0, bytes.size() - 64)))) return {};
      return fail(ErrorCode::kBadChecksum, "the block's own checksum is wrong");
    };
    BlockReader blocks({});
    blocks.begin_file(**container);
    while (blocks.next(check).value()) {
      const std::scoped_lock lock(mutex);
      salvaged.blocks.emplace(blocks.block().index,
                              std::string(blocks.bytes().begin(), blocks.bytes().end()));
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  salvaged.losses = log.losses();
  return salvaged;
}

std::string text_of(const Losses& losses) {
  std::string text = losses_text(losses);
  for (const LostBlock& lost : losses.first_blocks) text += "\n" + lost_block_text(lost);
  return text;
}

class SalvageSimulation : public testing::TestWithParam<Codec> {};

TEST_P(SalvageSimulation, YieldsExactlyTheUndamagedBlocksForAnyThreads) {
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const TestFile file = make_file(random, GetParam());
    Damaged damaged{file.bytes, std::vector<size_t>(file.bytes.size())};
    std::iota(damaged.origins.begin(), damaged.origins.end(), 0);
    const size_t damage_count = below(random, 6);
    for (size_t i = 0; i < damage_count; ++i) damage(random, file.begins[0], damaged);

    std::vector<std::string> expected;
    for (size_t i = 0; i < file.blocks.size(); ++i) {
      if (is_whole(damaged, file.begins[i], file.begins[i + 1])) expected.push_back(file.blocks[i]);
    }
    const Salvaged salvaged = salvage(damaged.bytes, 1);
    ASSERT_EQ(salvaged.blocks.size(), expected.size()) << text_of(salvaged.losses);
    size_t position = 0;
    for (const auto& [index, bytes] : salvaged.blocks) EXPECT_EQ(bytes, expected[position++]);

    const Salvaged by_four = salvage(damaged.bytes, 4);
    EXPECT_EQ(by_four.blocks, salvaged.blocks);
    EXPECT_EQ(text_of(by_four.losses), text_of(salvaged.losses));
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, SalvageSimulation,
                         testing::Values(Codec::kNull, Codec::kDeflate, Codec::kSnappy,
                                         Codec::kZstandard),
                         [](const auto& codec) { return std::string(codec_name(codec.param)); });

}  // namespace
}  // namespace mseavro
