#include "app/cli/cat.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "avro/container/block_reader.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr size_t kBufferBytes = 64 << 10;
// A line of any size in place: a text that grows by moving would stand in memory twice. What is not
// used of it takes no memory.
constexpr size_t kReservedBytes = 65 << 20;

// Lines on their way out.
class LineBuffer {
 public:
  explicit LineBuffer(ByteSink& out) : out_(out) { text_.reserve(kReservedBytes); }

  std::string* line() { return &text_; }  // Where the next line is appended.
  Status end_line() {
    text_.push_back('\n');
    return text_.size() < kBufferBytes ? Status() : flush();
  }
  Status flush() {
    MSEAVRO_TRY(out_.write_text(text_));
    flushed_size_bytes_ += static_cast<int64_t>(text_.size());
    text_.clear();
    return {};
  }
  int64_t size_bytes() const { return flushed_size_bytes_ + static_cast<int64_t>(text_.size()); }

 private:
  ByteSink& out_;
  std::string text_;
  int64_t flushed_size_bytes_ = 0;
};

Error too_much_written(int64_t limit_bytes) {
  return {ErrorCode::kLimitExceeded,
          fmt::format("the file's records take more than {} bytes when they are written out",
                      limit_bytes),
          {},
          {},
          {}};
}

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
    return write_records(*container, **printer);
  }

  Status flush() { return lines_.flush(); }

 private:
  Status write_head(const std::string& path, const std::optional<std::string>& head) {
    if (!head || head == head_) return {};
    if (head_) {
      return fail(ErrorCode::kIncompatibleSchemas,
                  "this file has other columns than the files before",
                  "name those that you want: --columns id,region", {}, {.file = path});
    }
    head_ = head;
    lines_.line()->append(*head);
    return lines_.end_line();
  }

  Status write_records(ContainerReader& container, RecordPrinter& printer) {
    const int64_t size_limit_bytes = lines_.size_bytes() + container.expansion_limit_bytes();
    const auto check = [&](const BlockReader& blocks) { return printer.check(blocks); };
    BlockReader blocks(limits_);
    blocks.begin_file(container);
    while (records_left_ > 0) {
      MSEAVRO_ASSIGN(const bool has_block, blocks.next(check));
      if (!has_block) break;
      printer.begin_block(blocks.bytes(), blocks.block().record_count);
      for (; records_left_ > 0; --records_left_) {
        if (lines_.size_bytes() > size_limit_bytes) {
          return blocks.error(too_much_written(container.expansion_limit_bytes()));
        }
        const auto more = printer.next(lines_.line());
        if (!more) return blocks.error(more.error());
        if (!*more) break;
        MSEAVRO_TRY(lines_.end_line());
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
