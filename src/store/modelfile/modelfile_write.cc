#include <fmt/format.h>

#include "store/manifest/manifest_words.h"
#include "store/modelfile/modelfile.h"
#include "store/modelfile/modelfile_commands.h"

namespace hearth::store {

namespace {

Result<void> write(std::string& text, std::string_view command, std::string_view value) {
  const std::string quoted = HEARTH_TRY(quoted_value(value));
  text += fmt::format("{} {}\n", command, quoted);
  return {};
}

}  // namespace

Result<std::string> write_modelfile(const Modelfile& modelfile) {
  std::string text;
  for (const std::string& from : modelfile.from)
    HEARTH_TRY(write(text, "FROM", from));
  for (const std::string& adapter : modelfile.adapters)
    HEARTH_TRY(write(text, "ADAPTER", adapter));
  if (modelfile.chat_template) HEARTH_TRY(write(text, "TEMPLATE", *modelfile.chat_template));
  if (modelfile.system) HEARTH_TRY(write(text, "SYSTEM", *modelfile.system));
  for (const Parameter& parameter : modelfile.parameters)
    HEARTH_TRY(write(text, "PARAMETER " + parameter.name, parameter.value));
  for (const ExampleMessage& message : modelfile.messages) {
    const std::string_view role = word_for(kSpeakerWords, message.speaker);
    HEARTH_TRY(write(text, fmt::format("MESSAGE {}", role), message.content));
  }
  for (const std::string& licence : modelfile.licences)
    HEARTH_TRY(write(text, "LICENSE", licence));
  return text;
}

Modelfile modelfile_of(const Manifest& manifest) {
  const Directions& directions = manifest.directions;
  Modelfile modelfile;
  modelfile.from.push_back(manifest.origin.name.short_text());
  if (!directions.chat_template.empty()) modelfile.chat_template = directions.chat_template;
  if (!directions.system.empty()) modelfile.system = directions.system;
  modelfile.parameters = directions.parameters;
  modelfile.messages = directions.messages;
  modelfile.licences = manifest.licences;
  for (const ManifestFile& file : manifest.files) {
    if (file.role == FileRole::kAdapter) modelfile.adapters.push_back("./" + file.file_name);
  }
  return modelfile;
}

}  // namespace hearth::store
