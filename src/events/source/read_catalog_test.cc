#include <gtest/gtest.h>

#include "events/source/event_scan.h"
#include "events/source/testing/avro_test_file.h"
#include "events/source/testing/scratch_folder.h"

namespace mseavro {
namespace {

class ReadCatalog : public testing::Test {
 protected:
  // The catalog's fields by the text of their paths; the file stands under region=eu/.
  void read(const std::string& name, std::string_view bytes) {
    const std::string path = folder_.write("region=eu/" + name, bytes);
    auto catalog = read_catalog(list_inputs(std::vector{path}).value().at(0), {});
    ASSERT_TRUE(catalog) << catalog.error().message;
    EXPECT_EQ(catalog->file, path);
    catalog_ = std::move(*catalog);
  }

  const CandidateField& field(std::string_view path) const {
    for (const CandidateField& candidate : catalog_.fields) {
      if (candidate.path.text() == path) return candidate;
    }
    ADD_FAILURE() << "no field " << path;
    return catalog_.fields.at(0);
  }
  const FieldEvidence& evidence(std::string_view path) const { return field(path).evidence; }

  ScratchFolder folder_;
  FieldCatalog catalog_;
};

constexpr std::string_view kSchema = R"({"type":"record","name":"Event","fields":[
    {"name":"id","type":"string"},
    {"name":"y","type":["null","double"]},
    {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
    {"name":"tags","type":{"type":"map","values":"string"}}]})";

PutRecord event(std::string id, std::optional<double> y, int64_t at) {
  return [=](Encoder& out) {
    out.put_bytes(id);
    out.put_long(y ? 1 : 0);
    if (y) out.put_double(*y);
    out.put_long(at);
    out.put_long(0);
  };
}

TEST_F(ReadCatalog, LooksAtTheWholeFirstBlockOfALongFile) {
  std::vector<PutRecord> records;
  for (int64_t n = 0; n < 10'000; ++n) records.push_back(event(std::string(98, 'x'), {}, n % 64));
  // A hundred bytes in front of two numbers of one byte each, and a map without entries.
  constexpr int64_t kRecordBytes = 103;
  read("a.avro", avro_file(kSchema, records, 2000 * kRecordBytes));
  EXPECT_EQ(evidence("id").row_count, 2000);
}

TEST_F(ReadCatalog, ShowsWhatTheFirstBlockHas) {
  // A block ends with the record that makes it 50 bytes long: the third here.
  read("a.avro", avro_file(kSchema,
                           {event("2025-07-28", 2.5, 1738102210000), event("2025-07-29", {}, 7),
                            event("2025-07-29", -1, 9), event("other block", 99, 1)},
                           50));
  ASSERT_EQ(catalog_.fields.size(), 5u);

  EXPECT_EQ(evidence("id").row_count, 3);
  EXPECT_EQ(evidence("id").null_count, 0);
  EXPECT_EQ(evidence("id").distinct_count, 2);
  EXPECT_EQ(evidence("id").example, "2025-07-28");
  EXPECT_TRUE(evidence("id").texts_are_times);
  EXPECT_FALSE(evidence("id").texts_are_numbers);
  EXPECT_EQ(evidence("id").minimum, std::nullopt);

  EXPECT_EQ(evidence("y").null_count, 1);
  EXPECT_EQ(evidence("y").distinct_count, 2);
  EXPECT_EQ(evidence("y").minimum, -1);
  EXPECT_EQ(evidence("y").maximum, 2.5);
  EXPECT_EQ(evidence("y").example, "2.5");
  EXPECT_FALSE(evidence("y").texts_are_numbers);

  EXPECT_EQ(field("at").kind, FieldKind::kInstant);
  EXPECT_EQ(evidence("at").minimum, 7);
  EXPECT_EQ(evidence("at").maximum, 1738102210000);
  EXPECT_EQ(evidence("at").example, "2025-01-28T22:10:10Z");

  EXPECT_EQ(field("tags").kind, FieldKind::kOther);
  EXPECT_EQ(evidence("tags").row_count, 0);
}

TEST_F(ReadCatalog, HasThePathKeysThatAreNoFields) {
  read("a.avro", avro_file(kSchema, {event("p", 1, 1)}));
  EXPECT_EQ(field("region").origin, FieldOrigin::kPathKey);
  EXPECT_EQ(field("region").kind, FieldKind::kText);
  EXPECT_EQ(evidence("region").example, "eu");
  EXPECT_EQ(evidence("region").distinct_count, 1);

  read("b.csv", "region,y\nus,1\n");
  EXPECT_EQ(field("region").origin, FieldOrigin::kCsv);
  EXPECT_EQ(catalog_.fields.size(), 2u);
}

TEST_F(ReadCatalog, ReadsCsvNamesAndTheFirstThousandRecords) {
  std::string csv = "id,y,at,none\n";
  for (int i = 0; i < 2000; ++i) {
    csv += "p" + std::to_string(i) + "," + std::to_string(i % 7) + ",2025-07-28T00:00Z,\n";
  }
  read("a.csv", csv);
  EXPECT_EQ(field("id").origin, FieldOrigin::kCsv);
  EXPECT_EQ(evidence("id").row_count, 1000);
  EXPECT_EQ(evidence("id").distinct_count, 1000);
  EXPECT_TRUE(evidence("y").texts_are_numbers);
  EXPECT_EQ(evidence("y").maximum, 6);
  EXPECT_TRUE(evidence("at").texts_are_times);
  EXPECT_EQ(evidence("none").null_count, 1000);
  EXPECT_FALSE(evidence("none").texts_are_numbers);
  EXPECT_FALSE(evidence("none").texts_are_times);
}

TEST_F(ReadCatalog, JudgesTextsByMostOfThem) {
  read("a.csv", "y,at,half\nnone,soon,1\n2.5,2025-07-28T00:00Z,low\n-1,2025-07-29,2\n7,,high\n");
  EXPECT_TRUE(evidence("y").texts_are_numbers);
  EXPECT_EQ(evidence("y").minimum, -1);
  EXPECT_EQ(evidence("y").maximum, 7);
  EXPECT_EQ(evidence("y").word_count, 1);
  EXPECT_EQ(evidence("y").first_word, "none");
  EXPECT_TRUE(evidence("at").texts_are_times);
  EXPECT_EQ(evidence("at").word_count, 1);
  EXPECT_EQ(evidence("at").first_word, "soon");
  EXPECT_FALSE(evidence("half").texts_are_numbers);
  EXPECT_EQ(evidence("half").minimum, std::nullopt);
  EXPECT_EQ(evidence("half").word_count, 2);
  EXPECT_EQ(evidence("half").first_word, "low");
}

TEST_F(ReadCatalog, CutsLongExamplesBetweenCharacters) {
  read("a.avro", avro_file(kSchema, {event(std::string(39, 'x') + "\xc3\xa9", 1, 1)}));
  EXPECT_EQ(evidence("id").example, std::string(39, 'x'));
}

TEST_F(ReadCatalog, OfAFileWithoutRecordsHasFieldsWithoutEvidence) {
  read("a.avro", avro_file(kSchema, {}));
  EXPECT_EQ(catalog_.fields.size(), 5u);
  EXPECT_EQ(evidence("id").row_count, 0);
}

TEST_F(ReadCatalog, LooksAtTheFieldsAtTheTopFirst) {
  std::string schema = R"({"type":"record","name":"R","fields":[
      {"name":"deep","type":{"type":"record","name":"D","fields":[)";
  for (int i = 0; i < 100; ++i) {
    schema += (i == 0 ? "" : ",") + std::string(R"({"name":"f)") + std::to_string(i) +
              R"(","type":"int"})";
  }
  schema += R"(]}},{"name":"y","type":"double"}]})";
  read("a.avro", avro_file(schema, {[](Encoder& out) {
                             for (int i = 0; i < 100; ++i) out.put_int(i);
                             out.put_double(0.5);
                           }}));
  EXPECT_EQ(evidence("y").row_count, 1);
  EXPECT_EQ(evidence("deep.f0").row_count, 1);
  EXPECT_EQ(evidence("deep.f99").row_count, 0);
}

TEST_F(ReadCatalog, NamesTheFileThatCannotBeRead) {
  const std::string path = folder_.write("a.avro", "text");
  const auto catalog = read_catalog({path, FileFormat::kAvro, {}}, {});
  ASSERT_FALSE(catalog);
  EXPECT_EQ(catalog.error().code, ErrorCode::kNotAvro);
  EXPECT_EQ(catalog.error().place.file, path);
}

}  // namespace
}  // namespace mseavro
