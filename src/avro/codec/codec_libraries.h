// The codecs, one source file for each compression library. Only codec.cc calls these.
#pragma once

#include <memory>

#include "avro/codec/codec.h"
#include "mseavro/limits.h"

namespace mseavro {

std::unique_ptr<Decompressor> make_deflate_decompressor(const Limits& limits);
std::unique_ptr<Compressor> make_deflate_compressor(int level);
// Of the lowest level, where the library for it is there.
std::unique_ptr<Compressor> make_fast_deflate_compressor();
std::unique_ptr<Decompressor> make_snappy_decompressor(const Limits& limits);
std::unique_ptr<Compressor> make_snappy_compressor();
std::unique_ptr<Decompressor> make_zstandard_decompressor(const Limits& limits);
std::unique_ptr<Compressor> make_zstandard_compressor(int level);
std::unique_ptr<Decompressor> make_bzip2_decompressor(const Limits& limits);
std::unique_ptr<Decompressor> make_xz_decompressor(const Limits& limits);

// The error that all of them give for a block whose decompressed size is over the limit.
tl::unexpected<Error> too_large_decoded(const Limits& limits);

}  // namespace mseavro
