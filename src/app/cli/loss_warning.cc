#include "app/cli/loss_warning.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text/number_text.h"

namespace mseavro {
namespace {

constexpr size_t kBlocksSaid = 20;

}  // namespace

void warn_of_losses(const Terminal& terminal, const Losses& losses) {
  if (losses.block_count == 0) return;
  const size_t said = std::min(losses.first_blocks.size(), kBlocksSaid);
  for (const LostBlock& lost : std::span(losses.first_blocks).first(said)) {
    terminal.warn(lost_block_text(lost));
  }
  terminal.warn(
      fmt::format("{}, {} bytes in all", losses_text(losses), format_thousands(losses.size_bytes)));
}

}  // namespace mseavro
