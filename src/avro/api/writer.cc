#include "mseavro/writer.h"

#include <utility>

#include "avro/arrow/arrow_encoder.h"
#include "avro/arrow/arrow_schema.h"
#include "avro/codec/codec.h"
#include "avro/container/container_writer.h"
#include "avro/wire/datum_writer.h"
#include "avro/wire/write_plan.h"
#include "base/columns/owned_arrow.h"
#include "base/io/byte_sink.h"
#include "base/result/result.h"

namespace mseavro {

Result<std::string> avro_schema_of(const ArrowSchema& columns, const std::string& name) {
  MSEAVRO_ASSIGN(const ArrowField type, import_field(columns, Limits().schema_depth));
  return derive_schema(type, name);
}

struct AvroWriter::State {
  State(std::shared_ptr<const WritePlan> write_plan, const Limits& write_limits,
        std::unique_ptr<ByteSink> file_sink, std::unique_ptr<ContainerWriter> container_writer)
      : plan(std::move(write_plan)),
        limits(write_limits),
        sink(std::move(file_sink)),
        container(std::move(container_writer)),
        json(plan, limits) {}

  Status check_open() const {
    if (!is_closed) return {};
    return fail(ErrorCode::kWriteFailed, "the file is closed", "open another writer");
  }

  Result<ArrowEncoder> encoder(const ArrowSchema& columns) const {
    MSEAVRO_ASSIGN(const ArrowField type, import_field(columns, limits.schema_depth));
    return ArrowEncoder::bind(plan, type);
  }

  Status write(ArrowEncoder& encoder, const ArrowArray& batch) {
    MSEAVRO_TRY(encoder.begin_batch(batch));
    for (int64_t row = 0; row < batch.length;) {
      const int64_t first = row;
      const Status status =
          encoder.put_rows(&row, batch.length, container->block_size_bytes(), &container->datum());
      MSEAVRO_TRY(container->end_records(row - first));
      if (!status) return status;
    }
    return {};
  }

  const std::shared_ptr<const WritePlan> plan;
  const Limits limits;
  const std::unique_ptr<ByteSink> sink;
  const std::unique_ptr<ContainerWriter> container;
  DatumWriter json;
  bool is_closed = false;
};

AvroWriter::AvroWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
AvroWriter::AvroWriter(AvroWriter&&) noexcept = default;
AvroWriter& AvroWriter::operator=(AvroWriter&&) noexcept = default;
AvroWriter::~AvroWriter() = default;

Result<AvroWriter> AvroWriter::create(const std::string& path, const std::string& schema,
                                      const WriteOptions& options, const Limits& limits) {
  MSEAVRO_ASSIGN(auto parsed, Schema::parse(schema, limits));
  MSEAVRO_ASSIGN(auto plan, WritePlan::compile(std::move(parsed)));
  ContainerOptions container_options;
  MSEAVRO_ASSIGN(container_options.codec, find_codec_to_write(options.codec));
  container_options.level = options.level;
  container_options.block_size_bytes = options.block_size_bytes;
  container_options.metadata = options.metadata;
  MSEAVRO_ASSIGN(auto sink, create_file(path));
  MSEAVRO_ASSIGN(auto container,
                 ContainerWriter::create(*sink, schema, std::move(container_options)));
  return AvroWriter(
      std::make_unique<State>(std::move(plan), limits, std::move(sink), std::move(container)));
}

Status AvroWriter::write(const ArrowSchema& columns, const ArrowArray& batch) {
  MSEAVRO_TRY(state_->check_open());
  MSEAVRO_ASSIGN(ArrowEncoder encoder, state_->encoder(columns));
  return state_->write(encoder, batch);
}

Status AvroWriter::write_stream(ArrowArrayStream* stream) {
  OwnedArrow<ArrowArrayStream> owned;
  *owned.get() = std::exchange(*stream, {});
  MSEAVRO_TRY(state_->check_open());
  const auto failed = [&] {
    const char* const words = owned->get_last_error(owned.get());
    return fail(ErrorCode::kUnreadable, "the Arrow stream failed", {},
                words == nullptr ? "" : words);
  };
  OwnedArrow<ArrowSchema> columns;
  if (owned->get_schema(owned.get(), columns.get()) != 0) return failed();
  MSEAVRO_ASSIGN(ArrowEncoder encoder, state_->encoder(*columns));
  while (true) {
    OwnedArrow<ArrowArray> batch;
    if (owned->get_next(owned.get(), batch.get()) != 0) return failed();
    if (batch->release == nullptr) return {};
    MSEAVRO_TRY(state_->write(encoder, *batch));
  }
}

Status AvroWriter::write_json(std::string_view line, bool plain) {
  MSEAVRO_TRY(state_->check_open());
  const JsonForm form{.style = plain ? JsonStyle::kPlain : JsonStyle::kAvro};
  MSEAVRO_TRY(state_->json.write_json(line, form, &state_->container->datum()));
  return state_->container->end_record();
}

int64_t AvroWriter::record_count() const { return state_->container->record_count(); }

Status AvroWriter::close() {
  MSEAVRO_TRY(state_->check_open());
  state_->is_closed = true;
  MSEAVRO_TRY(state_->container->finish());
  return state_->sink->commit();
}

}  // namespace mseavro
