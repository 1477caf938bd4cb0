// From what the user typed to a list of files.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

enum class FileFormat : uint8_t { kAvro, kCsv, kJsonLines };

// Hive-style `key=value` names of folders, outermost first, percent-decoded; the value
// __HIVE_DEFAULT_PARTITION__ is null (absent from the list).
using PathKeys = std::vector<std::pair<std::string, std::string>>;

struct InputFile {
  std::string path;
  FileFormat format = FileFormat::kAvro;
  PathKeys path_keys;
};

// Those of the path's folders.
PathKeys path_keys_of(std::string_view path);
// The value of the key called `name`, the innermost one; nullptr when there is none.
const std::string* find_path_key(const PathKeys& keys, std::string_view name);

// Files as they are (their format by content: the Avro magic, else CSV by name .csv, .csv.* or
// .tsv, JSON lines by name .jsonl or .ndjson or by a { at the beginning), folders searched for
// these in all depths, hidden and underscore-prefixed names passed over. CSV and JSON lines may be
// compressed, with .gz or .zst behind the name. Sorted by path. A file named twice is read once.
// Errors: kNotFound, kNoInput (nothing in the folder, with what was looked for), kUnreadable.
Result<std::vector<InputFile>> list_inputs(std::span<const std::string> sources);

// Paths as they are, and for a folder those of list_inputs but for files that are there already.
// Errors: as list_inputs.
Result<std::vector<std::string>> expand_folders(std::span<const std::string> paths);

// A file's name without the ending of gzip or zstd: what says of what kind it is.
std::string_view without_compression(std::string_view name);

}  // namespace mseavro
