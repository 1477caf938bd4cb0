#include "events/source/json_rows.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "avro/codec/decompressed_stream.h"
#include "base/result/result.h"
#include "events/source/text_cells.h"

namespace mseavro {
namespace {

constexpr int kLineCount = 1000;  // That are looked at for their members.
constexpr size_t kFieldCount = 1024;
constexpr size_t kDepth = 4;  // As of the fields of a schema.

Status parse_line(std::string_view line, int64_t number, const std::string& file,
                  const Limits& limits, JsonDocument& document) {
  Status parsed = document.parse(line, limits);
  if (parsed && document.root().kind() != JsonKind::kObject) {
    parsed = fail(ErrorCode::kBadJson, "the line is no JSON object");
  }
  if (!parsed) {
    parsed.error().place.line = number;
    parsed.error().help = json_lines_help(line, number, file);
  }
  return parsed;
}

// Of members with one name the last one counts, as in most programs.
std::optional<JsonValue> find_member(JsonValue object, std::string_view name) {
  std::optional<JsonValue> found;
  for (JsonMembers members(object); members.next();) {
    if (members.key() == name) found = members.value();
  }
  return found;
}

std::optional<JsonValue> find_path(JsonValue value, const FieldPath& path) {
  for (const FieldPath::Step& step : path.steps) {
    if (value.kind() != JsonKind::kObject) return std::nullopt;
    const auto member = find_member(value, step.name);
    if (!member) return std::nullopt;
    value = *member;
  }
  return value;
}

// Where each field stands in a list of them, by its path.
using KnownFields = std::map<std::string, size_t>;

void list_members(JsonValue object, const FieldPath& outer, KnownFields& known,
                  std::vector<JsonField>& fields) {
  for (JsonMembers members(object); members.next() && fields.size() < kFieldCount;) {
    FieldPath path = outer;
    path.steps.push_back({std::string(members.key())});
    const JsonKind kind = members.value().kind();
    if (kind == JsonKind::kObject && path.steps.size() < kDepth) {
      list_members(members.value(), path, known, fields);
      continue;
    }
    const auto [found, is_new] = known.emplace(path.text(), fields.size());
    if (is_new) fields.push_back({std::move(path)});
    fields[found->second].has_strings |= kind == JsonKind::kString;
  }
}

void put_value(Column& column, size_t row, JsonValue value, TextArena& arena) {
  switch (value.kind()) {
    case JsonKind::kNull:
      column.states[row] = CellState::kNull;
      break;
    case JsonKind::kBoolean:
      set_cell(column, row, value.boolean() ? "true" : "false");
      break;
    case JsonKind::kString:
      if (column.type == ColumnType::kNumber || column.type == ColumnType::kInteger) {
        column.states[row] = CellState::kWrongType;
        break;
      }
      [[fallthrough]];
    case JsonKind::kNumber:
      set_cell(column, row,
               column.type == ColumnType::kText ? arena.copy(value.text()) : value.text());
      break;
    case JsonKind::kArray:
    case JsonKind::kObject:
      column.states[row] = CellState::kWrongType;
      break;
  }
}

}  // namespace

JsonRows::JsonRows(std::unique_ptr<ByteSource> source, const InputFile& file,
                   std::span<const RequestedColumn> columns, const ScanOptions& options)
    : source_(std::move(source)),
      file_(file),
      limits_(options.limits),
      lines_(read_decompressed(*source_), options.limits.json_size_bytes) {
  for (size_t i = 0; i < columns.size(); ++i) {
    columns_.push_back(i);
    paths_.push_back(columns[i].path);
  }
}

Result<std::unique_ptr<JsonRows>> JsonRows::open(const InputFile& file,
                                                 std::span<const RequestedColumn> columns,
                                                 const ScanOptions& options) {
  MSEAVRO_ASSIGN(auto source, open_file(file.path));
  return std::unique_ptr<JsonRows>(new JsonRows(std::move(source), file, columns, options));
}

Result<bool> JsonRows::read_record() {
  MSEAVRO_ASSIGN(const bool more, lines_.next(&line_));
  if (!more) return false;
  Status parsed = parse_line(line_, lines_.line(), file_.path, limits_, document_);
  is_malformed_ = !parsed && parsed.error().code == ErrorCode::kBadJson;
  if (!parsed && !is_malformed_) return tl::unexpected<Error>(std::move(parsed.error()));
  return true;
}

void JsonRows::put_row(ColumnBatch& batch, size_t row, std::string_view) {
  for (size_t i = 0; i < paths_.size(); ++i) {
    Column& column = batch.columns[i];
    const FieldPath& path = paths_[i];
    const auto value = find_path(document_.root(), path);
    const std::string* key = value || path.steps.size() != 1
                                 ? nullptr
                                 : find_path_key(file_.path_keys, path.steps[0].name);
    if (value) {
      put_value(column, row, *value, batch.arena);
    } else if (key != nullptr) {
      set_cell(column, row, *key);
    } else {
      column.states[row] = CellState::kNull;
    }
  }
}

Result<std::vector<JsonField>> list_json_fields(const std::string& path,
                                                const ScanOptions& options) {
  MSEAVRO_ASSIGN(const auto source, open_file(path));
  LineReader lines(read_decompressed(*source), options.limits.json_size_bytes);
  std::vector<JsonField> fields;
  KnownFields known;
  JsonDocument document;
  for (int count = 0; count < kLineCount; ++count) {
    std::string_view line;
    const Result<bool> more = lines.next(&line);
    if (more && !*more) break;
    const Status parsed = more ? parse_line(line, lines.line(), path, options.limits, document)
                               : Status(tl::unexpected<Error>(more.error()));
    if (parsed) {
      list_members(document.root(), {}, known, fields);
    } else if (count == 0) {
      Error error = parsed.error();
      error.place.file = path;
      return tl::unexpected<Error>(std::move(error));
    } else if (!more) {
      break;
    }
  }
  return fields;
}

}  // namespace mseavro
