#include "app/report/metric_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "app/report/metric_output.h"
#include "base/result/ascii.h"
#include "base/result/result.h"
#include "base/text/number_text.h"
#include "base/time/time.h"

namespace mseavro {
namespace {

using Align = TextTable::Align;

constexpr int64_t kFewRows = 30;
constexpr double kLateCoverage = 0.95;
// Differences below it are not worth a leader's attention.
constexpr double kNoteworthyShare = 0.01;

std::string version_cell(const RowKey& key) {
  if (key.versions_mixed) return "*";
  return key.model_version.value_or("(none)");
}

Result<std::vector<std::string>> window_cells(const std::vector<MetricRow>& rows) {
  std::vector<std::string> cells;
  std::shared_ptr<const TimeZone> zone = TimeZone::utc();
  for (const MetricRow& row : rows) {
    if (row.timezone != zone->name()) {
      MSEAVRO_ASSIGN(zone, TimeZone::find(row.timezone));
    }
    cells.push_back(row.window_spec.kind == WindowKind::kNone
                        ? std::string("all time")
                        : format_window(row.key.window, *zone));
  }
  return cells;
}

using Metric = MetricValue ErrorMetrics::*;

std::vector<std::string> metric_cells(const std::vector<MetricRow>& rows, Metric metric) {
  std::vector<std::optional<double>> numbers;
  for (const MetricRow& row : rows) numbers.push_back((row.metrics.*metric).value);
  std::vector<std::string> cells = format_column(numbers);
  for (size_t i = 0; i < rows.size(); ++i) {
    const char* reason = (rows[i].metrics.*metric).reason;
    if (cells[i].empty() && reason != nullptr && std::string_view(reason) != "no_rows") {
      cells[i] = reason;
    }
  }
  return cells;
}

bool has_metric(const std::vector<MetricRow>& rows, Metric metric) {
  return std::any_of(rows.begin(), rows.end(),
                     [&](const MetricRow& row) { return (row.metrics.*metric).value; });
}

std::string percent(double share) {
  double value = share * 100;
  // What is nearly all is not all, and a little is not nothing.
  if (value > 0 && value < 100) value = std::clamp(value, 0.1, 99.0);
  return fmt::format("{:.{}f} %", value, value < 10 && value != std::round(value) ? 1 : 0);
}

// "45 s", "12 min", "3.2 h", "4.1 d".
std::string format_delay(double seconds) {
  const double size = std::abs(seconds);
  if (size < 120) return fmt::format("{:.0f} s", seconds);
  if (size < 7200) return fmt::format("{:.0f} min", seconds / 60);
  if (size < 172800) return fmt::format("{:.1f} h", seconds / 3600);
  return fmt::format("{:.1f} d", seconds / 86400);
}

// Builds a table column by column.
class TableBuilder {
 public:
  explicit TableBuilder(size_t row_count) : cells_(row_count) {}

  void add(std::string name, Align align, const std::vector<std::string>& cells) {
    table_.add_column(std::move(name), align);
    for (size_t i = 0; i < cells_.size(); ++i) cells_[i].push_back(cells[i]);
  }

  template <class CellOf>
  void add_each(std::string name, Align align, const std::vector<MetricRow>& rows,
                const CellOf& cell_of) {
    std::vector<std::string> cells;
    for (const MetricRow& row : rows) cells.push_back(cell_of(row));
    add(std::move(name), align, cells);
  }

  TextTable build() {
    for (auto& row : cells_) table_.add_row(std::move(row));
    return std::move(table_);
  }

 private:
  TextTable table_;
  std::vector<std::vector<std::string>> cells_;
};

Status add_key_columns(const std::vector<MetricRow>& rows, TableBuilder& table) {
  table.add_each("Model Version", Align::kLeft, rows,
                 [](const MetricRow& row) { return version_cell(row.key); });
  MSEAVRO_ASSIGN(const auto windows, window_cells(rows));
  table.add("Window", Align::kLeft, windows);
  for (const std::string& key : slice_keys(rows)) {
    table.add_each(key, Align::kLeft, rows, [&](const MetricRow& row) {
      const SliceValue* slice = find_slice(row, key);
      return slice == nullptr ? "*" : slice->value.value_or("(null)");
    });
  }
  return {};
}

// "MSE 12 % lower than v1", "7.5x the MSE of v1", "like v1".
std::string compare(double mse, double base_mse, const std::string& baseline) {
  const double ratio = mse / base_mse;
  if (ratio >= 2) return fmt::format("{:.{}f}x the MSE of {}", ratio, ratio < 10 ? 1 : 0, baseline);
  const double change = std::abs(ratio - 1);
  if (change < kNoteworthyShare) return fmt::format("like {}", baseline);
  return fmt::format("MSE {} {} than {}", percent(change), ratio < 1 ? "lower" : "higher",
                     baseline);
}

// Where each version first appears, and how much it predicted.
struct VersionShare {
  Instant first_seen = INT64_MAX;
  int64_t prediction_count = 0;
};
using VersionShares = std::map<std::string, VersionShare>;

// The numbers in a name, as in {1, 10} of "v1.10": the lower, the older.
std::vector<int64_t> numbers_in(const std::string& name) {
  std::vector<int64_t> numbers;
  bool is_inside = false;
  for (const char c : name) {
    const bool is_in_number = is_digit(c);
    if (is_in_number && !is_inside) numbers.push_back(0);
    // A number this long is no version; what it counts to does not matter.
    if (is_in_number && numbers.back() < INT64_MAX / 10 - 1) {
      numbers.back() = numbers.back() * 10 + (c - '0');
    }
    is_inside = is_in_number;
  }
  return numbers;
}

VersionShares share_versions(const std::vector<MetricRow>& rows) {
  VersionShares shares;
  for (const MetricRow& row : rows) {
    if (!row.key.model_version) continue;
    VersionShare& share = shares[*row.key.model_version];
    share.first_seen = std::min(share.first_seen, row.key.window.start);
    share.prediction_count += row.predictions();
  }
  return shares;
}

// What the notes of a row compare it with.
class Notes {
 public:
  Notes(const std::vector<MetricRow>& rows, std::string baseline)
      : versions_(share_versions(rows)), baseline_(std::move(baseline)) {
    for (const MetricRow& row : rows) {
      start_ = std::min(start_, row.key.window.start);
      if (row.key.model_version == baseline_) baseline_rows_[place_of(row)] = &row;
    }
  }

  std::string of(const MetricRow& row) const {
    std::vector<std::string> notes;
    if (!row.notes.empty()) notes.push_back(row.notes);
    if (!row.key.model_version && !row.key.versions_mixed) {
      notes.emplace_back("model version missing");
    }
    add_data_notes(row, notes);
    add_version_notes(row, notes);
    std::string text;
    for (const std::string& note : notes) text += (text.empty() ? "" : "; ") + note;
    return text;
  }

 private:
  using PlaceKey = std::pair<std::vector<SliceValue>, Window>;
  static PlaceKey place_of(const MetricRow& row) { return {row.key.slice, row.key.window}; }

  static void add_data_notes(const MetricRow& row, std::vector<std::string>& notes) {
    const auto coverage = row.coverage();
    if (coverage && *coverage < kLateCoverage) {
      notes.push_back(fmt::format("labels missing for {}", percent(1 - *coverage)));
    }
    if (row.outcomes[Outcome::kScored] < kFewRows) notes.emplace_back("few rows");
    if (const int64_t rejected = row.outcomes[Outcome::kRejected]; rejected > 0) {
      notes.push_back(fmt::format("{} rejected", format_counted(rejected, "row")));
    }
    if (row.metrics.mse.reason != nullptr && row.metrics.count > 0) {
      notes.push_back(fmt::format("no MSE: {}", row.metrics.mse.reason));
    }
  }

  void add_version_notes(const MetricRow& row, std::vector<std::string>& notes) const {
    if (!row.key.model_version) return;
    const Instant first_seen = versions_.at(*row.key.model_version).first_seen;
    if (first_seen == row.key.window.start && first_seen > start_) {
      notes.emplace_back("new version");
    }
    if (row.key.model_version == baseline_) return;
    const auto base = baseline_rows_.find(place_of(row));
    if (base == baseline_rows_.end()) return;
    const auto base_mse = base->second->metrics.mse.value;
    const auto mse = row.metrics.mse.value;
    if (mse && base_mse && *base_mse != 0) notes.push_back(compare(*mse, *base_mse, baseline_));
  }

  VersionShares versions_;
  std::map<PlaceKey, const MetricRow*> baseline_rows_;
  std::string baseline_;
  Instant start_ = INT64_MAX;
};

// Rounded, but what is nearly all is not all, and a little is not nothing.
std::string coverage_cell(double share) {
  const bool is_some = share > 0 && share < 1;
  return fmt::format("{:.1f} %", is_some ? std::clamp(share * 100, 0.1, 99.9) : share * 100);
}

std::string count_cell(const MetricRow& row) { return format_thousands(row.metrics.count); }

}  // namespace

Result<TextTable> metric_table(const std::vector<MetricRow>& rows) {
  TableBuilder table(rows.size());
  MSEAVRO_TRY(add_key_columns(rows, table));
  table.add_each("Count", Align::kRight, rows, count_cell);
  table.add_each("Coverage", Align::kRight, rows, [](const MetricRow& row) {
    const auto coverage = row.coverage();
    return coverage ? coverage_cell(*coverage) : std::string();
  });
  const std::pair<const char*, Metric> always[] = {{"MSE", &ErrorMetrics::mse},
                                                   {"RMSE", &ErrorMetrics::rmse},
                                                   {"MAE", &ErrorMetrics::mae},
                                                   {"Bias", &ErrorMetrics::bias}};
  for (const auto& [name, metric] : always) {
    table.add(name, Align::kRight, metric_cells(rows, metric));
  }
  const std::pair<const char*, Metric> when_known[] = {
      {"|e| p50", &ErrorMetrics::abs_error_p50},
      {"|e| p90", &ErrorMetrics::abs_error_p90},
      {"|e| p95", &ErrorMetrics::abs_error_p95},
      {"|e| p99", &ErrorMetrics::abs_error_p99},
      {"|e| max <=", &ErrorMetrics::max_abs_error}};
  for (const auto& [name, metric] : when_known) {
    if (has_metric(rows, metric)) table.add(name, Align::kRight, metric_cells(rows, metric));
  }
  if (has_metric(rows, &ErrorMetrics::label_delay_p50)) {
    const auto add_delay = [&](const char* name, Metric metric) {
      table.add_each(name, Align::kRight, rows, [&](const MetricRow& row) {
        const auto seconds = (row.metrics.*metric).value;
        return seconds ? format_delay(*seconds) : std::string();
      });
    };
    add_delay("Delay p50", &ErrorMetrics::label_delay_p50);
    add_delay("Delay p95", &ErrorMetrics::label_delay_p95);
  }
  return table.build();
}

std::vector<std::string> baseline_candidates(const std::vector<MetricRow>& rows) {
  std::vector<std::tuple<Instant, std::vector<int64_t>, int64_t, std::string>> order;
  for (const auto& [version, share] : share_versions(rows)) {
    order.emplace_back(share.first_seen, numbers_in(version), -share.prediction_count, version);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::string> versions;
  for (auto& place : order) versions.push_back(std::move(std::get<3>(place)));
  return versions;
}

Result<TextTable> review_table(const std::vector<MetricRow>& rows, const std::string& baseline) {
  TableBuilder table(rows.size());
  MSEAVRO_TRY(add_key_columns(rows, table));
  table.add_each("Count", Align::kRight, rows, count_cell);
  table.add("MSE", Align::kRight, metric_cells(rows, &ErrorMetrics::mse));
  table.add("RMSE", Align::kRight, metric_cells(rows, &ErrorMetrics::rmse));
  table.add("MAE", Align::kRight, metric_cells(rows, &ErrorMetrics::mae));
  const Notes notes(rows, baseline);
  table.add_each("Notes", Align::kLeft, rows, [&](const MetricRow& row) { return notes.of(row); });
  return table.build();
}

}  // namespace mseavro
