// Writing Avro object container files.
//
//   MSEAVRO_ASSIGN(auto sink, create_file("metrics.avro"));
//   MSEAVRO_ASSIGN(auto writer, ContainerWriter::create(*sink, schema_text, {}));
//   encode_record(..., writer->datum());   // append one record's bytes
//   MSEAVRO_TRY(writer->end_record());
//   MSEAVRO_TRY(writer->finish());
//   MSEAVRO_TRY(sink->commit());
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "avro/codec/codec.h"
#include "avro/container/container_header.h"
#include "avro/wire/encoder.h"
#include "base/io/byte_sink.h"
#include "base/io/byte_source.h"

namespace mseavro {

struct ContainerOptions {
  Codec codec = Codec::kNull;
  int level = -1;
  int64_t block_size_bytes = 64 << 10;  // A block is written when its data reach this size.
  Metadata metadata = {};               // The user's; names must not begin with "avro.".
};

class ContainerWriter {
 public:
  // Writes the header. `sink` must outlive the writer. The sync marker is a hash of the header, so
  // that equal input gives equal files. Errors: kWriteFailed, kBadOptionValue (metadata names), and
  // those of Schema::parse; names that break the specification's name rule are refused with
  // kBadSchema.
  static Result<std::unique_ptr<ContainerWriter>> create(ByteSink& sink, std::string schema_text,
                                                         ContainerOptions options);

  // Goes on with a file: `existing` is read for its header and its last bytes, and `sink` must
  // write behind those (append_file). Header and user metadata stay as they are; of the options the
  // level and the block size count. The blocks before are not touched, so whatever becomes of an
  // append that is cut off, they can be read, with salvage also those of it that are whole.
  //
  //   MSEAVRO_ASSIGN(const auto existing, open_file("events.avro"));
  //   MSEAVRO_ASSIGN(auto sink, append_file("events.avro"));
  //   MSEAVRO_ASSIGN(auto writer, ContainerWriter::append(*existing, *sink, schema_text, {}));
  //
  // Errors: those of reading a header and of Schema::parse; kIncompatibleSchemas, when data under
  // `schema_text` is not read by the file's schema as the same; kUnknownCodec, for one that cannot
  // be written; kTruncated, when the file does not end in its marker.
  static Result<std::unique_ptr<ContainerWriter>> append(const ByteSource& existing, ByteSink& sink,
                                                         std::string_view schema_text,
                                                         const ContainerOptions& options);

  // Where the next record's bytes are appended.
  Encoder& datum() { return datum_; }
  // Ends the record in datum(). Writes a block when it is full.
  Status end_record() { return end_records(1); }
  // Ends `count` records that were appended to datum() since the last one ended. For blocks that
  // are cut where one by one would cut them, datum() must have reached block_size_bytes() with the
  // last of them only.
  Status end_records(int64_t count);
  // As end_records(), and ends their block.
  Status end_block(int64_t count);
  // Writes a block that was compressed elsewhere, with the file's codec, behind what was ended.
  Status add_block(int64_t count, std::span<const uint8_t> compressed);
  // Writes the last block. The file is complete after it; the sink still has to be committed.
  Status finish();

  int64_t record_count() const { return record_count_; }
  size_t block_size_bytes() const { return block_size_bytes_; }

 private:
  ContainerWriter(ByteSink& sink, const ContainerOptions& options, const SyncMarker& sync);
  Status write_block();
  Status write_frame(int64_t count, std::span<const uint8_t> compressed);

  ByteSink& sink_;
  const size_t block_size_bytes_;
  const SyncMarker sync_;
  std::unique_ptr<Compressor> compressor_;
  Encoder datum_;
  int64_t block_record_count_ = 0;
  int64_t record_count_ = 0;
};

}  // namespace mseavro
