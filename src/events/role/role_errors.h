// What users are told when a role cannot be given to a field: what is wrong, which fields there
// are, and what to type.
#pragma once

#include <span>
#include <string>

#include "events/role/role.h"
#include "events/role/role_fit.h"

namespace mseavro {

// "--map prediction=y_pred or --map prediction=y_hat", quoted where a shell would need it.
std::string map_flags(Role role, std::span<const CandidateField* const> fields);

struct MissingRole {
  Role role;
  std::string detail;  // Why the most likely field was not taken; may be empty.
};

// kRoleMissing, of at least one role. Fields that have a role in `mapping` are not offered again.
Error roles_missing(const FieldCatalog& catalog, std::span<const MissingRole> missing,
                    const RoleQuestion& question, const RoleMapping& mapping);
// kRoleAmbiguous.
Error role_ambiguous(const FieldCatalog& catalog, Role role, const RoleQuestion& question,
                     std::span<const CandidateField* const> fields);
// kFieldMissing.
Error field_missing(const FieldCatalog& catalog, const RoleOverride& override,
                    const FieldPath& path);
// kWrongRoleType, kTextNumber, kClassLabels or kTimeUnitUnclear.
Error role_misfit(const FieldCatalog& catalog, Role role, const RoleQuestion& question,
                  const CandidateField& field, const Fit& fit);

}  // namespace mseavro
