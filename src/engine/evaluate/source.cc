#include "engine/evaluate/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/result/result.h"
#include "engine/evaluate/own_files.h"
#include "events/source/text_cells.h"

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

// A file in a folder of __HIVE_DEFAULT_PARTITION__ does not have the key, and is often the first.
void add_path_keys(const std::vector<InputFile>& files, FieldCatalog& catalog) {
  for (const InputFile& file : files) {
    for (const auto& [name, value] : file.path_keys) {
      CandidateField field;
      field.path.steps.push_back({name});
      if (catalog.find(field.path) != nullptr) continue;
      field.kind = FieldKind::kText;
      field.nullable = true;
      field.origin = FieldOrigin::kPathKey;
      catalog.fields.push_back(std::move(field));
    }
  }
}

}  // namespace

FieldPath column_path(const FieldPath& path, const RoleMapping& mapping) {
  const auto role = find_role(path.text());
  const BoundRole* bound = role ? mapping.find(*role) : nullptr;
  return bound == nullptr || !bound->further_paths.empty() ? path : bound->path;
}

Result<std::vector<SourceFiles>> list_source_files(const std::vector<std::string>& paths,
                                                   const ScanOptions& options,
                                                   std::vector<std::string>& notes) {
  MSEAVRO_ASSIGN(std::vector<InputFile> files, list_inputs(paths));
  MSEAVRO_TRY(leave_out_dead_letters(paths, options.limits, files, notes));
  std::vector<SourceFiles> sources;
  for (FileFormat format : {FileFormat::kAvro, FileFormat::kCsv, FileFormat::kJsonLines}) {
    SourceFiles source;
    std::copy_if(files.begin(), files.end(), std::back_inserter(source.files),
                 [&](const InputFile& file) { return file.format == format; });
    if (source.files.empty()) continue;
    MSEAVRO_ASSIGN(source.catalog, read_catalog(source.files.front(), options));
    if (format != FileFormat::kAvro) MSEAVRO_TRY(check_no_metrics(source.catalog));
    add_path_keys(source.files, source.catalog);
    sources.push_back(std::move(source));
  }
  return sources;
}

Status check_columns(const SourceFiles& source, const Spec& spec,
                     const std::optional<Filter>& filter, const RoleMapping& mapping,
                     const ScanOptions& options) {
  std::vector<FieldPath> paths;
  for (const FieldPath& path : spec.by) paths.push_back(column_path(path, mapping));
  if (filter) {
    for (const FilterColumn& column : filter->columns()) {
      paths.push_back(column_path(column.path, mapping));
      MSEAVRO_TRY(check_comparison(source.catalog, paths.back(), column));
    }
  }
  std::erase_if(paths, [&](const FieldPath& path) { return has_path(source.catalog, path); });
  if (paths.empty()) return {};
  MSEAVRO_ASSIGN(const FieldCatalog last, read_catalog(source.files.back(), options));
  for (const FieldPath& path : paths) {
    if (has_path(last, path)) continue;
    return fail(ErrorCode::kFieldMissing, "the events have no such field",
                fmt::format("the fields are {}", list_fields(source.catalog)), path.text(),
                {.file = source.catalog.file});
  }
  return {};
}

int64_t prune_files(SourceFiles& source, const std::optional<Filter>& filter,
                    const RoleMapping& mapping) {
  if (!filter) return 0;
  std::vector<std::string> keys;
  std::vector<ColumnType> types;
  for (const FilterColumn& column : filter->columns()) {
    const FieldPath path = column_path(column.path, mapping);
    const CandidateField* field = source.catalog.find(path);
    if (field == nullptr || field->origin != FieldOrigin::kPathKey) return 0;
    keys.push_back(path.steps.front().name);
    types.push_back(column.type);
  }
  std::vector<size_t> indexes(types.size());
  std::iota(indexes.begin(), indexes.end(), 0);
  ColumnBatch path_keys(types, 1);
  return static_cast<int64_t>(std::erase_if(source.files, [&](const InputFile& file) {
    for (size_t i = 0; i < keys.size(); ++i) {
      const std::string* value = find_path_key(file.path_keys, keys[i]);
      path_keys.columns[i].states[0] = CellState::kNull;
      if (value != nullptr) set_cell(path_keys.columns[i], 0, *value);
    }
    return !filter->keeps(path_keys, indexes, 0);
  }));
}

}  // namespace mseavro
