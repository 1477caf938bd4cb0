#include "avro/container/block_reader.h"

#include <utility>

#include "base/result/result.h"

namespace mseavro {

BlockReader::BlockReader(const Limits& limits)
    : limits_(limits), decompressor_(make_decompressor(codec_, limits_)) {}

void BlockReader::begin_file(ContainerReader& container) {
  container_ = &container;
  piece_.blocks.clear();
  next_block_ = 0;
  if (const Codec codec = container.header().codec; codec != codec_) {
    decompressor_ = make_decompressor(codec, limits_);
    codec_ = codec;
  }
}

Result<bool> BlockReader::next(const Check& check) {
  while (true) {
    while (next_block_ == piece_.blocks.size()) {
      next_block_ = 0;
      piece_.blocks.clear();
      MSEAVRO_ASSIGN(const bool more, container_->next(piece_));
      if (!more) return false;
    }
    block_ = piece_.blocks[next_block_++];
    for (bool may_be_good = true; may_be_good;) {
      const Status status = open_block(check);
      if (status) return true;
      if (!container_->lose(block_, status.error())) return tl::unexpected<Error>(status.error());
      MSEAVRO_ASSIGN(may_be_good, container_->guess_again(block_));
    }
  }
}

void BlockReader::release_memory() {
  decompressor_ = make_decompressor(codec_, limits_);
  if (next_block_ < piece_.blocks.size()) return;
  piece_ = {};
  next_block_ = 0;
}

Status BlockReader::open_block(const Check& check) {
  MSEAVRO_ASSIGN(bytes_, container_->decompress(block_, *decompressor_));
  if (!container_->salvages()) return {};
  Status status = check(*this);
  if (status || !status.error().place.file.empty()) return status;
  return error(std::move(status.error()));
}

}  // namespace mseavro
