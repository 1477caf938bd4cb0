// The steps that a schema is compiled to (plan_compiler.h) and that the walk executes (walk.h).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mseavro {

// Steps of one of three kinds: control, skipping, and putting values into the walk's target. Some
// do the work of several plain ones because nearly all bytes of logs are of those few shapes.
enum class Op : uint8_t {
  // Control.
  kEndDatum,  // The root value is complete.
  kCall,      // Run the routine at step `operand`; its kReturn comes back behind the call.
  kReturn,
  kJump,   // Go on at step `operand`.
  kUnion,  // Read a branch index below `slot`, go on at jumps[operand + index].
  kItems,  // An array or map: run the steps behind it for each item, up to its kNextItem at step
           // `operand`. Flags: kJumpsSizedBlocks, kZeroSizeItems.
  kNextItem,
  kFindKey,  // Read a map key, go on where key_sets[operand] says.
  kPeek,     // Remember the position; the matching kUnpeek returns to it.
  kUnpeek,
  kCharge,     // A record without bytes, worth `operand` elements, counts against the limit.
  kEndRegion,  // Ends a region of a lane program (lane_program.h).

  // Skipping.
  kSkipFixed,  // `operand` bytes.
  kSkipLong,
  kSkipInt,
  kSkipBoolean,
  kSkipEnum,            // `operand` symbols.
  kSkipStrings,         // `operand` strings in a row.
  kSkipNullableFixed,   // A union of null (branch `flags`) and `operand` bytes.
  kSkipNullableString,  // A union of null (branch `flags`) and a string.
  kSkipFixedItems,      // An array of items of `operand` bytes.
  kSkipStringItems,     // An array or map of items made of `operand` strings.
  kSkipEmptyItems,      // An array of items without bytes, which count against the limit.

  // Columns, row by row. `slot` is the column.
  kSetState,  // The cell's state is `flags`.
  kLongToInteger,
  kDoubleToNumber,
  kStringToText,
  kNullableLongToInteger,  // These three: union of null (branch `flags`) and the type.
  kNullableDoubleToNumber,
  kNullableStringToText,

  // Forms of the above that bet on `likely` (step_tuner.h). Plans do not contain them.
  kSkipLikelyString,
  kSkipLikelyNullableFixed,
  kSkipLikelyNullableString,
  kLikelyLongToInteger,
  kLikelyStringToText,
  kLikelyNullableDoubleToNumber,

  // Forms of structural steps, for targets with kHasForms (value_forms.h): they put the usual
  // encodings of what follows in one go, and then go on behind it; whatever else comes is left to
  // the plain steps, which stand behind them. Plans do not contain them.
  kFields,  // Fields side by side; `slot` is the form of the first. Stands for its kField.
  // Whole arrays and maps; they go on at step `operand`.
  kFloatItems,  // Stands for its kBeginArray, as the next two.
  kDoubleItems,
  kStringItems,
  kStringEntries,  // Stands for its kBeginMap.

  // Values that the target gets by its hooks. `operand` is the schema node, `slot` the column.
  kNull,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBytes,
  kString,
  kFixed,
  kEnum,

  // Structure, for targets that build whole values. `operand` is the schema node.
  kBeginRecord,
  kField,  // `slot` is the field's index.
  kEndRecord,
  kBeginArray,
  kItem,
  kEndArray,
  kBeginMap,
  kKey,
  kEndMap,
  kBeginBranch,  // `slot` is the branch's index.
  kEndBranch,

  // Around the value of a column that holds it as JSON, for targets that have both columns and
  // structure. `slot` is the column.
  kBeginCell,
  kEndCell,

  // Schema resolution, for the same targets. Nodes are the reader's.
  kPromote,     // Read a number of the writer's SchemaType `flags`, put it as the node's type.
  kLiteral,     // Put literals[slot] as a value of the node.
  kLiteralKey,  // Put the text of literals[slot] as a map key.
  kRefuse,      // The reader has nothing for what the data chose: refusals[slot] says why.

  // Of lane programs only (lane_program.h).
  kRoom,          // From here to the next of these, plain values take `operand` bytes or fewer.
  kRegion,        // Steps from `operand` on that each lane runs by itself, up to their kEndRegion.
  kSkipTogether,  // Steps from `operand` on that skip in all lanes together, up to their
                  // kEndRegion.
  kBranch,        // Of those: what follows is for the lanes that are in branch `flags`; when there
                  // are none, go on at step `operand`, unless it is 0.
  kSkipUnion,     // Of those: a union of `flags` branches, which are skips[operand] and following.
};

inline constexpr uint8_t kJumpsSizedBlocks = 1;
inline constexpr uint8_t kZeroSizeItems = 2;

// A flag of kBeginRecord, kField and kEndRecord: fields come in another order than the schema's.
inline constexpr uint8_t kReordered = 1;

// No byte and no two bytes of a value that could be bet on are equal to it.
inline constexpr uint16_t kNothingLikely = 0x01ff;

struct Step {
  Step(Op step_op, uint8_t step_flags = 0, uint32_t step_slot = 0, int64_t step_operand = 0)
      : op(step_op), flags(step_flags), slot(step_slot), operand(step_operand) {}

  Op op;
  uint8_t flags;
  uint16_t likely = kNothingLikely;
  uint32_t slot;
  int64_t operand;
};
static_assert(sizeof(Step) == 16);

// Where a map entry is decoded, by its key.
struct KeySet {
  std::vector<std::pair<std::string, uint32_t>> entries;  // Key and step.
  uint32_t otherwise = 0;                                 // Step for all other keys.
};

// A value that is not in the bytes: a default, or the reader's symbol for one of the writer's.
struct Literal {
  int64_t integer = 0;  // kBoolean, kInt, kLong; index of a kEnum.
  double number = 0;    // kFloat, kDouble.
  std::string text{};   // kBytes, kString, kFixed, keys.
};

// What is said when data needs something that the reader schema does not have.
struct Refusal {
  std::string rule;
  std::string help;
  std::string path;
};

struct StepProgram {
  std::vector<Step> steps;  // The root value's steps begin at 0; routines follow.
  std::vector<uint32_t> jumps;
  std::vector<KeySet> key_sets;
  std::vector<Literal> literals;
  std::vector<Refusal> refusals;
};

}  // namespace mseavro
