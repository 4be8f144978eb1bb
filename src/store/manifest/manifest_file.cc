#include "store/manifest/manifest_file.h"

#include <filesystem>

#include "base/fd.h"
#include "base/mutex.h"
#include "base/replacement.h"
#include "store/folder.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_text.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

constexpr unsigned kMode = 0600;

// A pull and a `cp` of one name may end at once, and both write beside the same file.
base::Mutex keeping;

}  // namespace

Result<Manifest> load_manifest(const std::string& store_folder, const ModelName& name) {
  const std::string path = store_folder + "/" + manifest_path(name);
  const auto text = base::load_text_file(path, kManifestBytesMax);
  if (!text && text.error().code == Code::kNotFound) {
    return fail(Code::kNotFound,
                in_quotes(name.text()) + " is not installed; get it with `hearth pull`", path);
  }
  if (!text) return fail(text.error());
  auto manifest = read_manifest(*text);
  if (!manifest) return fail(manifest.error().code, manifest.error().message, path);
  if (manifest->name.key() == name.key()) return manifest;
  return fail(Code::kCorrupt,
              "the manifest of " + in_quotes(name.text()) + " is that of " +
                  in_quotes(manifest->name.text()) + "; pull the model again",
              path);
}

Result<void> keep_manifest(const std::string& store_folder, const Manifest& manifest) {
  const std::string text = HEARTH_TRY(write_manifest(manifest));
  const std::string path = store_folder + "/" + manifest_path(manifest.name);
  const base::Lock lock(keeping);
  HEARTH_TRY(ensure_folder(std::filesystem::path(path).parent_path().string()));
  return base::replace_file(path, text, kMode);
}

}  // namespace hearth::store
