// `mseavro schema`: what a schema is, what it is called, and what it reads.
#pragma once

#include <string>
#include <vector>

#include "mseavro/error.h"

namespace mseavro {

struct SchemaAnswer {
  std::string text;        // Whole lines.
  int exit_code = 0;       // 1: `check` found a conflict, or something is left that `lint` found.
  std::string notes = {};  // Lines about the text, for people.
};

// What `lint` takes beside its file.
struct LintRequest {
  std::string former = {};  // File of the former version; empty for none.
  bool fixes = false;       // The mended schema is the text, and the findings are notes.
  bool as_json = false;     // The findings, as an array of objects.
};

// Answers `show`, `canonical`, `fingerprint` and `lint` of a file, `check` of a reader's and a
// writer's and `diff` of an older and a newer one; a file is a schema or a container file. Errors:
// kUsage; kConflictingOptions when others are asked what only lint takes; those of reading the
// files, with the file's name.
Result<SchemaAnswer> answer_schema(const std::vector<std::string>& arguments,
                                   const LintRequest& request = {});

}  // namespace mseavro
