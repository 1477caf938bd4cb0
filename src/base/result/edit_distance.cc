#include "base/result/edit_distance.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace mseavro {

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

std::string closest_name(std::string_view name, const std::vector<std::string_view>& known) {
  // Comparing costs the product of the sizes, and longer texts are no names that one misspells.
  constexpr size_t kNameSizeMax = 100;
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, name.size() / 3) + 1;
  for (std::string_view candidate : known) {
    if (std::max(name.size(), candidate.size()) > kNameSizeMax) continue;
    const size_t distance = edit_distance(name, candidate);
    const bool is_prefix = name.size() >= 3 && candidate.starts_with(name);
    if (distance < best_distance || (is_prefix && best.empty())) {
      best = candidate;
      best_distance = std::min(distance, best_distance);
    }
  }
  return std::string(best);
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& known,
                         std::string_view otherwise) {
  const std::string close = closest_name(name, known);
  return close.empty() ? std::string(otherwise) : "did you mean " + close + "?";
}

}  // namespace mseavro
