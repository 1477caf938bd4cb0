// A target of the walk that writes keys which sort as the datums do (see datum_order.h).
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/step.h"

namespace mseavro {

class OrderTarget {
 public:
  static constexpr bool kIsColumns = false;
  static constexpr bool kIsStructured = true;

  OrderTarget(const Schema& schema, int64_t size_limit_bytes)
      : schema_(schema), size_limit_bytes_(static_cast<size_t>(size_limit_bytes)) {}

  // The next datum's key becomes `*key`.
  void begin(std::string* key) {
    key->clear();
    key_ = key;
    way_ = {};
    outer_ways_.clear();
  }

  bool exceeded() const { return key_->size() > size_limit_bytes_; }
  void end_datum(const uint8_t*) {}

  void null(const Step&) {}
  void boolean(const Step&, bool value) { put(value ? 1 : 0); }
  void integer(const Step&, int64_t value) { put_integer(value); }
  void float32(const Step&, float value) { put_double(value); }
  void float64(const Step&, double value) { put_double(value); }
  void string(const Step&, std::string_view value) { put_text(value); }
  void bytes(const Step&, std::string_view value) { put_text(value); }
  void fixed(const Step&, std::string_view value) {
    for (const char c : value) put(static_cast<uint8_t>(c));
  }
  void enumeration(const Step&, size_t index, std::string_view) {
    put_integer(static_cast<int64_t>(index));
  }

  void begin_record(const Step&) { outer_ways_.push_back(way_); }
  void field(const Step& step) {
    const FieldOrder order =
        schema_.node(static_cast<NodeIndex>(step.operand)).fields[step.slot].order;
    way_ = outer_ways_.back();
    if (order == FieldOrder::kDescending) way_.turn ^= 0xff;
    if (order == FieldOrder::kIgnore) way_.is_ignored = true;
  }
  void end_record(const Step&) {
    way_ = outer_ways_.back();
    outer_ways_.pop_back();
  }
  void begin_array(const Step&) {}
  void item() { put(1); }
  void end_array() { put(0); }
  void begin_map(const Step&) {}  // An ignored one.
  void key(std::string_view) {}
  void end_map() {}
  void begin_branch(const Step& step) { put_integer(step.slot); }
  void end_branch(const Step&) {}

 private:
  // What becomes of the bytes: the fields around a value decide.
  struct Way {
    uint8_t turn = 0;  // Bits that are turned.
    bool is_ignored = false;
  };

  void put(uint8_t byte) {
    if (!way_.is_ignored) key_->push_back(static_cast<char>(byte ^ way_.turn));
  }

  void put_bits(uint64_t bits) {
    for (int shift = 56; shift >= 0; shift -= 8) put(static_cast<uint8_t>(bits >> shift));
  }

  static constexpr uint64_t kSign = uint64_t{1} << 63;

  void put_integer(int64_t value) { put_bits(static_cast<uint64_t>(value) ^ kSign); }

  void put_double(double value) {
    if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
    const auto bits = std::bit_cast<uint64_t>(value);
    put_bits((bits & kSign) != 0 ? ~bits : bits | kSign);
  }

  void put_text(std::string_view text) {
    for (const char c : text) {
      put(static_cast<uint8_t>(c));
      if (c == '\0') put(0xff);
    }
    put(0);
    put(0);
  }

  const Schema& schema_;
  const size_t size_limit_bytes_;
  std::string* key_ = nullptr;
  Way way_;
  std::vector<Way> outer_ways_;  // Of the records around the value.
};

}  // namespace mseavro
