#include "engine/evaluate/dead_letters.h"

#include <algorithm>
#include <tuple>

#include "avro/container/container_writer.h"
#include "base/io/byte_sink.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

constexpr const char* kSchema = R"({
  "type": "record", "name": "DeadLetter", "namespace": "mseavro",
  "doc": "A row that could not be used.",
  "fields": [
    {"name": "reason", "type": "string", "doc": "Why, as in prediction_not_finite."},
    {"name": "source", "type": "string", "doc": "The file it was read from."},
    {"name": "block", "type": ["null", "long"], "default": null,
     "doc": "Index of the block in an Avro file, from 0."},
    {"name": "record", "type": ["null", "long"], "default": null,
     "doc": "Index of the record in the block, from 0."},
    {"name": "line", "type": ["null", "long"], "default": null,
     "doc": "Line of a text file, from 1."},
    {"name": "raw", "type": "bytes",
     "doc": "The original bytes: an Avro datum under the schema of its file, or a line."}
  ]
})";

void put_place(Encoder& to, int64_t number) {
  to.put_long(number < 0 ? 0 : 1);
  if (number >= 0) to.put_long(number);
}

}  // namespace

Status write_dead_letters(const std::string& path, std::vector<DeadLetter> letters) {
  std::sort(letters.begin(), letters.end(), [](const DeadLetter& a, const DeadLetter& b) {
    // A file may be read as predictions and as labels, and be bad as both.
    return std::tie(a.source, a.block, a.record, a.line, a.reason) <
           std::tie(b.source, b.block, b.record, b.line, b.reason);
  });
  MSEAVRO_ASSIGN(auto sink, create_file(path));
  ContainerOptions options;
  options.codec = Codec::kDeflate;
  MSEAVRO_ASSIGN(auto writer, ContainerWriter::create(*sink, kSchema, std::move(options)));
  for (const DeadLetter& letter : letters) {
    Encoder& to = writer->datum();
    to.put_bytes(letter.reason);
    to.put_bytes(letter.source);
    put_place(to, letter.block);
    put_place(to, letter.record);
    put_place(to, letter.line);
    to.put_bytes(letter.raw);
    MSEAVRO_TRY(writer->end_record());
  }
  MSEAVRO_TRY(writer->finish());
  return sink->commit();
}

bool is_dead_letter_schema(const Schema& schema) {
  return schema.root().name == "mseavro.DeadLetter";
}

}  // namespace mseavro
