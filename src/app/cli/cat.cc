#include "app/cli/cat.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "app/cli/line_buffer.h"
#include "avro/container/block_reader.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

class Cat {
 public:
  Cat(const CatOptions& options, const Limits& limits, ByteSink& out)
      : options_(options),
        limits_(limits),
        lines_(out),
        records_left_(options.limit < 0 ? INT64_MAX : options.limit) {}

  Status write(const std::string& path) {
    MSEAVRO_ASSIGN(const auto source, open_file(path));
    MSEAVRO_ASSIGN(const auto container,
                   ContainerReader::open(*source, limits_, {.salvage = options_.salvage}));
    auto printer = RecordPrinter::make(container->header().schema, options_.lines, limits_);
    if (!printer) {
      printer.error().place.file = path;
      return tl::unexpected<Error>(std::move(printer.error()));
    }
    MSEAVRO_TRY(write_head(path, (*printer)->head()));
    return write_records(path, *container, **printer);
  }

  Status flush() { return lines_.flush(); }

 private:
  Status write_head(const std::string& path, const std::optional<std::string>& head) {
    if (!head || head == head_) return {};
    if (head_) {
      return fail(ErrorCode::kIncompatibleSchemas,
                  "this file has other columns than the files before",
                  "name those that you want: mseavro cat --format csv --columns id,region", {},
                  {.file = path});
    }
    head_ = head;
    lines_.line()->append(*head);
    return lines_.end_line();
  }

  Status write_records(const std::string& path, ContainerReader& container,
                       RecordPrinter& printer) {
    PrintBudget budget(path, container.expansion_limit_bytes());
    const auto check = [&](const BlockReader& blocks) {
      return printer.check(blocks, lines_.line(), budget);
    };
    BlockReader blocks(limits_);
    blocks.begin_file(container);
    while (records_left_ > 0) {
      MSEAVRO_ASSIGN(const bool has_block, blocks.next(check));
      if (!has_block) break;
      printer.begin_block(blocks.bytes(), blocks.block().record_count);
      for (; records_left_ > 0; --records_left_) {
        const size_t size_before = lines_.line()->size();
        const auto more = printer.next(lines_.line());
        if (!more) return blocks.error(more.error());
        if (!*more) break;
        const size_t size = lines_.line()->size() + 1 - size_before;
        MSEAVRO_TRY(lines_.end_line());
        MSEAVRO_TRY(budget.spend(size));
      }
    }
    return {};
  }

  const CatOptions& options_;
  const Limits& limits_;
  LineBuffer lines_;
  int64_t records_left_;
  std::optional<std::string> head_;
};

}  // namespace

Status cat_files(const std::vector<std::string>& paths, const CatOptions& options, ByteSink& out,
                 const Limits& limits) {
  Cat cat(options, limits, out);
  Status status;
  for (size_t i = 0; i < paths.size() && status; ++i) status = cat.write(paths[i]);
  MSEAVRO_TRY(cat.flush());
  return status;
}

}  // namespace mseavro
