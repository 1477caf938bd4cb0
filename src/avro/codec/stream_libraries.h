// Decompression of streams, one source file for each library. Only decompressed_stream.cc calls it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "mseavro/error.h"

namespace mseavro {

struct StreamStep {
  size_t read_size = 0;
  size_t written_size = 0;
};

class StreamDecompressor {
 public:
  virtual ~StreamDecompressor() = default;

  // Takes some of `in` and writes to `out`; makes progress as long as there is `in`, or as the
  // decompressor holds something back. Errors: kBadCompression, kBadChecksum.
  virtual Result<StreamStep> step(std::span<const uint8_t> in, std::span<uint8_t> out) = 0;
  // Whether the data may end here.
  virtual bool is_between_members() const = 0;
};

std::unique_ptr<StreamDecompressor> make_gzip_stream();
std::unique_ptr<StreamDecompressor> make_zstandard_stream();

}  // namespace mseavro
