#include "store/found/places.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/fd.h"
#include "base/trimmed.h"
#include "base/units.h"
#include "json/node.h"
#include "json/parse.h"

namespace hearth::store {

namespace {

using Variable = std::function<std::optional<std::string>(const char*)>;

constexpr std::size_t kPointerBytesMax = 4096;
constexpr json::Limits kSettingsLimits{.bytes = base::kMiB, .depth = 64, .values = 64 * 1024};
constexpr std::string_view kBlanks = " \t\r\n\"'";
// Where Ollama keeps models when it runs as a service.
constexpr std::array kOllamaServices{"/usr/share/ollama/.ollama/models",
                                     "/var/lib/ollama/.ollama/models", "/var/lib/ollama/models",
                                     "/var/snap/ollama/common/models"};

class Folders {
 public:
  explicit Folders(std::string home) : home_(std::move(home)) {}

  void add(std::string path) {
    if (path.starts_with("~/") && !home_.empty()) path = home_ + path.substr(1);
    while (path.size() > 1 && path.ends_with('/'))
      path.pop_back();
    const bool is_new = std::find(found_.begin(), found_.end(), path) == found_.end();
    if (path.starts_with('/') && is_new) found_.push_back(std::move(path));
  }
  // `below` follows what the variable says.
  void add(const Variable& variable, const char* name, std::string_view below = {}) {
    const auto value = variable(name);
    if (!value) return;
    const std::string_view path = base::trimmed(*value, kBlanks);
    if (!path.empty()) add(std::string(path) + std::string(below));
  }
  void add_below_home(std::string_view path) {
    if (!home_.empty()) add(home_ + std::string(path));
  }
  std::vector<std::string> take() { return std::move(found_); }

 private:
  std::string home_;
  std::vector<std::string> found_;
};

// Where its user wants the models instead; empty when nothing is said.
std::string downloads_folder(const std::string& lm_studio_home) {
  const auto text = base::load_text_file(lm_studio_home + "/settings.json", kSettingsLimits.bytes);
  const auto value = text ? json::parse(*text, kSettingsLimits) : json::parse("{}");
  if (!value || !value->is_object()) return {};
  const auto folder = json::Node(*value).find("downloadsFolder");
  return folder && folder->is_string() ? std::string(*folder->text()) : std::string();
}

std::vector<std::string> lm_studio_places(const std::string& home) {
  Folders homes(home);
  const auto pointer = base::load_text_file(home + "/.lmstudio-home-pointer", kPointerBytesMax);
  if (pointer) homes.add(std::string(base::trimmed(*pointer, kBlanks)));
  homes.add_below_home("/.lmstudio");
  homes.add_below_home("/.cache/lm-studio");
  Folders places(home);
  for (const std::string& one : homes.take()) {
    places.add(downloads_folder(one));
    places.add(one + "/models");
  }
  return places.take();
}

}  // namespace

FoundPlaces places_of(const Variable& variable) {
  const std::string home = variable("HOME").value_or("");
  Folders ollama(home);
  ollama.add(variable, "OLLAMA_MODELS");
  ollama.add_below_home("/.ollama/models");
  for (const char* service : kOllamaServices)
    ollama.add(service);
  Folders hubs(home);
  hubs.add(variable, "HF_HUB_CACHE");
  hubs.add(variable, "HUGGINGFACE_HUB_CACHE");
  hubs.add(variable, "HF_HOME", "/hub");
  hubs.add(variable, "XDG_CACHE_HOME", "/huggingface/hub");
  hubs.add_below_home("/.cache/huggingface/hub");
  hubs.add(variable, "LLAMA_CACHE");
  FoundPlaces places;
  places.ollama = ollama.take();
  if (!home.empty()) places.lm_studio = lm_studio_places(home);
  places.hub_caches = hubs.take();
  return places;
}

}  // namespace hearth::store
