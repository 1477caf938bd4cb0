// Streams that are compressed as files are, with gzip or zstd; not the codecs of Avro blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/io/byte_source.h"
#include "base/io/byte_stream.h"
#include "mseavro/error.h"

namespace mseavro {

// What `stream` holds: decompressed when it begins as gzip or zstd data do, else as it is. Members
// that stand behind each other are one stream, as gzip and zstd have it. What it takes in memory
// does not depend on the data: a gzip window, or a zstd window of up to 128 MiB. Errors, also of
// read(): those of `stream`; kBadCompression, kBadChecksum and kTruncated without a place;
// kUnreadable for what bzip2, xz and lz4 make.
Result<std::unique_ptr<ByteStream>> decompressed_stream(std::unique_ptr<ByteStream> stream);

// The bytes of a source decompressed like that, each time on from where the last call ended, 0 at
// the end: for readers of text. The source must outlive it.
std::function<Result<size_t>(std::span<uint8_t> into)> read_decompressed(const ByteSource& source);

// Whether data that begin with `bytes` are compressed as above.
bool is_compressed(std::span<const uint8_t> bytes);

}  // namespace mseavro
