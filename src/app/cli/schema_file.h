// The schema that a file holds or is.
#pragma once

#include <memory>
#include <string>

#include "avro/schema/schema.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Of a container file the schema in its header, of any other file its text as a schema; by the name
// mseavro.PredictionEvent, mseavro.LabelEvent or mseavro.MetricRow a schema of the product. Errors:
// those of reading and parsing, with the file's name.
Result<std::shared_ptr<const Schema>> load_schema(const std::string& path, const Limits& limits);

// Whether the file begins as container files do. Errors: those of reading.
Result<bool> is_container_file(const std::string& path);

}  // namespace mseavro
