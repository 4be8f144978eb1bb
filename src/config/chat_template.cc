#include "config/chat_template.h"

#include "base/fd.h"
#include "base/utf8.h"

namespace hearth::config {

namespace {

constexpr std::string_view kSuffix = ".jinja";

// "chatml" and "chatml.jinja" are the same.
Result<std::string> path_of(const std::string& setting, const std::string& folder) {
  if (setting.starts_with('/')) return setting;
  if (setting.find('/') != std::string::npos || setting.starts_with('.')) {
    return fail(Code::kInvalidArgument,
                "model.chat_template is '" + setting +
                    "', but it must be an absolute path or the name of a file in '" + folder + "'");
  }
  const std::string path = folder + "/" + setting;
  return path.ends_with(kSuffix) ? path : path + std::string(kSuffix);
}

}  // namespace

Result<std::string> load_chat_template(const std::string& setting, const std::string& folder) {
  if (setting.empty()) return std::string();
  const std::string path = HEARTH_TRY(path_of(setting, folder));
  auto text = base::load_text_file(path, kChatTemplateBytesMax);
  if (!text) {
    return fail(text.error().code, "model.chat_template: " + text.error().message, path);
  }
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail(Code::kInvalidArgument, "model.chat_template: '" + path + "' is empty", path);
  }
  if (!base::is_utf8(*text)) {
    return fail(Code::kInvalidArgument, "model.chat_template: '" + path + "' is not UTF-8", path);
  }
  return text;
}

}  // namespace hearth::config
