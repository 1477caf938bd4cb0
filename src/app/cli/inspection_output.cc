#include "app/cli/inspection_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/cli/datum_source.h"
#include "app/report/text_table.h"
#include "avro/schema/logical_type.h"
#include "avro/wire/json_text.h"
#include "base/text/number_text.h"
#include "base/time/time.h"

namespace mseavro {
namespace {

std::string json_string(std::string_view text) {
  std::string json;
  append_json_string(text, &json);
  return json;
}

// What a file says is shown without control characters, so that it cannot play with a terminal.
std::string printable(std::string_view text) {
  const std::string json = json_string(text);
  return json.substr(1, json.size() - 2);
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (char c : bytes) text += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return text;
}

std::string sync_text(const SyncMarker& sync) {
  return hex({reinterpret_cast<const char*>(sync.data()), sync.size()});
}

std::string short_size_text(int64_t size_bytes) {
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
  if (size_bytes < 1024) return fmt::format("{} bytes", size_bytes);
  double size = static_cast<double>(size_bytes) / 1024;
  size_t unit = 0;
  for (; size >= 1024 && unit < 3; ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string size_text(int64_t size_bytes) {
  if (size_bytes < 1024) return short_size_text(size_bytes);
  return fmt::format("{} ({} bytes)", short_size_text(size_bytes), format_thousands(size_bytes));
}

std::string type_text(const Schema& schema, NodeIndex index);

// `double?` for a union of null and double, `int | string` for others.
std::string union_text(const Schema& schema, const SchemaNode& node) {
  std::string text;
  bool nullable = false;
  for (NodeIndex branch : node.branches) {
    if (schema.node(branch).type == SchemaType::kNull) {
      nullable = true;
      continue;
    }
    text += (text.empty() ? "" : " | ") + type_text(schema, branch);
  }
  if (text.empty()) return "null";
  if (!nullable) return text;
  return node.branches.size() == 2 ? text + "?" : text + " | null";
}

// Named types are shown by name, not by content, so that recursive ones end.
std::string type_text(const Schema& schema, NodeIndex index) {
  const SchemaNode& node = schema.node(index);
  std::string text(schema_type_name(node.type));
  if (node.type == SchemaType::kUnion) return union_text(schema, node);
  if (node.type == SchemaType::kArray || node.type == SchemaType::kMap) {
    return fmt::format("{}<{}>", text, type_text(schema, node.items));
  }
  if (node.type == SchemaType::kFixed) text += fmt::format("({})", node.size);
  if (node.logical == LogicalType::kDecimal) {
    return fmt::format("{} decimal({}, {})", text, node.precision, node.scale);
  }
  if (node.logical != LogicalType::kNone)
    return fmt::format("{} {}", text, logical_type_name(node.logical));
  if (!node.name.empty()) text += " " + printable(node.name.substr(node.name.rfind('.') + 1));
  return text;
}

std::string field_type_text(const Inspection& inspection, const CandidateField& field) {
  if (field.origin == FieldOrigin::kPathKey) return "path key";
  if (!inspection.header) return "text";
  return type_text(*inspection.header->schema, field.node);
}

// Integers as they are up to where doubles no longer tell them apart.
std::string number_text(double number) {
  const bool is_integer = number == std::floor(number) && std::abs(number) <= 0x1p53;
  return is_integer ? fmt::format("{:.0f}", number) : fmt::format("{:.6g}", number);
}

// Whether convert would keep it as text for what its numbers look like: 007, version 1.10.
bool has_text_bounds(const CandidateField& field) {
  const FieldEvidence& evidence = field.evidence;
  if (field.kind != FieldKind::kText || !evidence.minimum) return false;
  return evidence.has_odd_numbers ||
         (evidence.has_decimals && is_called_like_name(field.path.steps.back().name));
}

// A minimum or maximum: times as times, whatever their unit. `exact` is there for integers.
std::string bound_text(const CandidateField& field, const std::optional<double>& bound,
                       const std::optional<int64_t>& exact) {
  if (!bound) return "";
  double micros_per_unit = 0;
  if (field.kind == FieldKind::kDate) {
    micros_per_unit = static_cast<double>(kMicrosPerDay);
  } else if (field.kind == FieldKind::kInstant || field.kind == FieldKind::kLocalInstant) {
    static constexpr double kMicrosPerUnit[] = {1e6, 1e3, 1, 1e-3};
    micros_per_unit = kMicrosPerUnit[static_cast<size_t>(field.unit)];
  }
  const double micros = *bound * micros_per_unit;
  if (micros_per_unit == 0 || std::abs(micros) > 9e18) {
    return exact ? std::to_string(*exact) : number_text(*bound);
  }
  const auto instant = static_cast<Instant>(micros);
  if (field.kind == FieldKind::kDate) return format_day(instant);
  std::string text = format_time(instant);
  if (field.kind == FieldKind::kLocalInstant) text.pop_back();  // No Z: the zone is not known.
  return text;
}

std::string example_text(const CandidateField& field) {
  const std::string& example = field.evidence.example;
  if (field.kind == FieldKind::kBytes && !example.empty()) {
    return "0x" + hex(std::string_view(example).substr(0, 12)) + (example.size() > 12 ? "…" : "");
  }
  return printable(example);
}

std::string distinct_text(const FieldEvidence& evidence) {
  return (evidence.distinct_is_estimate ? "~" : "") + format_thousands(evidence.distinct_count);
}

std::string fields_text(const Inspection& inspection, bool color) {
  TextTable table;
  table.add_column("field", TextTable::Align::kLeft);
  table.add_column("type", TextTable::Align::kLeft);
  table.add_column("nulls", TextTable::Align::kRight);
  table.add_column("distinct", TextTable::Align::kRight);
  const bool has_invalid = std::ranges::any_of(
      inspection.fields, [](const auto& field) { return field.evidence.invalid_text_count > 0; });
  if (has_invalid) table.add_column("not UTF-8", TextTable::Align::kRight);
  table.add_column("min", TextTable::Align::kRight);
  table.add_column("max", TextTable::Align::kRight);
  table.add_column("example", TextTable::Align::kLeft);
  for (const CandidateField& field : inspection.fields) {
    const FieldEvidence& evidence = field.evidence;
    const bool was_seen = evidence.row_count > 0;
    std::vector<std::string> row = {printable(field.path.text()),
                                    field_type_text(inspection, field)};
    row.push_back(was_seen ? format_thousands(evidence.null_count) : "");
    row.push_back(was_seen ? distinct_text(evidence) : "");
    if (has_invalid) row.push_back(was_seen ? format_thousands(evidence.invalid_text_count) : "");
    if (has_text_bounds(field)) {
      row.push_back(printable(evidence.least_text));
      row.push_back(printable(evidence.greatest_text));
    } else {
      row.push_back(bound_text(field, evidence.minimum, evidence.integer_minimum));
      row.push_back(bound_text(field, evidence.maximum, evidence.integer_maximum));
    }
    row.push_back(example_text(field));
    table.add_row(std::move(row));
  }
  return table.text(color);
}

// What the counted part promises for the whole, to three digits.
int64_t extrapolate(const Inspection& inspection, int64_t count) {
  const int64_t header_size = inspection.header ? inspection.header->size_bytes : 0;
  const auto counted = static_cast<double>(inspection.counted_size_bytes - header_size);
  const auto all = static_cast<double>(inspection.size_bytes - header_size);
  const double estimate = counted > 0 ? static_cast<double>(count) * all / counted : 0;
  const double unit = estimate < 1000 ? 1 : std::pow(10, std::floor(std::log10(estimate)) - 2);
  return static_cast<int64_t>(std::round(estimate / unit) * unit);
}

std::string records_text(const Inspection& inspection) {
  const bool is_exact = inspection.counted_all || inspection.damage;
  const auto count_text = [&](int64_t count, std::string_view noun) {
    return is_exact ? format_counted(count, noun)
                    : "about " + format_counted(extrapolate(inspection, count), noun);
  };
  std::string text = count_text(inspection.counts.record_count, "record");
  if (inspection.header) text += " in " + count_text(inspection.counts.block_count, "block");
  if (inspection.damage) return text + " before the file is damaged";
  if (is_exact) return text;
  return fmt::format("{}, from the first {}", text, size_text(inspection.counted_size_bytes));
}

// As in "1.2 MiB, decompressed 4.8 MiB (4.0 times); the largest block, 7, has 65.3 KiB".
std::string sizes_text(const Inspection& inspection) {
  const BlockCounts& counts = inspection.counts;
  std::string text = short_size_text(counts.stored_size_bytes);
  if (inspection.header->codec != Codec::kNull && counts.stored_size_bytes > 0) {
    text +=
        fmt::format(", decompressed {} ({:.1f} times)", short_size_text(counts.decoded_size_bytes),
                    static_cast<double>(counts.decoded_size_bytes) /
                        static_cast<double>(counts.stored_size_bytes));
  }
  return fmt::format("{}; the largest block, {}, has {}", text, counts.largest_block,
                     short_size_text(counts.largest_decoded_size_bytes));
}

// Which records the table of the fields is about.
std::string watched_text(const Inspection& inspection) {
  int64_t row_count = 0;
  bool is_estimate = false;
  for (const CandidateField& field : inspection.fields) {
    row_count = std::max(row_count, field.evidence.row_count);
    is_estimate |= field.evidence.distinct_is_estimate;
  }
  if (row_count == 0) return {};
  const bool is_all = inspection.counted_all && row_count == inspection.counts.record_count;
  std::string text = fmt::format("\nValues are those of {} {}.\n", is_all ? "all" : "the first",
                                 format_counted(row_count, "record"));
  if (is_estimate) text += "Counts of distinct values that are marked ~ are estimates (KMV).\n";
  return text;
}

}  // namespace

std::string inspection_text(const Inspection& inspection, bool color) {
  std::string text;
  const auto add_fact = [&text](std::string_view name, std::string_view value) {
    text += fmt::format("{:<10}{}\n", name, value);
  };
  add_fact("file", printable(inspection.file.path));
  add_fact("size", size_text(inspection.size_bytes));
  if (inspection.header) {
    const ContainerHeader& header = *inspection.header;
    const SchemaNode& root = header.schema->root();
    add_fact("format", fmt::format("Avro, codec {}", codec_name(header.codec)));
    add_fact("records", records_text(inspection));
    if (inspection.counts.block_count > 0) add_fact("data", sizes_text(inspection));
    if (inspection.losses.block_count > 0) add_fact("lost", losses_text(inspection.losses));
    add_fact("schema", root.name.empty() ? type_text(*header.schema, header.schema->root_index())
                                         : fmt::format("{} {}", schema_type_name(root.type),
                                                       printable(root.name)));
    add_fact("sync", sync_text(header.sync));
    for (const auto& [key, value] : header.metadata) {
      if (key == "avro.schema" || key == "avro.codec") continue;
      const std::string_view shown = std::string_view(value).substr(0, 60);
      add_fact("metadata", fmt::format("{} = {}{}", printable(key), printable(shown),
                                       shown.size() < value.size() ? "…" : ""));
    }
  } else {
    add_fact("format", inspection.file.format == FileFormat::kCsv ? "CSV" : "JSON lines");
    add_fact("records", records_text(inspection));
  }
  if (inspection.fields.empty()) return text;
  return text + "\n" + fields_text(inspection, color) + watched_text(inspection);
}

namespace {

// Writes members of a JSON object, commas between them.
class JsonObject {
 public:
  void add(std::string_view name, std::string_view value_json) {
    text_ += (text_.size() > 1 ? "," : "") + json_string(name) + ":";
    text_ += value_json;
  }
  void add_text(std::string_view name, std::string_view text) { add(name, json_string(text)); }
  void add_count(std::string_view name, int64_t count) { add(name, std::to_string(count)); }
  std::string finish() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

std::string json_bool(bool value) { return value ? "true" : "false"; }

std::string json_bound(const std::optional<double>& bound, const std::optional<int64_t>& exact) {
  if (exact) return std::to_string(*exact);
  if (!bound) return "null";
  const std::string text = format_number(*bound);
  return std::isfinite(*bound) ? text : json_string(text);
}

std::string json_array(const std::vector<std::string>& items) {
  return fmt::format("[{}]", fmt::join(items, ","));
}

std::string field_json(const Inspection& inspection, const CandidateField& field) {
  JsonObject json;
  json.add_text("path", field.path.text());
  json.add_text("type", field_type_text(inspection, field));
  json.add_text("kind", field_kind_name(field.kind));
  json.add("nullable", json_bool(field.nullable));
  if (!field.aliases.empty()) {
    std::vector<std::string> aliases;
    for (const std::string& alias : field.aliases) aliases.push_back(json_string(alias));
    json.add("aliases", json_array(aliases));
  }
  if (field.role_property) json.add_text("role", *field.role_property);
  if (field.evidence.row_count == 0) return json.finish();
  json.add_count("rows", field.evidence.row_count);
  json.add_count("nulls", field.evidence.null_count);
  json.add_count("distinct", field.evidence.distinct_count);
  json.add("distinct_is_estimate", json_bool(field.evidence.distinct_is_estimate));
  if (field.kind == FieldKind::kText) {
    json.add_count("invalid_utf8", field.evidence.invalid_text_count);
  }
  if (has_text_bounds(field)) {
    json.add_text("min", field.evidence.least_text);
    json.add_text("max", field.evidence.greatest_text);
  } else {
    json.add("min", json_bound(field.evidence.minimum, field.evidence.integer_minimum));
    json.add("max", json_bound(field.evidence.maximum, field.evidence.integer_maximum));
  }
  json.add_text("example",
                field.kind == FieldKind::kBytes ? example_text(field) : field.evidence.example);
  return json.finish();
}

}  // namespace

std::string inspection_json(const Inspection& inspection) {
  JsonObject json;
  json.add_text("file", inspection.file.path);
  json.add_count("size_bytes", inspection.size_bytes);
  json.add_text("format", inspection.header                            ? "avro"
                          : inspection.file.format == FileFormat::kCsv ? "csv"
                                                                       : "jsonl");
  if (inspection.header) {
    const ContainerHeader& header = *inspection.header;
    json.add_text("codec", codec_name(header.codec));
    json.add_text("sync", sync_text(header.sync));
    json.add("schema", header.schema->text());
    JsonObject metadata;
    for (const auto& [key, value] : header.metadata) {
      if (key != "avro.schema" && key != "avro.codec") metadata.add_text(key, value);
    }
    json.add("metadata", metadata.finish());
    const BlockCounts& counts = inspection.counts;
    json.add_count("blocks_counted", counts.block_count);
    json.add_count("stored_size_bytes", counts.stored_size_bytes);
    json.add_count("decompressed_size_bytes", counts.decoded_size_bytes);
    json.add_count("largest_block", counts.largest_block);
    json.add_count("largest_decompressed_size_bytes", counts.largest_decoded_size_bytes);
    json.add_count("blocks_lost", inspection.losses.block_count);
    json.add_count("records_lost", inspection.losses.record_count);
  }
  json.add_count("records_counted", inspection.counts.record_count);
  json.add("counted_all", json_bool(inspection.counted_all));
  if (!inspection.counted_all && !inspection.damage) {
    json.add_count("records_about", extrapolate(inspection, inspection.counts.record_count));
  }
  std::vector<std::string> fields;
  for (const CandidateField& field : inspection.fields) {
    fields.push_back(field_json(inspection, field));
  }
  json.add("fields", json_array(fields));
  return json.finish();
}

}  // namespace mseavro
