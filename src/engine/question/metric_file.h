// Metric rows in Avro container files.
#pragma once

#include <functional>
#include <vector>

#include "avro/container/container_writer.h"
#include "avro/wire/encoder.h"
#include "base/io/byte_sink.h"
#include "base/io/byte_source.h"
#include "engine/question/metric_row.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Appends the row as a datum of metric_row_schema().
void encode_metric_row(const MetricRow& row, Encoder* to);

// Writes `rows` as a container file of `mseavro.MetricRow`. The caller commits the sink.
Status write_metric_file(ByteSink& sink, const std::vector<MetricRow>& rows,
                         ContainerOptions options);

// Whether records of this schema are metric rows, by its name.
bool is_metric_schema(const Schema& schema);
Result<bool> is_metric_file(const ByteSource& source, const Limits& limits);

// Hands every row of a metrics file to `take`. Fields that the file's schema does not have take
// their defaults. A state that is empty is left at zero (`row.errors.count() == 0`).
// Errors: kNotMetrics, kBadState, kNotMergeable (rows that are no panes), those of reading.
Status read_metric_file(const ByteSource& source, const Limits& limits,
                        const std::function<Status(MetricRow)>& take);

}  // namespace mseavro
