// The files of one source, what their fields are, and which of them the filter needs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/question/filter.h"
#include "engine/question/spec.h"
#include "events/role/role.h"
#include "events/source/event_scan.h"
#include "mseavro/error.h"

namespace mseavro {

struct SourceFiles {
  std::vector<InputFile> files;  // All of one format, sorted by path.
  FieldCatalog catalog;          // Of the first file, with the path keys of all.
};

// The path by which --by or --where names a column: the name of a role stands for its field, if it
// has one by itself.
FieldPath column_path(const FieldPath& path, const RoleMapping& mapping);

// The files that the paths name, those of each format as a source of their own (their fields are
// seldom called the same). What is left out of them is said in `notes`.
Result<std::vector<SourceFiles>> list_source_files(const std::vector<std::string>& paths,
                                                   const ScanOptions& options,
                                                   std::vector<std::string>& notes);

// Whether the fields that --by and --where name exist in the source's first or last file, and hold
// what the filter compares them with. Errors: kFieldMissing, kBadFilter.
Status check_columns(const SourceFiles& source, const Spec& spec,
                     const std::optional<Filter>& filter, const RoleMapping& mapping,
                     const ScanOptions& options);

// Drops the files of which the path alone says that the filter keeps no row. Returns how many.
int64_t prune_files(SourceFiles& source, const std::optional<Filter>& filter,
                    const RoleMapping& mapping);

}  // namespace mseavro
