#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/utf8.h"
#include "store/manifest/manifest.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

Failure wrong(std::string what) {
  return fail(Code::kInvalidArgument, std::move(what));
}

Result<void> check_text(std::string_view what, std::string_view text) {
  if (base::is_utf8(text) && text.find('\0') == std::string_view::npos) return {};
  return wrong(fmt::format("{} must be UTF-8 without NUL bytes", what));
}

Result<void> check_count(std::string_view what, std::size_t count, std::size_t most) {
  if (count <= most) return {};
  return wrong(fmt::format("there are {} {}, and at most {} are possible", count, what, most));
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

Result<void> check_file_name(std::string_view name) {
  HEARTH_TRY(check_text("a file's name", name));
  const bool leads_elsewhere = name.empty() || name == "." || name == ".." ||
                               name.find_first_of("/\\") != std::string_view::npos ||
                               std::any_of(name.begin(), name.end(), is_control);
  if (!leads_elsewhere && name.size() <= kFileNameBytesMax) return {};
  return wrong(
      fmt::format("{} is not the name of a file alone, without folders, of at most {} "
                  "bytes",
                  in_quotes(name), kFileNameBytesMax));
}

Result<void> check_file(const ManifestFile& file) {
  HEARTH_TRY(check_file_name(file.file_name));
  if (file.size_bytes == 0 || file.size_bytes > kFileBytesMax) {
    return wrong(fmt::format("the size of {} is {}, and 1 to {} bytes are possible",
                             in_quotes(file.file_name), file.size_bytes, kFileBytesMax));
  }
  const SplitPart& part = file.part;
  if (part.number < 1 || part.number > part.count || part.count > kSplitPartsMax) {
    return wrong(fmt::format("{} is part {} of {}, and that is none of at most {}",
                             in_quotes(file.file_name), part.number, part.count, kSplitPartsMax));
  }
  if (file.role == FileRole::kModel || part.count == 1) return {};
  return wrong(fmt::format("{} is divided, and only models can be", in_quotes(file.file_name)));
}

// Every part of one model is there, once.
Result<void> check_model_parts(const std::vector<ManifestFile>& files) {
  std::set<std::uint32_t> numbers;
  std::uint32_t count = 0;
  for (const ManifestFile& file : files) {
    if (file.role != FileRole::kModel) continue;
    if (count != 0 && count != file.part.count)
      return wrong("the parts of the model do not say the same number of parts");
    count = file.part.count;
    if (!numbers.insert(file.part.number).second)
      return wrong(fmt::format("part {} of the model is there twice", file.part.number));
  }
  if (count == 0) return wrong("there is no file of the model");
  if (numbers.size() == count) return {};
  return wrong(fmt::format("{} of {} parts of the model are there", numbers.size(), count));
}

// No '@', no '?': where a URL could carry a password or a key.
Result<void> check_origin_text(std::string_view what, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7F && c != '@' && c != '?' && c != '#';
  });
  if (plain && text.size() <= kOriginBytesMax) return {};
  return wrong(
      fmt::format("{} {} must be at most {} visible ASCII characters, without '@', '?' "
                  "and '#'",
                  what, in_quotes(text), kOriginBytesMax));
}

Result<void> check_parameter(const Parameter& parameter) {
  const bool named = std::all_of(parameter.name.begin(), parameter.name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!named || parameter.name.empty() || parameter.name.size() > kParameterNameBytesMax) {
    return wrong(fmt::format("the parameter {} must be 1 to {} characters of a-z, 0-9 and '_'",
                             in_quotes(parameter.name), kParameterNameBytesMax));
  }
  return check_text("the value of the parameter '" + parameter.name + "'", parameter.value);
}

Result<void> check_use(const Manifest& manifest) {
  HEARTH_TRY(check_count("licences", manifest.licences.size(), kLicencesMax));
  HEARTH_TRY(check_count("parameters", manifest.directions.parameters.size(), kParametersMax));
  HEARTH_TRY(check_count("messages", manifest.directions.messages.size(), kMessagesMax));
  HEARTH_TRY(check_text("the template", manifest.directions.chat_template));
  HEARTH_TRY(check_text("the system message", manifest.directions.system));
  for (const std::string& licence : manifest.licences)
    HEARTH_TRY(check_text("a licence", licence));
  for (const Parameter& parameter : manifest.directions.parameters)
    HEARTH_TRY(check_parameter(parameter));
  for (const ExampleMessage& message : manifest.directions.messages)
    HEARTH_TRY(check_text("a message", message.content));
  return {};
}

}  // namespace

Owner owner_of(const Manifest& manifest) {
  if (manifest.owner != Owner::kUnsaid) return manifest.owner;
  return manifest.origin.name.key() == manifest.name.key() ? Owner::kHub : Owner::kUser;
}

Result<void> check_manifest(const Manifest& manifest) {
  if (std::holds_alternative<PathName>(manifest.name.source()))
    return wrong("a model is not called by the path of a file; give it a name");
  HEARTH_TRY(check_text("the name of the origin", manifest.origin.name.text()));
  HEARTH_TRY(check_origin_text("the revision", manifest.origin.revision));
  HEARTH_TRY(check_origin_text("the server", manifest.origin.from));
  HEARTH_TRY(check_count("files", manifest.files.size(), kFilesMax));
  for (const ManifestFile& file : manifest.files)
    HEARTH_TRY(check_file(file));
  HEARTH_TRY(check_model_parts(manifest.files));
  return check_use(manifest);
}

}  // namespace hearth::store
