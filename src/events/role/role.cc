#include "events/role/role.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/result/result.h"

namespace mseavro {
namespace {

// In the order of Role.
constexpr std::array<std::string_view, 9> kRoleNames = {
    "prediction_id", "prediction",         "model_version",   "timestamp", "actual",
    "squared_error", "featureset_version", "label_timestamp", "deleted"};

}  // namespace

std::string_view role_name(Role role) { return kRoleNames[static_cast<size_t>(role)]; }

std::optional<Role> find_role(std::string_view name) {
  const auto found = std::find(kRoleNames.begin(), kRoleNames.end(), name);
  if (found == kRoleNames.end()) return std::nullopt;
  return static_cast<Role>(found - kRoleNames.begin());
}

Result<RoleOverride> parse_role_override(std::string_view text) {
  const std::string help =
      fmt::format("write --map ROLE=FIELD, where ROLE is {}", fmt::join(kRoleNames, ", "));
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return fail(ErrorCode::kBadOptionValue, "--map takes a role, an equals sign and a field", help,
                std::string(text));
  }
  const std::string_view name = text.substr(0, equals);
  const std::optional<Role> role = find_role(name);
  if (!role) {
    return fail(ErrorCode::kBadOptionValue, fmt::format("there is no role called {}", name), help,
                std::string(text));
  }
  if (equals + 1 == text.size()) return RoleOverride{*role, {}};
  MSEAVRO_ASSIGN(FieldPath path, FieldPath::parse(text.substr(equals + 1)));
  return RoleOverride{*role, std::move(path)};
}

const BoundRole* RoleMapping::find(Role role) const {
  const auto found = std::find_if(roles.begin(), roles.end(),
                                  [&](const BoundRole& bound) { return bound.role == role; });
  return found == roles.end() ? nullptr : &*found;
}

std::string RoleMapping::text() const {
  std::string text;
  for (const BoundRole& bound : roles) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}={} ({})", role_name(bound.role), bound.path.text(), bound.why);
  }
  for (const std::string& note : notes) text += "; " + note;
  return text;
}

}  // namespace mseavro
