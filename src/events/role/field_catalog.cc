#include "events/role/field_catalog.h"

#include <algorithm>

namespace mseavro {

std::string_view field_kind_name(FieldKind kind) {
  switch (kind) {
    case FieldKind::kInteger:
      return "integer";
    case FieldKind::kNumber:
      return "number";
    case FieldKind::kBoolean:
      return "boolean";
    case FieldKind::kText:
      return "text";
    case FieldKind::kBytes:
      return "bytes";
    case FieldKind::kInstant:
      return "timestamp";
    case FieldKind::kLocalInstant:
      return "local timestamp";
    case FieldKind::kDate:
      return "date";
    case FieldKind::kOther:
      return "no single value";
  }
  return "";
}

const CandidateField* FieldCatalog::find(const FieldPath& path) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const CandidateField& field) { return field.path == path; });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace mseavro
