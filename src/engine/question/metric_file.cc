#include "engine/question/metric_file.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "avro/container/container_reader.h"
#include "avro/container/container_writer.h"
#include "avro/wire/datum_reader.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr std::string_view kRowName = "mseavro.MetricRow";

struct NamedMetric {
  const char* name;
  MetricValue ErrorMetrics::*value;
};

// Metrics with a field of their own, then those in the map.
constexpr std::array<NamedMetric, 4> kFieldMetrics = {{{"mse", &ErrorMetrics::mse},
                                                       {"rmse", &ErrorMetrics::rmse},
                                                       {"mae", &ErrorMetrics::mae},
                                                       {"bias", &ErrorMetrics::bias}}};
constexpr std::array<NamedMetric, 7> kMapMetrics = {{
    {"abs_error_p50", &ErrorMetrics::abs_error_p50},
    {"abs_error_p90", &ErrorMetrics::abs_error_p90},
    {"abs_error_p95", &ErrorMetrics::abs_error_p95},
    {"abs_error_p99", &ErrorMetrics::abs_error_p99},
    {"max_abs_error", &ErrorMetrics::max_abs_error},
    {"label_delay_p50", &ErrorMetrics::label_delay_p50},
    {"label_delay_p95", &ErrorMetrics::label_delay_p95},
}};

// The order of the outcome fields in the schema is the order of Outcome.
constexpr std::array<std::string_view, kOutcomeCount> kOutcomeFields = {
    "count", "unlabelled", "duplicate", "superseded", "filtered", "after_as_of", "rejected"};

class RowEncoder {
 public:
  explicit RowEncoder(Encoder& to) : to_(to) {}

  void put(const MetricRow& row) {
    to_.put_long(0);  // PANE
    put_optional_text(row.key.model_version);
    to_.put_boolean(row.key.versions_mixed);
    put_slice(row.key.slice);
    const bool all_time = row.window_spec.kind == WindowKind::kNone;
    put_instant(all_time ? std::nullopt : std::optional(row.key.window.start));
    put_instant(all_time ? std::nullopt : std::optional(row.key.window.end));
    to_.put_bytes(row.window_spec.text());
    to_.put_bytes(row.window_spec.week_start == WeekStart::kSunday ? "sunday" : "monday");
    to_.put_bytes(row.timezone);
    to_.put_long(row.predictions());
    for (int64_t count : row.outcomes.counts) to_.put_long(count);
    put_number(row.coverage());
    for (const NamedMetric& metric : kFieldMetrics) put_number((row.metrics.*metric.value).value);
    put_metric_map(row.metrics);
    put_reasons(row.metrics);
    put_instant(row.as_of);
    to_.put_long(row.revision);
    to_.put_boolean(row.final);
    to_.put_bytes(row.notes);
    to_.put_bytes(row.errors.encode());
  }

 private:
  void put_optional_text(const std::optional<std::string>& text) {
    to_.put_long(text ? 1 : 0);
    if (text) to_.put_bytes(*text);
  }

  void put_instant(std::optional<Instant> instant) {
    to_.put_long(instant ? 1 : 0);
    if (instant) to_.put_long(*instant);
  }

  void put_number(std::optional<double> number) {
    to_.put_long(number ? 1 : 0);
    if (number) to_.put_double(*number);
  }

  void put_slice(const std::vector<SliceValue>& slice) {
    if (!slice.empty()) to_.put_long(static_cast<int64_t>(slice.size()));
    for (const SliceValue& value : slice) {
      to_.put_bytes(value.key);
      put_optional_text(value.value);
    }
    to_.put_long(0);
  }

  void put_metric_map(const ErrorMetrics& metrics) {
    to_.put_long(kMapMetrics.size());
    for (const NamedMetric& metric : kMapMetrics) {
      to_.put_bytes(metric.name);
      put_number((metrics.*metric.value).value);
    }
    to_.put_long(0);
  }

  void put_reasons(const ErrorMetrics& metrics) {
    const auto put_reason = [&](const NamedMetric& metric) {
      const MetricValue& value = metrics.*metric.value;
      if (value.value) return;
      to_.put_long(1);
      to_.put_bytes(metric.name);
      to_.put_bytes(value.reason);
    };
    for (const NamedMetric& metric : kFieldMetrics) put_reason(metric);
    for (const NamedMetric& metric : kMapMetrics) put_reason(metric);
    to_.put_long(0);
  }

  Encoder& to_;
};

std::optional<std::string> text_of(const Datum* datum) {
  if (datum == nullptr || datum->type == SchemaType::kNull) return std::nullopt;
  return std::string(datum->text);
}

std::optional<int64_t> integer_of(const Datum* datum) {
  if (datum == nullptr || datum->type == SchemaType::kNull) return std::nullopt;
  return datum->integer;
}

// Reasons come back as one of the words that finalize() uses, or as "unknown": they are static text.
const char* known_reason(std::string_view text) {
  for (const char* reason : {"no_rows", "overflow", "not_asked", "no_label_times"}) {
    if (text == reason) return reason;
  }
  return "unknown";
}

MetricValue metric_of(const Datum* datum, const Datum* reasons, std::string_view name) {
  if (datum != nullptr && datum->type != SchemaType::kNull) return {datum->number, nullptr};
  const Datum* reason = reasons == nullptr ? nullptr : reasons->find(name);
  return {std::nullopt, known_reason(reason == nullptr ? "" : reason->text)};
}

class RowDecoder {
 public:
  RowDecoder(const ByteSource& source, const Datum& datum) : source_(source), datum_(datum) {}

  Result<MetricRow> get() {
    MSEAVRO_TRY(get_key());
    for (size_t i = 0; i < kOutcomeCount; ++i) {
      row_.outcomes.counts[i] = integer_of(datum_.find(kOutcomeFields[i])).value_or(0);
    }
    get_metrics();
    row_.as_of = integer_of(datum_.find("as_of"));
    row_.revision = integer_of(datum_.find("revision")).value_or(0);
    row_.final = integer_of(datum_.find("final")).value_or(0) != 0;
    row_.notes = text_of(datum_.find("notes")).value_or("");
    MSEAVRO_TRY(get_state());
    return std::move(row_);
  }

 private:
  Status get_key() {
    const std::string kind = text_of(datum_.find("kind")).value_or("PANE");
    if (kind != "PANE") {
      return fail(ErrorCode::kNotMergeable, fmt::format("a row of kind {} does not merge", kind),
                  "give the metrics files that `mseavro eval` wrote without --rolling or --cube",
                  kind, {.file = source_.name()});
    }
    row_.key.model_version = text_of(datum_.find("model_version"));
    row_.key.versions_mixed = integer_of(datum_.find("versions_mixed")).value_or(0) != 0;
    if (const Datum* slice = datum_.find("slice")) {
      for (const Datum& value : slice->children) {
        row_.key.slice.push_back(
            {text_of(value.find("key")).value_or(""), text_of(value.find("value"))});
      }
    }
    MSEAVRO_ASSIGN(row_.window_spec,
                   WindowSpec::parse(text_of(datum_.find("window")).value_or("none")));
    if (text_of(datum_.find("week_start")) == "sunday") {
      row_.window_spec.week_start = WeekStart::kSunday;
    }
    row_.timezone = text_of(datum_.find("timezone")).value_or("UTC");
    row_.key.window.start = integer_of(datum_.find("window_start")).value_or(INT64_MIN);
    row_.key.window.end = integer_of(datum_.find("window_end")).value_or(INT64_MAX);
    return {};
  }

  void get_metrics() {
    const Datum* reasons = datum_.find("null_reasons");
    const Datum* further = datum_.find("metrics");
    row_.metrics.count = row_.outcomes[Outcome::kScored];
    for (const NamedMetric& metric : kFieldMetrics) {
      row_.metrics.*metric.value = metric_of(datum_.find(metric.name), reasons, metric.name);
    }
    for (const NamedMetric& metric : kMapMetrics) {
      const Datum* value = further == nullptr ? nullptr : further->find(metric.name);
      row_.metrics.*metric.value = metric_of(value, reasons, metric.name);
    }
  }

  Status get_state() {
    const std::string state = text_of(datum_.find("state")).value_or("");
    if (state.empty()) return {};
    auto errors = ErrorAccumulator::decode(
        {reinterpret_cast<const uint8_t*>(state.data()), state.size()});
    if (!errors) {
      errors.error().place.file = source_.name();
      errors.error().place.field = "state";
      return tl::unexpected<Error>(std::move(errors.error()));
    }
    row_.errors = std::move(*errors);
    return {};
  }

  const ByteSource& source_;
  const Datum& datum_;
  MetricRow row_;
};

}  // namespace

Status write_metric_file(ByteSink& sink, const std::vector<MetricRow>& rows,
                         const std::vector<std::pair<std::string, std::string>>& metadata) {
  ContainerOptions options;
  options.codec = Codec::kDeflate;
  options.metadata = metadata;
  MSEAVRO_ASSIGN(auto writer, ContainerWriter::create(sink, std::string(metric_row_schema()),
                                                      std::move(options)));
  for (const MetricRow& row : rows) {
    RowEncoder(writer->datum()).put(row);
    MSEAVRO_TRY(writer->end_record());
  }
  return writer->finish();
}

Result<bool> is_metric_file(const ByteSource& source, const Limits& limits) {
  MSEAVRO_ASSIGN(auto reader, ContainerReader::open(source, limits));
  return reader->header().schema->root().name == kRowName;
}

Status read_metric_file(const ByteSource& source, const Limits& limits,
                        const std::function<Status(MetricRow)>& take) {
  MSEAVRO_ASSIGN(auto reader, ContainerReader::open(source, limits));
  const auto& schema = reader->header().schema;
  if (schema->root().name != kRowName) {
    return fail(ErrorCode::kNotMetrics, "the file holds no metric rows",
                "give files that `mseavro eval -o FILE.avro` wrote", schema->root().name,
                {.file = source.name()});
  }
  DatumReader datums(ReadPlan::whole(schema), limits);
  const auto decompressor = make_decompressor(reader->header().codec, limits);
  Piece piece;
  Datum datum;
  while (true) {
    MSEAVRO_ASSIGN(const bool more, reader->next(piece));
    if (!more) return {};
    for (const Block& block : piece.blocks) {
      const auto at_block = [&](Error error) {
        error.place.file = source.name();
        error.place.block = block.index;
        return tl::unexpected<Error>(std::move(error));
      };
      auto bytes = decompressor->decompress(block.bytes);
      if (!bytes) return at_block(std::move(bytes.error()));
      datums.begin_block(*bytes, block.record_count);
      while (true) {
        auto got = datums.next_datum(&datum);
        if (!got) return at_block(std::move(got.error()));
        if (!*got) break;
        MSEAVRO_ASSIGN(MetricRow row, RowDecoder(source, datum).get());
        MSEAVRO_TRY(take(std::move(row)));
      }
    }
  }
}

}  // namespace mseavro
