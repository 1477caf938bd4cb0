#include "app/cli/schema_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "app/cli/option_table.h"
#include "app/cli/schema_file.h"
#include "avro/schema/canonical_form.h"
#include "avro/schema/fingerprint.h"
#include "avro/schema/schema_compatibility.h"
#include "avro/schema/schema_diff.h"
#include "avro/schema/schema_print.h"
#include "avro/wire/read_plan.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

using SchemaPointer = std::shared_ptr<const Schema>;

template <class Digest>
std::string hexadecimal(const Digest& digest) {
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

Result<SchemaAnswer> show(const std::vector<SchemaPointer>& schemas,
                          const std::vector<std::string>&) {
  return SchemaAnswer{print_schema(*schemas[0]) + "\n"};
}

Result<SchemaAnswer> canonical(const std::vector<SchemaPointer>& schemas,
                               const std::vector<std::string>&) {
  MSEAVRO_ASSIGN(const std::string form, canonical_form(*schemas[0]));
  return SchemaAnswer{form + "\n"};
}

Result<SchemaAnswer> fingerprint(const std::vector<SchemaPointer>& schemas,
                                 const std::vector<std::string>&) {
  MSEAVRO_ASSIGN(const std::string form, canonical_form(*schemas[0]));
  return SchemaAnswer{fmt::format("CRC-64-AVRO {:016x}\nMD5         {}\nSHA-256     {}\n",
                                  crc64_avro(form), hexadecimal(md5(form)),
                                  hexadecimal(sha256(form)))};
}

// A line for each conflict: path, rule, field and words.
std::string conflict_lines(const CompatibilityVerdict& verdict, std::string_view indent) {
  std::string lines;
  for (const SchemaConflict& conflict : verdict.conflicts) {
    lines += fmt::format("{}{} {} {}{}{}\n", indent, conflict.path, rule_name(conflict.rule),
                         conflict.field, conflict.field.empty() ? "" : ": ", conflict.message);
  }
  if (verdict.has_more) lines += fmt::format("{}and more\n", indent);
  return lines;
}

Result<SchemaAnswer> check(const std::vector<SchemaPointer>& schemas,
                           const std::vector<std::string>& paths) {
  MSEAVRO_ASSIGN(const CompatibilityVerdict verdict, check_compatibility(*schemas[0], *schemas[1]));
  if (verdict.is_compatible()) {
    // The defaults that the reader would take are looked at when a plan is made of them.
    if (auto plan = ReadPlan::resolve(*schemas[1], schemas[0]); !plan) {
      plan.error().place.file = paths[0];
      return tl::unexpected<Error>(std::move(plan.error()));
    }
    return SchemaAnswer{fmt::format("compatible: {} reads all data of {}\n", paths[0], paths[1])};
  }
  return SchemaAnswer{fmt::format("incompatible: {} does not read all data of {}\n{}", paths[0],
                                  paths[1], conflict_lines(verdict, "")),
                      1};
}

Result<std::string> direction(std::string_view words, const Schema& reader, const Schema& writer) {
  MSEAVRO_ASSIGN(const CompatibilityVerdict verdict, check_compatibility(reader, writer));
  return fmt::format("{}: {}\n{}", words, verdict.is_compatible() ? "works" : "breaks",
                     conflict_lines(verdict, "  "));
}

Result<SchemaAnswer> diff(const std::vector<SchemaPointer>& schemas,
                          const std::vector<std::string>&) {
  const Schema& older = *schemas[0];
  const Schema& newer = *schemas[1];
  MSEAVRO_ASSIGN(const SchemaDiff changes, diff_schemas(older, newer));
  SchemaAnswer answer;
  for (const SchemaChange& change : changes.changes) {
    answer.text +=
        fmt::format("{}{}{}\n", change.place, change.place.empty() ? "" : ": ", change.message);
  }
  if (changes.has_more) answer.text += "and more\n";
  if (changes.changes.empty()) answer.text += "nothing changed\n";
  MSEAVRO_ASSIGN(const std::string forward,
                 direction("old data read with the new schema", newer, older));
  MSEAVRO_ASSIGN(const std::string backward,
                 direction("new data read with the old schema", older, newer));
  answer.text += forward + backward;
  return answer;
}

struct Action {
  std::string_view name;
  size_t file_count;
  Result<SchemaAnswer> (*answer)(const std::vector<SchemaPointer>& schemas,
                                 const std::vector<std::string>& paths);
};

constexpr Action kActions[] = {{"show", 1, show},
                               {"canonical", 1, canonical},
                               {"fingerprint", 1, fingerprint},
                               {"check", 2, check},
                               {"diff", 2, diff}};

}  // namespace

Result<SchemaAnswer> answer_schema(const std::vector<std::string>& arguments) {
  const auto action = std::ranges::find(kActions, arguments[0], &Action::name);
  const std::vector<std::string> paths(arguments.begin() + 1, arguments.end());
  if (action == std::end(kActions) || action->file_count != paths.size()) {
    const Command& command = *find_command("schema");
    return fail(ErrorCode::kUsage, fmt::format("{} takes {}", command.name, command.arguments),
                fmt::format("for example: {}", command.example), arguments[0]);
  }
  std::vector<SchemaPointer> schemas;
  for (const std::string& path : paths) {
    MSEAVRO_ASSIGN(SchemaPointer schema, load_schema(path, Limits()));
    schemas.push_back(std::move(schema));
  }
  return action->answer(schemas, paths);
}

}  // namespace mseavro
