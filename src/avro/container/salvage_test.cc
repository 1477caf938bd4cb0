#include "avro/container/salvage.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "avro/container/container_file.h"
#include "avro/wire/datum_reader.h"
#include "avro/wire/encoder.h"

namespace mseavro {
namespace {

// A block of a file by hand: its bytes as they stand, and its records if they can be read.
std::string number(int64_t value) {
  Encoder encoder;
  encoder.put_long(value);
  return {encoder.bytes().begin(), encoder.bytes().end()};
}

const std::string kHeader = string_file({}, {});
const std::string kSync = kHeader.substr(kHeader.size() - kSyncBytes);
const std::string kWrongSync(kSyncBytes, '?');

// Two strings of four bytes, as a block's data: "<name>1" and "<name>2" with something around.
std::string two_records(char name) { return std::string("\x08_") + name + "1_\x08_" + name + "2_"; }

std::string block(char name, const std::string& sync = kSync, int64_t record_count = 2) {
  const std::string data = two_records(name);
  return number(record_count) + number(static_cast<int64_t>(data.size())) + data + sync;
}

// Of a whole block: two numbers of a byte, ten bytes, the marker.
constexpr int64_t kBlockBytes = 2 + 10 + kSyncBytes;

struct Salvaged {
  std::string names;  // Of the blocks that were read.
  Losses losses;
};

// Whether the bytes are `record_count` strings.
Status check_strings(const BlockReader& blocks) {
  DatumReader reader(ReadPlan::whole(*Schema::parse("\"string\"")), {});
  reader.begin_block(blocks.bytes(), blocks.block().record_count);
  std::string line;
  while (true) {
    MSEAVRO_ASSIGN(const bool more, reader.next_json(JsonStyle::kAvro, &line));
    if (!more) return {};
  }
}

Salvaged salvage(const std::string& blocks, const Limits& limits = {}) {
  const std::string file = kHeader + blocks;
  SalvageLog log;
  std::vector<DecodedBlock> read;
  const auto source = memory_source(as_bytes(file), "test.avro");
  const Status status = read_blocks(*source, limits, &read, {.salvage = &log}, check_strings);
  EXPECT_TRUE(status) << status.error().message;
  Salvaged salvaged{.names = {}, .losses = log.losses()};
  for (const DecodedBlock& one : read) salvaged.names += one.bytes.substr(2, 1);
  return salvaged;
}

TEST(Salvage, AGoodFileLosesNothing) {
  const Salvaged salvaged = salvage(block('a') + block('b'));
  EXPECT_EQ(salvaged.names, "ab");
  EXPECT_EQ(salvaged.losses.block_count, 0);
}

TEST(Salvage, ADamagedBlockLosesExactlyItself) {
  const std::string a = block('a');
  const int64_t a_end = static_cast<int64_t>(kHeader.size() + a.size());
  const std::string d = block('d');
  std::string bad_second_record = block('b');
  bad_second_record[7] = 0x7f;
  const std::string inner = number(1) + number(3) + "\x04xy";
  const struct {
    const char* what;
    std::string middle;
    std::string names;
    std::vector<std::optional<int64_t>> record_counts;  // Of what is lost, one behind the other.
    ErrorCode cause;
  } cases[] = {
      {"a record is bad", bad_second_record, "ad", {2}, ErrorCode::kBadLength},
      {"more records than bytes", block('b', kSync, 3), "ad", {3}, ErrorCode::kBadBlockCount},
      {"fewer records than bytes", block('b', kSync, 1), "ad", {1}, ErrorCode::kTrailingBytes},
      {"a wrong marker", block('b', kWrongSync), "ad", {2}, ErrorCode::kBadSync},
      {"two wrong markers",
       block('b', kWrongSync) + block('c', kWrongSync),
       "ad",
       {2, 2},
       ErrorCode::kBadSync},
      {"a wrong marker before a good block",
       block('b', kWrongSync) + block('c'),
       "acd",
       {2},
       ErrorCode::kBadSync},
      {"a size that is too small",
       number(2) + number(7) + two_records('b') + kSync,
       "ad",
       {std::nullopt},
       ErrorCode::kBadSync},
      {"a size beyond the file",
       number(2) + number(1 << 30) + two_records('b') + kSync,
       "ad",
       {std::nullopt},
       ErrorCode::kTruncated},
      {"a negative size",
       number(2) + number(-1) + two_records('b') + kSync,
       "ad",
       {std::nullopt},
       ErrorCode::kBadLength},
      {"a negative count", block('b', kSync, -5), "ad", {std::nullopt}, ErrorCode::kBadBlockCount},
      {"a number without end",
       std::string(11, '\xff') + two_records('b') + kSync,
       "ad",
       {std::nullopt},
       ErrorCode::kBadVarint},
      {"neither size nor marker",
       number(2) + number(70) + two_records('b') + kWrongSync,
       "ad",
       {std::nullopt},
       ErrorCode::kTruncated},
      {"garbage between blocks", "no block at all", "ad", {std::nullopt}, ErrorCode::kBadLength},
      {"a marker alone", kSync, "ad", {std::nullopt}, ErrorCode::kBadBlockCount},
      {"the header once more", kHeader, "ad", {std::nullopt}, ErrorCode::kBadBlockCount},
      {"an unbelievable count",
       block('b', kSync, int64_t{1} << 60),
       "ad",
       {std::nullopt},
       ErrorCode::kBadBlockCount},
      // The data end in what could be a block of one string; it is one, but not a block.
      {"a block in a damaged block",
       number(2) + number(99) + "\x08" + "four" + inner + kSync,
       "ayd",
       {std::nullopt},
       ErrorCode::kTruncated},
      // What could be a block of a string without its end is more of the damage.
      {"no block in a damaged block",
       number(2) + number(99) + "\x08" + "four" + number(1) + number(3) + "\x08xy" + kSync,
       "ad",
       {std::nullopt},
       ErrorCode::kTruncated},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    const Salvaged salvaged = salvage(a + test.middle + d);
    EXPECT_EQ(salvaged.names, test.names);
    const std::vector<LostBlock>& lost = salvaged.losses.first_blocks;
    EXPECT_EQ(salvaged.losses.block_count, static_cast<int64_t>(test.record_counts.size()));
    ASSERT_EQ(lost.size(), test.record_counts.size());
    EXPECT_EQ(lost[0].cause.code, test.cause) << lost[0].cause.message;
    EXPECT_EQ(lost[0].block, 1);
    EXPECT_EQ(lost[0].file, "test.avro");
    for (size_t i = 0; i < lost.size(); ++i) {
      EXPECT_EQ(lost[i].record_count, test.record_counts[i]);
      EXPECT_EQ(lost[i].begin_bytes, i == 0 ? a_end : lost[i - 1].end_bytes);
    }
    if (test.names != "ad") continue;
    EXPECT_EQ(salvaged.losses.size_bytes, static_cast<int64_t>(test.middle.size()));
    EXPECT_EQ(lost.back().end_bytes - lost.front().begin_bytes, salvaged.losses.size_bytes);
  }
}

TEST(Salvage, TheTailOfAFileIsLostWhereItIsNoBlock) {
  const std::string a = block('a');
  const std::string b = block('b');
  std::string other_file = string_file({"x"}, {.metadata = {{"made", "elsewhere"}}});
  const struct {
    const char* what;
    std::string tail;
    std::optional<int64_t> record_count;
  } cases[] = {
      {"cut in its data", b.substr(0, 7), 2},
      {"cut in its marker", b.substr(0, b.size() - 1), 2},
      {"cut behind its count", b.substr(0, 1), std::nullopt},
      {"with a wrong marker", block('b', kWrongSync), 2},
      {"zero bytes", std::string(100, '\0'), std::nullopt},
      {"text", "end of file", std::nullopt},
      {"another file, with another marker", other_file, std::nullopt},
  };
  for (const auto& test : cases) {
    SCOPED_TRACE(test.what);
    const Salvaged salvaged = salvage(a + test.tail);
    EXPECT_EQ(salvaged.names, "a");
    ASSERT_EQ(salvaged.losses.first_blocks.size(), 1u);
    EXPECT_EQ(salvaged.losses.size_bytes, static_cast<int64_t>(test.tail.size()));
    EXPECT_EQ(salvaged.losses.first_blocks[0].record_count, test.record_count);
    EXPECT_EQ(salvaged.losses.uncounted_block_count, test.record_count ? 0 : 1);
  }
}

TEST(Salvage, FilesOfOneMarkerThatWereJoinedAreReadUpToTheHeaderBetweenThem) {
  const Salvaged salvaged = salvage(block('a') + kHeader + block('b'));
  EXPECT_EQ(salvaged.names, "ab");
  EXPECT_EQ(salvaged.losses.size_bytes, static_cast<int64_t>(kHeader.size()));
}

TEST(Salvage, NoBlockMayBeGood) {
  const Salvaged salvaged = salvage(block('a', kWrongSync) + "?");
  EXPECT_EQ(salvaged.names, "");
  EXPECT_EQ(salvaged.losses.block_count, 1);
}

TEST(Salvage, ABlockBeyondALimitIsLostAndTheLimitOfTheFileStays) {
  const std::string large = number(1) + number(402) + number(400) + std::string(400, 'x') + kSync;
  const Salvaged salvaged = salvage(block('a') + large + block('b'), {.block_size_bytes = 401});
  EXPECT_EQ(salvaged.names, "ab");
  ASSERT_EQ(salvaged.losses.first_blocks.size(), 1u);
  EXPECT_EQ(salvaged.losses.first_blocks[0].cause.code, ErrorCode::kLimitExceeded);

  SalvageLog log;
  std::vector<DecodedBlock> read;
  const auto file = kHeader + block('a') + block('b');
  const Status status = read_blocks(file, {.expansion_size_bytes = 15, .expansion_ratio = 0}, &read,
                                    {.salvage = &log});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kLimitExceeded);
}

TEST(Salvage, MarkersAreFoundWhereverTheyLieInWhatIsReadAtATime) {
  // The search reads 4 KiB, then 8, and so on.
  for (const int64_t size : {4070, 4080, 4081, 4090, 4096, 4111, 12270, 12288, 300000}) {
    const std::string garbage(static_cast<size_t>(size), '\xff');
    const Salvaged salvaged = salvage(garbage + block('a') + block('b'));
    EXPECT_EQ(salvaged.names, "ab") << size;
    EXPECT_EQ(salvaged.losses.size_bytes, size);
    EXPECT_EQ(salvaged.losses.block_count, 1);
  }
  // Beginnings of a marker, one in the other.
  const std::string almost = kSync.substr(0, 15);
  EXPECT_EQ(salvage("\xff" + almost + almost + kSync + block('a')).names, "a");
}

TEST(Salvage, OfManyDamagedBlocksTheFirstAreKeptAndAllAreCounted) {
  std::string blocks;
  for (int index = 0; index < 5000; ++index) blocks += block('x', kWrongSync);
  const Salvaged salvaged = salvage(blocks + block('a'));
  EXPECT_EQ(salvaged.names, "a");
  EXPECT_EQ(salvaged.losses.block_count, 5000);
  EXPECT_EQ(salvaged.losses.record_count, 10000);
  ASSERT_EQ(salvaged.losses.first_blocks.size(), kLostBlocksKept);
  EXPECT_EQ(salvaged.losses.first_blocks.back().block, 99);
}

TEST(Salvage, LossesOfSeveralFilesAddUp) {
  Losses all;
  for (const int64_t count : {60, 60}) {
    Losses one{.block_count = count, .record_count = 2 * count, .uncounted_block_count = 1};
    one.first_blocks.resize(static_cast<size_t>(count));
    all.add(std::move(one));
  }
  EXPECT_EQ(all.block_count, 120);
  EXPECT_EQ(all.record_count, 240);
  EXPECT_EQ(all.uncounted_block_count, 2);
  EXPECT_EQ(all.first_blocks.size(), kLostBlocksKept);
}

TEST(Salvage, LossesAreSaidInWords) {
  EXPECT_EQ(losses_text({.block_count = 1, .record_count = 1}), "1 block lost with 1 record");
  EXPECT_EQ(losses_text({.block_count = 2000, .record_count = 4000}),
            "2,000 blocks lost with 4,000 records");
  EXPECT_EQ(losses_text({.block_count = 1, .uncounted_block_count = 1}),
            "1 block lost with an unknown number of records");
  EXPECT_EQ(losses_text({.block_count = 3, .record_count = 5, .uncounted_block_count = 2}),
            "3 blocks lost with 5 records and an unknown number in 2 of them");
  LostBlock lost{.file = "a.avro",
                 .block = 3,
                 .begin_bytes = 10,
                 .end_bytes = 90,
                 .record_count = 7,
                 .cause = {ErrorCode::kBadBoolean, "it is bad", {}, {}, {.record = 2}}};
  EXPECT_EQ(lost_block_text(lost),
            "a.avro: lost block 3, bytes 10 to 90, 7 records: E0211 in record 2: it is bad");
  lost.record_count = std::nullopt;
  lost.cause.place.record = -1;
  EXPECT_EQ(lost_block_text(lost),
            "a.avro: lost block 3, bytes 10 to 90, records unknown: E0211: it is bad");
}

TEST(Salvage, WithoutItJoinedFilesAreNamed) {
  std::vector<DecodedBlock> read;
  const Status status = read_blocks(kHeader + block('a') + kHeader + block('b'), {}, &read);
  ASSERT_FALSE(status);
  EXPECT_EQ(read.size(), 1u);
  EXPECT_EQ(status.error().code, ErrorCode::kBadBlockCount);
  EXPECT_EQ(status.error().message,
            "another Avro file begins here, where a block should: two files were joined");
  EXPECT_EQ(status.error().place.byte, static_cast<int64_t>(kHeader.size()) + kBlockBytes);
}

}  // namespace
}  // namespace mseavro
