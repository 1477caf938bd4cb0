// The specification's rules of schema resolution, one level of a type at a time: what may be read
// as what, and which parts of a writer's type correspond to which of the reader's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "avro/schema/schema.h"

namespace mseavro {

// Why data cannot be read, or not all of it. The names are those that Avro Java and registries use;
// do not rename: clients of a registry look at them.
enum class CompatibilityRule : uint8_t {
  kTypeMismatch,
  kNameMismatch,
  kFixedSizeMismatch,
  kDecimalScaleMismatch,  // Ours: the digits stand in the bytes without a point.
  kMissingEnumSymbols,
  kReaderFieldMissingDefaultValue,
  kMissingUnionBranch,
};

// As in "TYPE_MISMATCH".
std::string_view rule_name(CompatibilityRule rule);

// Which rule keeps any value of `writer` from being read as `reader`, looking at neither fields,
// items nor symbols; nullopt when none does. Neither is a union.
//
// Allowed are the same type; int, long, float and double as one further in this row; string and
// bytes as each other. Names of records, enums and fixed types must be equal without their
// namespaces, or the reader's aliases hold the writer's full name. Fixed types must have equal
// sizes, decimals equal scales.
std::optional<CompatibilityRule> find_conflict(const SchemaNode& writer, const SchemaNode& reader);

// Whether a value of `writer` that find_conflict lets be read as `reader` is taken for something
// else: an instant in another unit, a plain number for a date or the other way round. A uuid is the
// same text or bytes with and without its annotation.
bool changes_meaning(const SchemaNode& writer, const SchemaNode& reader);

// Whether numbers that find_conflict lets be read as another type come out rounded: long as float
// or double, int as float.
bool loses_digits(const SchemaNode& writer, const SchemaNode& reader);

// The branch of the reader's union that takes values of `writer`, which is no union: the first of
// the same type, full names before aliases before names without namespaces; else the first that it
// is promoted to. nullopt: none.
std::optional<size_t> find_branch(const SchemaNode& writer, const Schema& reader_schema,
                                  const SchemaNode& reader);

// For each of the reader's fields the index of the writer's that it takes, or nullopt. Names come
// before aliases, aliases in their order; no field is taken twice.
std::vector<std::optional<uint32_t>> match_fields(const SchemaNode& writer,
                                                  const SchemaNode& reader);

// Names by which the record's fields are found in data: their own and their aliases.
std::unordered_set<std::string_view> names_in_data(const SchemaNode& record);

// Of the former aliases of a field those that are not among `names`, those of its record now: what
// was written before a rename is not found any more.
std::vector<std::string> lost_aliases(const SchemaField& former,
                                      const std::unordered_set<std::string_view>& names);

// The same of a type.
std::vector<std::string> lost_aliases(const SchemaNode& former, const SchemaNode& type);

}  // namespace mseavro
