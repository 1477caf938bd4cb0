#include "events/source/input_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <system_error>

#include "avro/container/container_header.h"
#include "base/result/ascii.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNullPartition = "__HIVE_DEFAULT_PARTITION__";

tl::unexpected<Error> fail_at(const std::string& path, ErrorCode code, std::string message,
                              std::string help = {}) {
  Place place;
  place.file = path;
  return fail(code, std::move(message), std::move(help), {}, std::move(place));
}

// A percent sign that two hexadecimal digits do not follow stands for itself.
std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (text[i] != '%' || low < 0) {
      decoded.push_back(text[i]);
    } else {
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return decoded;
}

// What a folder search passes over: hidden names, and marker files and folders such as _SUCCESS
// and _temporary. A partition folder may begin with an underscore (`_day=3`).
bool is_passed_over(std::string_view name) {
  return name.starts_with('.') || (name.starts_with('_') && name.find('=') == name.npos);
}

bool is_csv_name(std::string_view name) {
  return name.ends_with(".csv") || without_compression(name).ends_with(".tsv") ||
         name.find(".csv.") != name.npos;
}

bool is_json_lines_name(std::string_view name) {
  return name.ends_with(".jsonl") || name.ends_with(".ndjson") ||
         name.find(".jsonl.") != name.npos || name.find(".ndjson.") != name.npos;
}

// What a file is by its name, if it does not begin as Avro files do. One that is neither gets the
// Avro reader's error, which shows what it begins with.
FileFormat format_by_name(std::string_view name) {
  if (is_csv_name(name)) return FileFormat::kCsv;
  return is_json_lines_name(name) ? FileFormat::kJsonLines : FileFormat::kAvro;
}

// What a search of folders takes.
bool has_known_ending(std::string_view name) {
  if (name.ends_with(".avro")) return true;
  name = without_compression(name);
  return name.ends_with(".csv") || name.ends_with(".tsv") || name.ends_with(".jsonl") ||
         name.ends_with(".ndjson");
}

bool is_of_text(char c) {
  return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\r' || c == '\t';
}

class InputLister {
 public:
  Status add(const std::string& source) {
    if (source == "-") return no_file("/dev/stdin");
    std::error_code error;
    const fs::file_status status = fs::status(source, error);
    if (status.type() == fs::file_type::not_found) return not_found(source);
    if (error) return unreadable(source, error);
    if (!fs::is_directory(status) && !fs::is_regular_file(status)) return no_file(source);
    // Spelled in two ways, a file is still one file. What the links above it lead to is resolved
    // once for each source, not for each file in it.
    const fs::path canonical = fs::canonical(source, error);
    if (error) return unreadable(source, error);
    if (fs::is_directory(status)) return add_folder(source, canonical);
    MSEAVRO_ASSIGN(const FileFormat format, probe(source));
    add_file(source, canonical.native(), format);
    return {};
  }

  std::vector<InputFile> take() {
    std::sort(files_.begin(), files_.end(),
              [](const InputFile& a, const InputFile& b) { return a.path < b.path; });
    return std::move(files_);
  }

 private:
  static tl::unexpected<Error> not_found(const std::string& source) {
    const bool is_pattern = source.find_first_of("*?") != source.npos;
    return fail_at(source, ErrorCode::kNotFound,
                   fmt::format("there is no file or folder '{}'", source),
                   is_pattern ? "the pattern matches nothing; name the folder, it is searched"
                              : "check the spelling, and the folder it is relative to");
  }

  static tl::unexpected<Error> unreadable(const std::string& path, const std::error_code& error) {
    return fail_at(path, ErrorCode::kUnreadable,
                   fmt::format("'{}' cannot be read: {}", path, error.message()));
  }

  static tl::unexpected<Error> no_file(const std::string& path) {
    return fail_at(
        path, ErrorCode::kUnreadable,
        fmt::format("'{}' is a pipe or a device, and a source is read more than once", path),
        "write it to a file first, as in: cat > events.csv; or: mseavro convert - --input-format "
        "csv -o events.avro");
  }

  static Result<FileFormat> probe(const std::string& path) {
    const FileFormat by_name = format_by_name(path);
    std::ifstream file(path, std::ios::binary);
    std::array<char, 512> bytes{};
    if (!file) return unreadable(path, {errno, std::generic_category()});
    file.read(bytes.data(), bytes.size());
    const std::string_view start(bytes.data(), static_cast<size_t>(file.gcount()));
    if (start.starts_with(kContainerMagic)) return FileFormat::kAvro;
    if (by_name != FileFormat::kAvro || path.ends_with(".avro")) return by_name;
    // A document of several lines gets the error that says how to make lines of it.
    if (start.starts_with('{') || start.starts_with('[')) return FileFormat::kJsonLines;
    if (start.empty() || !std::ranges::all_of(start, is_of_text)) return FileFormat::kAvro;
    return fail_at(
        path, ErrorCode::kUnreadable,
        fmt::format("'{}' holds text, and its name does not say of what kind", path),
        fmt::format("CSV is called *.csv, JSON lines *.jsonl; or, for either: mseavro convert '{}' "
                    "--input-format csv -o events.avro",
                    path));
  }

  Status add_folder(const std::string& folder, const fs::path& canonical) {
    FolderSearch search;
    MSEAVRO_TRY(search_folder(folder, canonical, search));
    if (search.found_count > 0) return {};
    return fail_at(
        folder, ErrorCode::kNoInput,
        fmt::format("the folder '{}' has no *.avro, *.csv or *.jsonl file in any depth ({} others)",
                    folder, search.other_count),
        "name another folder, or the files themselves");
  }

  struct FolderSearch {
    std::set<std::string> folders;  // Canonical paths: links may lead in circles.
    size_t found_count = 0;
    size_t other_count = 0;
  };

  Status search_folder(const fs::path& folder, const fs::path& canonical, FolderSearch& search) {
    if (!search.folders.insert(canonical.native()).second) return {};
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      if (!is_passed_over(entry->path().filename().native())) entries.push_back(*entry);
    }
    if (error) return unreadable(folder.native(), error);
    // Of two names that lead to one folder the first is kept, whatever order the disk has.
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.path().native() < b.path().native(); });
    for (const fs::directory_entry& entry : entries) {
      const std::string& path = entry.path().native();
      const bool is_link = entry.is_symlink(error);
      const fs::path target =
          is_link ? fs::canonical(path, error) : canonical / entry.path().filename();
      if (is_link && error) return unreadable(path, error);
      if (entry.is_directory(error)) {
        MSEAVRO_TRY(search_folder(path, target, search));
      } else if (has_known_ending(path)) {
        add_file(path, target.native(), format_by_name(path));
        ++search.found_count;
      } else {
        ++search.other_count;
      }
    }
    return {};
  }

  void add_file(const std::string& path, const std::string& canonical, FileFormat format) {
    if (seen_.insert(canonical).second) files_.push_back({path, format, path_keys_of(path)});
  }

  std::vector<InputFile> files_;
  std::set<std::string> seen_;
};

}  // namespace

PathKeys path_keys_of(std::string_view path) {
  PathKeys keys;
  for (size_t begin = 0, end; (end = path.find('/', begin)) != path.npos; begin = end + 1) {
    const std::string_view part = path.substr(begin, end - begin);
    const size_t equals = part.find('=');
    if (equals == part.npos || equals == 0) continue;
    const std::string_view value = part.substr(equals + 1);
    if (value != kNullPartition) {
      keys.emplace_back(percent_decode(part.substr(0, equals)), percent_decode(value));
    }
  }
  return keys;
}

const std::string* find_path_key(const PathKeys& keys, std::string_view name) {
  const auto found = std::find_if(keys.rbegin(), keys.rend(),
                                  [name](const auto& key) { return key.first == name; });
  return found == keys.rend() ? nullptr : &found->second;
}

std::string_view without_compression(std::string_view name) {
  for (const std::string_view ending : {".gz", ".zst"}) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

Result<std::vector<InputFile>> list_inputs(std::span<const std::string> sources) {
  if (sources.empty()) {
    return fail(ErrorCode::kNoInput, "no input is named", "name a file or a folder");
  }
  InputLister lister;
  for (const std::string& source : sources) MSEAVRO_TRY(lister.add(source));
  return lister.take();
}

Result<std::vector<std::string>> expand_folders(std::span<const std::string> paths) {
  std::vector<std::string> expanded;
  std::set<fs::path> seen;
  std::error_code error;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path, error)) {
      expanded.push_back(path);
      seen.insert(fs::weakly_canonical(path, error));
      continue;
    }
    MSEAVRO_ASSIGN(const auto files, list_inputs(std::span(&path, 1)));
    for (const InputFile& file : files) {
      if (seen.insert(fs::weakly_canonical(file.path, error)).second) expanded.push_back(file.path);
    }
  }
  return expanded;
}

}  // namespace mseavro
