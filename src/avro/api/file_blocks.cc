#include "avro/api/file_blocks.h"

#include <fmt/format.h>

#include "base/result/result.h"

namespace mseavro {

Result<FileBlocks> FileBlocks::open(const ByteSource& source, const Limits& limits,
                                    std::shared_ptr<const Schema> schema) {
  MSEAVRO_ASSIGN(auto container,
                 ContainerReader::open(source, limits, {.known_schema = std::move(schema)}));
  return FileBlocks(std::move(container), limits);
}

Status FileBlocks::count_output(int64_t size_bytes) {
  output_size_bytes_ += size_bytes;
  const int64_t limit_bytes = container_->expansion_limit_bytes();
  if (output_size_bytes_ <= limit_bytes) return {};
  return error({ErrorCode::kLimitExceeded,
                fmt::format("the file's records become more than {} bytes", limit_bytes),
                "read the columns that you need, or raise Limits::expansion_size_bytes",
                {},
                {}});
}

}  // namespace mseavro
