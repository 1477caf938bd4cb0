#include "avro/wire/value_compiler.h"

#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "avro/schema/resolution_rules.h"
#include "avro/schema/schema_names.h"
#include "base/result/result.h"

namespace mseavro {
namespace {

// The step for a scalar that is written as one type and read as another.
Step scalar_step(SchemaType writer, SchemaType reader, NodeIndex node) {
  const bool to_number = reader == SchemaType::kFloat || reader == SchemaType::kDouble;
  if (to_number && writer != reader) return {Op::kPromote, static_cast<uint8_t>(writer), 0, node};
  // An int that becomes a long must still fit in 32 bits; strings and bytes are written alike.
  return {plain_op(writer == SchemaType::kInt ? writer : reader), 0, 0, node};
}

// For each of the writer's symbols the index of the reader's: the same symbol, else the reader's
// default, else nullopt.
std::vector<std::optional<uint32_t>> match_symbols(const SchemaNode& writer,
                                                   const SchemaNode& reader) {
  std::unordered_map<std::string_view, uint32_t> indexes;
  for (const std::string& symbol : reader.symbols) {
    indexes.emplace(symbol, static_cast<uint32_t>(indexes.size()));
  }
  std::optional<uint32_t> otherwise;
  if (reader.default_symbol) otherwise = indexes.at(*reader.default_symbol);
  std::vector<std::optional<uint32_t>> matched;
  for (const std::string& symbol : writer.symbols) {
    const auto found = indexes.find(symbol);
    matched.push_back(found == indexes.end() ? otherwise : found->second);
  }
  return matched;
}

}  // namespace

StepProgram ValueCompiler::compile() {
  if (resolution_ != nullptr) program_.literals = resolution_->literals();
  put(schema_.root_index(), reader_schema_.root_index());
  return finish_values();
}

StepProgram ValueCompiler::finish_values() {
  return finish([this](NodeIndex writer, NodeIndex reader) { put_record(writer, reader); });
}

void ValueCompiler::put(NodeIndex writer, NodeIndex reader) {
  const SchemaNode& from = schema_.node(writer);
  const SchemaNode& to = reader_schema_.node(reader);
  if (from.type == SchemaType::kUnion) return put_union(writer, reader);
  if (to.type == SchemaType::kUnion) {
    const auto branch = find_branch(from, reader_schema_, to);
    MSEAVRO_CHECK(branch);
    return put_branch(reader, *branch, [&] { put(writer, to.branches[*branch]); });
  }
  switch (from.type) {
    case SchemaType::kRecord:
      return record_or_call(writer, reader, [&] { put_record(writer, reader); });
    case SchemaType::kArray:
    case SchemaType::kMap:
      return put_items(writer, reader);
    case SchemaType::kEnum:
      return put_enum(writer, reader);
    default:
      emit(scalar_step(from.type, to.type, reader));
  }
}

void ValueCompiler::put_union(NodeIndex writer, NodeIndex reader) {
  const SchemaNode& from = schema_.node(writer);
  emit_union(from.branches.size(), [&](size_t branch) {
    const NodeIndex branch_node = from.branches[branch];
    if (resolution_ == nullptr)
      return put_branch(reader, branch, [&] { put(branch_node, branch_node); });
    if (auto mismatch = resolution_->find_mismatch(branch_node, reader))
      return refuse(std::move(*mismatch));
    put(branch_node, reader);
  });
}

template <class PutValue>
void ValueCompiler::put_branch(NodeIndex reader, size_t branch, const PutValue& put_value) {
  emit({Op::kBeginBranch, 0, static_cast<uint32_t>(branch), reader});
  put_value();
  emit({Op::kEndBranch, 0, static_cast<uint32_t>(branch), reader});
}

// An enum's index chooses among steps as a union's does: here each symbol is a constant.
void ValueCompiler::put_enum(NodeIndex writer, NodeIndex reader) {
  const SchemaNode& from = schema_.node(writer);
  const SchemaNode& to = reader_schema_.node(reader);
  if (resolution_ == nullptr || from.symbols == to.symbols) {
    emit({Op::kEnum, 0, 0, reader});
    return;
  }
  const std::vector<std::optional<uint32_t>> symbols = match_symbols(from, to);
  emit_union(symbols.size(), [&](size_t index) {
    if (!symbols[index]) {
      return refuse({fmt::format("the reader's enum {} has neither the symbol {} nor a default",
                                 shown_name(to.name), shown_name(from.symbols[index])),
                     "give the reader's enum the symbol or a default",
                     {}});
    }
    Literal literal;
    literal.integer = *symbols[index];
    emit({Op::kLiteral, 0, static_cast<uint32_t>(program_.literals.size()), reader});
    program_.literals.push_back(std::move(literal));
  });
}

void ValueCompiler::put_record(NodeIndex writer, NodeIndex reader) {
  const SchemaNode& to = reader_schema_.node(reader);
  if (fixed_sizes_[writer] == 0) {
    emit({Op::kCharge, 0, 0, static_cast<int64_t>(to.fields.size()) + 1});
  }
  if (resolution_ != nullptr) return put_resolved_fields(resolution_->pair(writer, reader));
  emit({Op::kBeginRecord, 0, 0, reader});
  for (uint32_t slot = 0; slot < to.fields.size(); ++slot) {
    if (is_selected(reader, slot)) {
      put_field(to.fields[slot].node, reader, slot, 0);
    } else {
      skip(to.fields[slot].node);
    }
  }
  emit({Op::kEndRecord, 0, 0, reader});
}

// The writer's fields in the order of their bytes. Fields of the reader alone come in between where
// the orders agree, so that nothing is put in order later that already was.
void ValueCompiler::put_resolved_fields(const Resolution::Pair& pair) {
  const SchemaNode& from = schema_.node(pair.writer);
  const SchemaNode& to = reader_schema_.node(pair.reader);
  const uint8_t flags = pair.is_reordered ? kReordered : uint8_t{0};
  std::vector<bool> is_written(to.fields.size());
  for (const uint32_t slot : pair.slots) {
    if (slot != Resolution::kNoField) is_written[slot] = true;
  }
  const auto* const outer_pair = std::exchange(pair_, &pair);
  const std::string_view outer_field = field_;

  emit({Op::kBeginRecord, flags, 0, pair.reader});
  uint32_t next_slot = 0;
  const auto put_defaults_before = [&](size_t end) {
    for (; next_slot < end; ++next_slot) {
      if (!is_written[next_slot] && is_selected(pair.reader, next_slot)) {
        put_default(pair, next_slot);
      }
    }
  };
  for (size_t field = 0; field < from.fields.size(); ++field) {
    const uint32_t slot = pair.slots[field];
    if (slot == Resolution::kNoField || !is_selected(pair.reader, slot)) {
      skip(from.fields[field].node);
      continue;
    }
    if (!pair.is_reordered) put_defaults_before(slot);
    field_ = to.fields[slot].name;
    put_field(from.fields[field].node, pair.reader, slot, flags);
  }
  put_defaults_before(to.fields.size());
  emit({Op::kEndRecord, flags, 0, pair.reader});
  pair_ = outer_pair;
  field_ = outer_field;
}

void ValueCompiler::put_default(const Resolution::Pair& pair, uint32_t slot) {
  emit({Op::kField, pair.is_reordered ? kReordered : uint8_t{0}, slot, pair.reader});
  for (const Step& step : resolution_->default_of(pair.reader, slot)) emit(step);
}

void ValueCompiler::put_field(NodeIndex writer, NodeIndex record, uint32_t slot, uint8_t flags) {
  emit({Op::kField, flags, slot, record});
  put(writer, reader_schema_.node(record).fields[slot].node);
}

void ValueCompiler::put_items(NodeIndex writer, NodeIndex reader) {
  const SchemaNode& from = schema_.node(writer);
  const bool is_map = from.type == SchemaType::kMap;
  emit({is_map ? Op::kBeginMap : Op::kBeginArray, 0, 0, reader});
  const bool zero_size = !is_map && fixed_sizes_[from.items] == 0;
  const size_t loop = emit({Op::kItems, zero_size ? kZeroSizeItems : uint8_t{0}});
  label();
  emit({is_map ? Op::kKey : Op::kItem, 0, 0, reader});
  put(from.items, reader_schema_.node(reader).items);
  program_.steps[loop].operand = static_cast<int64_t>(emit({Op::kNextItem}));
  label();
  emit({is_map ? Op::kEndMap : Op::kEndArray, 0, 0, reader});
}

void ValueCompiler::refuse(Mismatch mismatch) {
  emit({Op::kRefuse, 0, static_cast<uint32_t>(program_.refusals.size())});
  if (mismatch.path.empty() && pair_ != nullptr) {
    mismatch.path = join_path(resolution_->path_of(*pair_), field_);
  }
  program_.refusals.push_back(
      {std::move(mismatch.rule), std::move(mismatch.help), std::move(mismatch.path)});
}

}  // namespace mseavro
