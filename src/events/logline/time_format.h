// Times as logs write them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time/time.h"
#include "mseavro/error.h"

namespace mseavro {

// An instant with the fraction as it stands in the line. A value; the view is the text's.
struct LogTime {
  int64_t seconds = 0;        // Since 1970 in UTC; years 1 to 9999.
  std::string_view fraction;  // Digits, perhaps none.
  // The canonical text up to its Z, where it stands in the line like that and is known to.
  std::string_view canonical{};

  // Rounded down to units of a second (1000, 1000000, 1000000000); nullopt past int64.
  std::optional<int64_t> in_units(int64_t units_per_second) const;
};

// How times are written. Immutable and thread-safe.
//
//   ""                      2026-02-14T10:30:03.099+01:00: ISO 8601 with seconds; 'T' or a space; a
//                           fraction of any length; Z, +hh:mm, +hhmm, +hh, or nothing for `zone`
//   %d/%b/%Y:%H:%M:%S %z    14/Feb/2026:10:30:03 +0100
//   %s                      1771061403.099: seconds since 1970
//
// A format has %Y %m %d, %b (Jan to Dec), %H %M %S, %f (a fraction), %z (as above) and %%; a time
// is complete with day and seconds, or with %s.
class TimeFormat {
 public:
  // Errors: kBadRules, for a format that is none (place.byte is its % that means nothing) or is not
  // complete.
  static Result<TimeFormat> make(std::string format, std::shared_ptr<const TimeZone> zone);

  // nullopt for what is no such time. Leap seconds and hour 24 are refused.
  std::optional<LogTime> read(std::string_view text) const;

 private:
  friend class TimeReader;

  TimeFormat(std::string format, std::shared_ptr<const TimeZone> zone)
      : format_(std::move(format)), zone_(std::move(zone)) {}

  std::string format_;
  std::shared_ptr<const TimeZone> zone_;
};

// Reads times as the format does, faster where one has the day of the one before. Not thread-safe.
class TimeReader {
 public:
  // `format` must outlive the reader.
  explicit TimeReader(const TimeFormat& format) : format_(format) {}

  // As TimeFormat::read, but that it says where a text is canonical. False for what is no time;
  // then
  // `*time` is not touched.
  bool read(std::string_view text, LogTime* time);

 private:
  bool read_on_known_day(std::string_view text, LogTime* time) const;
  void remember_day(std::string_view text);

  const TimeFormat& format_;
  // "2026-02-14T", as its first and its last 8 bytes; at first what no text has.
  uint64_t day_begin_ = 0;
  uint64_t day_end_ = ~uint64_t{0};
  int64_t day_seconds_ = 0;
};

// "2026-02-14T09:30:03.099Z" of times that often have the day of the one before. Not thread-safe.
class TimeWriter {
 public:
  // Valid until the next call, except for the fraction's digits: they are not in it.
  // The text up to the seconds; ".", the fraction and "Z" follow it.
  std::string_view seconds_text(int64_t seconds);

 private:
  int64_t day_ = INT64_MIN;
  std::string text_;
};

}  // namespace mseavro
