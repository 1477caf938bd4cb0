// However its bytes are cut into pieces, and however large the pieces are that are asked for, a
// stream gives the same bytes and ends in the same way, in bounded memory.
//
// The first byte of the input is the size of the pieces that come, the second of those asked for.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "avro/codec/decompressed_stream.h"
#include "base/result/result.h"

namespace {

using namespace mseavro;

constexpr size_t kMostBytes = 1 << 22;

class Pieces final : public ByteStream {
 public:
  Pieces(std::span<const uint8_t> bytes, size_t piece_size) : rest_(bytes), size_(piece_size) {}
  Result<size_t> read(std::span<uint8_t> into) override {
    const size_t count = std::min({rest_.size(), into.size(), size_});
    std::copy_n(rest_.begin(), count, into.begin());
    rest_ = rest_.subspan(count);
    return count;
  }

 private:
  std::span<const uint8_t> rest_;
  size_t size_;
};

// What a stream gave, and how it ended.
struct Outcome {
  std::string bytes;
  std::optional<ErrorCode> error;
  bool is_cut = false;  // There may be more.
};

Outcome read_all(std::span<const uint8_t> bytes, size_t piece_size, size_t asked_size) {
  const auto stream = decompressed_stream(std::make_unique<Pieces>(bytes, piece_size));
  if (!stream) return {{}, stream.error().code};
  Outcome all;
  std::vector<uint8_t> buffer(asked_size);
  while (all.bytes.size() < kMostBytes) {
    const auto size = (*stream)->read(buffer);
    if (!size) all.error = size.error().code;
    if (!size || *size == 0) return all;
    all.bytes.append(buffer.begin(), buffer.begin() + static_cast<int64_t>(*size));
  }
  all.is_cut = true;
  return all;
}

// What is decompressed in the same step as the damage is found may be missing.
void check_same(const Outcome& one, const Outcome& other) {
  const size_t size = std::min(one.bytes.size(), other.bytes.size());
  MSEAVRO_CHECK(one.bytes.compare(0, size, other.bytes, 0, size) == 0);
  if (one.is_cut || other.is_cut) return;
  MSEAVRO_CHECK(one.error == other.error);
  MSEAVRO_CHECK(one.error || one.bytes.size() == other.bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::span bytes(data + 2, size - 2);
  check_same(read_all(bytes, size_t{data[0]} + 1, size_t{data[1]} + 1),
             read_all(bytes, size, 1 << 16));
  return 0;
}
