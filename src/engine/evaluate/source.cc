#include "engine/evaluate/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/result/result.h"
#include "base/text/number_text.h"

namespace mseavro {
namespace {

constexpr size_t kMaxListedFields = 12;

// A map entry counts as there when the map is.
bool has_path(const FieldCatalog& catalog, const FieldPath& path) {
  FieldPath known = path;
  while (!known.steps.empty()) {
    if (catalog.find(known) != nullptr) return true;
    if (!known.steps.back().is_map_key) return false;
    known.steps.pop_back();
  }
  return false;
}

std::string list_fields(const FieldCatalog& catalog) {
  std::string list;
  for (size_t i = 0; i < catalog.fields.size() && i < kMaxListedFields; ++i) {
    list += (i == 0 ? "" : ", ") + catalog.fields[i].path.text();
  }
  if (catalog.fields.size() > kMaxListedFields) {
    list += fmt::format(" and {} more", catalog.fields.size() - kMaxListedFields);
  }
  return list;
}

bool is_role(const FieldPath& path, const RoleMapping& mapping) {
  const auto role = find_role(path.text());
  return role && mapping.find(*role) != nullptr;
}

Status check_type(const FieldCatalog& catalog, const FilterColumn& column) {
  const CandidateField* field = catalog.find(column.path);
  if (field == nullptr || field->origin != FieldOrigin::kSchema) return {};
  if (column.type != ColumnType::kNumber || field->kind != FieldKind::kText) return {};
  return fail(ErrorCode::kBadFilter, "--where compares a text with a number",
              fmt::format("put the value in quotes: {} == \"...\"", column.path.text()),
              field->evidence.example, {.file = catalog.file, .field = column.path.text()});
}

const std::string* find_path_key(const InputFile& file, const FieldPath& path) {
  if (path.steps.size() != 1) return nullptr;
  for (const auto& [key, value] : file.path_keys) {
    if (key == path.steps.front().name) return &value;
  }
  return nullptr;
}

void set_cell(Column& column, const std::string* text) {
  column.states[0] = text == nullptr ? CellState::kNull : CellState::kValue;
  if (text == nullptr) return;
  if (column.type == ColumnType::kText) {
    column.texts[0] = *text;
  } else if (const auto number = parse_number(*text)) {
    column.numbers[0] = *number;
  } else {
    column.states[0] = CellState::kWrongType;
  }
}

}  // namespace

Result<std::vector<SourceFiles>> list_source_files(const std::vector<std::string>& paths,
                                                   const Limits& limits) {
  MSEAVRO_ASSIGN(std::vector<InputFile> files, list_inputs(paths));
  std::vector<SourceFiles> sources;
  for (FileFormat format : {FileFormat::kAvro, FileFormat::kCsv}) {
    SourceFiles source;
    std::copy_if(files.begin(), files.end(), std::back_inserter(source.files),
                 [&](const InputFile& file) { return file.format == format; });
    if (source.files.empty()) continue;
    MSEAVRO_ASSIGN(source.catalog, read_catalog(source.files.front(), {.limits = limits}));
    sources.push_back(std::move(source));
  }
  return sources;
}

Status check_columns(const SourceFiles& source, const Spec& spec,
                     const std::optional<Filter>& filter, const RoleMapping& mapping,
                     const Limits& limits) {
  std::vector<FieldPath> paths = spec.by;
  if (filter) {
    for (const FilterColumn& column : filter->columns()) {
      MSEAVRO_TRY(check_type(source.catalog, column));
      paths.push_back(column.path);
    }
  }
  std::erase_if(paths, [&](const FieldPath& path) {
    return is_role(path, mapping) || has_path(source.catalog, path);
  });
  if (paths.empty()) return {};
  MSEAVRO_ASSIGN(const FieldCatalog last, read_catalog(source.files.back(), {.limits = limits}));
  for (const FieldPath& path : paths) {
    if (has_path(last, path)) continue;
    return fail(ErrorCode::kFieldMissing, "the events have no such field",
                fmt::format("the fields are {}", list_fields(source.catalog)), path.text(),
                {.file = source.catalog.file});
  }
  return {};
}

int64_t prune_files(SourceFiles& source, const std::optional<Filter>& filter) {
  if (!filter) return 0;
  for (const FilterColumn& column : filter->columns()) {
    const CandidateField* field = source.catalog.find(column.path);
    if (field == nullptr || field->origin != FieldOrigin::kPathKey) return 0;
  }
  std::vector<ColumnType> types;
  for (const FilterColumn& column : filter->columns()) types.push_back(column.type);
  std::vector<size_t> indexes(types.size());
  std::iota(indexes.begin(), indexes.end(), 0);
  ColumnBatch path_keys(types, 1);
  return static_cast<int64_t>(std::erase_if(source.files, [&](const InputFile& file) {
    for (size_t i = 0; i < types.size(); ++i) {
      set_cell(path_keys.columns[i], find_path_key(file, filter->columns()[i].path));
    }
    return !filter->keeps(path_keys, indexes, 0);
  }));
}

}  // namespace mseavro
