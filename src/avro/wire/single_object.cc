#include "avro/wire/single_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "avro/schema/canonical_form.h"
#include "avro/schema/fingerprint.h"
#include "base/result/result.h"

namespace mseavro {

static_assert(std::endian::native == std::endian::little,
              "fingerprints are copied as they stand in memory");

namespace {

constexpr std::array<uint8_t, 2> kMark = {0xc3, 0x01};

}  // namespace

Result<uint64_t> schema_fingerprint(const Schema& schema) {
  MSEAVRO_ASSIGN(const std::string form, canonical_form(schema));
  return crc64_avro(form);
}

SingleObjectHeader single_object_header(uint64_t fingerprint) {
  SingleObjectHeader header;
  std::ranges::copy(kMark, header.begin());
  std::memcpy(header.data() + kMark.size(), &fingerprint, sizeof fingerprint);
  return header;
}

Result<SingleObject> parse_single_object(std::span<const uint8_t> message) {
  const size_t compared = std::min(message.size(), kMark.size());
  if (!std::ranges::equal(message.first(compared), std::span(kMark).first(compared))) {
    return fail(ErrorCode::kNotSingleObject, "the message does not begin with C3 01",
                "if it is a bare datum, decode it without --single-object",
                fmt::format("{:02X} {:02X}", message[0], compared > 1 ? message[1] : 0),
                {.byte = 0});
  }
  constexpr size_t kHeaderSize = std::tuple_size_v<SingleObjectHeader>;
  if (message.size() < kHeaderSize) {
    return fail(ErrorCode::kTruncated, "the message ends inside its header of 10 bytes", {}, {},
                {.byte = static_cast<int64_t>(message.size())});
  }
  SingleObject object{0, message.subspan(kHeaderSize)};
  std::memcpy(&object.fingerprint, message.data() + kMark.size(), sizeof object.fingerprint);
  return object;
}

Status SchemaList::add(std::shared_ptr<const Schema> schema) {
  MSEAVRO_ASSIGN(const uint64_t fingerprint, schema_fingerprint(*schema));
  schemas_.emplace(fingerprint, std::move(schema));
  return {};
}

Result<std::shared_ptr<const Schema>> SchemaList::find(uint64_t fingerprint) {
  const auto found = schemas_.find(fingerprint);
  if (found != schemas_.end()) return found->second;
  return fail(ErrorCode::kUnknownFingerprint,
              "the message was written with a schema that was not given",
              "give the schema that it was written with; `mseavro schema fingerprint FILE` shows "
              "what a schema's is",
              fmt::format("{:016x}", fingerprint));
}

Result<DatumReader*> SingleObjectReader::open(std::span<const uint8_t> message) {
  MSEAVRO_ASSIGN(const SingleObject object, parse_single_object(message));
  auto reader = readers_.find(object.fingerprint);
  if (reader == readers_.end()) {
    MSEAVRO_ASSIGN(const auto schema, store_.find(object.fingerprint));
    auto plan = ReadPlan::whole(schema);
    if (reader_schema_ != nullptr) {
      MSEAVRO_ASSIGN(plan, ReadPlan::resolve(*schema, reader_schema_));
    }
    reader = readers_.emplace(object.fingerprint, DatumReader(std::move(plan), limits_)).first;
  }
  reader->second.begin_datum(object.datum);
  return &reader->second;
}

}  // namespace mseavro
