// However its bytes are cut into pieces, and however large the pieces are that are asked for, a
// stream gives the same bytes or the same error, in bounded memory.
//
// The first byte of the input is the size of the pieces that come, the second of those asked for.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
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

std::string read_all(std::span<const uint8_t> bytes, size_t piece_size, size_t asked_size) {
  const auto stream = decompressed_stream(std::make_unique<Pieces>(bytes, piece_size));
  if (!stream) return stream.error().message;
  std::string all;
  std::vector<uint8_t> buffer(asked_size);
  while (all.size() < kMostBytes) {
    const auto size = (*stream)->read(buffer);
    if (!size) return all + "!" + std::to_string(static_cast<int>(size.error().code));
    if (*size == 0) return all;
    all.append(buffer.begin(), buffer.begin() + static_cast<int64_t>(*size));
  }
  all.resize(kMostBytes);
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::span bytes(data + 2, size - 2);
  MSEAVRO_CHECK(read_all(bytes, size_t{data[0]} + 1, size_t{data[1]} + 1) ==
                read_all(bytes, size, 1 << 16));
  return 0;
}
