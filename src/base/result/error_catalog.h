// The catalogue of errors: what each code means, why it happens and what to do, in words.
//
// One table feeds `mseavro explain`, the documentation and the text that users see when a command
// fails. Everything here is constant and may be used from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mseavro/error.h"

namespace mseavro {

struct ErrorEntry {
  ErrorCode code;
  std::string_view name;         // Short, in lower case: "truncated file".
  std::string_view explanation;  // What happened, why, and what to do.
  std::string_view example;      // A command or an input that ends in this error.
};

// Every entry, in ascending order of code.
std::span<const ErrorEntry> all_errors();

// The entry of a code. Null only for a number that is no enumerator.
const ErrorEntry* find_error(ErrorCode code);

// "E0203".
std::string code_text(ErrorCode code);

// Reads "E0203", "e0203", "0203" or "203". Empty when the text has another form or the catalogue
// has no such code.
std::optional<ErrorCode> parse_code(std::string_view text);

// The error as users see it, without colour, each line ended by a newline:
//
//   error[E0203]: the file ends inside a block
//     at events.avro, block 3, byte 4711
//     value: 2048
//   help: add --salvage to keep the blocks before it
//
// Lines that have nothing to say are left out. Control characters from the input are written as
// \xNN, and long texts from it are cut, so that a hostile value can neither steer a terminal nor
// flood it.
std::string format_error(const Error& error);

}  // namespace mseavro
