#include "events/logline/time_format.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/result/ascii.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr int64_t kSecondsPerDay = 24 * 60 * 60;
constexpr int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z
constexpr size_t kIsoDayBytes = 11;                // "2026-02-14T"
constexpr size_t kIsoSecondsBytes = 19;            // "2026-02-14T10:30:03"
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// The parts of a time as they are found.
struct Clock {
  int32_t year = -1;
  int32_t month = -1;
  int32_t day = -1;
  int32_t hour = -1;
  int32_t minute = -1;
  int32_t second = -1;
  std::optional<int32_t> offset_seconds;
  std::optional<int64_t> epoch_seconds;
  std::string_view fraction;

  bool is_day() const {
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_of_month(year, month);
  }
  bool is_time() const {
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  }
};

// Takes parts off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool is_done() const { return rest_.empty(); }

  bool take(char byte) {
    if (rest_.empty() || rest_.front() != byte) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_two(int32_t* number) { return take_digits<2>(number); }
  bool take_four(int32_t* number) { return take_digits<4>(number); }

  // At least one digit.
  bool take_run(std::string_view* digits) {
    size_t size = 0;
    while (size < rest_.size() && is_digit(rest_[size])) ++size;
    *digits = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return size > 0;
  }

  bool take_month(int32_t* month) {
    const auto* found = std::ranges::find(kMonths, rest_.substr(0, 3));
    if (found == kMonths.end()) return false;
    *month = static_cast<int32_t>(found - kMonths.begin()) + 1;
    rest_.remove_prefix(3);
    return true;
  }

  // Z, +hh:mm, +hhmm or +hh.
  bool take_offset(Clock* clock) {
    if (take('Z') || take('z')) {
      clock->offset_seconds = 0;
      return true;
    }
    const bool is_negative = take('-');
    if (!is_negative && !take('+')) return false;
    int32_t hours = 0;
    int32_t minutes = 0;
    if (!take_two(&hours) || hours > 23) return false;
    const bool has_minutes = take(':') || (!rest_.empty() && is_digit(rest_.front()));
    if (has_minutes && (!take_two(&minutes) || minutes > 59)) return false;
    const int32_t seconds = hours * 3600 + minutes * 60;
    clock->offset_seconds = is_negative ? -seconds : seconds;
    return true;
  }

  // Seconds since 1970, with a fraction or none.
  bool take_epoch(Clock* clock) {
    constexpr size_t kDigitsMax = 12;  // More than kLastSecond has.
    std::string_view digits;
    if (!take_run(&digits) || digits.size() > kDigitsMax) return false;
    int64_t seconds = 0;
    for (const char digit : digits) seconds = seconds * 10 + (digit - '0');
    clock->epoch_seconds = seconds;
    return !take('.') || take_run(&clock->fraction);
  }

 private:
  template <size_t kCount>
  bool take_digits(int32_t* number) {
    if (rest_.size() < kCount) return false;
    int32_t value = 0;
    for (size_t index = 0; index < kCount; ++index) {
      if (!is_digit(rest_[index])) return false;
      value = value * 10 + (rest_[index] - '0');
    }
    *number = value;
    rest_.remove_prefix(kCount);
    return true;
  }

  std::string_view rest_;
};

bool scan_iso(Scanner& scanner, Clock* clock) {
  const bool is_clock =
      scanner.take_four(&clock->year) && scanner.take('-') && scanner.take_two(&clock->month) &&
      scanner.take('-') && scanner.take_two(&clock->day) &&
      (scanner.take('T') || scanner.take(' ') || scanner.take('t')) &&
      scanner.take_two(&clock->hour) && scanner.take(':') && scanner.take_two(&clock->minute) &&
      scanner.take(':') && scanner.take_two(&clock->second);
  if (!is_clock || (scanner.take('.') && !scanner.take_run(&clock->fraction))) return false;
  return scanner.is_done() || scanner.take_offset(clock);
}

bool scan_conversion(char letter, Scanner& scanner, Clock* clock) {
  switch (letter) {
    case 'Y':
      return scanner.take_four(&clock->year);
    case 'm':
      return scanner.take_two(&clock->month);
    case 'b':
      return scanner.take_month(&clock->month);
    case 'd':
      return scanner.take_two(&clock->day);
    case 'H':
      return scanner.take_two(&clock->hour);
    case 'M':
      return scanner.take_two(&clock->minute);
    case 'S':
      return scanner.take_two(&clock->second);
    case 'f':
      return scanner.take_run(&clock->fraction);
    case 'z':
      return scanner.take_offset(clock);
    case 's':
      return scanner.take_epoch(clock);
    default:
      return letter == '%' && scanner.take('%');
  }
}

bool scan_format(std::string_view format, Scanner& scanner, Clock* clock) {
  for (size_t index = 0; index < format.size(); ++index) {
    const bool is_conversion = format[index] == '%';
    if (is_conversion ? !scan_conversion(format[++index], scanner, clock)
                      : !scanner.take(format[index])) {
      return false;
    }
  }
  return true;
}

int64_t days_of(const Clock& clock) {
  return days_from_civil(
      {clock.year, static_cast<uint8_t>(clock.month), static_cast<uint8_t>(clock.day)});
}

int64_t seconds_of(const Clock& clock, const TimeZone& zone) {
  if (clock.epoch_seconds) return *clock.epoch_seconds;
  const int64_t local =
      days_of(clock) * kSecondsPerDay + clock.hour * 3600 + clock.minute * 60 + clock.second;
  if (clock.offset_seconds) return local - *clock.offset_seconds;
  if (zone.is_utc()) return local;
  return floor_div(zone.from_local(local * kMicrosPerSecond), kMicrosPerSecond);
}

uint64_t word_at(std::string_view text, size_t offset) {
  uint64_t word;
  std::memcpy(&word, text.data() + offset, sizeof word);
  return word;
}

// The seconds of "23:06:09" in the bytes of the word, the first one lowest; negative for what is no
// such time.
int64_t clock_seconds(uint64_t word) {
  // Digits become 0 to 9 and colons 0; what is added takes each byte that is more past 0x7f.
  const uint64_t digits = word ^ 0x3030'3a30'303a'3030;
  if (((digits | (digits + 0x7676'7f76'767f'7676)) & 0x8080'8080'8080'8080) != 0) return -1;
  const uint64_t numbers = digits * 10 + (digits >> 8);
  const auto number = [&](int byte) { return static_cast<int64_t>(numbers >> (8 * byte) & 0xff); };
  const int64_t hour = number(0);
  const int64_t minute = number(3);
  const int64_t second = number(6);
  if (hour >= 24 || minute >= 60 || second >= 60) return -1;
  return hour * 3600 + minute * 60 + second;
}

void put_two(int64_t number, char* to) {
  to[0] = static_cast<char>('0' + number / 10);
  to[1] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::optional<int64_t> LogTime::in_units(int64_t units_per_second) const {
  int64_t value = 0;
  if (__builtin_mul_overflow(seconds, units_per_second, &value)) return std::nullopt;
  int64_t unit = units_per_second;
  for (const char digit : fraction) {
    unit /= 10;
    if (unit == 0) break;
    if (__builtin_add_overflow(value, unit * (digit - '0'), &value)) return std::nullopt;
  }
  return value;
}

Result<TimeFormat> TimeFormat::make(std::string format, std::shared_ptr<const TimeZone> zone) {
  std::string letters;
  for (size_t index = 0; index < format.size(); ++index) {
    if (format[index] != '%') continue;
    const char letter = ++index < format.size() ? format[index] : '\0';
    if (std::string_view("YmbdHMSfzs%").find(letter) == std::string_view::npos) {
      return fail(ErrorCode::kBadRules, "the time format has a % that means nothing",
                  "it may have %Y %m %d %b %H %M %S %f %z %s and %%", {},
                  {.byte = static_cast<int64_t>(index) - 1});
    }
    letters += letter;
  }
  const auto has = [&](char letter) { return letters.find(letter) != std::string::npos; };
  const bool is_clock =
      has('Y') && (has('m') || has('b')) && has('d') && has('H') && has('M') && has('S');
  if (!format.empty() && !is_clock && !has('s')) {
    return fail(ErrorCode::kBadRules, "the time format lacks a part of day and time",
                "as in: time_format = \"%d/%b/%Y:%H:%M:%S %z\"");
  }
  return TimeFormat(std::move(format), std::move(zone));
}

std::optional<LogTime> TimeFormat::read(std::string_view text) const {
  Scanner scanner(text);
  Clock clock;
  const bool is_read =
      format_.empty() ? scan_iso(scanner, &clock) : scan_format(format_, scanner, &clock);
  if (!is_read || !scanner.is_done()) return std::nullopt;
  if (!clock.epoch_seconds && !(clock.is_day() && clock.is_time())) return std::nullopt;
  const int64_t seconds = seconds_of(clock, *zone_);
  if (seconds < kFirstSecond || seconds > kLastSecond) return std::nullopt;
  return LogTime{seconds, clock.fraction};
}

// Also false for times that are written in a way which is not looked for here.
inline bool TimeReader::read_on_known_day(std::string_view text, LogTime* time) const {
  if (text.size() < kIsoSecondsBytes || word_at(text, 0) != day_begin_ ||
      word_at(text, kIsoDayBytes - sizeof(uint64_t)) != day_end_) {
    return false;
  }
  const int64_t seconds_of_day = clock_seconds(word_at(text, kIsoDayBytes));
  size_t end = kIsoSecondsBytes;
  if (end < text.size() && text[end] == '.') {
    for (++end; end < text.size() && is_digit(text[end]);) ++end;
  }
  const bool has_zone = end + 1 == text.size() && text[end] == 'Z';
  const bool is_utc = has_zone || (end == text.size() && format_.zone_->is_utc());
  if (seconds_of_day < 0 || !is_utc || end == kIsoSecondsBytes + 1) return false;
  const size_t fraction = std::min(end, kIsoSecondsBytes + 1);
  const bool is_canonical = text[kIsoDayBytes - 1] == 'T';
  *time = {day_seconds_ + seconds_of_day, text.substr(fraction, end - fraction),
           is_canonical ? text.substr(0, end) : std::string_view()};
  return true;
}

bool TimeReader::read(std::string_view text, LogTime* time) {
  const bool is_iso = format_.format_.empty();
  if (is_iso && read_on_known_day(text, time)) return true;
  const auto found = format_.read(text);
  if (!found) return false;
  if (is_iso) remember_day(text);
  *time = *found;
  return true;
}

// REQUIRES: text is an ISO time.
void TimeReader::remember_day(std::string_view text) {
  Clock clock;
  Scanner scanner(text);
  scan_iso(scanner, &clock);
  day_seconds_ = days_of(clock) * kSecondsPerDay;
  day_begin_ = word_at(text, 0);
  day_end_ = word_at(text, kIsoDayBytes - sizeof(uint64_t));
}

std::string_view TimeWriter::seconds_text(int64_t seconds) {
  const int64_t day = floor_div(seconds, kSecondsPerDay);
  if (day != std::exchange(day_, day)) text_ = format_day(civil_from_days(day)) + "T00:00:00";
  const int64_t clock = seconds - day * kSecondsPerDay;
  put_two(clock / 3600, text_.data() + 11);
  put_two(clock / 60 % 60, text_.data() + 14);
  put_two(clock % 60, text_.data() + 17);
  return text_;
}

}  // namespace mseavro
