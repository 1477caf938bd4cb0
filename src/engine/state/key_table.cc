#include "engine/state/key_table.h"

#include "base/result/kernel.h"

namespace mseavro {

MSEAVRO_KERNEL void ValueTable::code_column(const Column& column, size_t row_count,
                                            uint32_t* codes) {
  for (size_t row = 0; row < row_count; ++row) {
    codes[row] = column.has_value(row) ? code(column.texts[row]) : kNullCode;
  }
}

std::vector<uint32_t> ValueTable::translate(const ValueTable& other) {
  std::vector<uint32_t> codes(other.size(), kNullCode);
  for (uint32_t from = 1; from < other.size(); ++from) codes[from] = code(*other.value(from));
  return codes;
}

void KeyTable::code_rows(const Column* version, std::span<const Column* const> slices,
                         size_t row_count, uint32_t* codes) {
  if (version == nullptr) {
    std::fill_n(codes, row_count, ValueTable::kNullCode);
  } else {
    versions_.code_column(*version, row_count, codes);
  }
  scratch_.resize(row_count);
  for (size_t level = 0; level < slices_.size(); ++level) {
    slices_[level].code_column(*slices[level], row_count, scratch_.data());
    PairTable& pairs = prefixes_[level];
    for (size_t row = 0; row < row_count; ++row) codes[row] = pairs.code(codes[row], scratch_[row]);
  }
}

std::vector<uint32_t> KeyTable::translate(const KeyTable& other) {
  std::vector<uint32_t> codes = versions_.translate(other.versions_);
  for (size_t level = 0; level < slices_.size(); ++level) {
    const std::vector<uint32_t> values = slices_[level].translate(other.slices_[level]);
    const PairTable& pairs = other.prefixes_[level];
    std::vector<uint32_t> next(pairs.size());
    for (uint32_t from = 0; from < pairs.size(); ++from) {
      next[from] = prefixes_[level].code(codes[pairs.first(from)], values[pairs.second(from)]);
    }
    codes = std::move(next);
  }
  return codes;
}

uint32_t KeyTable::size() const {
  return prefixes_.empty() ? versions_.size() : prefixes_.back().size();
}

std::optional<std::string_view> KeyTable::version(uint32_t code) const {
  return versions_.value(prefix(code, 0));
}

std::optional<std::string_view> KeyTable::slice(uint32_t code, size_t index) const {
  return slices_[index].value(prefixes_[index].second(prefix(code, index + 1)));
}

// The code of the key's first `level` slices.
uint32_t KeyTable::prefix(uint32_t code, size_t level) const {
  for (size_t at = prefixes_.size(); at > level; --at) code = prefixes_[at - 1].first(code);
  return code;
}

}  // namespace mseavro
