#include "avro/container/container_writer.h"

#include <fmt/format.h>

#include <utility>

#include "avro/schema/canonical_form.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// A block behind a cut one would be lost with it.
Status check_end(const ByteSource& file, const ContainerHeader& header) {
  SyncMarker end{};
  const int64_t offset = file.size_bytes() - static_cast<int64_t>(end.size());
  MSEAVRO_ASSIGN(const size_t size, file.read_at(offset, end));
  if (size == end.size() && end == header.sync) return {};
  return fail(ErrorCode::kTruncated, "the file does not end in its marker, so it is damaged",
              "what can be read of it: mseavro cat --salvage", "",
              {.file = file.name(), .byte = file.size_bytes()});
}

}  // namespace

Result<std::unique_ptr<ContainerWriter>> ContainerWriter::create(ByteSink& sink,
                                                                 std::string schema_text,
                                                                 ContainerOptions options) {
  MSEAVRO_ASSIGN(const auto schema, Schema::parse(schema_text));
  MSEAVRO_TRY(check_names(*schema));
  for (const auto& [key, value] : options.metadata) {
    if (!is_avro_key(key)) continue;
    return fail(ErrorCode::kBadOptionValue,
                fmt::format("the metadata name \"{}\" belongs to Avro itself", key),
                "choose a name that does not begin with \"avro.\"", key);
  }
  MSEAVRO_TRY(find_codec_to_write(codec_name(options.codec)));
  const EncodedHeader header = encode_header(schema_text, options.codec, options.metadata);
  MSEAVRO_TRY(sink.write(header.bytes));
  return std::unique_ptr<ContainerWriter>(new ContainerWriter(sink, options, header.sync));
}

Result<std::unique_ptr<ContainerWriter>> ContainerWriter::append(const ByteSource& existing,
                                                                 ByteSink& sink,
                                                                 std::string_view schema_text,
                                                                 const ContainerOptions& options) {
  MSEAVRO_ASSIGN(const ContainerHeader header, read_header(existing, {}));
  MSEAVRO_ASSIGN(const auto schema, Schema::parse(schema_text));
  MSEAVRO_ASSIGN(const std::string form, canonical_form(*schema));
  MSEAVRO_ASSIGN(const std::string existing_form, canonical_form(*header.schema));
  if (form != existing_form) {
    return fail(ErrorCode::kIncompatibleSchemas,
                "the file has another schema than what is to be appended",
                "write a file of its own; `mseavro schema diff` says what differs", "",
                {.file = existing.name()});
  }
  MSEAVRO_TRY(find_codec_to_write(codec_name(header.codec)));
  MSEAVRO_TRY(check_end(existing, header));
  ContainerOptions block_options;
  block_options.codec = header.codec;
  block_options.level = options.level;
  block_options.block_size_bytes = options.block_size_bytes;
  return std::unique_ptr<ContainerWriter>(new ContainerWriter(sink, block_options, header.sync));
}

ContainerWriter::ContainerWriter(ByteSink& sink, const ContainerOptions& options,
                                 const SyncMarker& sync)
    : sink_(sink),
      block_size_bytes_(static_cast<size_t>(options.block_size_bytes)),
      sync_(sync),
      compressor_(make_compressor(options.codec, options.level)) {}

Status ContainerWriter::end_records(int64_t count) {
  block_record_count_ += count;
  record_count_ += count;
  const bool is_full = datum_.size() >= block_size_bytes_;
  return is_full && block_record_count_ > 0 ? write_block() : Status();
}

Status ContainerWriter::end_block(int64_t count) {
  MSEAVRO_TRY(end_records(count));
  return block_record_count_ > 0 ? write_block() : Status();
}

Status ContainerWriter::add_block(int64_t count, std::span<const uint8_t> compressed) {
  MSEAVRO_TRY(finish());
  record_count_ += count;
  return write_frame(count, compressed);
}

Status ContainerWriter::finish() {
  if (block_record_count_ > 0) return write_block();
  MSEAVRO_CHECK(datum_.size() == 0);
  return {};
}

Status ContainerWriter::write_block() {
  MSEAVRO_ASSIGN(const auto compressed, compressor_->compress(datum_.bytes()));
  MSEAVRO_TRY(write_frame(block_record_count_, compressed));
  datum_.clear();
  block_record_count_ = 0;
  return {};
}

Status ContainerWriter::write_frame(int64_t count, std::span<const uint8_t> compressed) {
  Encoder frame;
  frame.put_long(count);
  frame.put_long(static_cast<int64_t>(compressed.size()));
  MSEAVRO_TRY(sink_.write(frame.bytes()));
  MSEAVRO_TRY(sink_.write(compressed));
  return sink_.write(sync_);
}

}  // namespace mseavro
