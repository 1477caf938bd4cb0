// `mseavro schema`: what a schema is, what it is called, and what it reads.
#pragma once

#include <string>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

struct SchemaAnswer {
  std::string text;   // Whole lines.
  int exit_code = 0;  // 1: `check` found a conflict.
};

// Answers `show`, `canonical` and `fingerprint` of a file, `check` of a reader's and a writer's and
// `diff` of an older and a newer one; a file is a schema or a container file. Errors: kUsage; those
// of reading the files, with the file's name.
Result<SchemaAnswer> answer_schema(const std::vector<std::string>& arguments);

}  // namespace mseavro
