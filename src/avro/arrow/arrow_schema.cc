#include "avro/arrow/arrow_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "avro/schema/json_layout.h"
#include "avro/schema/logical_type.h"
#include "avro/schema/schema_names.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

std::string logical(std::string_view type, LogicalType logical_type, std::string_view rest = {}) {
  return fmt::format(R"({{"type":"{}","logicalType":"{}"{}}})", type,
                     logical_type_name(logical_type), rest);
}

bool has_metadata(const ArrowField& field, std::string_view key, std::string_view value) {
  const std::string* const found = field.find_metadata(key);
  return found != nullptr && *found == value;
}

// Whether one definition serves both: equal but for their names and nulls.
bool has_same_type(const ArrowField& left, const ArrowField& right) {
  const auto is_same_part = [](const ArrowField& first, const ArrowField& second) {
    return first.name == second.name && first.is_nullable == second.is_nullable &&
           first.metadata == second.metadata && has_same_type(first, second);
  };
  return left.type == right.type &&
         std::ranges::equal(left.children, right.children, is_same_part) &&
         std::ranges::equal(left.dictionary, right.dictionary, is_same_part);
}

class SchemaWriter {
 public:
  Result<std::string> type(const ArrowField& field, const std::string& name) {
    if (!field.dictionary.empty()) return type(field.dictionary[0], name);
    switch (field.type.kind) {
      case ArrowKind::kNull:
        return R"("null")";
      case ArrowKind::kBoolean:
        return R"("boolean")";
      case ArrowKind::kInteger:
        return field.type.width_bytes <= 4 ? R"("int")" : R"("long")";
      case ArrowKind::kUnsigned:
        return field.type.width_bytes <= 2 ? R"("int")" : R"("long")";
      case ArrowKind::kFloat:
        return field.type.width_bytes == 4 ? R"("float")" : R"("double")";
      case ArrowKind::kBinary:
      case ArrowKind::kBinaryView:
        if (has_metadata(field, "avro.logicalType", "big-decimal")) {
          return logical("bytes", LogicalType::kBigDecimal);
        }
        return R"("bytes")";
      case ArrowKind::kText:
      case ArrowKind::kTextView:
        if (has_metadata(field, "avro.logicalType", "uuid")) {
          return logical("string", LogicalType::kUuid);
        }
        return R"("string")";
      case ArrowKind::kFixedBinary:
        return fixed(field, name);
      case ArrowKind::kDecimal:
        return logical(
            "bytes", LogicalType::kDecimal,
            fmt::format(R"(,"precision":{},"scale":{})", field.type.precision, field.type.scale));
      case ArrowKind::kInterval:
        return define(field, name, [&](const std::string& own_name) -> Result<std::string> {
          return fmt::format(R"({{"type":"fixed","name":{},"size":12,"logicalType":"duration"}})",
                             own_name);
        });
      case ArrowKind::kDate:
      case ArrowKind::kTime:
      case ArrowKind::kTimestamp:
        return time(field);
      case ArrowKind::kList:
      case ArrowKind::kFixedList:
        return items("array", "items", field.children, 0, name);
      case ArrowKind::kMap:
        return items("map", "values", field.children[0].children, 1, name);
      case ArrowKind::kStruct:
        return define(field, name,
                      [&](const std::string& own_name) { return record(field, name, own_name); });
      case ArrowKind::kDenseUnion:
      case ArrowKind::kSparseUnion:
        return branches(field, name);
    }
    MSEAVRO_CHECK(false);
  }

 private:
  Result<std::string> nullable(const ArrowField& field, const std::string& name) {
    MSEAVRO_ASSIGN(std::string text, type(field, name));
    const bool says_null = text == R"("null")" || text.starts_with('[');
    return field.is_nullable && !says_null ? R"(["null",)" + text + "]" : text;
  }

  // A named type: by its name alone when it has been defined before.
  template <class MakeDefinition>
  Result<std::string> define(const ArrowField& field, const std::string& name,
                             const MakeDefinition& make_definition) {
    const std::string* const given = field.find_metadata("avro.name");
    const std::string wanted = given == nullptr || given->empty() ? name : *given;
    std::string own_name = wanted;
    for (int number = 2;; ++number) {
      const auto [known, is_new] = defined_.try_emplace(own_name, &field);
      std::string quoted;
      append_json_string(own_name, quoted);
      if (is_new) return make_definition(quoted);
      if (has_same_type(*known->second, field)) return quoted;
      own_name = fmt::format("{}_{}", wanted, number);
    }
  }

  Result<std::string> fixed(const ArrowField& field, const std::string& name) {
    const bool is_uuid = has_metadata(field, "ARROW:extension:name", "arrow.uuid");
    return define(field, name, [&](const std::string& own_name) -> Result<std::string> {
      return fmt::format(R"({{"type":"fixed","name":{},"size":{}{}}})", own_name,
                         field.type.width_bytes, is_uuid ? R"(,"logicalType":"uuid")" : "");
    });
  }

  Result<std::string> record(const ArrowField& field, const std::string& name,
                             const std::string& own_name) {
    std::string text = R"({"type":"record","name":)" + own_name + R"(,"fields":[)";
    for (const ArrowField& child : field.children) {
      if (text.back() != '[') text += ',';
      auto child_type = nullable(child, name + "_" + child.name);
      if (!child_type) return in_field(child.name, std::move(child_type.error()));
      text += R"({"name":)";
      append_json_string(child.name, text);
      text += R"(,"type":)" + *child_type;
      if (const std::string* const doc = child.find_metadata("avro.doc")) {
        text += R"(,"doc":)";
        append_json_string(*doc, text);
      }
      if (child_type->starts_with(R"(["null")")) text += R"(,"default":null)";
      text += '}';
    }
    return text + "]}";
  }

  Result<std::string> items(std::string_view type_name, std::string_view member,
                            const std::vector<ArrowField>& children, size_t index,
                            const std::string& name) {
    MSEAVRO_ASSIGN(const std::string item, nullable(children[index], name));
    return fmt::format(R"({{"type":"{}","{}":{}}})", type_name, member, item);
  }

  Result<std::string> branches(const ArrowField& field, const std::string& name) {
    std::string text = "[";
    for (size_t i = 0; i < field.children.size(); ++i) {
      MSEAVRO_ASSIGN(const std::string branch,
                     type(field.children[i], fmt::format("{}_{}", name, i)));
      text += (i == 0 ? "" : ",") + branch;
    }
    return text + "]";
  }

  static Result<std::string> time(const ArrowField& field) {
    const LogicalType logical_type = logical_time_type(field.type);
    if (logical_type == LogicalType::kNone) {
      return fail(ErrorCode::kNoArrowType, "Avro has no times of day in nanoseconds",
                  "cast the column to microseconds");
    }
    const bool is_int =
        logical_type == LogicalType::kDate || logical_type == LogicalType::kTimeMillis;
    return logical(is_int ? "int" : "long", logical_type);
  }

  static tl::unexpected<Error> in_field(const std::string& name, Error error) {
    std::string& path = error.place.field;
    path = path.empty() ? name : name + "." + path;
    return tl::unexpected(std::move(error));
  }

  std::map<std::string, const ArrowField*> defined_;  // By full name.
};

}  // namespace

LogicalType logical_time_type(const ArrowType& type) {
  const bool is_local = type.zone.empty();
  switch (type.kind) {
    case ArrowKind::kDate:
      return LogicalType::kDate;
    case ArrowKind::kTime:
      if (type.unit == ArrowUnit::kNanos) return LogicalType::kNone;
      return type.unit == ArrowUnit::kMicros ? LogicalType::kTimeMicros : LogicalType::kTimeMillis;
    case ArrowKind::kTimestamp:
      if (type.unit == ArrowUnit::kNanos) {
        return is_local ? LogicalType::kLocalTimestampNanos : LogicalType::kTimestampNanos;
      }
      if (type.unit == ArrowUnit::kMicros) {
        return is_local ? LogicalType::kLocalTimestampMicros : LogicalType::kTimestampMicros;
      }
      return is_local ? LogicalType::kLocalTimestampMillis : LogicalType::kTimestampMillis;
    default:
      return LogicalType::kNone;
  }
}

Result<std::string> derive_schema(const ArrowField& columns, const std::string& name) {
  if (columns.type.kind != ArrowKind::kStruct) {
    return fail(ErrorCode::kNoArrowType, "the columns of a batch are the children of a struct", {},
                std::string(arrow_kind_name(columns.type.kind)));
  }
  return SchemaWriter().type(columns, name);
}

}  // namespace mseavro
