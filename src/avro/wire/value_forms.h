// Forms of steps that put the usual encodings of whole fields and items in one go.
//
// Nearly all fields of logs are strings, numbers, or unions of null and one of these. As plain
// steps such a union takes six, each of which is a jump that the processor has to guess. A form
// takes the place of the first of them and jumps behind the last; when it meets anything but the
// most usual bytes, or the end is near, it does what that first step would have done, and the plain
// steps follow. So a walk with forms and one without put the same values and give the same errors.
#pragma once

#include "avro/schema/schema.h"
#include "avro/wire/step.h"

namespace mseavro {

// The program with forms wherever there are some. `schema` is that of its values.
StepProgram with_value_forms(const StepProgram& program, const Schema& schema);

}  // namespace mseavro
