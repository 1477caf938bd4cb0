#include "app/cli/option_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/result/ascii.h"
#include "base/result/edit_distance.h"

namespace mseavro {
namespace {

std::string trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t") - begin + 1));
}

std::string environment_name(const Option& option) {
  std::string name = "MSEAVRO_";
  for (const char c : option.name) name += c == '-' ? '_' : to_upper(c);
  return name;
}

bool is_false(std::string_view text) {
  return text.empty() || text == "0" || text == "false" || text == "no" || text == "off";
}

}  // namespace

void OptionValues::add(const Option& option, OptionValue value) {
  const auto [at, is_new] = values_.try_emplace(std::string(option.name), value);
  if (is_new || option.name != "map") return;
  // Of two fields for one role the last one counts.
  auto& texts = at->second.texts;
  texts.insert(texts.begin(), value.texts.begin(), value.texts.end());
}

const OptionValue* OptionValues::find(std::string_view name) const {
  const auto at = values_.find(name);
  return at == values_.end() ? nullptr : &at->second;
}

std::string OptionValues::text(std::string_view name, const std::string& fallback) const {
  const OptionValue* value = find(name);
  return value == nullptr || value->texts.empty() ? fallback : value->texts.back();
}

std::vector<std::string> OptionValues::list(std::string_view name) const {
  const OptionValue* value = find(name);
  if (value == nullptr) return {};
  const Option* option = find_option(name);
  if (option->kind != OptionKind::kList) return value->texts;
  std::vector<std::string> items;
  for (const std::string& text : value->texts) {
    for (std::string& item : split_list(text)) items.push_back(std::move(item));
  }
  return items;
}

bool OptionValues::flag(std::string_view name) const {
  const OptionValue* value = find(name);
  return value != nullptr && (value->texts.empty() || !is_false(value->texts.back()));
}

bool OptionValues::was_typed(std::string_view name) const {
  const OptionValue* value = find(name);
  return value != nullptr && value->origin.starts_with("--");
}

tl::unexpected<Error> OptionValues::bad_value(std::string_view name, std::string message,
                                              std::string help) const {
  const OptionValue* value = find(name);
  const std::string origin = value == nullptr ? fmt::format("--{}", name) : value->origin;
  return fail(ErrorCode::kBadOptionValue, fmt::format("{}: {}", origin, message), std::move(help),
              value == nullptr || value->texts.empty() ? std::string() : value->texts.back());
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  size_t begin = 0;
  int depth = 0;
  char quote = 0;
  for (size_t at = 0; at <= text.size(); ++at) {
    const char c = at == text.size() ? ',' : text[at];
    if (at < text.size() && quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'' || c == '`') {
      quote = c;
    } else if (c == '[') {
      ++depth;
    } else if (c == ']') {
      --depth;
    } else if (c == ',' && (depth <= 0 || at == text.size())) {
      std::string item = trimmed(text.substr(begin, at - begin));
      if (!item.empty()) items.push_back(std::move(item));
      begin = at + 1;
    }
  }
  return items;
}

void add_environment(char** environment, CommandId command, OptionValues* values) {
  for (const Option& option : all_options()) {
    if (!applies(option, command)) continue;
    const std::string prefix = environment_name(option) + "=";
    for (char** entry = environment; entry != nullptr && *entry != nullptr; ++entry) {
      if (std::strncmp(*entry, prefix.c_str(), prefix.size()) != 0) continue;
      values->add(option, {{*entry + prefix.size()}, prefix.substr(0, prefix.size() - 1)});
    }
  }
}

Status check_environment(char** environment) {
  std::vector<std::string> names;
  for (const Option& option : all_options()) names.push_back(environment_name(option));
  const std::vector<std::string_view> known(names.begin(), names.end());
  for (char** entry = environment; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    if (!name.starts_with("MSEAVRO_") || std::ranges::find(known, name) != known.end()) continue;
    for (const std::string_view other : known) {
      if (edit_distance(name, other) > 1) continue;
      return fail(ErrorCode::kUsage, "the environment has a variable that is nearly an option's",
                  fmt::format("did you mean {}? If not, unset {}", other, name), std::string(name));
    }
  }
  return {};
}

}  // namespace mseavro
