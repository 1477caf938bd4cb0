#include <date/tz.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/result/result.h"
#include "base/time/time.h"
#include "base/time/unknown_zone.h"

namespace mseavro {
namespace {

// Where Debian's build of the library looks, too; it can be told no other folder.
constexpr const char* kZoneFolder = "/usr/share/zoneinfo/";

// The library finds this link among the zones, but what it names depends on the machine, and names
// of zones are stored with results.
constexpr std::string_view kMachineZone = "localtime";

int64_t micros_of(date::sys_seconds time) {
  return time.time_since_epoch().count() * kMicrosPerSecond;
}

// All changes of offset. The library answers for one stretch at a time, and beyond its last one
// repeats it.
std::vector<TimeZone::Change> list_changes(const date::time_zone& zone) {
  date::sys_info info =
      zone.get_info(date::sys_seconds(std::chrono::seconds(kFirstInstant / kMicrosPerSecond)));
  std::vector<TimeZone::Change> changes{{kFirstInstant, info.offset.count() * kMicrosPerSecond}};
  for (date::sys_info next = zone.get_info(info.end); next.begin > info.begin;
       next = zone.get_info(info.end)) {
    const int64_t offset_micros = next.offset.count() * kMicrosPerSecond;
    if (offset_micros != changes.back().offset_micros) {
      changes.push_back({micros_of(next.begin), offset_micros});
    }
    info = next;
  }
  return changes;
}

// Zone files come "fat", with every change until 2037, or "slim", where a rule in the last line
// stands for the changes to come. The library reads only the list, so it would be an hour wrong in
// every summer of a slim file, in silence.
bool is_slim(std::string_view name, const std::vector<TimeZone::Change>& changes) {
  const int64_t year_2037 = days_from_civil({2037, 1, 1}) * kMicrosPerDay;
  if (changes.back().begin >= year_2037) return false;
  std::ifstream file(kZoneFolder + std::string(name), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (bytes.size() < 2) return false;
  const size_t rule = bytes.rfind('\n', bytes.size() - 2);
  return rule != std::string::npos && bytes.find(',', rule) != std::string::npos;
}

std::vector<std::string> known_zones(const date::tzdb& database) {
  std::vector<std::string> names;
  for (const date::time_zone& zone : database.zones) names.push_back(zone.name());
  return names;
}

}  // namespace

Result<std::shared_ptr<const TimeZone>> TimeZone::find(std::string_view name) {
  if (name == "UTC") return utc();
  try {
    const date::tzdb& database = date::get_tzdb();
    const auto zone =
        std::find_if(database.zones.begin(), database.zones.end(),
                     [&](const date::time_zone& candidate) { return candidate.name() == name; });
    if (zone == database.zones.end() || name == kMachineZone) {
      return tl::unexpected(unknown_zone_error(name, known_zones(database)));
    }
    std::vector<Change> changes = list_changes(*zone);
    if (is_slim(name, changes)) {
      return fail(ErrorCode::kBadTimeZone,
                  "the time-zone files of this system are of the \"slim\" form, which is not read",
                  "install tzdata with \"fat\" files, as Debian's are, or use UTC",
                  std::string(name));
    }
    return std::make_shared<const TimeZone>(std::string(name), std::move(changes));
  } catch (const std::exception&) {
    // The library throws when it finds no folder of zones, or a file in it that is no zone.
    return tl::unexpected(unknown_zone_error(name, {}));
  }
}

const std::shared_ptr<const TimeZone>& TimeZone::utc() {
  static const auto zone =
      std::make_shared<const TimeZone>("UTC", std::vector<Change>{{kFirstInstant, 0}});
  return zone;
}

TimeZone::TimeZone(std::string name, std::vector<Change> changes)
    : name_(std::move(name)), changes_(std::move(changes)) {
  MSEAVRO_CHECK(!changes_.empty() && changes_.front().begin == kFirstInstant);
  for (const Change& change : changes_) {
    greatest_offset_micros_ = std::max(greatest_offset_micros_, change.offset_micros);
  }
}

size_t TimeZone::index_of(Instant instant) const {
  const auto after =
      std::upper_bound(changes_.begin(), changes_.end(), instant,
                       [](Instant value, const Change& change) { return value < change.begin; });
  return static_cast<size_t>(after - changes_.begin()) - 1;
}

ClockStretch TimeZone::stretch(Instant instant) const {
  const size_t index = index_of(instant);
  const Instant end = index + 1 < changes_.size() ? changes_[index + 1].begin : kLastInstant;
  return {changes_[index].begin, end, changes_[index].offset_micros};
}

int64_t TimeZone::to_local(Instant instant) const {
  return saturating_add(instant, changes_[index_of(instant)].offset_micros);
}

Instant TimeZone::from_local(int64_t local_micros) const {
  if (local_micros == kFirstInstant || local_micros == kLastInstant) return local_micros;
  // Before this instant no clock of the zone has come as far. From here on the first stretch in
  // which the reading comes before the end is the answer; when it comes before the beginning too,
  // the clock jumped over it.
  size_t index = index_of(saturating_add(local_micros, -greatest_offset_micros_));
  for (;; ++index) {
    const Instant reached = saturating_add(local_micros, -changes_[index].offset_micros);
    if (index + 1 == changes_.size() || reached < changes_[index + 1].begin) {
      return std::max(reached, changes_[index].begin);
    }
  }
}

}  // namespace mseavro
