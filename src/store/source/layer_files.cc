#include "store/source/layer_files.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

namespace hearth::store {

bool has_model(const RegistryAnswer& answer) {
  return std::any_of(answer.layers.begin(), answer.layers.end(),
                     [](const Layer& layer) { return layer.use == LayerUse::kModel; });
}

Result<std::vector<ManifestFile>> files_of_layers(const std::vector<Layer>& layers,
                                                  std::string_view stem) {
  const auto count = static_cast<std::uint32_t>(
      std::count_if(layers.begin(), layers.end(),
                    [](const Layer& layer) { return layer.use == LayerUse::kModel; }));
  if (count > kSplitPartsMax)
    return fail(Code::kInvalidArgument, fmt::format("the model has {} parts", count));
  std::vector<ManifestFile> files;
  std::set<std::string> seen;
  std::uint32_t number = 0;
  int others = 0;
  for (const Layer& layer : layers) {
    if (!layer.is_file()) continue;
    if (!seen.insert(layer.digest.hex()).second)
      return fail(Code::kInvalidArgument, "two files of the model are the same");
    ManifestFile file{FileRole::kModel, {}, layer.digest, layer.size_bytes, std::string(stem)};
    if (layer.use == LayerUse::kModel) {
      file.part = {++number, count};
      if (count > 1) file.file_name += fmt::format("-{:05}-of-{:05}", number, count);
    } else {
      const bool projector = layer.use == LayerUse::kProjector;
      file.role = projector ? FileRole::kProjector : FileRole::kAdapter;
      file.file_name += fmt::format("-{}-{}", projector ? "mmproj" : "adapter", ++others);
    }
    file.file_name += ".gguf";
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace hearth::store
