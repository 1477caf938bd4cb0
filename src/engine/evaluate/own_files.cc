#include "engine/evaluate/own_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "avro/container/container_header.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"
#include "engine/evaluate/dead_letters.h"
#include "engine/question/metric_file.h"

namespace mseavro {
namespace {

tl::unexpected<Error> no_events(const std::string& file, const char* what, std::string help) {
  return fail(ErrorCode::kRoleMissing, fmt::format("the file holds {}, not events", what),
              std::move(help), {}, {.file = file});
}

}  // namespace

Status leave_out_dead_letters(const std::vector<std::string>& paths, const Limits& limits,
                              std::vector<InputFile>& files, std::vector<std::string>& notes) {
  std::vector<InputFile> kept;
  std::shared_ptr<const Schema> schema;  // Of the last file; the next one has most likely the same.
  for (InputFile& file : files) {
    if (file.format == FileFormat::kAvro) {
      const auto source = open_file(file.path);
      const auto header = source ? read_header(**source, limits, schema)
                                 : Result<ContainerHeader>(tl::unexpected(source.error()));
      if (header) {
        schema = header->schema;
        if (is_metric_schema(*schema)) {
          return no_events(file.path, "metrics",
                           fmt::format("show them with: mseavro report {0}; or merge them with: "
                                       "mseavro rollup {0}",
                                       file.path));
        }
        if (is_dead_letter_schema(*schema)) {
          if (std::ranges::find(paths, file.path) != paths.end()) {
            return no_events(file.path, "rows that could not be used",
                             fmt::format("look at them with: mseavro cat --plain {}", file.path));
          }
          notes.push_back(fmt::format("left out: {} holds rows that could not be used", file.path));
          continue;
        }
      }
    }
    kept.push_back(std::move(file));
  }
  if (kept.empty()) {
    return fail(ErrorCode::kNoInput, "the folders hold nothing but rows that could not be used",
                "name the files or folders with the events", notes.front());
  }
  files = std::move(kept);
  return {};
}

Status check_no_metrics(const FieldCatalog& catalog) {
  static constexpr std::string_view kColumns[] = {"model_version", "window_start", "window_end",
                                                  "coverage",      "mse",          "rmse"};
  const bool has_all = std::ranges::all_of(kColumns, [&](std::string_view column) {
    return std::ranges::any_of(catalog.fields, [&](const CandidateField& field) {
      return field.path.steps.size() == 1 && field.path.steps.front().name == column;
    });
  });
  if (!has_all) return {};
  return no_events(catalog.file, "metrics",
                   "metrics that are kept as Avro can be shown and merged: mseavro eval SRC... -o "
                   "days.avro; mseavro report days.avro");
}

}  // namespace mseavro
