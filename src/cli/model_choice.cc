#include "cli/model_choice.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <filesystem>

#include <strings.h>

#include "store/default_model.h"

namespace hearth::cli {

namespace {

bool looks_like_path(const std::string& argument) {
  return argument.starts_with('/') || argument.starts_with("./") || argument.starts_with("../") ||
         argument.ends_with(".gguf");
}

}  // namespace

std::string how_to_give_a_model(const config::Home& home, const config::Settings& settings) {
  const std::string& chosen = settings.text(config::Key::kModelsFolder);
  return "put a .gguf file into '" + (chosen.empty() ? home.models_folder() : chosen) +
         "' or name the path of one";
}

Result<std::string> named_model(const std::string& argument) {
  if (!looks_like_path(argument)) return argument;
  char absolute[PATH_MAX];
  if (::realpath(argument.c_str(), absolute) != nullptr) return std::string(absolute);
  // "tiny.gguf" may also be a name that only the daemon knows.
  if (argument.find('/') == std::string::npos) return argument;
  return fail(Code::kNotFound,
              "there is no model file '" + argument + "'; `hearth list` shows the known models");
}

std::string loaded_model(const std::string& argument) {
  return named_model(argument).value_or(std::filesystem::absolute(argument).lexically_normal());
}

Result<void> check_known(const std::string& name, const std::vector<KnownModel>& known) {
  const auto is_it = [&](const KnownModel& model) {
    return ::strcasecmp(model.name.c_str(), name.c_str()) == 0 ||
           ::strcasecmp((model.name + ".gguf").c_str(), name.c_str()) == 0;
  };
  if (std::any_of(known.begin(), known.end(), is_it)) return {};
  return fail(Code::kNotFound, "no model is called '" + name + "'; `hearth list` shows the models");
}

std::string greeting(const std::string& model) {
  std::string text = "Chatting with " + model;
  if (model == store::kEmber)
    text += ", a demonstration, help and test model of a few million parameters";
  return text + ". /help tells what can be done here.";
}

Result<Choice> default_model(const config::Settings& settings, const std::vector<KnownModel>& known,
                             const std::string& hint) {
  if (const std::string& chosen = settings.text(config::Key::kDefaultModel); !chosen.empty())
    return Choice{HEARTH_TRY(named_model(chosen))};
  std::vector<store::ModelRival> rivals;
  for (const KnownModel& model : known)
    rivals.push_back({model.name, model.size_bytes, model.holder, model.built_in});
  const auto best = store::find_default_model(rivals);
  if (!best) return fail(Code::kNotFound, "there is no model yet: " + hint);
  const std::string& name = known[best->place].name;
  if (known[best->place].built_in) {
    return Choice{name, "Using ember, the small model that ships with Hearth. For a better one, " +
                            hint + "."};
  }
  if (best->rivals == 1) return Choice{name};
  return Choice{name, "Using '" + name +
                          "', the largest of your models; name another one, or set "
                          "default_model in the configuration."};
}

}  // namespace hearth::cli
