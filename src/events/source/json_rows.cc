#include "events/source/json_rows.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "avro/codec/decompressed_stream.h"
#include "base/result/result.h"
#include "events/source/text_cells.h"

namespace mseavro {
namespace {

constexpr int kLineCount = 1000;  // That are looked at for their members.
constexpr size_t kFieldCount = 1024;
constexpr size_t kDepth = 4;  // As of the fields of a schema.

Status parse_line(std::string_view line, int64_t number, const Limits& limits,
                  JsonDocument& document) {
  Status parsed = document.parse(line, limits);
  if (parsed && document.root().kind() != JsonKind::kObject) {
    parsed = fail(ErrorCode::kBadJson, "the line is no JSON object");
  }
  if (!parsed) {
    parsed.error().place.line = number;
    parsed.error().help = json_lines_help(line, number);
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

// Collects the paths of members that are not in `known`.
void list_members(JsonValue object, const FieldPath& outer, std::set<std::string>& known,
                  std::vector<FieldPath>& paths) {
  for (JsonMembers members(object); members.next() && paths.size() < kFieldCount;) {
    FieldPath path = outer;
    path.steps.push_back({std::string(members.key())});
    if (members.value().kind() == JsonKind::kObject && path.steps.size() < kDepth) {
      list_members(members.value(), path, known, paths);
    } else if (known.insert(path.text()).second) {
      paths.push_back(std::move(path));
    }
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
    case JsonKind::kNumber:
    case JsonKind::kString:
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
  Status parsed = parse_line(line_, lines_.line(), limits_, document_);
  is_malformed_ = !parsed && parsed.error().code == ErrorCode::kBadJson;
  if (!parsed && !is_malformed_) return tl::unexpected<Error>(std::move(parsed.error()));
  return true;
}

void JsonRows::put_row(ColumnBatch& batch, size_t row, std::string_view) {
  for (size_t i = 0; i < paths_.size(); ++i) {
    Column& column = batch.columns[i];
    const FieldPath& path = paths_[i];
    const auto value = find_path(document_.root(), path);
    const std::string* key =
        value || path.steps.size() != 1 ? nullptr : find_path_key(file_, path.steps[0].name);
    if (value) {
      put_value(column, row, *value, batch.arena);
    } else if (key != nullptr) {
      set_cell(column, row, *key);
    } else {
      column.states[row] = CellState::kNull;
    }
  }
}

Result<std::vector<FieldPath>> list_json_fields(const std::string& path,
                                                const ScanOptions& options) {
  MSEAVRO_ASSIGN(const auto source, open_file(path));
  LineReader lines(read_decompressed(*source), options.limits.json_size_bytes);
  std::vector<FieldPath> paths;
  std::set<std::string> known;
  JsonDocument document;
  for (int count = 0; count < kLineCount; ++count) {
    std::string_view line;
    const Result<bool> more = lines.next(&line);
    if (more && !*more) break;
    const Status parsed = more ? parse_line(line, lines.line(), options.limits, document)
                               : Status(tl::unexpected<Error>(more.error()));
    if (parsed) {
      list_members(document.root(), {}, known, paths);
    } else if (count == 0) {
      Error error = parsed.error();
      error.place.file = path;
      return tl::unexpected<Error>(std::move(error));
    } else if (!more) {
      break;
    }
  }
  return paths;
}

}  // namespace mseavro
