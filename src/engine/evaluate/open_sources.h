// Opens the sources of a question: lists their files, decides which fields play which roles, and
// checks that the question can be answered from them before a row is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/evaluate/row_reader.h"
#include "engine/evaluate/source.h"
#include "engine/question/filter.h"
#include "engine/question/spec.h"
#include "mseavro/error.h"

namespace mseavro {

struct MappedSource {
  SourceFiles files;
  RoleMapping mapping;
};

struct OpenSources {
  std::vector<MappedSource> predictions;
  std::vector<MappedSource> labels;
  // Rows go through the join: there are label sources, or repeats must be dropped.
  bool joins = false;
  bool labels_have_times = false;
  ReadNeeds prediction_needs;
  ReadNeeds label_needs;
  int64_t pruned_file_count = 0;
  std::vector<std::string> notes;  // What a person should know of the files.
};

// Errors: those of list_source_files, infer_roles and check_columns, and kLabelTimesMissing.
Result<OpenSources> open_sources(const Spec& spec, const std::optional<Filter>& filter,
                                 const std::vector<std::string>& predictions,
                                 const std::vector<std::string>& labels,
                                 const ScanOptions& options);

}  // namespace mseavro
