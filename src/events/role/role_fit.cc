#include "events/role/role_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text/number_text.h"

namespace mseavro {
namespace {

constexpr double kFirstPlausibleSecond = 631152000;  // 1990-01-01T00:00:00Z
constexpr double kEndPlausibleSecond = 4102444800;   // 2100-01-01T00:00:00Z

// Several versions may score one request, so a strong name has to differ in every second row only.
constexpr double kDistinctShareOfStrong = 0.5;
constexpr double kDistinctShareOfWeak = 0.9;

Fit fits(std::string detail = {}) { return {Misfit::kNone, {}, std::move(detail)}; }
Fit misfits(Misfit misfit, std::string detail = {}) { return {misfit, {}, std::move(detail)}; }

// Whether all is text for want of types, so that reading numbers from it is no surprise.
bool has_no_types(const CandidateField& field) {
  return field.origin == FieldOrigin::kCsv || field.origin == FieldOrigin::kPathKey ||
         (field.origin == FieldOrigin::kJson && !field.has_strings);
}

bool reads_numbers_from_text(const CandidateField& field, const RoleQuestion& question) {
  return has_no_types(field) || question.parse_text_numbers;
}

// Unreadable rows among the first must not turn numbers into classes: rows are judged later.
bool looks_numeric(const FieldEvidence& evidence) {
  return evidence.value_count() == 0 || evidence.texts_are_numbers ||
         parse_number(evidence.example).has_value();
}

Fit judge_number(const CandidateField& field, const RoleQuestion& question) {
  switch (field.kind) {
    case FieldKind::kInteger:
    case FieldKind::kNumber:
      return fits();
    case FieldKind::kBoolean:
      return misfits(Misfit::kClasses);
    case FieldKind::kText:
      if (!looks_numeric(field.evidence)) return misfits(Misfit::kClasses);
      if (!reads_numbers_from_text(field, question)) return misfits(Misfit::kTextNumber);
      return fits(has_no_types(field) ? "" : "text read as numbers");
    default:
      return misfits(Misfit::kWrongType);
  }
}

Fit judge_id(const CandidateField& field, NameRank rank) {
  const bool is_id = field.kind == FieldKind::kText || field.kind == FieldKind::kInteger ||
                     field.kind == FieldKind::kBytes;
  if (!is_id || field.origin == FieldOrigin::kPathKey) return misfits(Misfit::kWrongType);
  if (rank <= NameRank::kAlias) return fits();
  const double share = rank <= NameRank::kStrong ? kDistinctShareOfStrong : kDistinctShareOfWeak;
  const auto values = static_cast<double>(field.evidence.value_count());
  if (static_cast<double>(field.evidence.distinct_count) < share * values) {
    return misfits(Misfit::kRepeats,
                   fmt::format("{} has only {} different values in {} rows", field.path.text(),
                               field.evidence.distinct_count, field.evidence.value_count()));
  }
  return fits();
}

Fit judge_version(const CandidateField& field) {
  const bool is_version = field.kind == FieldKind::kText || field.kind == FieldKind::kInteger ||
                          field.kind == FieldKind::kNumber;
  return is_version ? fits() : misfits(Misfit::kWrongType);
}

bool is_flag(const CandidateField& field) {
  const FieldEvidence& evidence = field.evidence;
  if (field.kind == FieldKind::kBoolean) return true;
  if (field.kind == FieldKind::kInteger) {
    return evidence.minimum.value_or(0) >= 0 && evidence.maximum.value_or(0) <= 1;
  }
  if (field.kind != FieldKind::kText || !has_no_types(field) ||
      field.origin == FieldOrigin::kPathKey) {
    return false;
  }
  static constexpr std::string_view kFlags[] = {"true", "false", "True", "False", "1", "0"};
  return evidence.value_count() == 0 ||
         std::find(std::begin(kFlags), std::end(kFlags), evidence.example) != std::end(kFlags);
}

Fit count_of(TimeUnit unit, bool inferred, std::string detail) {
  Fit fit = fits(std::move(detail));
  fit.time = {TimeReading::Form::kCount, unit, false, inferred};
  return fit;
}

Fit judge_plain_count(const CandidateField& field, std::optional<TimeUnit> unit_by_name,
                      const RoleQuestion& question) {
  const std::string_view what = field.kind == FieldKind::kInteger  ? "plain long"
                                : field.kind == FieldKind::kNumber ? "plain number"
                                                                   : "plain number in text";
  if (question.time_unit) {
    return count_of(
        *question.time_unit, false,
        fmt::format("{}, {} by --time-unit", what, time_unit_name(*question.time_unit)));
  }
  const FieldEvidence& evidence = field.evidence;
  if (!evidence.minimum || !evidence.maximum) {
    if (!unit_by_name) {
      return misfits(Misfit::kUnclearUnit,
                     fmt::format("{} has no value that would tell its unit", field.path.text()));
    }
    return count_of(*unit_by_name, true,
                    fmt::format("{}, {} by name", what, time_unit_name(*unit_by_name)));
  }
  const auto unit = unit_by_magnitude(*evidence.minimum, *evidence.maximum);
  if (!unit) {
    return misfits(Misfit::kUnclearUnit,
                   fmt::format("{} holds {} to {}, which is no time of 1990 to 2100 in one unit",
                               field.path.text(), *evidence.minimum, *evidence.maximum));
  }
  if (unit_by_name && *unit_by_name != *unit) {
    return misfits(Misfit::kUnclearUnit,
                   fmt::format("{} has the size of {}, but its name says {}", field.path.text(),
                               time_unit_name(*unit), time_unit_name(*unit_by_name)));
  }
  return count_of(*unit, true, fmt::format("{}, {} by magnitude", what, time_unit_name(*unit)));
}

Fit judge_time_text(const CandidateField& field, std::optional<TimeUnit> unit_by_name,
                    const RoleQuestion& question) {
  const FieldEvidence& evidence = field.evidence;
  if (evidence.value_count() == 0 || evidence.texts_are_times) {
    Fit fit = fits("text");
    fit.time = {TimeReading::Form::kText, TimeUnit::kMicros, false, false};
    return fit;
  }
  if (!evidence.texts_are_numbers) return misfits(Misfit::kWrongType);
  if (!reads_numbers_from_text(field, question)) return misfits(Misfit::kTextNumber);
  return judge_plain_count(field, unit_by_name, question);
}

Fit judge_time(const CandidateField& field, NameRank rank, std::optional<TimeUnit> unit_by_name,
               const RoleQuestion& question) {
  switch (field.kind) {
    case FieldKind::kInstant:
      return count_of(field.unit, false, "");
    case FieldKind::kLocalInstant: {
      Fit fit = count_of(field.unit, false, "local time");
      fit.time.is_local = true;
      return fit;
    }
    case FieldKind::kDate: {
      Fit fit = fits("date");
      fit.time = {TimeReading::Form::kDate, TimeUnit::kMicros, true, false};
      return fit;
    }
    case FieldKind::kInteger:
    case FieldKind::kNumber:
      if (field.is_single_precision) return misfits(Misfit::kWrongType);
      if (rank == NameRank::kFaint && !unit_by_name) return misfits(Misfit::kWrongType);
      return judge_plain_count(field, unit_by_name, question);
    case FieldKind::kText:
      return judge_time_text(field, unit_by_name, question);
    default:
      return misfits(Misfit::kWrongType);
  }
}

}  // namespace

std::optional<TimeUnit> unit_by_magnitude(double minimum, double maximum) {
  double scale = 1;
  for (TimeUnit unit :
       {TimeUnit::kSeconds, TimeUnit::kMillis, TimeUnit::kMicros, TimeUnit::kNanos}) {
    if (minimum >= kFirstPlausibleSecond * scale && maximum < kEndPlausibleSecond * scale) {
      return unit;
    }
    scale *= 1000;
  }
  return std::nullopt;
}

std::string_view time_unit_name(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kSeconds:
      return "seconds";
    case TimeUnit::kMillis:
      return "milliseconds";
    case TimeUnit::kMicros:
      return "microseconds";
    case TimeUnit::kNanos:
      return "nanoseconds";
  }
  return "";
}

Fit judge_fit(const CandidateField& field, Role role, NameRank rank,
              std::optional<TimeUnit> unit_by_name, const RoleQuestion& question) {
  switch (role) {
    case Role::kPredictionId:
      return judge_id(field, rank);
    case Role::kPrediction:
    case Role::kActual:
    case Role::kSquaredError:
      return judge_number(field, question);
    case Role::kModelVersion:
    case Role::kFeaturesetVersion:
      return judge_version(field);
    case Role::kTimestamp:
    case Role::kLabelTimestamp:
      return judge_time(field, rank, unit_by_name, question);
    case Role::kDeleted:
      return is_flag(field) ? fits() : misfits(Misfit::kWrongType);
  }
  return misfits(Misfit::kWrongType);
}

}  // namespace mseavro
