#include "base/columns/arrow_builder.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>

#include "base/columns/testing/arrow_text.h"

namespace mseavro {
namespace {

ArrowField field_of(ArrowKind kind, int32_t width_bytes, bool is_nullable = false) {
  ArrowField field;
  field.name = "x";
  field.type = {.kind = kind, .width_bytes = width_bytes};
  field.is_nullable = is_nullable;
  return field;
}

ArrowField pair_of(ArrowField first, ArrowField second, bool is_nullable = false) {
  ArrowField field = field_of(ArrowKind::kStruct, 0, is_nullable);
  field.children.push_back(std::move(first));
  field.children.push_back(std::move(second));
  return field;
}

ArrowField list_of(ArrowField item, bool is_nullable = false) {
  ArrowField field = field_of(ArrowKind::kList, 4, is_nullable);
  field.children.push_back(std::move(item));
  return field;
}

const ArrowField kLong = field_of(ArrowKind::kInteger, 8);
const ArrowField kText = field_of(ArrowKind::kText, 4);

// A builder with everything that it needs, and what it made as text.
class Column {
 public:
  explicit Column(ArrowField field, int64_t limit_bytes = 1 << 20)
      : field_(std::move(field)), budget_(limit_bytes), builder_(field_, budget_) {}

  ArrowBuilder* operator->() { return &builder_; }
  const ArrowField& field() const { return field_; }
  ArrowBudget& budget() { return budget_; }

  std::string finish() {
    OwnedArrow<ArrowSchema> schema;
    OwnedArrow<ArrowArray> array;
    export_field(field_, schema.get());
    builder_.finish(array.get());
    std::string text;
    for (int64_t row = 0; row < array->length; ++row) {
      text += (row == 0 ? "" : " ") + arrow_text(*schema, *array, row);
    }
    return text;
  }

 private:
  const ArrowField field_;
  ArrowBudget budget_;
  ArrowBuilder builder_;
};

TEST(ArrowBuilder, KeepsValuesAndNullsApart) {
  Column column(field_of(ArrowKind::kInteger, 4, true));
  for (int row = 0; row < 20; ++row) {
    if (row % 9 == 8) {
      column->append_null();
    } else {
      column->append_integer(row - 5);
    }
  }
  EXPECT_EQ(column.finish(), "-5 -4 -3 -2 -1 0 1 2 null 4 5 6 7 8 9 10 11 null 13 14");
}

TEST(ArrowBuilder, HasNoValidityBufferWithoutNulls) {
  Column column(field_of(ArrowKind::kBoolean, 0, true));
  column->append_boolean(true);
  OwnedArrow<ArrowArray> array;
  column->finish(array.get());
  EXPECT_EQ(array->null_count, 0);
  EXPECT_EQ(array->buffers[0], nullptr);
}

TEST(ArrowBuilder, HasOffsetsEvenWithoutRows) {
  Column column(list_of(kText));
  column->append_list();
  OwnedArrow<ArrowArray> array;
  column->finish(array.get());
  ASSERT_EQ(array->children[0]->length, 0);
  EXPECT_EQ(*static_cast<const int32_t*>(array->children[0]->buffers[1]), 0);
}

TEST(ArrowBuilder, BeginsAgainAfterEachBatch) {
  Column column(field_of(ArrowKind::kText, 4, true));
  EXPECT_EQ(column.finish(), "");
  column->append_bytes("one");
  column->append_null();
  EXPECT_EQ(column.finish(), "one null");
  column->append_bytes("two");
  EXPECT_EQ(column.finish(), "two");
  column->append_bytes("dropped");
  column->clear();
  column->append_bytes("three");
  EXPECT_EQ(column.finish(), "three");
}

TEST(ArrowBuilder, GivesTheChildrenOfANullStructAValueEach) {
  Column column(pair_of(kLong, list_of(kText), true));
  column->append_null();
  column->append_struct();
  column->child(0).append_integer(7);
  column->child(1).child(0).append_bytes("a");
  column->child(1).child(0).append_bytes("");
  column->child(1).append_list();
  column->append_null();
  EXPECT_EQ(column.finish(), "null {7;[a;;];} null");
}

TEST(ArrowBuilder, CountsTheRowsOfEachBranchOfAUnion) {
  ArrowField field = pair_of(kLong, kText);
  field.type = {.kind = ArrowKind::kDenseUnion};
  Column column(field);
  for (const char* text : {"a", "", "b", ""}) {
    column->append_branch(*text == '\0' ? 0 : 1);
    if (*text == '\0') {
      column->child(0).append_integer(-1);
    } else {
      column->child(1).append_bytes(text);
    }
  }
  column->append_null();
  EXPECT_EQ(column.finish(), "<1>a <0>-1 <1>b <0>-1 <0>0");
}

TEST(ArrowBuilder, DropsWhatIsBeyondTheBudget) {
  struct Case {
    ArrowField field;
    int64_t cost;  // Of an empty value or a null.
  } const cases[] = {
      {field_of(ArrowKind::kNull, 0, true), 8},
      {field_of(ArrowKind::kBoolean, 0, true), 1},
      {field_of(ArrowKind::kInteger, 8), 8},
      {field_of(ArrowKind::kFixedBinary, 1000, true), 1000},
      {field_of(ArrowKind::kFixedBinary, 0), 8},
      {pair_of(kLong, kText, true), 8 + 8 + 4},
      {list_of(kLong), 4},
  };
  for (const auto& [field, cost] : cases) {
    Column column(field, 3 * cost);
    for (int i = 0; i < 3; ++i) column->append_null();
    EXPECT_FALSE(column.budget().is_exceeded());
    EXPECT_EQ(column->length(), 3);
    column->append_null();
    EXPECT_TRUE(column.budget().is_exceeded());
    EXPECT_EQ(column->length(), 3);
  }
}

TEST(ArrowBuilder, AlignsBuffersForWideLoads) {
  Column column(pair_of(kLong, kText));
  for (int i = 0; i < 100; ++i) {
    column->append_struct();
    column->child(0).append_integer(i);
    column->child(1).append_bytes("t");
  }
  OwnedArrow<ArrowArray> array;
  column->finish(array.get());
  for (int64_t child = 0; child < array->n_children; ++child) {
    for (int64_t buffer = 1; buffer < array->children[child]->n_buffers; ++buffer) {
      const void* const data = array->children[child]->buffers[buffer];
      EXPECT_EQ(reinterpret_cast<uintptr_t>(data) % 64, 0u);
    }
  }
}

TEST(ArrowBuilder, HandsChildrenOutThatOutliveTheirParent) {
  ArrowField codes = field_of(ArrowKind::kInteger, 4);
  const auto symbols = std::make_shared<ArrowTexts>();
  symbols->append("red");
  symbols->append("green");
  codes.symbols = symbols;
  codes.dictionary = {kText};
  OwnedArrow<ArrowArray> child;
  OwnedArrow<ArrowSchema> child_schema;
  {
    Column column(pair_of(kLong, codes));
    column->append_struct();
    column->child(0).append_integer(1);
    column->child(1).append_integer(1);
    OwnedArrow<ArrowSchema> schema;
    OwnedArrow<ArrowArray> array;
    export_field(column.field(), schema.get());
    column->finish(array.get());
    *child.get() = std::exchange(*array.get()->children[1], {});
    *child_schema.get() = std::exchange(*schema.get()->children[1], {});
  }
  EXPECT_EQ(arrow_text(*child_schema, *child, 0), "green");
}

TEST(ArrowBuilder, LetsAnotherThreadReleaseAnArray) {
  Column column(kText);
  column->append_bytes("t");
  ArrowArray array;
  column->finish(&array);
  std::thread([&] { array.release(&array); }).join();
  EXPECT_EQ(array.release, nullptr);
}

TEST(ArrowField, WritesAndReadsTheFormatOfEachType) {
  const auto type = [](ArrowKind kind, int32_t width, ArrowUnit unit = ArrowUnit::kSeconds,
                       const char* zone = "") {
    return ArrowType{.kind = kind, .width_bytes = width, .unit = unit, .zone = zone};
  };
  struct Case {
    ArrowType type;
    const char* format;
  } const cases[] = {
      {type(ArrowKind::kNull, 0), "n"},
      {type(ArrowKind::kBoolean, 0), "b"},
      {type(ArrowKind::kInteger, 1), "c"},
      {type(ArrowKind::kInteger, 2), "s"},
      {type(ArrowKind::kInteger, 4), "i"},
      {type(ArrowKind::kInteger, 8), "l"},
      {type(ArrowKind::kUnsigned, 1), "C"},
      {type(ArrowKind::kUnsigned, 8), "L"},
      {type(ArrowKind::kFloat, 4), "f"},
      {type(ArrowKind::kFloat, 8), "g"},
      {type(ArrowKind::kBinary, 4), "z"},
      {type(ArrowKind::kText, 8), "U"},
      {type(ArrowKind::kFixedBinary, 16), "w:16"},
      {{.kind = ArrowKind::kDecimal, .width_bytes = 16, .precision = 9, .scale = 2}, "d:9,2"},
      {{.kind = ArrowKind::kDecimal, .width_bytes = 32, .precision = 50}, "d:50,0,256"},
      {type(ArrowKind::kDate, 4), "tdD"},
      {type(ArrowKind::kTime, 4, ArrowUnit::kMillis), "ttm"},
      {type(ArrowKind::kTime, 8, ArrowUnit::kMicros), "ttu"},
      {type(ArrowKind::kTimestamp, 8, ArrowUnit::kNanos, "UTC"), "tsn:UTC"},
      {type(ArrowKind::kTimestamp, 8, ArrowUnit::kSeconds), "tss:"},
      {type(ArrowKind::kInterval, 16), "tin"},
      {type(ArrowKind::kList, 4), "+l"},
      {type(ArrowKind::kStruct, 0), "+s"},
      {type(ArrowKind::kMap, 4), "+m"},
      {type(ArrowKind::kDenseUnion, 0), "+ud:"},
  };
  for (const auto& [arrow_type, format] : cases) {
    ArrowField field;
    field.type = arrow_type;
    EXPECT_EQ(arrow_format(field), format);
    OwnedArrow<ArrowSchema> schema;
    export_field(field, schema.get());
    EXPECT_EQ(import_field(*schema, 1)->type, arrow_type) << format;
  }
  ArrowField branches = pair_of(kLong, kText);
  branches.type.kind = ArrowKind::kDenseUnion;
  EXPECT_EQ(arrow_format(branches), "+ud:0,1");
}

TEST(ArrowField, ExportsNamesFlagsAndMetadata) {
  ArrowField field = pair_of(kLong, kText, true);
  field.metadata = {{"first", "1"}, {"second", ""}};
  OwnedArrow<ArrowSchema> schema;
  export_field(field, schema.get());
  EXPECT_STREQ(schema->name, "x");
  EXPECT_EQ(schema->flags, ARROW_FLAG_NULLABLE);
  EXPECT_EQ(schema->n_children, 2);
  EXPECT_EQ(schema->children[0]->flags, 0);
  EXPECT_EQ(schema->children[0]->metadata, nullptr);
  EXPECT_EQ(arrow_metadata(*schema, "first"), "1");
  EXPECT_EQ(arrow_metadata(*schema, "second"), "");
  EXPECT_EQ(arrow_metadata(*schema, "third"), "-");

  const auto imported = import_field(*schema, 2);
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->name, "x");
  EXPECT_TRUE(imported->is_nullable);
  EXPECT_EQ(imported->children[1].type, kText.type);
  EXPECT_EQ(imported->metadata, field.metadata);
  EXPECT_EQ(import_field(*schema, 1).error().code, ErrorCode::kLimitExceeded);
}

TEST(ArrowField, ReadsFormatsThatOthersMake) {
  ArrowSchema schema{};
  schema.name = "x";
  const struct {
    const char* format;
    ArrowKind kind;
    int32_t width_bytes;
  } cases[] = {
      {"+w:3", ArrowKind::kFixedList, 3},
      {"+us:0,1", ArrowKind::kSparseUnion, 0},
      {"vu", ArrowKind::kTextView, 16},
      {"vz", ArrowKind::kBinaryView, 16},
      {"+L", ArrowKind::kList, 8},
      {"d:5,2,128", ArrowKind::kDecimal, 16},
      {"ts", ArrowKind::kNull, -1},
      {"e", ArrowKind::kNull, -1},
      {"w:", ArrowKind::kNull, -1},
      {"d:5", ArrowKind::kNull, -1},
      {"d:5,2,64", ArrowKind::kNull, -1},
      {"+ud:1,0", ArrowKind::kNull, -1},
      {"tsx:UTC", ArrowKind::kNull, -1},
      {"+r", ArrowKind::kNull, -1},
      {"w:99999999999", ArrowKind::kNull, -1},
      {"", ArrowKind::kNull, -1},
  };
  for (const auto& [format, kind, width_bytes] : cases) {
    schema.format = format;
    const auto field = import_field(schema, 1);
    ASSERT_EQ(field.has_value(), width_bytes >= 0) << format;
    if (field) {
      EXPECT_EQ(field->type.kind, kind) << format;
      EXPECT_EQ(field->type.width_bytes, width_bytes) << format;
    } else {
      EXPECT_EQ(field.error().code, ErrorCode::kNoArrowType);
      EXPECT_EQ(field.error().place.field, "x");
    }
  }
}

}  // namespace
}  // namespace mseavro
