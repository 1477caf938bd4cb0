#include "events/source/field_watch.h"

#include <algorithm>

namespace mseavro {
namespace {

std::vector<size_t> choose_fields(std::span<const CandidateField> fields, size_t count_max) {
  std::vector<size_t> chosen;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].kind != FieldKind::kOther) chosen.push_back(i);
  }
  std::stable_sort(chosen.begin(), chosen.end(), [fields](size_t a, size_t b) {
    return fields[a].path.steps.size() < fields[b].path.steps.size();
  });
  chosen.resize(std::min(chosen.size(), count_max));
  return chosen;
}

// How the field's minimum and maximum are found; nullopt for what has none.
std::optional<ColumnType> number_type(FieldKind kind) {
  switch (kind) {
    case FieldKind::kNumber:
      return ColumnType::kNumber;
    case FieldKind::kInteger:
    case FieldKind::kInstant:
    case FieldKind::kLocalInstant:
    case FieldKind::kDate:
      return ColumnType::kInteger;
    default:
      return std::nullopt;
  }
}

}  // namespace

FieldWatch::FieldWatch(std::span<const CandidateField> fields, size_t field_count_max) {
  for (const size_t index : choose_fields(fields, field_count_max)) {
    const CandidateField& field = fields[index];
    Watched& watched = watched_.emplace_back(Watched{index, columns_.size(), std::nullopt, {}});
    columns_.push_back({field.path, ColumnType::kText});
    const auto type = number_type(field.kind);
    if (!type) continue;
    watched.number_column = columns_.size();
    columns_.push_back({field.path, *type});
  }
}

void FieldWatch::add(const ColumnBatch& batch, size_t row_count) {
  for (Watched& watched : watched_) {
    const Column* numbers =
        watched.number_column ? &batch.columns[*watched.number_column] : nullptr;
    watched.collector.add(batch.columns[watched.text_column], numbers, row_count);
  }
}

void FieldWatch::finish(std::vector<CandidateField>& fields) {
  for (Watched& watched : watched_) {
    CandidateField& field = fields[watched.field];
    field.evidence = watched.collector.finish();
    if (field.kind != FieldKind::kText) field.evidence.invalid_text_count = 0;  // Bytes may be any.
  }
}

}  // namespace mseavro
