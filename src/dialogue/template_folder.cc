#include "dialogue/template_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/fd.h"

namespace hearth::dialogue {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".jinja";

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' || byte == '-';
}

// The name of the template in a file, or empty.
std::string name_of(const fs::directory_entry& entry) {
  std::error_code error;
  std::string name = entry.path().filename().string();
  const bool file = entry.symlink_status(error).type() == fs::file_type::regular;
  if (!file || !name.ends_with(kSuffix)) return {};
  name.resize(name.size() - kSuffix.size());
  return is_template_name(name) ? name : std::string();
}

}  // namespace

bool is_template_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax && text.front() != '.' &&
         std::all_of(text.begin(), text.end(), is_name_byte);
}

Result<TemplateFolder> TemplateFolder::create(std::string path) {
  std::error_code error;
  if (path.empty() || fs::is_directory(path, error)) return TemplateFolder(std::move(path));
  return fail(Code::kNotFound, "there is no folder " + path + " for templates", path);
}

Result<std::optional<Jinja>> TemplateFolder::find(std::string_view name) const {
  if (path_.empty() || !is_template_name(name)) return std::nullopt;
  const auto path = (fs::path(path_) / name).string() + std::string(kSuffix);
  std::error_code error;
  const auto type = fs::symlink_status(path, error).type();
  if (type == fs::file_type::not_found) return std::nullopt;
  if (type != fs::file_type::regular) {
    return fail(Code::kInvalidArgument, path + " is no regular file, so it is no template", path);
  }
  auto text = HEARTH_TRY(base::load_text_file(path, kJinjaBytesMax));
  return Jinja{std::move(text), path};
}

Result<std::vector<std::string>> TemplateFolder::names() const {
  std::vector<std::string> names;
  if (path_.empty()) return names;
  std::error_code error;
  for (fs::directory_iterator at(path_, error), end; !error && at != end; at.increment(error)) {
    if (auto name = name_of(*at); !name.empty()) names.push_back(std::move(name));
    if (names.size() <= kTemplatesMax) continue;
    return fail(Code::kResourceExhausted,
                "more than " + std::to_string(kTemplatesMax) + " templates are in " + path_, path_);
  }
  if (error)
    return fail(Code::kUnavailable, "cannot list " + path_ + ": " + error.message(), path_);
  return names;
}

}  // namespace hearth::dialogue
