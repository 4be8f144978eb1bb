// Any text is a model's name or an error with words that can be shown. A name has one spelling that
// reads back, a key that does too, and a path within the store. The same text is tried as a list
// of short names, and as the names of a repository's files.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "store/manifest/layout.h"
#include "store/name/aliases.h"
#include "store/name/file_choice.h"
#include "store/name/model_name.h"
#include "store/name/quant.h"

namespace store = hearth::store;

namespace {

void check_error(const hearth::Error& error) {
  HEARTH_ASSERT(!error.message.empty());
  HEARTH_ASSERT(hearth::base::is_utf8(error.message));
}

void check_name(std::string_view text) {
  const auto name = store::ModelName::parse(text, store::PlainHttp::kAllowed);
  if (!name) return check_error(name.error());
  const auto again = store::ModelName::parse(name->text(), store::PlainHttp::kAllowed);
  HEARTH_ASSERT(again.has_value() && *again == *name);
  const auto by_key = store::ModelName::parse(name->key(), store::PlainHttp::kAllowed);
  HEARTH_ASSERT(by_key.has_value() && by_key->key() == name->key());
  HEARTH_ASSERT(store::unescaped_path(store::escaped_path(name->key())) == name->key());
}

void check_files(std::string_view text) {
  std::vector<store::RemoteFile> files;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    files.push_back({std::string(line), line.size()});
    (void)store::quant_of_file(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  const auto choice = store::choose_files(files, {"a", "b", "", "", ""});
  if (!choice) return check_error(choice.error());
  HEARTH_ASSERT(!choice->parts.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_name(text);
  if (!text.empty()) HEARTH_ASSERT(store::unescaped_path(store::escaped_path(text)) == text);
  (void)store::unescaped_path(text);
  const auto aliases = store::Aliases::parse(text, "fuzz");
  if (!aliases) check_error(aliases.error());
  check_files(text);
  return 0;
}
