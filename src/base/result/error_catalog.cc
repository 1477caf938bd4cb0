#include "base/result/error_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace mseavro {
namespace {

constexpr size_t kValueShownBytes = 200;
constexpr size_t kSentenceShownBytes = 4096;

constexpr ErrorEntry kEntries[] = {
    {ErrorCode::kUsage, "usage",
     "The command line could not be understood: a command or option is unknown, or an option lacks "
     "its value. Nothing was read and nothing was written. `mseavro --help` lists the commands, "
     "`mseavro COMMAND --help` the options of one.",
     "mseavro evaluate events.avro   (the command is called eval)"},
    {ErrorCode::kBadOptionValue, "bad option value",
     "An option was given a value that it cannot take. The message names the option and the value; "
     "the help line says which values it takes.",
     "mseavro eval events.avro --time-unit minutes   (the units are s, ms, us and ns)"},
    {ErrorCode::kBadSpec, "bad question",
     "The specification file is not valid TOML, or it has a key or a value that a question does "
     "not have. Unknown keys are refused, because a misspelt one would silently change the answer. "
     "Correct the line that the message names.",
     "eval --spec question.toml   with a line such as  windw = \"week\""},
    {ErrorCode::kBadFilter, "bad filter",
     "The expression of --where could not be read. It compares fields with =, ==, !=, <, <=, > and "
     ">= to numbers, \"texts\", true and false, knows `in (...)` and `is null`, and joins them by "
     "and, or, not and parentheses. Quote the whole expression for the shell.",
     "mseavro eval events.avro --where 'region = eu'   (a text needs quotes: region = \"eu\")"},
    {ErrorCode::kBadTimeZone, "unknown time zone",
     "The time zone is not in the time zone database of this machine. Zones have names of the "
     "form Area/City; abbreviations such as EST are ambiguous. On Debian the package tzdata has "
     "the database.",
     "mseavro eval events.avro --timezone America/NewYork   (it is America/New_York)"},
    {ErrorCode::kBadTime, "bad time",
     "A text that should be a date or an instant is not one. Dates are written 2025-07-28 and "
     "instants 2025-07-28T14:00:00Z, with an offset such as +02:00 in place of Z where that is "
     "meant. A text without a zone is read in --timezone.",
     "mseavro eval events.avro --as-of 28.07.2025"},
    {ErrorCode::kNoInput, "no input",
     "The sources hold no file to read: a folder is empty, or every file in it was left out by "
     "its path. An empty answer would look like a perfect model, so this is an error. Check the "
     "path, and check --from, --to and --where when the folders carry dates.",
     "mseavro eval logs/2031/"},
    {ErrorCode::kConflictingOptions, "conflicting options",
     "Two options were given that cannot be true together, or one that needs another was given "
     "alone. The message names them. Leave one out, or add the one that is missing.",
     "mseavro rollup a.avro b.avro --latest --disjoint"},
    {ErrorCode::kBadRules, "bad rules",
     "The rules for the lines of a log could not be used: the file is not valid TOML, has a key "
     "that is not known, a pattern that is none, or a capture that does not suit the schema. "
     "Correct what stands at the line and column that the message names. "
     "docs/formats/rules.md says what rules may say.",
     "mseavro ingest app.log --rules app.toml -o events   (with a pattern such as \"{time\")"},

    {ErrorCode::kNotFound, "not found",
     "A file or folder that was named does not exist. Patterns that the shell did not expand are "
     "taken literally. Check the spelling and the folder that the command runs in.",
     "mseavro inspect evnets.avro"},
    {ErrorCode::kUnreadable, "unreadable file",
     "A file exists but could not be read: its permissions forbid it, it is of a kind that cannot "
     "be read as data, or the device reported an error. The run stops, because an answer without "
     "that file would look complete.",
     "mseavro inspect private.avro   (a file that only its owner may read)"},
    {ErrorCode::kWriteFailed, "write failed",
     "The output could not be written or put in its place: the disk is full, the folder does not "
     "exist, or its permissions forbid it. Outputs are written under a temporary name and renamed "
     "when they are whole, so no partial file is left under the name that was asked for.",
     "mseavro eval events.avro -o /no/such/folder/metrics.avro --format avro"},

    {ErrorCode::kNotAvro, "not an Avro file",
     "The file does not begin with the four bytes `Obj` and 1 of an Avro container file. It may be "
     "another format (CSV, JSON lines, Parquet), a compressed archive, or a single Avro datum "
     "without a container. Labels in CSV are taken by --labels when their name ends in .csv.",
     "mseavro inspect events.json"},
    {ErrorCode::kBadHeader, "bad header",
     "The header of the container file is damaged: its metadata cannot be read, or it carries no "
     "avro.schema. Without the writer's schema no byte of the data has a meaning, so nothing of "
     "the file can be saved. Get the file again from where it was written.",
     "a file whose writer was stopped before it wrote the schema"},
    {ErrorCode::kTruncated, "truncated file",
     "The file ends inside a block or its header. Usually its writer was stopped or a copy broke "
     "off. The run stops, because an answer without the rest would look complete. Get the file "
     "again from where it was written, or read the blocks before the cut with --salvage.",
     "head -c 1000000 events.avro > cut.avro && mseavro eval cut.avro"},
    {ErrorCode::kBadSync, "wrong sync marker",
     "A block does not end with the sync marker that the header of the file announced. The block's "
     "size is wrong, or bytes were changed or lost. Get the file again from where it was written, "
     "or "
     "read it without its damaged blocks with --salvage.",
     "a file in which the size of a block was changed on the way"},
    {ErrorCode::kUnknownCodec, "unknown codec",
     "The blocks of the file are compressed by a method that this build cannot read. It reads "
     "null, deflate, snappy, zstandard, bzip2 and xz, and writes the first four. Write the file "
     "again with one of these.",
     "a file with avro.codec = lz4"},
    {ErrorCode::kBadCompression, "bad compressed data",
     "A block does not decompress: its compressed bytes are damaged. Get the file again from where "
     "it was written, or read it without its damaged blocks with --salvage.",
     "a file in which a byte was changed on the way"},
    {ErrorCode::kBadChecksum, "wrong checksum",
     "The checksum of a snappy block does not fit its data. At least one byte changed since the "
     "block was written, so none of its records can be trusted. Get the file again from where it "
     "was written.",
     "a snappy file in which a byte was changed on the way"},
    {ErrorCode::kTrailingBytes, "trailing bytes",
     "The records of a block end before its bytes do. The count of records is wrong, or the data "
     "was written with another schema than the header says.",
     "a file whose writer counted one record too few"},
    {ErrorCode::kLimitExceeded, "limit exceeded",
     "A size in the input is larger than the limit that protects this machine from hostile files. "
     "The message names the limit. If the file is sound and its blocks really are that large, "
     "raise "
     "the limit with --max-block-size; files in smaller blocks are read faster and on less memory.",
     "a block of one megabyte that decompresses to a gigabyte"},
    {ErrorCode::kBadVarint, "bad integer",
     "An integer in the data does not end within ten bytes, or an int does not fit in 32 bits. "
     "The bytes are damaged, or they were written with another schema than the header says.",
     "a block that begins with eleven bytes 0xff"},
    {ErrorCode::kBadBoolean, "bad boolean",
     "A boolean in the data is neither 0 nor 1. The bytes are damaged, or they were written with "
     "another schema than the header says.",
     "a record in which the byte of a boolean is 2"},
    {ErrorCode::kBadIndex, "index out of range",
     "The data chooses a branch of a union, or a symbol of an enum, that the schema does not have. "
     "The bytes are damaged, or they were written with another schema than the header says.",
     "branch 2 of [\"null\", \"double\"]"},
    {ErrorCode::kBadLength, "bad length",
     "A length in the data is negative or larger than the bytes that are left. The bytes are "
     "damaged, or they were written with another schema than the header says.",
     "a string that claims 4096 bytes at the end of a block of 100"},
    {ErrorCode::kTooDeep, "nested too deeply",
     "A value of a recursive type is nested deeper than the limit that protects the stack of this "
     "process. Real logs stay far below it; a hostile file does not.",
     "a linked list of a million records, each inside the one before"},
    {ErrorCode::kBadBlockCount, "bad block count",
     "The block says that it holds more records than its bytes can contain, or a negative count. "
     "Bytes were changed or lost, or two files were joined: where the second one begins no block "
     "does. Give the files one by one instead.",
     "cat a.avro b.avro > both.avro && mseavro eval both.avro"},
    {ErrorCode::kNotSingleObject, "not a single-object message",
     "A message in single-object encoding begins with the bytes C3 01 and the fingerprint of its "
     "schema. This one does not: it may be a bare datum (leave out --single-object), a container "
     "file (mseavro cat), or framed as Confluent's serializers do, with a zero byte and a number.",
     "mseavro decode --schema event.avsc --single-object bare.bin"},

    {ErrorCode::kBadSchemaJson, "schema is not JSON",
     "The text of a schema is not valid JSON. The message names the byte where reading stopped. A "
     "comma after the last field is the usual cause in schemas written by hand.",
     "{\"type\": \"record\", \"name\": \"Event\", \"fields\": [],}"},
    {ErrorCode::kBadSchema, "bad schema",
     "The schema is JSON but breaks a rule of the Avro specification: an attribute is missing or "
     "has the wrong type, a union holds a type twice or a union, or a default does not fit its "
     "field. The message names the place in the schema.",
     "{\"type\": \"enum\", \"name\": \"Color\"}   (the symbols are missing)"},
    {ErrorCode::kDuplicateName, "duplicate name",
     "Two definitions in one schema have the same full name. Define the type once and refer to it "
     "by its name afterwards.",
     "two fields that both define a record named Address"},
    {ErrorCode::kUnknownName, "unknown name",
     "The schema refers to a type that it does not define before that place. Names without a dot "
     "are looked up in the namespace of the definition around them, so a missing namespace is the "
     "usual cause.",
     "{\"type\": \"array\", \"items\": \"Adress\"}"},
    {ErrorCode::kIncompatibleSchemas, "schemas do not resolve",
     "Data that was written with one schema cannot be read with the other: a type is not one that "
     "the writer's is promoted to, a name differs without an alias, or a field is missing and has "
     "no default. With a record it means that this record has a union branch or a symbol for which "
     "the reader schema has nothing. The message names the place in the reader schema.",
     "a reader schema with a new field without a default"},
    {ErrorCode::kNoArrowType, "no such type in the other format",
     "Arrow has no type for a type of Avro's, or Avro none for one of Arrow's: a record that "
     "contains itself, a union of more than 128 branches, a number of 16 bits. The message names "
     "the field. Leave it out by naming the columns that you need, or read records as JSON, which "
     "has no such bounds.",
     "columns of {\"type\": \"record\", \"name\": \"Tree\", ... \"items\": \"Tree\"}"},
    {ErrorCode::kNoArrowValue, "no such value in the other format",
     "A value is more than its type in the other format can hold: a decimal with more digits than "
     "its precision allows, a duration of more than 2147483647 months or days. The message names "
     "the field. To read such a field all the same, read it as the bytes that it is made of, by a "
     "reader schema without the logicalType.",
     "a decimal of precision 4 that holds 1234567890123456789012345678901234567890.00"},
    {ErrorCode::kUnknownFingerprint, "unknown schema fingerprint",
     "The message names the schema it was written with by the CRC-64-AVRO fingerprint of its "
     "canonical form, and no schema that was given has that fingerprint. Give the writer's schema; "
     "`mseavro schema fingerprint FILE` prints the fingerprint of any.",
     "mseavro decode --schema version2.avsc --single-object version1.bin"},

    {ErrorCode::kRoleMissing, "no field for a role",
     "The question needs a role, such as prediction or timestamp, and no field of the source has "
     "its name, a known synonym of it or the property mseavro.role. Say which field it is with "
     "--map role=field; `mseavro inspect` lists the fields.",
     "a log whose prediction field is called q17   (--map prediction=q17)"},
    {ErrorCode::kRoleAmbiguous, "several fields for a role",
     "More than one field could have the role, and neither names nor content decide between them. "
     "A guess could be wrong without anyone noticing, so none is made. Choose with --map "
     "role=field.",
     "a log with both y_pred and y_hat   (--map prediction=y_hat)"},
    {ErrorCode::kFieldMissing, "no such field",
     "A field that was named by an option is in no schema of the source and in no key of its "
     "paths. Nested fields are written with a dot, entries of a map as tags[\"x\"]. `mseavro "
     "inspect` lists the fields.",
     "mseavro eval events.avro --by regoin"},
    {ErrorCode::kTextNumber, "number written as text",
     "The field has the role of a number but holds text. Text is refused, because \"1,5\" or "
     "\"1.5e\" would be read wrongly without anyone noticing. Log a double; for data that exists, "
     "the help line has the flag that reads the text as a number.",
     "{\"name\": \"prediction\", \"type\": \"string\"}"},
    {ErrorCode::kWrongRoleType, "wrong type for a role",
     "A field cannot have the role that it was given: its type is not a number, a text or a time "
     "as the role needs. Map the role to another field.",
     "--map prediction=tags   where tags is a map"},
    {ErrorCode::kClassLabels, "labels are classes",
     "The labels are names of classes, and a squared error of names means nothing. Measure a "
     "classifier with a metric for classes, or map the role to the number that the model "
     "predicted.",
     "actual = \"spam\""},
    {ErrorCode::kTimeUnitUnclear, "unit of time unclear",
     "The timestamp is a plain number, and its size does not say whether it counts seconds, "
     "milliseconds, microseconds or nanoseconds. State the unit with --time-unit.",
     "timestamp = 17   (--time-unit s)"},

    {ErrorCode::kTooManyRejected, "too many rejected rows",
     "More rows than --max-rejected allows could not be used, so the rest would not stand for "
     "the whole. The counts by reason are printed. Look at the rows with --dead-letters PATH; "
     "correct the log, or raise --max-rejected if the rest is what you want to measure.",
     "a log in which every tenth prediction is NaN"},
    {ErrorCode::kBadCsv, "bad CSV",
     "A CSV file breaks its form: the header lacks a column or names one twice, a line has "
     "another number of fields than the header (which eval counts as a rejected row), or a quote "
     "is not closed. The message names the line.",
     "prediction_id,actual   followed by the line   p-1,3.5,7"},
    {ErrorCode::kLabelTimesMissing, "labels have no times",
     "The question asks for the answer as it stood at an instant, or for labels within a delay, "
     "and the labels do not say when they arrived. Add a label_timestamp to the labels, map it, "
     "or leave the option out.",
     "mseavro eval events/ --labels labels.csv --as-of 2025-08-01   (without label_timestamp)"},
    {ErrorCode::kMemoryBudget, "memory budget exceeded",
     "The rows, labels or groups need more memory than the budget. The run stops by itself, which "
     "is kinder than being killed half-way. Ask for fewer groups, or for one part of the data at a "
     "time with --from and --to.",
     "mseavro eval events/ --by prediction_id"},
    {ErrorCode::kBadJson, "bad JSON",
     "The text is no JSON: a bracket, comma or quote is missing, a number is written in a way that "
     "JSON does not know, or the bytes are not UTF-8. JSON lines have one whole value in each "
     "line.",
     "a line cut in the middle: {\"id\": 1, \"name\": \"a"},
    {ErrorCode::kBadValue, "value does not fit the schema",
     "The value cannot be encoded as the type that the schema has at its place: another kind of "
     "value, a number out of range, a symbol that the enum does not have, a field that is missing "
     "and has no default, or one that the record does not have. In Avro JSON a value of a union "
     "stands in an object that names its branch, {\"string\": \"x\"}; in plain JSON it stands "
     "bare.",
     "{\"count\": 3000000000} where count is an int"},

    {ErrorCode::kNotMetrics, "not a metrics file",
     "The file is Avro but its records are not metric rows of this product. Give files that `eval "
     "--format avro -o FILE` or `rollup` wrote; to measure events use eval.",
     "mseavro rollup events.avro"},
    {ErrorCode::kOverlappingRows, "rows overlap",
     "Rows of the same version, window and slice are in several inputs. Whether they describe the "
     "same events or different ones cannot be seen from the numbers. Say --latest (the highest "
     "revision replaces the others) or --disjoint (the events differ, so the rows add up).",
     "mseavro rollup monday.avro copy_of_monday.avro"},
    {ErrorCode::kNotMergeable, "rows do not merge",
     "A row cannot be rolled up: it is of a rolling window or a cube, it was made by another "
     "question than the rest, or it carries no state. Roll up the rows of plain windows.",
     "mseavro rollup rolling_7d.avro"},
    {ErrorCode::kBadState, "bad state",
     "The state of a metric row is not a valid accumulator: it was cut, changed, or written by a "
     "newer version. The numbers beside it may still be right, but they cannot be merged.",
     "a metrics file whose state field was rewritten by another program"},
    {ErrorCode::kMisalignedWindow, "windows do not fit",
     "The windows of the rows do not fit into the windows that were asked for, so a row would "
     "have to be cut in two. Days fit into weeks, but weeks do not fit into months; a time zone "
     "must also stay the same. Ask for a window that holds whole ones.",
     "mseavro rollup weeks.avro --window month"},
};

// Text that may come from the input, made safe to print.
std::string printable(std::string_view text, size_t limit) {
  std::string result;
  std::string_view shown = text.substr(0, limit);
  if (shown.size() < text.size()) {
    // Never cut inside a UTF-8 sequence.
    while (!shown.empty() && (text[shown.size()] & 0xC0) == 0x80) shown.remove_suffix(1);
  }
  for (const char character : shown) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7f) {
      fmt::format_to(std::back_inserter(result), "\\x{:02x}", byte);
    } else {
      result += character;
    }
  }
  if (shown.size() < text.size()) result += fmt::format("... ({} bytes)", text.size());
  return result;
}

std::string place_text(const Place& place) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    if (!text.empty()) text += ", ";
    text += part;
  };
  const auto add_number = [&add](std::string_view name, int64_t number) {
    if (number >= 0) add(fmt::format("{} {}", name, number));
  };
  if (!place.file.empty()) add(printable(place.file, kSentenceShownBytes));
  add_number("line", place.line);
  if (!place.field.empty()) add("field " + printable(place.field, kSentenceShownBytes));
  add_number("block", place.block);
  add_number("record", place.record);
  add_number("byte", place.byte);
  return text;
}

}  // namespace

std::span<const ErrorEntry> all_errors() { return kEntries; }

const ErrorEntry* find_error(ErrorCode code) {
  const auto* entry = std::ranges::lower_bound(kEntries, code, {}, &ErrorEntry::code);
  return entry != std::end(kEntries) && entry->code == code ? entry : nullptr;
}

std::string code_text(ErrorCode code) { return fmt::format("E{:04}", static_cast<uint16_t>(code)); }

std::optional<ErrorCode> parse_code(std::string_view text) {
  if (!text.empty() && (text[0] == 'E' || text[0] == 'e')) text.remove_prefix(1);
  uint16_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || stop != end) return std::nullopt;
  const auto code = static_cast<ErrorCode>(number);
  return find_error(code) != nullptr ? std::optional(code) : std::nullopt;
}

std::string format_error(const Error& error) {
  std::string text = fmt::format("error[{}]: {}\n", code_text(error.code),
                                 printable(error.message, kSentenceShownBytes));
  if (const std::string place = place_text(error.place); !place.empty()) {
    text += fmt::format("  at {}\n", place);
  }
  if (!error.value.empty()) {
    text += fmt::format("  value: {}\n", printable(error.value, kValueShownBytes));
  }
  if (!error.help.empty()) {
    text += fmt::format("help: {}\n", printable(error.help, kSentenceShownBytes));
  }
  return text;
}

}  // namespace mseavro
