// The blocks of one file, for a reader of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "avro/container/block_reader.h"
#include "avro/container/container_reader.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

class FileBlocks {
 public:
  // `schema` is the file's. Errors: as ContainerReader::open.
  static Result<FileBlocks> open(const ByteSource& source, const Limits& limits,
                                 std::shared_ptr<const Schema> schema);

  // As BlockReader::next.
  Result<bool> next() { return reader_.next(nullptr); }

  int64_t record_count() const { return reader_.block().record_count; }
  std::span<const uint8_t> bytes() const { return reader_.bytes(); }
  tl::unexpected<Error> error(Error error) const { return reader_.error(std::move(error)); }

  // Counts what was made of the block. Errors: kLimitExceeded, when it becomes more, with that of
  // the blocks before, than a file of this size may (see Limits::expansion_ratio).
  Status count_output(int64_t size_bytes);

 private:
  FileBlocks(std::unique_ptr<ContainerReader> container, const Limits& limits)
      : container_(std::move(container)), reader_(limits) {
    reader_.begin_file(*container_);
  }

  std::unique_ptr<ContainerReader> container_;
  BlockReader reader_;
  int64_t output_size_bytes_ = 0;
};

}  // namespace mseavro
