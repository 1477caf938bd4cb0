#include "app/cli/datum_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <span>
#include <utility>
#include <vector>

#include "app/cli/datum_source.h"
#include "app/cli/line_buffer.h"
#include "avro/wire/datum_writer.h"
#include "avro/wire/single_object.h"
#include "base/io/byte_source.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// Takes datums off the front of bytes and writes them as lines.
class Decoder {
 public:
  static Result<std::unique_ptr<Decoder>> make(const DatumFileOptions& options, ByteSink& out,
                                               const Limits& limits) {
    auto plan = ReadPlan::whole(options.schema);
    if (options.reader_schema != nullptr) {
      MSEAVRO_ASSIGN(plan, ReadPlan::resolve(*options.schema, options.reader_schema));
    }
    auto decoder = std::make_unique<Decoder>(options, std::move(plan), out, limits);
    MSEAVRO_TRY(decoder->schemas_.add(options.schema));
    return decoder;
  }

  Decoder(const DatumFileOptions& options, std::shared_ptr<const ReadPlan> plan, ByteSink& out,
          const Limits& limits)
      : style_(options.form.style),
        is_single_object_(options.is_single_object),
        lines_(out),
        datums_(std::move(plan), limits),
        messages_(schemas_, options.reader_schema, limits) {}

  // All datums in the bytes. An error's place.byte is an offset in them.
  Status decode(std::span<const uint8_t> bytes) {
    std::span<const uint8_t> rest = bytes;
    do {
      MSEAVRO_TRY(decode_one(bytes, rest));
      MSEAVRO_TRY(lines_.end_line());
    } while (!rest.empty());
    return {};
  }

  Status flush() { return lines_.flush(); }

 private:
  Status decode_one(std::span<const uint8_t> bytes, std::span<const uint8_t>& rest) {
    const auto offset_of = [&](size_t left) { return static_cast<int64_t>(bytes.size() - left); };
    auto opened = open(rest);
    if (!opened) {
      opened.error().place.byte += offset_of(rest.size());
      return tl::unexpected<Error>(std::move(opened.error()));
    }
    DatumReader& reader = **opened;
    const size_t datum_size = reader.bytes_left();
    if (auto read = reader.next_json(style_, lines_.line()); !read) {
      read.error().place.byte += offset_of(datum_size);
      return tl::unexpected<Error>(std::move(read.error()));
    }
    const size_t left = reader.bytes_left();
    if (left > 0 && left == rest.size()) {
      return fail(ErrorCode::kTrailingBytes,
                  fmt::format("{} bytes stand behind a datum that takes none", left), {}, {},
                  {.byte = offset_of(left)});
    }
    rest = rest.last(left);
    return {};
  }

  Result<DatumReader*> open(std::span<const uint8_t> bytes) {
    if (is_single_object_) return messages_.open(bytes);
    datums_.begin_datum(bytes);
    return &datums_;
  }

  const JsonStyle style_;
  const bool is_single_object_;
  LineBuffer lines_;
  DatumReader datums_;
  SchemaList schemas_;
  SingleObjectReader messages_;
};

Result<std::string> read_all(const ByteSource& source, const Limits& limits) {
  if (source.size_bytes() > limits.decoded_block_size_bytes) {
    return fail(ErrorCode::kLimitExceeded,
                fmt::format("the file has more than {} bytes, which is much for datums by "
                            "themselves",
                            limits.decoded_block_size_bytes),
                "if it is to be trusted, raise the limit: --max-block-size 1GiB");
  }
  return read_beginning(source, source.size_bytes());
}

// The bytes of a line of digits, with or without spaces between pairs.
Result<std::vector<uint8_t>> parse_hex(std::string_view line) {
  std::vector<uint8_t> bytes;
  for (size_t at = 0; (at = line.find_first_not_of(" \t\r", at)) < line.size(); at += 2) {
    uint8_t byte = 0;
    const std::string_view pair = line.substr(at, 2);
    const char* const end = pair.data() + pair.size();
    if (pair.size() < 2 || std::from_chars(pair.data(), end, byte, 16).ptr != end) {
      return fail(ErrorCode::kBadValue, "these are no hexadecimal digits",
                  "write two digits for each byte, or leave out --hex", std::string(pair));
    }
    bytes.push_back(byte);
  }
  return bytes;
}

Status decode_lines(std::string_view text, Decoder& decoder) {
  for (int64_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view digits = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (digits.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto bytes = parse_hex(digits);
    Status status = bytes ? decoder.decode(*bytes) : tl::unexpected<Error>(bytes.error());
    if (status) continue;
    status.error().place.line = line;
    return status;
  }
  return {};
}

}  // namespace

Status encode_file(const std::string& path, const DatumFileOptions& options, ByteSink& out,
                   const Limits& limits) {
  MSEAVRO_ASSIGN(const auto plan, WritePlan::compile(options.schema));
  MSEAVRO_ASSIGN(const uint64_t fingerprint, schema_fingerprint(*options.schema));
  const SingleObjectHeader header = single_object_header(fingerprint);
  MSEAVRO_ASSIGN(const auto source, open_file(path));
  const auto datums = json_lines_source(*source, plan, options.form, limits);
  Encoder datum;
  while (true) {
    datum.clear();
    if (options.is_single_object) datum.put_fixed(header);
    MSEAVRO_ASSIGN(const bool more, datums->next(&datum));
    if (!more) return {};
    if (options.is_hex) {
      MSEAVRO_TRY(out.write_text(fmt::format("{:02x}\n", fmt::join(datum.bytes(), ""))));
    } else {
      MSEAVRO_TRY(out.write(datum.bytes()));
    }
  }
}

Status decode_file(const std::string& path, const DatumFileOptions& options, ByteSink& out,
                   const Limits& limits) {
  MSEAVRO_ASSIGN(const auto source, open_file(path));
  const auto place_in_file = [&](Status status) {
    if (!status) status.error().place.file = path;
    return status;
  };
  auto text = read_all(*source, limits);
  if (!text) return place_in_file(tl::unexpected<Error>(std::move(text.error())));
  MSEAVRO_ASSIGN(const auto decoder, Decoder::make(options, out, limits));
  const std::span bytes(reinterpret_cast<const uint8_t*>(text->data()), text->size());
  Status status = options.is_hex ? decode_lines(*text, *decoder) : decoder->decode(bytes);
  MSEAVRO_TRY(decoder->flush());
  if (!status && !options.is_single_object && parse_single_object(bytes)) {
    status.error().help = "the file begins as a single-object message: add --single-object";
  }
  return place_in_file(std::move(status));
}

}  // namespace mseavro
