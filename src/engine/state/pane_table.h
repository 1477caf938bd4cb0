// Panes: the accumulators of one key in one window.
//
// Each worker fills its own table. Tables combine exactly, so that how rows were shared out among
// workers does not show in the answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/result/hash.h"
#include "engine/question/metric_row.h"
#include "engine/question/spec.h"
#include "engine/state/key_table.h"
#include "quality/metric/error_accumulator.h"
#include "quality/window/window.h"

namespace mseavro {

// Codes of windows in order of first appearance.
class WindowTable {
 public:
  WindowTable(WindowSpec spec, std::shared_ptr<const TimeZone> zone);

  // The code of the window that contains `instant`.
  uint32_t code(Instant instant) {
    // Instants of one hour share a slot, so rows in any order of days rarely miss.
    Slot& slot = slots_[static_cast<uint64_t>(instant) / kSlotMicros % kSlotCount];
    if (instant < slot.window.start || instant >= slot.window.end) [[unlikely]]
      fill(slot, instant);
    return slot.code;
  }
  uint32_t code(const Window& window);
  const Window& window(uint32_t code) const { return windows_[code]; }
  uint32_t size() const { return static_cast<uint32_t>(windows_.size()); }

 private:
  static constexpr size_t kSlotCount = 1024;
  static constexpr uint64_t kSlotMicros = kMicrosPerHour;
  struct Slot {
    Window window{0, 0};
    uint32_t code = 0;
  };
  void fill(Slot& slot, Instant instant);

  WindowAssigner assigner_;
  std::vector<Slot> slots_;
  std::vector<Window> windows_;
  std::unordered_map<Instant, uint32_t> codes_;  // By start.
};

struct Pane {
  OutcomeCounts outcomes;
  ErrorAccumulator errors;
};

class PaneTable {
 public:
  PaneTable(const Spec& spec, std::shared_ptr<const TimeZone> zone, AccumulatorOptions options);

  // Makes each window code of `codes` the code of the pane of the key code (of the caller's
  // KeyTable) in that window. REQUIRES: as many of both.
  void code_rows(std::span<const uint32_t> keys, std::span<uint32_t> codes);
  // Valid until the next code_rows() or pane() by key.
  Pane& pane(uint32_t code) { return panes_[code]; }
  Pane& pane(uint32_t key, uint32_t window);
  WindowTable& windows() { return windows_; }
  size_t size() const { return panes_.size(); }

  // Adds the panes of another worker, whose key codes `keys` translates to ours.
  void combine(const PaneTable& other, std::span<const uint32_t> keys);

  // The answer's rows, sorted by key. Panes in which nothing was accounted but rows that the
  // question leaves out (filtered, after as-of) make no row.
  std::vector<MetricRow> rows(const KeyTable& keys) const;

 private:
  void add_panes();

  Spec spec_;
  AccumulatorOptions options_;
  WindowTable windows_;
  PairTable pairs_;
  std::vector<Pane> panes_;  // By code of pairs_.
};

}  // namespace mseavro
