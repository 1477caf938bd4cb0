// add_toml_file() of option_values.h.
#include <fmt/format.h>

#include <algorithm>

#include "app/cli/option_values.h"
#include "base/io/byte_source.h"
#include "base/result/edit_distance.h"
#include "base/result/result.h"
#include "base/text/toml_document.h"

namespace mseavro {
namespace {

Result<std::string> read_text(const std::string& path) {
  constexpr int64_t kMostBytes = 1 << 20;
  MSEAVRO_ASSIGN(const auto source, open_file(path, kMostBytes));
  if (source->size_bytes() > kMostBytes) {
    return fail(ErrorCode::kLimitExceeded, "a file of options is never this large", {},
                std::to_string(source->size_bytes()), {.file = path});
  }
  return read_beginning(*source, kMostBytes);
}

class TomlOptions {
 public:
  TomlOptions(const std::string& path, CommandId command, OptionValues* values)
      : path_(path), command_(command), values_(values) {}

  Status add(const TomlValue& table) {
    for (const TomlMember& member : table.members) {
      std::string name = member.key;
      std::replace(name.begin(), name.end(), '_', '-');
      const Option* option = find_option(name);
      if (option == nullptr || option->name == "spec") return unknown_key(member);
      if (option->kind == OptionKind::kFlag && member.value.kind != TomlKind::kBoolean) {
        return bad_spec(member.value, fmt::format("{} is true or false", member.key));
      }
      MSEAVRO_ASSIGN(OptionValue value, value_of(*option, member.value));
      if (applies(*option, command_)) values_->add(*option, std::move(value));
    }
    return {};
  }

 private:
  tl::unexpected<Error> bad_spec(const TomlValue& value, std::string_view message) const {
    return toml_error(ErrorCode::kBadSpec, path_, value.line, value.column, message);
  }

  tl::unexpected<Error> unknown_key(const TomlMember& member) const {
    std::vector<std::string_view> known;
    for (const Option& option : all_options()) known.push_back(option.name);
    std::string text = member.key;
    std::replace(text.begin(), text.end(), '_', '-');
    std::string close = closest_name(text, known);
    std::replace(close.begin(), close.end(), '-', '_');
    return toml_error(ErrorCode::kBadSpec, path_, member.line, member.column,
                      fmt::format("there is no option {}", member.key),
                      close.empty() ? "options are called as on the command line, with underscores"
                                    : fmt::format("did you mean {}?", close));
  }

  Result<OptionValue> value_of(const Option& option, const TomlValue& node) {
    OptionValue value{{}, fmt::format("{} (line {})", path_, node.line)};
    if (node.kind == TomlKind::kArray) {
      if (option.kind != OptionKind::kList && option.kind != OptionKind::kRepeat) {
        return bad_spec(node, fmt::format("{} takes one value", option.name));
      }
      for (const TomlValue& item : node.items) {
        MSEAVRO_TRY(add_text(option, item, {}, &value));
      }
      return value;
    }
    if (node.kind == TomlKind::kTable && option.name == "map") {
      for (const TomlMember& role : node.members) {
        MSEAVRO_TRY(add_text(option, role.value, role.key + "=", &value));
      }
      return value;
    }
    MSEAVRO_TRY(add_text(option, node, {}, &value));
    return value;
  }

  Status add_text(const Option& option, const TomlValue& node, std::string prefix,
                  OptionValue* value) {
    if (node.kind == TomlKind::kArray || node.kind == TomlKind::kTable) {
      return bad_spec(node, fmt::format("{} takes a text, a number or a time", option.name));
    }
    value->texts.push_back(std::move(prefix) + node.text);
    return {};
  }

  const std::string& path_;
  CommandId command_;
  OptionValues* values_;
};

}  // namespace

Status add_toml_file(const std::string& path, bool must_exist, CommandId command,
                     OptionValues* values) {
  const auto text = read_text(path);
  if (!text) {
    if (!must_exist && text.error().code == ErrorCode::kNotFound) return {};
    return tl::unexpected<Error>(text.error());
  }
  MSEAVRO_ASSIGN(const TomlValue table, parse_toml(*text, path, ErrorCode::kBadSpec));
  return TomlOptions(path, command, values).add(table);
}

}  // namespace mseavro
