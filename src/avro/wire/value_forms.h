// Forms of steps that put the usual encodings of whole fields and items in one go.
//
// Nearly all fields of logs are strings, numbers, or unions of null and one of these. As plain
// steps such a union takes six, each of which is a jump that the processor has to guess. A form
// takes the place of the first of them and jumps behind the last; when it meets anything but the
// most usual bytes, or the end is near, it does what that first step would have done, and the plain
// steps follow. So a walk with forms and one without put the same values and give the same errors.
//
// Fields go further: those that stand side by side are one list, which the target goes through by
// itself. It ends with kEnd, or earlier at a field that is left to the plain steps; behind that one
// the next step goes on with the list.
#pragma once

#include <cstdint>
#include <vector>

#include "avro/schema/schema.h"
#include "avro/wire/step.h"

namespace mseavro {

enum class FieldKind : uint8_t {
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kEnum,
  kString,
  kNullableInt,
  kNullableLong,
  kNullableDouble,
  kNullableString,
  kFloatArray,
  kDoubleArray,
  kStringArray,
  kStringMap,
  kEnd,  // Of fields side by side.
};

struct FieldForm {
  FieldKind kind;
  uint8_t index;  // Encoded: of nullable kinds that of null, of kEnum the first that is none.
  uint32_t step;  // The plain kField that it stands for; of kEnd the step behind.
};

// Where a list of fields was left: at which byte, and at which step the walk goes on.
struct FieldsEnd {
  const uint8_t* position;
  uint32_t next_step;
};

struct FormedProgram {
  StepProgram program;
  std::vector<FieldForm> fields;  // In the order of the steps.
};

// The program with forms wherever there are some, but fields of routines: these stand in many
// places. `schema` is that of its values. Fields that are arrays or maps are left to the plain
// steps where they would be nested deeper than `depth_limit`.
FormedProgram with_value_forms(const StepProgram& program, const Schema& schema,
                               int32_t depth_limit);

}  // namespace mseavro
