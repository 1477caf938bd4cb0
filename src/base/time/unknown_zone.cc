#include "base/time/unknown_zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "base/result/ascii.h"
#include "base/result/edit_distance.h"

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
