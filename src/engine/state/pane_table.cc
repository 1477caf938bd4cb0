#include "engine/state/pane_table.h"

#include <algorithm>

#include "base/result/kernel.h"

namespace mseavro {
namespace {

bool is_worth_a_row(const OutcomeCounts& outcomes) {
  return outcomes.total() != outcomes[Outcome::kFiltered] + outcomes[Outcome::kAfterAsOf];
}

std::optional<std::string> to_text(std::optional<std::string_view> view) {
  if (!view) return std::nullopt;
  return std::string(*view);
}

// Final when the last label that could be admitted would have been seen at the as-of instant.
bool is_final(const Spec& spec, const Window& window) {
  if (!spec.as_of || !spec.max_label_delay_micros || window.end == INT64_MAX) return false;
  return window.end <= saturating_add(*spec.as_of, -*spec.max_label_delay_micros);
}

}  // namespace

WindowTable::WindowTable(WindowSpec spec, std::shared_ptr<const TimeZone> zone)
    : assigner_(spec, std::move(zone)), slots_(kSlotCount) {}

uint32_t WindowTable::code(const Window& window) {
  const auto [at, is_new] = codes_.try_emplace(window.start, size());
  if (is_new) windows_.push_back(window);
  return at->second;
}

void WindowTable::fill(Slot& slot, Instant instant) {
  slot.window = assigner_.assign(instant);
  slot.code = code(slot.window);
}

PaneTable::PaneTable(const Spec& spec, std::shared_ptr<const TimeZone> zone,
                     AccumulatorOptions options)
    : spec_(spec), options_(options), windows_(spec.window, std::move(zone)) {}

MSEAVRO_KERNEL void PaneTable::code_rows(std::span<const uint32_t> keys,
                                         std::span<uint32_t> codes) {
  for (size_t row = 0; row < codes.size(); ++row) codes[row] = pairs_.code(keys[row], codes[row]);
  add_panes();
}

Pane& PaneTable::pane(uint32_t key, uint32_t window) {
  const uint32_t code = pairs_.code(key, window);
  add_panes();
  return panes_[code];
}

void PaneTable::add_panes() {
  while (panes_.size() < pairs_.size()) panes_.push_back({{}, ErrorAccumulator(options_)});
}

void PaneTable::combine(const PaneTable& other, std::span<const uint32_t> keys) {
  for (uint32_t code = 0; code < other.panes_.size(); ++code) {
    const uint32_t window = windows_.code(other.windows_.window(other.pairs_.second(code)));
    Pane& into = pane(keys[other.pairs_.first(code)], window);
    into.outcomes.add(other.panes_[code].outcomes);
    into.errors.combine(other.panes_[code].errors);
  }
}

std::vector<MetricRow> PaneTable::rows(const KeyTable& keys) const {
  std::vector<MetricRow> rows;
  for (uint32_t code = 0; code < panes_.size(); ++code) {
    const Pane& pane = panes_[code];
    if (!is_worth_a_row(pane.outcomes)) continue;
    const uint32_t key = pairs_.first(code);
    MetricRow row;
    row.key.model_version = to_text(keys.version(key));
    row.key.versions_mixed = spec_.mix_versions;
    for (size_t i = 0; i < spec_.by.size(); ++i) {
      row.key.slice.push_back({spec_.by[i].text(), to_text(keys.slice(key, i))});
    }
    row.key.window = windows_.window(pairs_.second(code));
    row.window_spec = spec_.window;
    row.timezone = spec_.timezone;
    row.outcomes = pane.outcomes;
    row.metrics = pane.errors.finalize();
    row.as_of = spec_.as_of;
    row.final = is_final(spec_, row.key.window);
    row.errors = pane.errors;
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(),
            [](const MetricRow& a, const MetricRow& b) { return a.key < b.key; });
  return rows;
}

}  // namespace mseavro
