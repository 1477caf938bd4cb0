#include "app/cli/arguments.h"

#include <gtest/gtest.h>

namespace mseavro {
namespace {

using Texts = std::vector<std::string>;

Result<Arguments> parse(Texts words) {
  words.insert(words.begin(), "mseavro");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

TEST(ParseArguments, TellsSourcesFromOptions) {
  const auto arguments =
      parse({"eval", "a.avro", "--by", "region,tier", "b.avro", "--labels", "l1", "--labels=l2",
             "--mix-versions", "-q", "-o", "x.csv", "--window", "day", "--window", "week"});
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->command->id, CommandId::kEval);
  EXPECT_EQ(arguments->positionals, (Texts{"a.avro", "b.avro"}));
  const OptionValues& values = arguments->values;
  EXPECT_EQ(values.list("by"), (Texts{"region", "tier"}));
  EXPECT_EQ(values.list("labels"), (Texts{"l1", "l2"}));
  EXPECT_TRUE(values.flag("mix-versions"));
  EXPECT_TRUE(values.flag("quiet"));
  EXPECT_EQ(values.text("output"), "x.csv");
  EXPECT_EQ(values.text("window"), "week");
  EXPECT_FALSE(values.has("timezone"));
  EXPECT_TRUE(values.was_typed("output"));
}

TEST(ParseArguments, KeepsValuesAsTheyAreTyped) {
  for (const char* text : {"a == 'x,y'", "[a]", "-1 < b", "%%", "{}", "a\"b", "x=y"}) {
    const auto arguments = parse({"eval", "a.avro", std::string("--where=") + text});
    ASSERT_TRUE(arguments) << text;
    EXPECT_EQ(arguments->values.text("where"), text);
  }
  const auto empty = parse({"rollup", "a.avro", "--by", ""});
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->values.has("by"));
  const auto path_key = parse({"eval", "a.avro", "--by", "tags[\"x,y\"],region"});
  ASSERT_TRUE(path_key);
  EXPECT_EQ(path_key->values.list("by"), (Texts{"tags[\"x,y\"]", "region"}));
}

TEST(ParseArguments, AfterTwoDashesEverythingIsASource) {
  const auto arguments = parse({"cat", "--limit", "3", "--", "--odd.avro", "--help"});
  ASSERT_TRUE(arguments);
  EXPECT_FALSE(arguments->wants_help);
  EXPECT_EQ(arguments->positionals, (Texts{"--odd.avro", "--help"}));
}

TEST(ParseArguments, HelpIsGivenWhereverItIsAskedFor) {
  for (const Texts& words : {Texts{}, Texts{"--help"}, Texts{"-h"}, Texts{"help"}}) {
    const auto arguments = parse(words);
    ASSERT_TRUE(arguments);
    EXPECT_TRUE(arguments->wants_help);
    EXPECT_EQ(arguments->command, nullptr);
  }
  for (const Texts& words :
       {Texts{"eval", "--help"}, Texts{"help", "eval"}, Texts{"eval", "--window", "-h"}}) {
    const auto arguments = parse(words);
    ASSERT_TRUE(arguments);
    EXPECT_TRUE(arguments->wants_help);
    EXPECT_EQ(arguments->command->id, CommandId::kEval);
  }
  EXPECT_TRUE(parse({"--version"})->wants_version);
}

TEST(ParseArguments, RefusesWhatItDoesNotKnowAndHelps) {
  struct {
    Texts words;
    const char* message;
    const char* help;
  } const tests[] = {
      {{"evl"}, "there is no such command", "did you mean mseavro eval?"},
      {{"zzzzz"}, "there is no such command", "mseavro --help lists the commands"},
      {{"/"}, "a command comes first", "did you mean mseavro eval /?"},
      {{"help", "evl"}, "there is no such command", "did you mean mseavro eval?"},
      {{"eval", "x", "--windw", "day"}, "eval has no such option", "did you mean --window?"},
      {{"eval", "x", "--windw=day"}, "eval has no such option", "did you mean --window?"},
      {{"eval", "x", "-x"}, "eval has no such option", "mseavro eval --help lists the options"},
      {{"eval", "x", "--limit", "3"}, "eval has no such option", nullptr},
      {{"cat", "x", "--limit"}, "--limit needs N", "type --limit N: stop after N records"},
      {{"cat", "x", "-n"}, "--limit needs N", "type --limit N: stop after N records"},
      {{"eval", "x", "-o", "a", "-o", "b"}, "--output is given twice", "leave one of them out"},
      {{"eval"}, "eval takes SRC...", nullptr},
      {{"inspect", "a", "b"}, "inspect takes FILE", "for example: mseavro inspect events.avro"},
  };
  for (const auto& test : tests) {
    const auto arguments = parse(test.words);
    ASSERT_FALSE(arguments) << test.message;
    EXPECT_EQ(arguments.error().code, ErrorCode::kUsage);
    EXPECT_EQ(arguments.error().message, test.message);
    if (test.help != nullptr) {
      EXPECT_EQ(arguments.error().help, test.help);
    }
  }
}

TEST(CommandHelp, FitsTheScreenAndNamesEveryOption) {
  for (const Command& command : all_commands()) {
    const std::string help = command_help(command);
    for (const Option& option : all_options()) {
      const bool is_named = help.find("--" + std::string(option.name) + " ") != std::string::npos;
      EXPECT_EQ(is_named, applies(option, command.id)) << command.name << " --" << option.name;
    }
    EXPECT_NE(general_help().find(command.summary), std::string::npos);
  }
}

}  // namespace
}  // namespace mseavro
