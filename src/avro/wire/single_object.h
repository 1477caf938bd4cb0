// Messages in single-object encoding: the bytes C3 01, the CRC-64-AVRO fingerprint of the writer
// schema's canonical form with its lowest byte first, then the datum.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <utility>

#include "avro/schema/schema.h"
#include "avro/wire/datum_reader.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// The CRC-64-AVRO fingerprint of the schema's canonical form. Errors: as canonical_form.
Result<uint64_t> schema_fingerprint(const Schema& schema);

// What stands before each datum that is written under a schema of this fingerprint.
using SingleObjectHeader = std::array<uint8_t, 10>;
SingleObjectHeader single_object_header(uint64_t fingerprint);

struct SingleObject {
  uint64_t fingerprint;
  std::span<const uint8_t> datum;  // All that is behind the header.
};

// Errors: kNotSingleObject, kTruncated.
Result<SingleObject> parse_single_object(std::span<const uint8_t> message);

// Where writer schemas are found by their fingerprint: a list in memory, later a registry.
class SchemaStore {
 public:
  virtual ~SchemaStore() = default;
  // Errors: kUnknownFingerprint, and those of the place that it asks.
  virtual Result<std::shared_ptr<const Schema>> find(uint64_t fingerprint) = 0;
};

// Schemas in memory. Not thread-safe while schemas are added.
class SchemaList : public SchemaStore {
 public:
  // Of schemas with equal fingerprints, which read the same bytes, the first is kept. Errors: as
  // schema_fingerprint.
  Status add(std::shared_ptr<const Schema> schema);

  Result<std::shared_ptr<const Schema>> find(uint64_t fingerprint) override;

 private:
  std::unordered_map<uint64_t, std::shared_ptr<const Schema>> schemas_;
};

// Reads messages whose schemas may differ; each schema is compiled when it is first met. Not
// thread-safe.
//
//   SingleObjectReader reader(store, nullptr, limits);
//   MSEAVRO_ASSIGN(DatumReader* const datum, reader.open(message));
//   MSEAVRO_TRY(datum->next_json(JsonStyle::kPlain, &json));
class SingleObjectReader {
 public:
  // `store` must outlive this. With a `reader_schema` datums are read as that schema reads them.
  SingleObjectReader(SchemaStore& store, std::shared_ptr<const Schema> reader_schema,
                     const Limits& limits)
      : store_(store), reader_schema_(std::move(reader_schema)), limits_(limits) {}

  // A reader that stands before the message's one datum; it is this object's, and of use until the
  // next call. What stands behind the datum is left: bytes_left(). Errors: those of
  // parse_single_object, SchemaStore::find and ReadPlan::resolve.
  Result<DatumReader*> open(std::span<const uint8_t> message);

 private:
  SchemaStore& store_;
  const std::shared_ptr<const Schema> reader_schema_;
  const Limits limits_;
  std::unordered_map<uint64_t, DatumReader> readers_;
};

}  // namespace mseavro
