// Files of other formats, or of other schemas, as encoded datums of one schema.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "avro/container/container_reader.h"
#include "avro/schema/schema.h"
#include "avro/wire/datum_writer.h"
#include "avro/wire/schema_inference.h"
#include "base/io/byte_source.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Not thread-safe.
class DatumSource {
 public:
  virtual ~DatumSource() = default;
  // Appends the next datum; false, with nothing appended, when there is none left. Errors: those of
  // the file and of its values, with place.file and the line or block.
  virtual Result<bool> next(Encoder* to) = 0;
};

// A datum from each line. The source must outlive what is returned; so for all of these.
std::unique_ptr<DatumSource> json_lines_source(const ByteSource& source,
                                               std::shared_ptr<const WritePlan> plan,
                                               const JsonForm& form, const Limits& limits);

// A datum from each row below the header (see RowEncoder). Errors: those of the header and of
// RowEncoder::make, with the file's name.
Result<std::unique_ptr<DatumSource>> csv_source(const ByteSource& source,
                                                std::shared_ptr<const WritePlan> plan,
                                                bool ignores_unknown, const Limits& limits);

// The records of a container file, as `read_plan` reads them. REQUIRES: the plans have one schema.
std::unique_ptr<DatumSource> container_source(ContainerReader& container,
                                              std::shared_ptr<const ReadPlan> read_plan,
                                              std::shared_ptr<const WritePlan> write_plan,
                                              const Limits& limits);

// What is known of a file that has been read to its end (see SchemaInference).
struct InferredSchema {
  std::string text;                  // By which the file is read.
  std::string text_without_aliases;  // For what is written.
  std::vector<OddCell> odd_cells{};
};

// Errors: those of the file, with its name.
Result<InferredSchema> infer_json_lines_schema(const ByteSource& source, const Limits& limits);
Result<InferredSchema> infer_csv_schema(const ByteSource& source, const Limits& limits);

// Whether a column is called like what names something: an id, or the version of a model or of
// anything.
bool is_called_like_name(std::string_view column);

}  // namespace mseavro
