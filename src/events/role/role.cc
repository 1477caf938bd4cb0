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

// Commas within quotes are part of a name.
Result<std::vector<FieldPath>> parse_key_paths(std::string_view text) {
  std::vector<FieldPath> paths;
  char quote = 0;
  size_t begin = 0;
  for (size_t at = 0; at <= text.size(); ++at) {
    if (at == text.size() || (quote == 0 && text[at] == ',')) {
      while (begin < at && text[begin] == ' ') ++begin;
      MSEAVRO_ASSIGN(FieldPath path, FieldPath::parse(text.substr(begin, at - begin)));
      paths.push_back(std::move(path));
      begin = at + 1;
    } else if (quote != 0) {
      if (text[at] == quote) quote = 0;
    } else if (text[at] == '`' || text[at] == '"') {
      quote = text[at];
    }
  }
  return paths;
}

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
  const bool is_key = name == kKeyName;
  const std::optional<Role> role = is_key ? Role::kPredictionId : find_role(name);
  if (!role) {
    return fail(ErrorCode::kBadOptionValue, fmt::format("there is no role called {}", name), help,
                std::string(text));
  }
  const std::string_view field = text.substr(equals + 1);
  if (field.empty()) return RoleOverride{*role, {}, is_key};
  if (*role == Role::kPredictionId) {
    MSEAVRO_ASSIGN(std::vector<FieldPath> paths, parse_key_paths(field));
    return RoleOverride{*role, std::move(paths), is_key};
  }
  MSEAVRO_ASSIGN(FieldPath path, FieldPath::parse(field));
  return RoleOverride{*role, {std::move(path)}};
}

std::string list_paths(std::span<const FieldPath> paths) {
  std::string text;
  for (const FieldPath& path : paths) text += (text.empty() ? "" : ",") + path.text();
  return text;
}

const BoundRole* RoleMapping::find(Role role) const {
  const auto found = std::find_if(roles.begin(), roles.end(),
                                  [&](const BoundRole& bound) { return bound.role == role; });
  return found == roles.end() ? nullptr : &*found;
}

bool RoleMapping::uses(const CandidateField& field) const {
  return std::any_of(roles.begin(), roles.end(), [&](const BoundRole& bound) {
    return (bound.path == field.path && bound.origin == field.origin) ||
           std::ranges::find(bound.further_paths, field.path) != bound.further_paths.end();
  });
}

std::string RoleMapping::text() const {
  std::string text;
  for (const BoundRole& bound : roles) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}={}{}{} ({})", role_name(bound.role), bound.path.text(),
                        bound.further_paths.empty() ? "" : ",", list_paths(bound.further_paths),
                        bound.why);
  }
  for (const std::string& note : notes) text += "; " + note;
  return text;
}

}  // namespace mseavro
