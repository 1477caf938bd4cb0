// Splits: the ranges of any partition of a file have each of its blocks once.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "avro/container/container_file.h"

namespace mseavro {
namespace {

// Where the blocks' data stand, of the split [begin, end).
std::vector<int64_t> offsets_of(const std::string& file, int64_t begin, int64_t end,
                                SalvageLog* salvage = nullptr) {
  std::vector<DecodedBlock> blocks;
  const Status status = read_blocks(file, {}, &blocks,
                                    {.salvage = salvage, .begin_offset = begin, .end_offset = end});
  EXPECT_TRUE(status) << status.error().message;
  std::vector<int64_t> offsets;
  for (const DecodedBlock& block : blocks) offsets.push_back(block.offset_bytes);
  return offsets;
}

std::string make_file(Codec codec, int record_count, size_t record_size) {
  std::mt19937_64 random(7);
  std::vector<std::string> records;
  for (int i = 0; i < record_count; ++i) {
    records.emplace_back(random() % record_size, static_cast<char>('a' + i % 26));
  }
  return string_file(records, {.codec = codec, .block_size_bytes = 64});
}

TEST(Split, HasTheBlocksWhoseMarkerInFrontBeginsInIt) {
  const std::string file =
      string_file({"123456789", "123456789", "123456789"}, {.block_size_bytes = 10});
  const int64_t first = offsets_of(file, 0, INT64_MAX)[0];
  const int64_t second = first + 10 + kSyncBytes + 2;
  const int64_t third = second + 10 + kSyncBytes + 2;
  const auto marker_before = [](int64_t offset) { return offset - 2 - kSyncBytes; };
  const struct {
    int64_t begin;
    int64_t end;
    std::vector<int64_t> offsets;
  } cases[] = {
      {0, marker_before(first), {}},
      {0, marker_before(first) + 1, {first}},
      {marker_before(first), marker_before(second), {first}},
      {marker_before(first) + 1, marker_before(second) + 1, {second}},
      {marker_before(second), INT64_MAX, {second, third}},
      {marker_before(third) + 1, INT64_MAX, {}},
      {static_cast<int64_t>(file.size()), INT64_MAX, {}},
      {INT64_MAX - 20, INT64_MAX, {}},
      {5, 5, {}},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(offsets_of(file, test.begin, test.end), test.offsets) << test.begin;
  }
}

TEST(Split, EveryPartitionIntoTwoHasEachBlockOnce) {
  const std::string file = make_file(Codec::kNull, 20, 30);
  const std::vector<int64_t> all = offsets_of(file, 0, INT64_MAX);
  EXPECT_GT(all.size(), 3u);
  for (int64_t cut = 0; cut <= static_cast<int64_t>(file.size()); ++cut) {
    std::vector<int64_t> offsets = offsets_of(file, 0, cut);
    const std::vector<int64_t> rest = offsets_of(file, cut, INT64_MAX);
    offsets.insert(offsets.end(), rest.begin(), rest.end());
    EXPECT_EQ(offsets, all) << cut;
  }
}

// Cuts at random places, and the blocks of each range put together.
void check_partitions(const std::string& file, bool salvages) {
  std::mt19937_64 random(11);
  SalvageLog whole_log;
  const std::vector<int64_t> all = offsets_of(file, 0, INT64_MAX, salvages ? &whole_log : nullptr);
  for (int round = 0; round < 40; ++round) {
    std::vector<int64_t> cuts(random() % 12);
    for (int64_t& cut : cuts) cut = static_cast<int64_t>(random() % file.size());
    cuts.push_back(0);
    cuts.push_back(INT64_MAX);
    std::sort(cuts.begin(), cuts.end());
    std::vector<int64_t> offsets;
    SalvageLog log;
    for (size_t i = 0; i + 1 < cuts.size(); ++i) {
      const auto part = offsets_of(file, cuts[i], cuts[i + 1], salvages ? &log : nullptr);
      offsets.insert(offsets.end(), part.begin(), part.end());
    }
    EXPECT_EQ(offsets, all) << testing::PrintToString(cuts);
    EXPECT_EQ(log.losses().size_bytes, whole_log.losses().size_bytes);
  }
}

TEST(Split, EveryPartitionHasEachBlockOnceForEveryCodec) {
  for (const Codec codec : {Codec::kNull, Codec::kDeflate, Codec::kSnappy, Codec::kZstandard}) {
    check_partitions(make_file(codec, 300, 400), false);
  }
}

TEST(Split, EveryPartitionOfADamagedFileHasEachGoodBlockOnce) {
  std::mt19937_64 random(13);
  const std::string good = make_file(Codec::kSnappy, 300, 400);
  const auto header_size = static_cast<size_t>(offsets_of(good, 0, INT64_MAX)[0]) - 4;
  for (int round = 0; round < 5; ++round) {
    std::string file = good;
    for (int i = 0; i < 10; ++i) {
      const size_t position = header_size + random() % (file.size() - header_size - 40);
      for (size_t byte = 0; byte < 30; ++byte) file[position + byte] ^= 0x55;
    }
    check_partitions(file, true);
  }
}

}  // namespace
}  // namespace mseavro
