// The records that are measured: prediction events of three schemas, made from a seed.
//
//   SampleEvents events(kNarrow, 2'000'000);
//   while (events.next(encoder)) { ... }    // one record's bytes were appended
#pragma once

#include <cstdint>
#include <random>
#include <string_view>

#include "avro/wire/encoder.h"

namespace mseavro {

class SampleRandom {
 public:
  explicit SampleRandom(uint64_t seed) : bits_(seed) {}

  int64_t below(int64_t end) { return static_cast<int64_t>(bits_() % static_cast<uint64_t>(end)); }
  double unit() { return static_cast<double>(bits_() >> 11) * 0x1p-53; }
  // Nearly normal, with mean 0 and deviation 1. The standard library's may differ between machines.
  double normal() {
    double sum = 0;
    for (int i = 0; i < 4; ++i) sum += unit();
    return (sum - 2) * 1.7320508075688772;
  }
  template <size_t count>
  std::string_view pick(const std::string_view (&from)[count]) {
    return from[below(count)];
  }

 private:
  std::mt19937_64 bits_;
};

// Which event, counted from 0, and when, in milliseconds since 1970.
struct SampleMoment {
  int64_t index = 0;
  int64_t time_ms = 0;
};

struct SampleShape {
  std::string_view schema;
  void (*put)(Encoder& to, SampleRandom& random, const SampleMoment& moment);
};

// 10 flat fields in 84 bytes.
extern const SampleShape kNarrow;
// The same with a map and an array, 184 bytes.
extern const SampleShape kWide;
// 30 fields of every kind under other names: a question needs five of them, the others are nested
// records, arrays of records, maps, enums, decimals, fixed and unions of three types.
extern const SampleShape kNested;

enum class SampleOrder : uint8_t {
  kByTime,    // As a service logs: in order but for an hour.
  kShuffled,  // Anywhere in the month.
};

class SampleEvents {
 public:
  SampleEvents(const SampleShape& shape, int64_t count, SampleOrder order = SampleOrder::kByTime);

  // Appends the next event's bytes; false when there are no more.
  bool next(Encoder& to);

 private:
  const SampleShape& shape_;
  const int64_t count_;
  const SampleOrder order_;
  SampleRandom random_;
  int64_t index_ = 0;
};

}  // namespace mseavro
