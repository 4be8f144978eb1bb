#include "store/modelfile/modelfile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/utf8.h"
#include "store/modelfile/modelfile_commands.h"

namespace hearth::store {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Modelfile read(std::string_view text) {
  const auto reading = read_modelfile(text);
  EXPECT_TRUE(reading) << text << ": " << (reading ? "" : reading.error().message);
  return reading ? reading->modelfile : Modelfile{};
}

std::string error_of(std::string_view text) {
  const auto reading = read_modelfile(text);
  return reading ? "it was understood" : reading.error().message;
}

std::string system_of(std::string_view rest) {
  return read("FROM x\nSYSTEM " + std::string(rest)).system.value_or("none");
}

TEST(Modelfile, SaysWhatAModelIsMadeOf) {
  const auto reading = read_modelfile(
      "# Mario\n"
      "from llama3.2\n"
      "\n"
      "PARAMETER temperature 1\n"
      "  parameter stop \"<|end|>\"\n"
      "PARAMETER stop User:\n"
      "SYSTEM \"\"\"You are Mario.\nYou jump.\"\"\"\n"
      "ADAPTER ./lora.gguf\n"
      "LICENSE MIT\n"
      "MESSAGE user Who are you?\n"
      "MESSAGE assistant \"It's me!\"\n"
      "TEMPLATE {{ messages }}");
  ASSERT_TRUE(reading) << reading.error().message;
  const Modelfile& file = reading->modelfile;
  EXPECT_THAT(file.from, ElementsAre("llama3.2"));
  EXPECT_THAT(file.parameters,
              ElementsAre(Parameter{"temperature", "1"}, Parameter{"stop", "<|end|>"},
                          Parameter{"stop", "User:"}));
  EXPECT_EQ(file.system, "You are Mario.\nYou jump.");
  EXPECT_THAT(file.adapters, ElementsAre("./lora.gguf"));
  EXPECT_THAT(file.licences, ElementsAre("MIT"));
  EXPECT_THAT(file.messages, ElementsAre(ExampleMessage{Speaker::kUser, "Who are you?"},
                                         ExampleMessage{Speaker::kAssistant, "It's me!"}));
  EXPECT_EQ(file.chat_template, "{{ messages }}");
  EXPECT_THAT(reading->warnings, IsEmpty());
}

TEST(Modelfile, QuotesEndAtTheEndOfALine) {
  EXPECT_EQ(system_of("plain words  "), "plain words");
  EXPECT_EQ(system_of("say \"yes\""), "say \"yes\"");
  EXPECT_EQ(system_of("\"\""), "");
  EXPECT_EQ(system_of("\"\"\"\"\"\""), "");
  EXPECT_EQ(system_of("\" a \""), " a ");
  EXPECT_EQ(system_of("\"a\nb\" \nPARAMETER seed 1"), "a\nb");
  EXPECT_EQ(system_of("\"he said \"no\" to it\nand left\""), "he said \"no\" to it\nand left");
  EXPECT_EQ(system_of("\"\"\"\n# no comment\nFROM y\n\"\"\""), "\n# no comment\nFROM y\n");
  EXPECT_EQ(system_of("\"\"\"\"quoted\"\"\"\""), "\"quoted\"");
  EXPECT_EQ(system_of("\"a\r\nb\"\r\n"), "a\r\nb");
}

TEST(Modelfile, LineEndsAndMarksOfOtherSystemsAreRead) {
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "FROM x\r\nSYSTEM hi\r\n")
                .system,
            "hi");
  EXPECT_EQ(read("FROM x\rSYSTEM hi\r").system, "hi");
  EXPECT_EQ(read("FROM\tx\nSYSTEM\t\thi").system, "hi");
  EXPECT_THAT(error_of("\xFF\xFE"
                       "F"),
              HasSubstr("save it as UTF-8"));
}

TEST(Modelfile, TheLastOfAKindCounts) {
  const Modelfile file = read(
      "FROM x\nSYSTEM a\nSYSTEM b\nTEMPLATE {{ a }}\nTEMPLATE {{ b }}\n"
      "PARAMETER seed 1\nPARAMETER stop a\nPARAMETER seed 2\nPARAMETER stop b");
  EXPECT_EQ(file.system, "b");
  EXPECT_EQ(file.chat_template, "{{ b }}");
  EXPECT_THAT(file.parameters,
              ElementsAre(Parameter{"stop", "a"}, Parameter{"seed", "2"}, Parameter{"stop", "b"}));
}

TEST(Modelfile, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_THAT(error_of(""), HasSubstr("no FROM"));
  EXPECT_THAT(error_of("SYSTEM x"), HasSubstr("write FROM MODEL"));
  EXPECT_THAT(error_of("FROM x\n\nPARAMETRE seed 1"),
              AllOf(HasSubstr("line 3"), HasSubstr("did you mean PARAMETER?")));
  EXPECT_THAT(error_of("FROM x\nSYSTEM"), AllOf(HasSubstr("line 2"), HasSubstr("has no value")));
  EXPECT_THAT(error_of("FROM \"\""), HasSubstr("an empty text"));
  EXPECT_THAT(error_of("FROM x\nSYSTEM \"\"\"a\nb\nPARAMETER seed 1\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("never closed")));
  EXPECT_THAT(error_of("FROM x\nMESSAGE tool hi"), HasSubstr("system, user or assistant"));
  EXPECT_THAT(error_of("FROM x\nMESSAGE user"), HasSubstr("has no value"));
  EXPECT_THAT(error_of(std::string("FROM x\nSYSTEM a\0b", 17)), HasSubstr("line 2"));
  EXPECT_THAT(error_of("FROM x\nSYSTEM \xC3\n"), HasSubstr("no UTF-8"));
}

TEST(Modelfile, ParametersAreHeldAgainstTheirRules) {
  const auto with = [](const std::string& parameter) { return "FROM x\nPARAMETER " + parameter; };
  EXPECT_THAT(error_of(with("temprature 1")),
              AllOf(HasSubstr("line 2"), HasSubstr("did you mean temperature?")));
  EXPECT_THAT(error_of(with("temperature hot")), HasSubstr("a number from 0 to 2"));
  EXPECT_THAT(error_of(with("temperature nan")), HasSubstr("a number from 0 to 2"));
  EXPECT_THAT(error_of(with("num_ctx 4k")), HasSubstr("a whole number from 1"));
  EXPECT_THAT(error_of(with("num_ctx 0")), HasSubstr("a whole number from 1"));
  EXPECT_THAT(error_of(with("num_predict 0")),
              AllOf(HasSubstr("line 2"), HasSubstr("no answer"), HasSubstr("take 1 or more")));
  EXPECT_THAT(error_of(with("num_predict -3")), HasSubstr("a whole number from -2"));
  EXPECT_THAT(error_of(with("use_mmap maybe")), HasSubstr("true or false"));
  EXPECT_THAT(error_of(with("stop \"\"")), HasSubstr("a text of 1 to 1024 bytes"));
  EXPECT_THAT(error_of(with("stop " + std::string(1025, 's'))), HasSubstr("1 to 1024 bytes"));
  for (const char* good : {"temperature .5", "temperature 1e-3", "num_predict -2", "seed -1",
                           "repeat_last_n -1", "stop \" \"", "use_mmap True"})
    EXPECT_TRUE(read_modelfile(with(good))) << good;
}

TEST(Modelfile, WhatHasNoEffectIsKeptAndTold) {
  const auto reading =
      read_modelfile("FROM x\nPARAMETER num_keep 99\nRENDERER qwen3\nREQUIRES 0.14.0");
  ASSERT_TRUE(reading);
  EXPECT_THAT(reading->modelfile.parameters, ElementsAre(Parameter{"num_keep", "99"}));
  EXPECT_THAT(reading->warnings,
              ElementsAre(HasSubstr("num_keep in line 2"), HasSubstr("RENDERER in line 3"),
                          HasSubstr("REQUIRES in line 4")));
}

TEST(Modelfile, HasLimits) {
  std::string many = "FROM x\n";
  for (std::size_t i = 0; i <= kParametersMax; ++i)
    many += "PARAMETER stop s\n";
  EXPECT_THAT(error_of(many), HasSubstr("more than 256 parameters"));
  std::string long_one = "FROM x\nSYSTEM \"";
  long_one.append(kModelfileBytesMax, '\n');  // in an instant, whatever is open
  EXPECT_THAT(error_of(long_one), HasSubstr("at most"));
  long_one.resize(kModelfileBytesMax);
  EXPECT_THAT(error_of(long_one), HasSubstr("never closed"));
  std::string commands;
  for (std::size_t i = 0; i <= kModelfileCommandsMax; ++i)
    commands += "FROM x\n";
  EXPECT_THAT(error_of(commands), HasSubstr("at most 2048 commands"));
}

TEST(Modelfile, PathsAndNamesAreToldApart) {
  for (const char* path : {"/m.gguf", "./m", "../m", "~/m", ".", "m.gguf", "models/M.GGUF"})
    EXPECT_TRUE(is_path(path)) << path;
  for (const char* name : {"mistral", "a/b:Q4_K_M", "hf.co/a/b:f.gguf", "https://h/x"})
    EXPECT_FALSE(is_path(name)) << name;
}

TEST(Modelfile, CannotHoldALineThatEndsLikeItsQuote) {
  EXPECT_EQ(quoted_value("a\n\"\"\"\nb").error().code, Code::kInvalidArgument);
  EXPECT_EQ(quoted_value(std::string_view("a\0b", 3)).error().code, Code::kInvalidArgument);
}

// Texts of the characters that mean something here.
rc::Gen<std::string> texts() {
  return rc::gen::container<std::string>(
      rc::gen::element('"', '"', '\n', '\r', ' ', '\t', '#', 'a', '\\', '{'));
}

RC_GTEST_PROP(Modelfile, ValuesReadBackAsTheyWereWritten, ()) {
  const std::string value = *texts();
  const auto quoted = quoted_value(value);
  if (!quoted) {
    RC_ASSERT(value.find("\"\"\"") != std::string::npos);
    return;
  }
  const auto commands = read_commands("SYSTEM " + *quoted + "\nFROM x\n");
  RC_ASSERT(commands.has_value());
  RC_ASSERT(commands->size() == 2U);
  RC_ASSERT(commands->front().value == value);
}

RC_GTEST_PROP(Modelfile, IsWrittenAsItReads, ()) {
  Modelfile file;
  file.from = {"mistral"};
  if (*rc::gen::arbitrary<bool>()) file.system = *texts();
  if (*rc::gen::arbitrary<bool>()) file.chat_template = *texts();
  file.messages = {{Speaker::kAssistant, *texts()}};
  file.licences = {"x" + *texts()};
  file.parameters = {{"stop", "x" + *texts()}, {"seed", "7"}, {"stop", "b"}};
  const auto text = write_modelfile(file);
  if (!text) return;
  const auto again = read_modelfile(*text);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->modelfile == file);
}

RC_GTEST_PROP(Modelfile, AnyBytesAreUnderstoodOrRefusedInWords, (const std::string& bytes)) {
  const auto reading = read_modelfile("FROM x\n" + bytes);
  if (!reading) RC_ASSERT(base::is_utf8(reading.error().message));
}

TEST(Modelfile, IsMadeOfAManifest) {
  const ModelName origin = *ModelName::parse("a/b:Q8_0");
  Manifest manifest{*ModelName::parse("mine"), {origin, {}, {}}, {}, {"mit"}, {}};
  manifest.directions.system = "Be brief.";
  manifest.directions.parameters = {{"stop", "a"}, {"stop", "b"}};
  EXPECT_EQ(*write_modelfile(modelfile_of(manifest)),
            "FROM a/b:Q8_0\nSYSTEM Be brief.\nPARAMETER stop a\nPARAMETER stop b\nLICENSE mit\n");
}

}  // namespace
}  // namespace hearth::store
