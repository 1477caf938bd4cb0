#include "app/cli/schema_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "app/cli/option_table.h"
#include "app/cli/schema_file.h"
#include "app/cli/terminal.h"
#include "avro/schema/canonical_form.h"
#include "avro/schema/fingerprint.h"
#include "avro/schema/json_layout.h"
#include "avro/schema/schema_compatibility.h"
#include "avro/schema/schema_diff.h"
#include "avro/schema/schema_lint.h"
#include "avro/schema/schema_print.h"
#include "avro/wire/read_plan.h"
#include "base/result/result.h"
#include "events/contract/event_lint.h"

namespace mseavro {
namespace {

using SchemaPointer = std::shared_ptr<const Schema>;

constexpr size_t kLineWidth = 80;

template <class Digest>
std::string hexadecimal(const Digest& digest) {
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

Result<SchemaAnswer> show(const std::vector<SchemaPointer>& schemas,
                          const std::vector<std::string>&, const LintRequest&) {
  return SchemaAnswer{print_schema(*schemas[0]) + "\n"};
}

Result<SchemaAnswer> canonical(const std::vector<SchemaPointer>& schemas,
                               const std::vector<std::string>&, const LintRequest&) {
  MSEAVRO_ASSIGN(const std::string form, canonical_form(*schemas[0]));
  return SchemaAnswer{form + "\n"};
}

Result<SchemaAnswer> fingerprint(const std::vector<SchemaPointer>& schemas,
                                 const std::vector<std::string>&, const LintRequest&) {
  MSEAVRO_ASSIGN(const std::string form, canonical_form(*schemas[0]));
  return SchemaAnswer{fmt::format("CRC-64-AVRO {:016x}\nMD5         {}\nSHA-256     {}\n",
                                  crc64_avro(form), hexadecimal(md5(form)),
                                  hexadecimal(sha256(form)))};
}

std::string placed_text(std::string_view place, std::string_view message) {
  return fmt::format("{}{}{}", place, place.empty() ? "" : ": ", message);
}

// A line for each conflict: path, rule, field and words.
std::string conflict_lines(const CompatibilityVerdict& verdict) {
  std::string lines;
  for (const SchemaConflict& conflict : verdict.conflicts) {
    lines += fmt::format("{} {} {}\n", conflict.path, rule_name(conflict.rule),
                         placed_text(conflict.field, conflict.message));
  }
  if (verdict.has_more) lines += "and more\n";
  return lines;
}

Result<SchemaAnswer> check(const std::vector<SchemaPointer>& schemas,
                           const std::vector<std::string>& paths, const LintRequest&) {
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
                                  paths[1], conflict_lines(verdict)),
                      1};
}

enum class Reading : uint8_t { kWorks, kChangesValues, kBreaks };

Reading reading_of(const CompatibilityVerdict& verdict) {
  if (!verdict.is_compatible()) return Reading::kBreaks;
  return verdict.changed_values.empty() ? Reading::kWorks : Reading::kChangesValues;
}

// Whether that works, and what is in the way.
std::string direction(std::string_view words, const CompatibilityVerdict& verdict) {
  static constexpr std::string_view kOutcomes[] = {
      "works", "reads, but some of it as another value", "breaks"};
  std::string lines =
      fmt::format("{}: {}\n", words, kOutcomes[static_cast<size_t>(reading_of(verdict))]);
  for (const SchemaConflict& conflict : verdict.conflicts) {
    lines += fmt::format("  {}\n", placed_text(conflict.field, conflict.message));
  }
  for (const ChangedValue& value : verdict.changed_values) {
    lines += fmt::format("  {}\n", placed_text(value.field, value.message));
  }
  if (verdict.has_more) lines += "  and more\n";
  return lines;
}

std::string_view order_of_change(Reading old_by_new, Reading new_by_old) {
  if (old_by_new == Reading::kWorks && new_by_old == Reading::kWorks) {
    return "readers and writers may take the new schema in any order";
  }
  if (old_by_new == Reading::kWorks) {
    return "every reader takes the new schema before the first writer does";
  }
  if (new_by_old == Reading::kWorks) {
    return "every writer takes the new schema, and old data goes, before the first reader does";
  }
  if (old_by_new == Reading::kChangesValues && new_by_old == Reading::kBreaks) {
    return "if the other values do no harm, every reader takes the new schema before the first "
           "writer does; else data of the new schema goes to another topic or folder";
  }
  // Such as a logical type that says what the numbers were all along.
  if (old_by_new == Reading::kChangesValues && new_by_old == Reading::kChangesValues) {
    return "if the other values do no harm, data of both schemas may stand together; else data of "
           "the new schema goes to another topic or folder, with readers of its own";
  }
  return "data of the new schema goes to another topic or folder, with readers of its own";
}

Result<SchemaAnswer> diff(const std::vector<SchemaPointer>& schemas,
                          const std::vector<std::string>&, const LintRequest&) {
  const Schema& older = *schemas[0];
  const Schema& newer = *schemas[1];
  MSEAVRO_ASSIGN(const SchemaDiff changes, diff_schemas(older, newer));
  SchemaAnswer answer;
  for (const SchemaChange& change : changes.changes) {
    answer.text += placed_text(change.place, change.message) + "\n";
  }
  if (changes.has_more) answer.text += "and more\n";
  if (changes.changes.empty()) answer.text += "nothing changed\n";
  MSEAVRO_ASSIGN(const auto new_reads_old, check_compatibility(newer, older));
  MSEAVRO_ASSIGN(const auto old_reads_new, check_compatibility(older, newer));
  answer.text += direction("old data read with the new schema", new_reads_old);
  answer.text += direction("new data read with the old schema", old_reads_new);
  if (!changes.lost_names.empty()) {
    answer.text += "data from before a rename read with the new schema: is not found any more\n";
    for (const SchemaChange& lost : changes.lost_names) {
      answer.text += fmt::format("  {}\n", placed_text(lost.place, lost.message));
    }
  }
  answer.text += fmt::format(
      "so: {}{}\n", changes.lost_names.empty() ? "" : "data from before the rename goes; then ",
      order_of_change(reading_of(new_reads_old), reading_of(old_reads_new)));
  return answer;
}

// A line, and below it, indented further, what does not fit on it.
void add_line(std::string_view text, size_t indent, std::string& lines) {
  constexpr size_t kHanging = 4;
  lines += fmt::format("{:{}}{}\n", "", indent,
                       wrap_text(text, kLineWidth - indent - kHanging, indent + kHanging));
}

// The findings of a rule stand together: why it matters, then the places, and below those that are
// mended in the same way how that is.
std::string finding_lines(const std::vector<SchemaFinding>& findings, bool has_more) {
  std::vector<const LintRule*> rules;
  for (const SchemaFinding& finding : findings) {
    if (std::ranges::find(rules, finding.rule) == rules.end()) rules.push_back(finding.rule);
  }
  std::string lines;
  for (const LintRule* rule : rules) {
    if (!lines.empty()) lines += '\n';
    add_line(fmt::format("{}: {}", rule->name, rule->why), 0, lines);
    std::string fix;
    for (const SchemaFinding& finding : findings) {
      if (finding.rule != rule) continue;
      if (!fix.empty() && fix != finding.fix) add_line("fix: " + fix, 4, lines);
      add_line(placed_text(finding.place, finding.message), 2, lines);
      fix = finding.fix;
    }
    add_line("fix: " + fix, 4, lines);
  }
  if (has_more) lines += "and more\n";
  return lines;
}

std::string finding_json(const SchemaLint& lint) {
  std::string json;
  const auto add = [&](std::string_view name, std::string_view text) {
    json += fmt::format("{}\"{}\":", json.back() == '{' ? "" : ",", name);
    append_json_string(text, json);
  };
  for (const SchemaFinding& finding : lint.findings()) {
    json += json.empty() ? "{" : ",\n {";
    add("rule", finding.rule->name);
    add("place", finding.place);
    add("message", finding.message);
    add("why", finding.rule->why);
    add("fix", finding.fix);
    json += '}';
  }
  return fmt::format("[{}]\n", json);
}

std::string finding_count(size_t count) {
  return count == 1 ? std::string("1 finding") : fmt::format("{} findings", count);
}

SchemaAnswer mended_answer(const MendedSchema& schema) {
  const std::vector<SchemaFinding>& left = schema.left.findings();
  SchemaAnswer answer{schema.text + "\n", left.empty() ? 0 : 1,
                      finding_lines(schema.mended, false)};
  if (!schema.mended.empty()) answer.notes += '\n';
  answer.notes += fmt::format("{} mended", finding_count(schema.mended.size()));
  if (!left.empty()) {
    answer.notes += fmt::format("; {} left for you:\n\n{}", left.size(),
                                finding_lines(left, schema.left.has_more()));
  }
  return answer;
}

Result<SchemaAnswer> lint(const std::vector<SchemaPointer>& schemas,
                          const std::vector<std::string>& paths, const LintRequest& request) {
  SchemaPointer former;
  if (!request.former.empty()) {
    MSEAVRO_ASSIGN(former, load_schema(request.former, Limits()));
  }
  if (request.fixes) {
    MSEAVRO_ASSIGN(const MendedSchema mended, mend_event_schema(*schemas[0], former.get()));
    return mended_answer(mended);
  }
  MSEAVRO_ASSIGN(const SchemaLint found, lint_event_schema(*schemas[0], former.get()));
  const size_t count = found.findings().size();
  if (request.as_json) return SchemaAnswer{finding_json(found), count == 0 ? 0 : 1};
  SchemaAnswer answer;
  if (count == 0) {
    answer.text = fmt::format("{}: no findings\n", paths[0]);
  } else {
    answer = {finding_lines(found.findings(), found.has_more()), 1, finding_count(count)};
    MSEAVRO_ASSIGN(const MendedSchema mended, mend_event_schema(*schemas[0], former.get()));
    answer.notes +=
        mended.mended.empty()
            ? ", for you to mend"
            : fmt::format("; mseavro schema lint --fix {}{}{} prints the schema mended", paths[0],
                          former == nullptr ? "" : " --against ", request.former);
  }
  if (former != nullptr) {
    // What is right for those that take the new schema first may still leave others behind.
    MSEAVRO_ASSIGN(const auto old_reads_new, check_compatibility(*former, *schemas[0]));
    if (!old_reads_new.is_compatible()) {
      answer.text += fmt::format(
          "{}readers that have {} do not read all new data: mseavro schema diff {} {} says why\n",
          count == 0 ? "" : "\n", request.former, request.former, paths[0]);
    }
  }
  return answer;
}

struct Action {
  std::string_view name;
  size_t file_count;
  Result<SchemaAnswer> (*answer)(const std::vector<SchemaPointer>& schemas,
                                 const std::vector<std::string>& paths, const LintRequest& request);
};

constexpr Action kActions[] = {
    {"show", 1, show}, {"canonical", 1, canonical}, {"fingerprint", 1, fingerprint},
    {"lint", 1, lint}, {"check", 2, check},         {"diff", 2, diff}};

}  // namespace

Result<SchemaAnswer> answer_schema(const std::vector<std::string>& arguments,
                                   const LintRequest& request) {
  const auto action = std::ranges::find(kActions, arguments[0], &Action::name);
  const std::vector<std::string> paths(arguments.begin() + 1, arguments.end());
  if (action == std::end(kActions) || action->file_count != paths.size()) {
    const Command& command = *find_command("schema");
    return fail(ErrorCode::kUsage, fmt::format("{} takes {}", command.name, command.arguments),
                fmt::format("for example: {}", command.example), arguments[0]);
  }
  const bool asks_lint = !request.former.empty() || request.fixes || request.as_json;
  if (asks_lint && action->name != "lint") {
    return fail(ErrorCode::kConflictingOptions,
                fmt::format("--against, --fix and --format are for schema lint, not for schema {}",
                            action->name));
  }
  std::vector<SchemaPointer> schemas;
  for (const std::string& path : paths) {
    MSEAVRO_ASSIGN(SchemaPointer schema, load_schema(path, Limits()));
    schemas.push_back(std::move(schema));
  }
  return action->answer(schemas, paths, request);
}

}  // namespace mseavro
