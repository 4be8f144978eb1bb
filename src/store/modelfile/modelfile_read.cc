#include <algorithm>

#include <fmt/format.h>

#include "store/manifest/manifest_words.h"
#include "store/modelfile/modelfile.h"
#include "store/modelfile/modelfile_commands.h"
#include "store/modelfile/parameter_rules.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

class Understanding {
 public:
  Result<void> take(const ModelfileCommand& command) {
    Modelfile& file = reading_.modelfile;
    switch (command.command) {
      case Command::kFrom:
        return take_unless_empty(command, file.from);
      case Command::kAdapter:
        return take_unless_empty(command, file.adapters);
      case Command::kLicence:
        return take_unless_empty(command, file.licences);
      case Command::kTemplate:
        file.chat_template = command.value;
        return {};
      case Command::kSystem:
        file.system = command.value;
        return {};
      case Command::kParameter:
        return take_parameter(command);
      case Command::kMessage:
        return take_message(command);
      case Command::kUnused:
        reading_.warnings.push_back(
            fmt::format("{} in line {} is of Ollama's own engine; it is left out",
                        upper_case(command.word), command.line));
        return {};
    }
    return {};
  }

  Result<ModelfileReading> finish() && {
    if (!reading_.modelfile.from.empty()) return std::move(reading_);
    return fail(Code::kInvalidArgument,
                "the Modelfile has no FROM; write FROM MODEL or FROM ./FILE.gguf, with the model "
                "that the new one is made of");
  }

 private:
  static Result<void> take_unless_empty(const ModelfileCommand& command,
                                        std::vector<std::string>& values) {
    if (command.value.empty())
      return wrong_line(command.line, upper_case(command.word) + " is an empty text");
    values.push_back(command.value);
    return {};
  }

  Result<void> take_parameter(const ModelfileCommand& command) {
    Parameter parameter{command.argument, command.value};
    const auto rule = check_known_parameter(parameter);
    if (!rule) return wrong_line(command.line, rule.error().message);
    if (rule->use == ParameterRule::Use::kKept) {
      reading_.warnings.push_back(fmt::format(
          "the parameter {} in line {} is kept and has no effect here", rule->name, command.line));
    }
    std::vector<Parameter>& all = reading_.modelfile.parameters;
    if (!is_list(parameter.name)) {  // the last one counts
      std::erase_if(all, [&](const Parameter& each) { return each.name == parameter.name; });
    }
    if (all.size() == kParametersMax)
      return wrong_line(command.line, fmt::format("there are more than {} parameters", all.size()));
    all.push_back(std::move(parameter));
    return {};
  }

  Result<void> take_message(const ModelfileCommand& command) {
    const std::string role = lower_case(command.argument);
    const auto word = std::find_if(kSpeakerWords.begin(), kSpeakerWords.end(),
                                   [&](const Word<Speaker>& each) { return each.word == role; });
    if (word == kSpeakerWords.end()) {
      return wrong_line(command.line, fmt::format("a message is of system, user or assistant, and "
                                                  "not of {}",
                                                  in_quotes(command.argument)));
    }
    std::vector<ExampleMessage>& all = reading_.modelfile.messages;
    if (all.size() == kMessagesMax)
      return wrong_line(command.line, fmt::format("there are more than {} messages", all.size()));
    all.push_back({word->is, command.value});
    return {};
  }

  ModelfileReading reading_;
};

}  // namespace

Result<ModelfileReading> read_modelfile(std::string_view text) {
  Understanding understanding;
  for (const ModelfileCommand& command : HEARTH_TRY(read_commands(text)))
    HEARTH_TRY(understanding.take(command));
  return std::move(understanding).finish();
}

bool is_path(std::string_view from) {
  const bool begins = from == "." || from == ".." || from == "~" || from.starts_with('/') ||
                      from.starts_with("./") || from.starts_with("../") || from.starts_with("~/");
  return begins || (ends_in_gguf(from) && from.find(':') == std::string_view::npos);
}

}  // namespace hearth::store
