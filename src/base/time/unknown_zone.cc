#include "base/time/unknown_zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <vector>

#include "base/result/ascii.h"

namespace mseavro {
namespace {

constexpr size_t kSuggestionCount = 3;
// Longer names are no misspelling of a zone, and comparing costs the product of the lengths.
constexpr size_t kNameSizeLimit = 64;

// Letters in lower case; what stands between words ("New York", "new-york") becomes '_'.
std::string folded(std::string_view name) {
  std::string text = to_lower(name);
  for (char& byte : text) {
    if (byte == ' ' || byte == '-') byte = '_';
  }
  return text;
}

std::string_view city(std::string_view name) { return name.substr(name.rfind('/') + 1); }

// Insertions, removals and replacements that turn `a` into `b` (Levenshtein).
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// The known names that differ least from `name`: by their city alone ("Berlin"), and of those that
// share it ("US/Pacific"), as a whole.
std::vector<std::string_view> closest(std::string_view name, std::span<const std::string> known) {
  if (name.size() > kNameSizeLimit) return {};
  const std::string wanted = folded(name);
  std::vector<std::string_view> names;
  // One slip in five letters; short names ("PST") are near to too many others.
  size_t best_city = wanted.size() / 5;
  size_t best_whole = std::string::npos;
  for (const std::string& zone : known) {
    const std::string text = folded(zone);
    const size_t whole = edit_distance(wanted, text);
    const size_t city_or_whole = std::min(whole, edit_distance(city(wanted), city(text)));
    if (std::tie(city_or_whole, whole) > std::tie(best_city, best_whole)) continue;
    if (std::tie(city_or_whole, whole) < std::tie(best_city, best_whole)) names.clear();
    std::tie(best_city, best_whole) = std::tie(city_or_whole, whole);
    if (names.size() < kSuggestionCount) names.push_back(zone);
  }
  return names;
}

std::string suggestion(const std::vector<std::string_view>& names) {
  if (names.empty()) return "use an IANA name such as Europe/Berlin, or UTC";
  return fmt::format("did you mean {}?", fmt::join(names, " or "));
}

}  // namespace

Error unknown_zone_error(std::string_view name, std::span<const std::string> known) {
  Error error;
  error.code = ErrorCode::kBadTimeZone;
  error.value = name;
  if (known.empty()) {
    error.message = "no usable time-zone database is installed";
    error.help = "install tzdata (on Debian: apt-get install tzdata), or use UTC";
  } else {
    error.message = "unknown time zone";
    error.help = suggestion(closest(name, known));
  }
  return error;
}

}  // namespace mseavro
