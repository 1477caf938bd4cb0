// Fields side by side, put into their columns in one go: the lists of value_forms.h for Arrow.
//
// Which column a field has is found once, for it follows from the steps around its own. That there
// is room for a row and that a list's usual values do not go beyond the bytes is asked once for a
// list. What is left for a field is to look at a byte or two, to copy, and to know where the next
// one begins; the next one waits for just that, so that it is reached in as few operations as
// possible, and never by a branch on what is null.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "avro/arrow/arrow_layout.h"
#include "avro/wire/step.h"
#include "avro/wire/value_forms.h"
#include "base/columns/arrow_builder.h"

namespace mseavro {

// Not thread-safe.
class FieldLists {
 public:
  struct Field {
    FieldKind kind;
    uint8_t index;                   // As FieldForm::index.
    uint32_t next_step;              // Where the walk goes on when the list is left here.
    ArrowBuilder* column = nullptr;  // None: of kEnd.
    int64_t usual_bytes = 0;  // What those from here to the next with items look at, at most.
    size_t list = 0;
  };
  // Where a list was left: `field` begins at `position`.
  struct End {
    const uint8_t* position;
    const Field* field;
  };

  FieldLists() = default;
  // `root` is the builder of the layout and must outlive the lists. The forms are of the program.
  FieldLists(const StepProgram& program, std::span<const FieldForm> forms,
             const ArrowLayout& layout, ArrowBuilder& root);

  // The builders have given their rows away.
  void begin_batch();

  // Puts the fields from `first` on that stand at `position` in their usual form.
  End put(size_t first, const uint8_t* position, const uint8_t* end);

 private:
  // Its columns stand in one struct, so that all have the same length where it begins.
  struct List {
    size_t first;
    int64_t row_limit = 0;  // Up to here all columns have room.
  };

  void close_list();
  bool reserve_row(List& list);
  [[gnu::noinline]] static End put_near_end(const Field* field, int64_t row,
                                            const uint8_t* position, const uint8_t* end);
  template <bool kHasBytes>
  static End put_usual(const Field* field, int64_t row, const uint8_t* position,
                       const uint8_t* end);

  std::vector<Field> fields_;
  std::vector<List> lists_;
};

}  // namespace mseavro
