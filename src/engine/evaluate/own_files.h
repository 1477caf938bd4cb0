// Files that this program writes itself and that hold no events, told apart from those that do.
#pragma once

#include <string>
#include <vector>

#include "events/role/field_catalog.h"
#include "events/source/input_files.h"
#include "mseavro/error.h"
#include "mseavro/limits.h"

namespace mseavro {

// Leaves out the dead letters that stand in searched folders, beside the events that they are from,
// and says so in `notes`. Errors: kRoleMissing for dead letters that `paths` names themselves, and
// for metrics; kNoInput when nothing is left. A file that cannot be read stays: who opens it says
// what is wrong with it.
Status leave_out_dead_letters(const std::vector<std::string>& paths, const Limits& limits,
                              std::vector<InputFile>& files, std::vector<std::string>& notes);

// Whether the fields of a text file are the columns of metrics. Errors: kRoleMissing.
Status check_no_metrics(const FieldCatalog& catalog);

}  // namespace mseavro
