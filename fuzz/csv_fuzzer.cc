// However its bytes are cut into pieces, a CSV text gives the same records or the same error.
//
// The first byte of the input is the size of the pieces, the second the limit of a record.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"
#include "base/text/csv_reader.h"

namespace {

// Everything that reading gives, as one text.
std::string read_all(std::span<const uint8_t> text, size_t piece_size,
                     const mseavro::Limits& limits) {
  mseavro::CsvReader reader(
      [&](std::span<uint8_t> into) -> mseavro::Result<size_t> {
        const size_t count = std::min({text.size(), into.size(), piece_size});
        std::copy_n(text.begin(), count, into.begin());
        text = text.subspan(count);
        return count;
      },
      limits, mseavro::CsvReader::kAsInFirstLine);
  std::string answer;
  std::vector<std::string_view> fields;
  while (true) {
    const auto found = reader.next(&fields);
    if (!found) return answer + found.error().message + std::to_string(found.error().place.line);
    if (!*found) return answer;
    MSEAVRO_CHECK(!fields.empty() && !reader.raw().empty());
    MSEAVRO_CHECK(reader.raw().size() <= static_cast<size_t>(limits.csv_line_size_bytes));
    answer += std::to_string(reader.line());
    for (const std::string_view field : fields) answer.append("|").append(field);
    answer.append("|").append(reader.raw()).append("\n");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::span text(data + 2, size - 2);
  const mseavro::Limits limits{.csv_line_size_bytes = data[1] == 0 ? 1 << 20 : data[1]};
  const size_t piece_size = size_t{data[0]} + 1;
  MSEAVRO_CHECK(read_all(text, piece_size, limits) == read_all(text, size, limits));
  return 0;
}
