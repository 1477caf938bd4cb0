#include "app/cli/option_table.h"

#include <algorithm>

namespace mseavro {
namespace {

constexpr uint32_t bit(CommandId id) { return 1u << static_cast<uint32_t>(id); }

constexpr uint32_t kEvalBit = bit(CommandId::kEval);
constexpr uint32_t kQuestion = kEvalBit | bit(CommandId::kReport);
constexpr uint32_t kRows = kQuestion | bit(CommandId::kRollup);
constexpr uint32_t kConvertBit = bit(CommandId::kConvert);
constexpr uint32_t kEncodeBit = bit(CommandId::kEncode);
constexpr uint32_t kDecodeBit = bit(CommandId::kDecode);
constexpr uint32_t kIngestBit = bit(CommandId::kIngest);
constexpr uint32_t kMetricWriters = kEvalBit | bit(CommandId::kRollup);
constexpr uint32_t kAvroWriters = kMetricWriters | kConvertBit | kIngestBit;
constexpr uint32_t kDatums = kConvertBit | kEncodeBit | kDecodeBit;
constexpr uint32_t kReaders = kRows | bit(CommandId::kInspect) | bit(CommandId::kCat);
constexpr uint32_t kEventReaders = kReaders & ~bit(CommandId::kRollup);
constexpr uint32_t kOutput = kReaders;
constexpr uint32_t kWriters = kOutput | kDatums | kIngestBit | bit(CommandId::kSchema);
constexpr uint32_t kAll = ~0u;

constexpr Command kCommands[] = {
    {CommandId::kEval, "eval", "SRC...", 1, -1,
     "Measure how wrong the predictions in SRC are: MSE, RMSE, MAE, bias, coverage.",
     "mseavro eval predictions/ --labels labels/ --by region --window week"},
    {CommandId::kReport, "report", "SRC...", 1, -1,
     "The review table for leaders, from events or from metrics files.",
     "mseavro report predictions/ --labels labels/ --window month --format md"},
    {CommandId::kRollup, "rollup", "SRC...", 1, -1,
     "Merge metrics files exactly: hours to days, days to months, slices to totals.",
     "mseavro rollup daily/ --window month"},
    {CommandId::kInspect, "inspect", "FILE", 1, 1,
     "Show an Avro file's schema, codec, blocks, fields and the roles they would play.",
     "mseavro inspect events.avro"},
    {CommandId::kCat, "cat", "FILE...", 1, -1,
     "Print the records of Avro files as JSON lines or CSV.",
     "mseavro cat events.avro --columns prediction_id,actual --where 'actual > 30' --limit 5"},
    {CommandId::kConvert, "convert", "FILE|-...", 1, -1,
     "Write Avro, CSV or JSON lines as another of them, or Avro with another schema or codec.",
     "mseavro convert events.csv -o events.avro --schema event.avsc --codec zstandard"},
    {CommandId::kEncode, "encode", "[FILE|-]", 0, 1,
     "Encode each line of JSON as a datum by itself: its bytes, without a container file.",
     "mseavro encode --schema event.avsc event.json --single-object -o event.bin"},
    {CommandId::kDecode, "decode", "[FILE|-]", 0, 1,
     "Decode datums that stand by themselves to JSON lines.",
     "mseavro decode --schema event.avsc --single-object event.bin"},
    {CommandId::kIngest, "ingest", "LINES|-...", 1, -1,
     "Turn the lines of a service's log into Avro events, by declared rules.",
     "mseavro ingest master.csv --rules movielog -o events"},
    {CommandId::kSchema, "schema",
     "show|canonical|fingerprint|lint FILE, check READER WRITER or diff OLD NEW", 2, 3,
     "Show a schema, name it, or say what will break with it, what it reads or what changed in it.",
     "mseavro schema check new.avsc events.avro"},
    {CommandId::kDemo, "demo", "DIR", 1, 1,
     "Write the flights of 2013 as prediction and label events to DIR, to try things on.",
     "mseavro demo flights"},
    {CommandId::kExplain, "explain", "[CODE]", 0, 1, "Explain an error code, or list them all.",
     "mseavro explain E0203"},
};

constexpr std::string_view kQuestionGroup = "The question";
constexpr std::string_view kLabelGroup = "Labels and time";
constexpr std::string_view kMappingGroup = "Fields and roles";
constexpr std::string_view kRunGroup = "The run";
constexpr std::string_view kOutputGroup = "Output";
constexpr std::string_view kCommandGroup = "This command";

constexpr Option kOptions[] = {
    {"by", 0, OptionKind::kList, "K,...", kRows,
     "slice keys: fields, nested fields (a.b), map entries (tags[\"x\"]), path keys; rollup keeps "
     "these, with '' none",
     kQuestionGroup},
    {"window", 0, OptionKind::kText, "KIND", kRows,
     "hour, day, week, month, quarter, year, a length such as 15m or 7d, or none", kQuestionGroup},
    {"timezone", 0, OptionKind::kText, "ZONE", kRows,
     "IANA time zone of windows and of times without a zone (default UTC)", kQuestionGroup},
    {"week-start", 0, OptionKind::kText, "DAY", kRows, "monday (default) or sunday",
     kQuestionGroup},
    {"where", 0, OptionKind::kText, "EXPR", kQuestion | bit(CommandId::kCat),
     "keep rows for which this is true: 'region == \"eu\" and age >= 30'", kQuestionGroup},
    {"from", 0, OptionKind::kText, "TIME", kQuestion, "keep predictions made at TIME or later",
     kQuestionGroup},
    {"to", 0, OptionKind::kText, "TIME", kQuestion, "keep predictions made before TIME",
     kQuestionGroup},
    {"metrics", 0, OptionKind::kList, "M,...", kQuestion,
     "further metrics: quantiles (of the absolute error, to 1.6 %; its maximum is an upper bound, "
     "up "
     "to 3.2 % high; delays of labels are in seconds); mse, rmse, mae, bias are always there, "
     "exact",
     kQuestionGroup},
    {"mix-versions", 0, OptionKind::kFlag, "", kRows, "one row for all model versions together",
     kQuestionGroup},

    {"labels", 0, OptionKind::kRepeat, "SRC", kQuestion,
     "files or folders with labels, Avro, CSV or JSON lines; may be repeated", kLabelGroup},
    {"as-of", 0, OptionKind::kText, "TIME", kQuestion, "the answer as it stood at TIME",
     kLabelGroup},
    {"max-label-delay", 0, OptionKind::kText, "LENGTH", kQuestion,
     "labels that come later than this after their prediction do not count (30d)", kLabelGroup},
    {"match", 0, OptionKind::kText, "id|latest-before", kQuestion,
     "a label is about all predictions with its id (default), or about the newest with its key at "
     "its time or before it",
     kLabelGroup},
    {"max-age", 0, OptionKind::kText, "LENGTH", kQuestion,
     "with latest-before: a prediction older than this at the time of the label does not get it",
     kLabelGroup},
    {"duplicates", 0, OptionKind::kText, "keep|drop", kQuestion,
     "repeats of a prediction (default: dropped when ids are read, as with --labels)", kLabelGroup},

    {"map", 0, OptionKind::kRepeat, "ROLE=FIELD", kQuestion | kConvertBit,
     "say which field plays a role; key=a,b for an id of several fields; may be repeated",
     kMappingGroup},
    {"time-unit", 0, OptionKind::kText, "s|ms|us|ns", kQuestion | kConvertBit,
     "unit of timestamps that are plain numbers (default: by magnitude, said aloud)",
     kMappingGroup},
    {"parse-text-numbers", 0, OptionKind::kFlag, "", kQuestion,
     "read numbers that the events hold as text", kMappingGroup},

    {"spec", 0, OptionKind::kText, "FILE", kRows, "read these options from a TOML file", kRunGroup},
    {"threads", 0, OptionKind::kText, "N", kQuestion | kIngestBit,
     "worker threads (default: all cores)", kRunGroup},
    {"max-rejected", 0, OptionKind::kText, "SHARE", kQuestion | kIngestBit,
     "share of rows that may be unusable before it is an error (default 1%; ingest: no limit)",
     kRunGroup},
    {"dead-letters", 0, OptionKind::kText, "FILE", kQuestion,
     "keep unusable rows in this Avro file, with reason and place", kRunGroup},
    {"salvage", 0, OptionKind::kFlag, "", kEventReaders | kConvertBit,
     "go on behind damaged blocks of Avro files, and say what was lost", kRunGroup},
    {"max-block-size", 0, OptionKind::kText, "SIZE", kReaders | kDatums,
     "largest block and record that is read (default 64MiB)", kRunGroup},

    {"baseline", 0, OptionKind::kText, "VERSION", bit(CommandId::kReport),
     "model version that notes compare with (default: the first one, by time and then by "
     "number)",
     kCommandGroup},
    {"latest", 0, OptionKind::kFlag, "", bit(CommandId::kRollup),
     "of rows for the same key, the highest revision replaces the others", kCommandGroup},
    {"disjoint", 0, OptionKind::kFlag, "", bit(CommandId::kRollup),
     "rows for the same key are about different events: add them", kCommandGroup},
    {"full", 0, OptionKind::kFlag, "", bit(CommandId::kInspect),
     "count every block instead of estimating from the first ones", kCommandGroup},
    {"limit", 'n', OptionKind::kText, "N", bit(CommandId::kCat), "stop after N records",
     kCommandGroup},
    {"columns", 0, OptionKind::kList, "F,...", bit(CommandId::kCat),
     "print these fields: names, nested fields (a.b), map entries (tags[\"x\"])", kCommandGroup},
    {"plain", 0, OptionKind::kFlag, "", bit(CommandId::kCat) | kDatums,
     "plain JSON: unions unwrapped, dates, times and decimals for people (convert: the default)",
     kCommandGroup},
    {"avro-json", 0, OptionKind::kFlag, "", kConvertBit,
     "JSON lines, in and out, are the specification's JSON: unions name their branch, logical "
     "types "
     "are raw",
     kCommandGroup},
    {"schema", 0, OptionKind::kText, "FILE", kDatums,
     "what the values are encoded as: a schema (.avsc) or an Avro file with it. Without it convert "
     "infers one from CSV and JSON lines; a column of CSV that would not come back as it was (007, "
     "1.10 beside 1.9, decimals of ids and versions) stays text",
     kCommandGroup},
    {"reader-schema", 0, OptionKind::kText, "FILE", bit(CommandId::kCat) | kConvertBit | kDecodeBit,
     "read the records as this schema (.avsc, or an Avro file's) does", kCommandGroup},
    {"ignore-unknown", 0, OptionKind::kFlag, "", kConvertBit | kEncodeBit,
     "leave out members and columns that the schema does not have", kCommandGroup},
    {"single-object", 0, OptionKind::kFlag, "", kEncodeBit | kDecodeBit,
     "messages of single-object encoding: the schema's fingerprint stands before each datum",
     kCommandGroup},
    {"hex", 0, OptionKind::kFlag, "", kEncodeBit | kDecodeBit,
     "hexadecimal digits, a line for each datum, instead of bytes", kCommandGroup},
    {"input-format", 0, OptionKind::kText, "FORMAT", kConvertBit,
     "what FILE is: avro, csv or jsonl (default: by its bytes and its suffix)", kCommandGroup},

    {"against", 0, OptionKind::kText, "FILE", bit(CommandId::kSchema),
     "the former version of the schema, which readers and data still have, for lint to compare "
     "with",
     kCommandGroup},
    {"fix", 0, OptionKind::kFlag, "", bit(CommandId::kSchema),
     "print the schema with what lint finds mended", kCommandGroup},
    {"rules", 0, OptionKind::kText, "NAME|FILE", kIngestBit,
     "what the lines look like: rules that ship (movielog) or a TOML file (docs/formats/rules.md)",
     kCommandGroup},
    {"typed", 0, OptionKind::kFlag, "", kIngestBit,
     "times as timestamps and lists as arrays, in place of text", kCommandGroup},
    {"range", 0, OptionKind::kRepeat, "FIELD=LOW..HIGH", kIngestBit,
     "what a number may be, in place of the rules' range: rating=1..10", kCommandGroup},
    {"follow", 0, OptionKind::kFlag, "", kIngestBit,
     "read on as the files grow and are rotated, like tail -F, until interrupted", kCommandGroup},
    {"max-line-size", 0, OptionKind::kText, "SIZE", kIngestBit,
     "a longer line is rejected, with its beginning kept (default 1MiB)", kCommandGroup},
    {"rotate-size", 0, OptionKind::kText, "SIZE", kIngestBit,
     "begin a new file before one gets larger than this: NAME-00001.avro", kCommandGroup},
    {"rotate-every", 0, OptionKind::kText, "LENGTH", kIngestBit,
     "with --follow: end files, so that they can be read, after 1h, 15m ...", kCommandGroup},
    {"partition-by", 0, OptionKind::kList, "KEY,...", kAvroWriters,
     "a folder for each value: date (of the event or window, in UTC) makes date=2026-02-14/; "
     "fields; model_version by any name",
     kCommandGroup},
    {"max-file-size", 0, OptionKind::kText, "SIZE", kMetricWriters | kConvertBit,
     "begin a new Avro file in the folder DIR before one gets larger than this", kCommandGroup},
    {"sort-by", 0, OptionKind::kText, "FIELD", kIngestBit | kConvertBit,
     "sort each Avro file in the folder DIR by this field of times, or by time (of the event)",
     kCommandGroup},
    {"append", 0, OptionKind::kFlag, "", kAvroWriters,
     "keep the files of an earlier run, and number the new ones behind them", kCommandGroup},

    {"format", 0, OptionKind::kText, "FORMAT", kOutput | kConvertBit | bit(CommandId::kSchema),
     "table, md, csv, json, jsonl or avro, as far as the command has them", kOutputGroup},
    {"output", 'o', OptionKind::kText, "FILE", kWriters,
     "write to FILE, whole or not at all; its suffix says the format if nothing else does; "
     "a folder DIR where several files are written",
     kOutputGroup},
    {"codec", 0, OptionKind::kText, "CODEC", kAvroWriters,
     "compression of Avro output: null, deflate (default), snappy or zstandard", kOutputGroup},
    {"level", 0, OptionKind::kText, "N", kConvertBit | kIngestBit,
     "level of compression: deflate 1 to 12, zstandard 1 to 22 (ingest: 1)", kOutputGroup},
    {"block-size", 0, OptionKind::kText, "SIZE", kConvertBit | kIngestBit,
     "size of blocks before compression (default: as they are in Avro, else 64KiB)", kOutputGroup},
    {"quiet", 'q', OptionKind::kFlag, "", kAll, "say nothing but errors on standard error",
     kOutputGroup},
    {"color", 0, OptionKind::kText, "auto|always|never", kAll,
     "colors on a terminal (NO_COLOR is obeyed)", kOutputGroup},
};

}  // namespace

std::span<const Command> all_commands() { return kCommands; }
std::span<const Option> all_options() { return kOptions; }

const Command* find_command(std::string_view name) {
  const auto at = std::find_if(std::begin(kCommands), std::end(kCommands),
                               [&](const Command& command) { return command.name == name; });
  return at == std::end(kCommands) ? nullptr : at;
}

const Option* find_option(std::string_view name) {
  const auto at = std::find_if(std::begin(kOptions), std::end(kOptions),
                               [&](const Option& option) { return option.name == name; });
  return at == std::end(kOptions) ? nullptr : at;
}

bool applies(const Option& option, CommandId command) {
  return (option.commands & bit(command)) != 0;
}

bool asks_events(const Option& option) {
  return option.group == kQuestionGroup || option.group == kLabelGroup ||
         option.group == kMappingGroup;
}

}  // namespace mseavro
