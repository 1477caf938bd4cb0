#include "engine/question/metric_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "avro/container/container_reader.h"
#include "avro/container/container_writer.h"
#include "avro/wire/datum_reader.h"
#include "base/result/result.h"
#include "quality/exact/canonical_bytes.h"

namespace mseavro {
namespace {

constexpr std::string_view kRowName = "mseavro.MetricRow";

struct NamedMetric {
  const char* name;
  MetricValue ErrorMetrics::* value;
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

// Reasons come back as one of the words that finalize() uses, or as "unknown": they are static
// text.
const char* known_reason(std::string_view text) {
  for (const char* reason : {"no_rows", "overflow", "not_asked", "no_label_times"}) {
    if (text == reason) return reason;
  }
  return "unknown";
}

// Takes fields out of a record. What the file's schema does not have, and what is null, leaves the
// target as it is; a field of another type than ours is an error.
class RecordReader {
 public:
  RecordReader(const Datum& record, std::string path) : record_(record), path_(std::move(path)) {}

  Status read(std::string_view name, std::string* to) const {
    MSEAVRO_ASSIGN(const Datum* value,
                   find(name, {SchemaType::kString, SchemaType::kBytes, SchemaType::kEnum}));
    if (value != nullptr) *to = value->text;
    return {};
  }

  Status read(std::string_view name, int64_t* to) const {
    MSEAVRO_ASSIGN(const Datum* value, find(name, {SchemaType::kLong, SchemaType::kInt}));
    if (value != nullptr) *to = value->integer;
    return {};
  }

  Status read(std::string_view name, bool* to) const {
    MSEAVRO_ASSIGN(const Datum* value, find(name, {SchemaType::kBoolean}));
    if (value != nullptr) *to = value->integer != 0;
    return {};
  }

  Status read(std::string_view name, double* to) const {
    MSEAVRO_ASSIGN(const Datum* value, find(name, {SchemaType::kDouble, SchemaType::kFloat}));
    if (value != nullptr) *to = value->number;
    return {};
  }

  template <class Value>
  Status read(std::string_view name, std::optional<Value>* to) const {
    const Datum* value = record_.find(name);
    if (value == nullptr || value->type == SchemaType::kNull) return {};
    return read(name, &to->emplace());
  }

  Status read_count(std::string_view name, int64_t* to) const {
    MSEAVRO_TRY(read(name, to));
    if (*to >= 0 && *to <= kCountLimit) return {};
    return bad_field("a count of the row is out of range", name, std::to_string(*to));
  }

  // The field's items, entries or fields; nullptr when it is not there.
  Result<const Datum*> find(std::string_view name, std::initializer_list<SchemaType> types) const {
    const Datum* value = record_.find(name);
    if (value == nullptr || value->type == SchemaType::kNull) return nullptr;
    if (std::find(types.begin(), types.end(), value->type) != types.end()) return value;
    return bad_field("a field of the row has another type than in mseavro.MetricRow", name,
                     std::string(schema_type_name(value->type)));
  }

  tl::unexpected<Error> bad_field(std::string message, std::string_view name,
                                  std::string value) const {
    return fail(ErrorCode::kNotMetrics, std::move(message),
                "give files that `mseavro eval -o FILE.avro` wrote", std::move(value),
                {.field = path_ + std::string(name)});
  }

 private:
  const Datum& record_;
  std::string path_;  // Of the record, up to and with the dot.
};

Status read_metric(const RecordReader& values, const std::optional<RecordReader>& reasons,
                   std::string_view name, MetricValue* to) {
  MSEAVRO_TRY(values.read(name, &to->value));
  if (to->value) return {};
  std::string reason;
  if (reasons) MSEAVRO_TRY(reasons->read(name, &reason));
  to->reason = known_reason(reason);
  return {};
}

Result<std::optional<RecordReader>> read_map(const RecordReader& record, const char* name) {
  MSEAVRO_ASSIGN(const Datum* map, record.find(name, {SchemaType::kMap}));
  if (map == nullptr) return std::nullopt;
  return RecordReader(*map, std::string(name) + ".");
}

// The row of a datum, part by part.
class RowDecoder {
 public:
  explicit RowDecoder(const Datum& datum) : record_(datum, "") {}

  Result<MetricRow> get() {
    MSEAVRO_TRY(get_kind());
    MSEAVRO_TRY(get_key());
    MSEAVRO_TRY(get_window());
    for (size_t i = 0; i < kOutcomeCount; ++i) {
      MSEAVRO_TRY(record_.read_count(kOutcomeFields[i], &row_.outcomes.counts[i]));
    }
    MSEAVRO_TRY(get_metrics());
    MSEAVRO_TRY(record_.read("as_of", &row_.as_of));
    MSEAVRO_TRY(record_.read("revision", &row_.revision));
    MSEAVRO_TRY(record_.read("final", &row_.final));
    MSEAVRO_TRY(record_.read("notes", &row_.notes));
    MSEAVRO_TRY(get_state());
    return std::move(row_);
  }

 private:
  Status get_kind() {
    std::string kind = "PANE";
    MSEAVRO_TRY(record_.read("kind", &kind));
    if (kind == "PANE") return {};
    return fail(ErrorCode::kNotMergeable, fmt::format("a row of kind {} does not merge", kind),
                "give the metrics files that `mseavro eval` wrote without --rolling or --cube",
                kind);
  }

  Status get_key() {
    MSEAVRO_TRY(record_.read("model_version", &row_.key.model_version));
    MSEAVRO_TRY(record_.read("versions_mixed", &row_.key.versions_mixed));
    MSEAVRO_ASSIGN(const Datum* slice, record_.find("slice", {SchemaType::kArray}));
    if (slice == nullptr) return {};
    for (const Datum& item : slice->children) {
      const RecordReader value(item, "slice.");
      SliceValue& to = row_.key.slice.emplace_back();
      MSEAVRO_TRY(value.read("key", &to.key));
      MSEAVRO_TRY(value.read("value", &to.value));
    }
    return {};
  }

  Status get_window() {
    std::string window = "none";
    std::string week_start = "monday";
    MSEAVRO_TRY(record_.read("window", &window));
    MSEAVRO_TRY(record_.read("week_start", &week_start));
    MSEAVRO_TRY(record_.read("timezone", &row_.timezone));
    MSEAVRO_TRY(record_.read("window_start", &row_.key.window.start));
    MSEAVRO_TRY(record_.read("window_end", &row_.key.window.end));
    const auto spec = WindowSpec::parse(window);
    if (!spec) return record_.bad_field("the row has an unknown kind of window", "window", window);
    row_.window_spec = *spec;
    if (week_start == "sunday") {
      row_.window_spec.week_start = WeekStart::kSunday;
    } else if (week_start != "monday") {
      return record_.bad_field("the row's weeks begin on an unknown day", "week_start", week_start);
    }
    return {};
  }

  Status get_metrics() {
    row_.metrics.count = row_.outcomes[Outcome::kScored];
    MSEAVRO_ASSIGN(const auto reasons, read_map(record_, "null_reasons"));
    MSEAVRO_ASSIGN(const auto further, read_map(record_, "metrics"));
    for (const NamedMetric& metric : kFieldMetrics) {
      MSEAVRO_TRY(read_metric(record_, reasons, metric.name, &(row_.metrics.*metric.value)));
    }
    static const Datum kEmptyMap;
    const RecordReader map = further.value_or(RecordReader(kEmptyMap, ""));
    for (const NamedMetric& metric : kMapMetrics) {
      MSEAVRO_TRY(read_metric(map, reasons, metric.name, &(row_.metrics.*metric.value)));
    }
    return {};
  }

  Status get_state() {
    std::string state;
    MSEAVRO_TRY(record_.read("state", &state));
    if (state.empty()) return {};
    auto errors =
        ErrorAccumulator::decode({reinterpret_cast<const uint8_t*>(state.data()), state.size()});
    if (!errors) {
      errors.error().place.field = "state";
      return tl::unexpected<Error>(std::move(errors.error()));
    }
    row_.errors = std::move(*errors);
    return {};
  }

  const RecordReader record_;
  MetricRow row_;
};

}  // namespace

void encode_metric_row(const MetricRow& row, Encoder* to) { RowEncoder(*to).put(row); }

Status write_metric_file(ByteSink& sink, const std::vector<MetricRow>& rows,
                         ContainerOptions options) {
  MSEAVRO_ASSIGN(auto writer, ContainerWriter::create(sink, std::string(metric_row_schema()),
                                                      std::move(options)));
  for (const MetricRow& row : rows) {
    encode_metric_row(row, &writer->datum());
    MSEAVRO_TRY(writer->end_record());
  }
  return writer->finish();
}

bool is_metric_schema(const Schema& schema) { return schema.root().name == kRowName; }

Result<bool> is_metric_file(const ByteSource& source, const Limits& limits) {
  MSEAVRO_ASSIGN(auto reader, ContainerReader::open(source, limits));
  return is_metric_schema(*reader->header().schema);
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
      int64_t record = -1;
      MSEAVRO_ASSIGN(const auto bytes, reader->decompress(block, *decompressor));
      datums.begin_block(bytes, block.record_count);
      while (true) {
        auto got = datums.next_datum(&datum);
        if (!got) return reader->error_in(std::move(got.error()), block);
        if (!*got) break;
        ++record;
        auto row = RowDecoder(datum).get();
        if (!row) {
          row.error().place.record = record;
          return reader->error_in(std::move(row.error()), block);
        }
        MSEAVRO_TRY(take(std::move(*row)));
      }
    }
  }
}

}  // namespace mseavro
