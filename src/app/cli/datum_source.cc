#include "app/cli/datum_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "avro/codec/decompressed_stream.h"
#include "avro/container/block_reader.h"
#include "avro/wire/row_encoder.h"
#include "base/result/result.h"
#include "base/text/csv_reader.h"
#include "base/text/line_reader.h"
#include "events/role/synonyms.h"

namespace mseavro {
namespace {

class JsonLines {
 public:
  JsonLines(const ByteSource& source, const Limits& limits)
      : name_(source.name()), reader_(read_decompressed(source), limits.json_size_bytes) {}

  Result<bool> next(std::string_view* line) {
    auto found = reader_.next(line);
    if (!found) found.error().place.file = name_;
    line_ = *line;
    return found;
  }

  // An error in the line's text, with its place in the file.
  tl::unexpected<Error> error(Error error) const {
    error.place.file = name_;
    error.place.line = reader_.line();
    if (error.place.byte >= 0) error.place.byte += reader_.offset_bytes();
    if (error.code == ErrorCode::kBadJson)
      error.help = json_lines_help(line_, reader_.line(), name_);
    return tl::unexpected<Error>(std::move(error));
  }

 private:
  const std::string name_;
  LineReader reader_;
  std::string_view line_;
};

class JsonLinesSource : public DatumSource {
 public:
  JsonLinesSource(const ByteSource& source, std::shared_ptr<const WritePlan> plan,
                  const JsonForm& form, const Limits& limits)
      : lines_(source, limits), form_(form), writer_(std::move(plan), limits) {}

  Result<bool> next(Encoder* to) override {
    std::string_view line;
    MSEAVRO_ASSIGN(const bool found, lines_.next(&line));
    if (!found) return false;
    if (Status status = writer_.write_json(line, form_, to); !status) {
      return lines_.error(std::move(status.error()));
    }
    return true;
  }

 private:
  JsonLines lines_;
  const JsonForm form_;
  DatumWriter writer_;
};

// A header and rows of as many cells.
class CsvTable {
 public:
  CsvTable(const ByteSource& source, const Limits& limits)
      : name_(source.name()),
        reader_(read_decompressed(source), limits, CsvReader::kAsInFirstLine) {}

  Status read_header() {
    MSEAVRO_ASSIGN(const bool found, read());
    if (!found) return error({ErrorCode::kBadCsv, "the file has no header line", {}, {}, {}});
    columns_.assign(cells_.begin(), cells_.end());
    if (columns_.size() == 1) reader_.keep_blank_lines();
    return {};
  }

  // The row is cells() then; those that are nothing have no data().
  Result<bool> next() {
    MSEAVRO_ASSIGN(const bool found, read());
    if (found && cells_.size() != columns_.size()) {
      return error(
          {ErrorCode::kBadCsv,
           fmt::format("the line has {} fields, the header has {}", cells_.size(), columns_.size()),
           "give every line as many; a field with the delimiter in it stands in quotes: \"...\"",
           {},
           {}});
    }
    return found;
  }

  const std::vector<std::string>& columns() const { return columns_; }
  const std::vector<std::string_view>& cells() const { return cells_; }
  int64_t line() const { return reader_.line(); }

  // An error in the row, with its place in the file.
  tl::unexpected<Error> error(Error error) const {
    error.place.file = name_;
    if (error.place.line < 0) error.place.line = reader_.line();
    return tl::unexpected<Error>(std::move(error));
  }

 private:
  Result<bool> read() {
    auto found = reader_.next(&cells_);
    if (!found) return error(std::move(found.error()));
    for (size_t cell = 0; cell < cells_.size(); ++cell) {
      if (cells_[cell].empty() && !reader_.is_quoted(cell)) cells_[cell] = {};
    }
    return found;
  }

  const std::string name_;
  CsvReader reader_;
  std::vector<std::string> columns_;
  std::vector<std::string_view> cells_;
};

class CsvSource : public DatumSource {
 public:
  CsvSource(const ByteSource& source, const Limits& limits) : table_(source, limits) {}

  Status open(std::shared_ptr<const WritePlan> plan, bool ignores_unknown, const Limits& limits) {
    MSEAVRO_TRY(table_.read_header());
    auto encoder = RowEncoder::make(std::move(plan), table_.columns(), ignores_unknown, limits);
    if (!encoder) return table_.error(std::move(encoder.error()));
    encoder_ = std::move(*encoder);
    return {};
  }

  Result<bool> next(Encoder* to) override {
    MSEAVRO_ASSIGN(const bool found, table_.next());
    if (!found) return false;
    if (Status status = encoder_->encode(table_.cells(), to); !status) {
      return table_.error(std::move(status.error()));
    }
    return true;
  }

 private:
  CsvTable table_;
  std::unique_ptr<RowEncoder> encoder_;
};

class ContainerSource : public DatumSource {
 public:
  ContainerSource(ContainerReader& container, std::shared_ptr<const ReadPlan> read_plan,
                  std::shared_ptr<const WritePlan> write_plan, const Limits& limits)
      : blocks_(limits),
        reader_(read_plan, limits),
        checker_(std::move(read_plan), limits),
        writer_(std::move(write_plan), limits) {
    blocks_.begin_file(container);
    reader_.begin_block({}, 0);
  }

  Result<bool> next(Encoder* to) override {
    while (true) {
      auto found = reader_.next_datum(&datum_);
      if (!found) return blocks_.error(std::move(found.error()));
      if (*found) break;
      MSEAVRO_ASSIGN(const bool has_block,
                     blocks_.next([this](const BlockReader& blocks) { return check(blocks); }));
      if (!has_block) return false;
      reader_.begin_block(blocks_.bytes(), blocks_.block().record_count);
    }
    writer_.write_datum(datum_, to);
    return true;
  }

 private:
  Status check(const BlockReader& blocks) {
    checker_.begin_block(blocks.bytes(), blocks.block().record_count);
    while (true) {
      MSEAVRO_ASSIGN(const bool more, checker_.next_datum(&datum_));
      if (!more) return {};
    }
  }

  BlockReader blocks_;
  DatumReader reader_;
  DatumReader checker_;  // Of blocks that may be damaged.
  DatumWriter writer_;
  Datum datum_;
};

InferredSchema inferred(const SchemaInference& inference) {
  return {inference.schema_text(), inference.schema_text_without_aliases(), inference.odd_cells()};
}

}  // namespace

std::unique_ptr<DatumSource> json_lines_source(const ByteSource& source,
                                               std::shared_ptr<const WritePlan> plan,
                                               const JsonForm& form, const Limits& limits) {
  return std::make_unique<JsonLinesSource>(source, std::move(plan), form, limits);
}

Result<std::unique_ptr<DatumSource>> csv_source(const ByteSource& source,
                                                std::shared_ptr<const WritePlan> plan,
                                                bool ignores_unknown, const Limits& limits) {
  auto csv = std::make_unique<CsvSource>(source, limits);
  MSEAVRO_TRY(csv->open(std::move(plan), ignores_unknown, limits));
  return csv;
}

std::unique_ptr<DatumSource> container_source(ContainerReader& container,
                                              std::shared_ptr<const ReadPlan> read_plan,
                                              std::shared_ptr<const WritePlan> write_plan,
                                              const Limits& limits) {
  return std::make_unique<ContainerSource>(container, std::move(read_plan), std::move(write_plan),
                                           limits);
}

Result<InferredSchema> infer_json_lines_schema(const ByteSource& source, const Limits& limits) {
  JsonLines lines(source, limits);
  SchemaInference inference;
  JsonDocument document;
  std::string_view line;
  while (true) {
    MSEAVRO_ASSIGN(const bool found, lines.next(&line));
    if (!found) return inferred(inference);
    Status status = document.parse(line, limits, limits.schema_depth);
    if (status) status = inference.add_object(document.root());
    if (!status) return lines.error(std::move(status.error()));
  }
}

bool is_called_like_name(std::string_view column) {
  const std::vector<std::string> words = name_words(column);
  if (words.empty()) return false;
  static constexpr std::string_view kNames[] = {"id", "uuid", "version", "ver", "release"};
  if (std::ranges::find(kNames, words.back()) != std::end(kNames)) return true;
  const auto match = match_name(words, SourceKind::kPredictions);
  return match && (match->role == Role::kPredictionId || match->role == Role::kModelVersion ||
                   match->role == Role::kFeaturesetVersion);
}

Result<InferredSchema> infer_csv_schema(const ByteSource& source, const Limits& limits) {
  CsvTable table(source, limits);
  MSEAVRO_TRY(table.read_header());
  SchemaInference inference;
  inference.set_columns(table.columns(), is_called_like_name);
  while (true) {
    MSEAVRO_ASSIGN(const bool found, table.next());
    if (!found) return inferred(inference);
    inference.add_row(table.cells(), table.line());
  }
}

}  // namespace mseavro
