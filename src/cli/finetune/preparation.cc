#include "cli/finetune/preparation.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/fd.h"
#include "base/replacement.h"
#include "cli/new_name.h"
#include "config/runners.h"
#include "process/memory.h"

namespace hearth::cli::finetune {

namespace {

namespace fs = std::filesystem;

constexpr unsigned kFileMode = 0600;
constexpr std::size_t kBegunBytesMax = base::kMiB;

bool is_there(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

Result<std::vector<ChatFile>> look_at_all(const std::vector<std::string>& paths) {
  std::vector<ChatFile> files;
  for (const std::string& path : paths)
    files.push_back(HEARTH_TRY(look_at_chats(path)));
  return files;
}

Result<std::string> find_target(const Wishes& wishes, const store::Catalog& catalog) {
  std::error_code error;
  const fs::path path = wishes.out.empty() ? fs::path(catalog.folder()) / (wishes.name + ".gguf")
                                           : fs::absolute(wishes.out, error);
  if (error) return fail(Code::kInvalidArgument, "--out '" + wishes.out + "' is no path");
  if (fs::is_directory(path, error)) {
    return fail(Code::kInvalidArgument,
                "'" + path.string() + "' is a folder; --out names the file of the model");
  }
  if (fs::is_directory(path.parent_path(), error)) return path.string();
  return fail(Code::kNotFound,
              "there is no folder '" + path.parent_path().string() + "' to put the model into");
}

// A name must not come to stand for another model, nor a training eat what it lives on.
Result<void> check_target(const Wishes& wishes, const store::Catalog& catalog,
                          const store::Aliases& aliases, const Preparation& preparation) {
  std::error_code error;
  if (fs::equivalent(preparation.target, preparation.base.file.path, error)) {
    return fail(Code::kAlreadyExists, "the result would replace the model that it begins with, '" +
                                          preparation.target + "'; choose another --name");
  }
  if (wishes.force || preparation.beginning.may_replace) return {};
  if (is_there(preparation.target)) {
    return fail(Code::kAlreadyExists,
                "'" + preparation.target +
                    "' is there already and was not made by this training; choose another --name, "
                    "or --force to begin anew and replace it");
  }
  if (!wishes.out.empty()) return {};
  return check_free_name(wishes.name, catalog, aliases, "begin anew and take the name");
}

Result<base::FileLock> take_work_folder(const WorkFolder& work, const std::string& name) {
  std::error_code error;
  fs::create_directories(work.path, error);
  if (error) {
    return fail(Code::kUnavailable,
                "cannot make the work folder '" + work.path + "': " + error.message());
  }
  auto lock = base::FileLock::try_acquire(work.lock());
  if (lock || lock.error().code != Code::kAlreadyExists) return lock;
  return fail(Code::kAlreadyExists,
              "the training '" + name + "' runs already: " + lock.error().message);
}

void empty_work_folder(const WorkFolder& work) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(work.path, ignored)) {
    if (entry.path() != work.lock()) fs::remove_all(entry.path(), ignored);
  }
}

Result<std::optional<Beginning>> load_beginning(const WorkFolder& work) {
  if (!is_there(work.begun())) return std::optional<Beginning>();
  const std::string text = HEARTH_TRY(base::load_text_file(work.begun(), kBegunBytesMax));
  const auto begun = Beginning::parse(text);
  if (begun) return std::optional(*begun);
  return fail(begun.error().code, "'" + work.begun() + "': " + begun.error().message +
                                      "; --force begins the training anew");
}

// Goes on with what was begun under this name, or begins.
Result<void> take_up(const Wishes& wishes, Preparation& preparation) {
  preparation.beginning = beginning_of(wishes, preparation.material);
  preparation.beginning.may_replace = wishes.force;
  if (wishes.force) return {};
  const auto before = HEARTH_TRY(load_beginning(preparation.work));
  if (!before) return {};
  const auto found = differences(*before, preparation.beginning);
  if (found.empty()) {
    preparation.goes_on = is_there(preparation.work.file("checkpoint"));
    preparation.beginning.may_replace = before->may_replace;
    return {};
  }
  std::string text = "the training '" + wishes.name + "' was begun otherwise, and cannot go on:";
  for (const std::string& difference : found)
    text += "\n  " + difference;
  return fail(Code::kInvalidArgument,
              text +
                  "\nGive the same as then, another --name for another model, or --force to "
                  "begin anew without what it has learned");
}

std::uint64_t bytes_in(const std::string& folder) {
  std::error_code ignored;
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::uintmax_t size = entry.file_size(ignored);
    if (!ignored) bytes += size;
    ignored.clear();
  }
  return bytes;
}

Result<void> check_room(const std::string& folder, const Needs& needs, std::uint64_t used_bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error) return {};  // nobody knows; the trainer will
  return check_disk(needs, space.available, used_bytes, folder);
}

Result<void> check_needs(const Wishes& wishes, const config::Cpu& cpu, Preparation& preparation) {
  std::uint64_t bytes = 0;
  for (const auto* files : {&preparation.material.data, &preparation.material.validation}) {
    for (const ChatFile& file : *files)
      bytes += file.bytes;
  }
  preparation.needs = needs_of(preparation.base.facts, wishes, bytes, cpu);
  HEARTH_TRY(check_memory(preparation.needs, process::available_bytes()));
  HEARTH_TRY(check_room(preparation.work.path, preparation.needs, bytes_in(preparation.work.path)));
  const Needs at_target{0, preparation.needs.out_bytes, 0};
  return check_room(fs::path(preparation.target).parent_path().string(), at_target, 0);
}

Result<void> check_context(const Wishes& wishes, const BaseModel& base) {
  if (wishes.context <= base.facts.context_trained) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("--context {} is more than the {} tokens of '{}'", wishes.context,
                          base.facts.context_trained, base.file.name));
}

}  // namespace

Result<Preparation> prepare(const Wishes& wishes, const Context& context) {
  HEARTH_TRY(check_new_name(wishes.name));
  const config::Home home = HEARTH_TRY(context.home());
  const config::Settings settings = HEARTH_TRY(context.settings());
  HEARTH_TRY(home.ensure_folders());
  const store::Catalog catalog = context.wiring().catalog(home, settings);
  const auto aliases = HEARTH_TRY(store::Aliases::load(home.aliases_file()));
  const config::Cpu cpu = config::read_cpu();
  const std::string runner = HEARTH_TRY(config::own_runner(settings, cpu)).path;
  Material material;
  material.data = HEARTH_TRY(look_at_all(wishes.data));
  material.validation = HEARTH_TRY(look_at_all(wishes.validation));
  const BaseModel model = HEARTH_TRY(find_base(wishes.from, catalog));
  HEARTH_TRY(check_context(wishes, model));
  material.model = model.file.path;
  const std::string target = HEARTH_TRY(find_target(wishes, catalog));
  const WorkFolder work{home.trainings_folder() + "/" + wishes.name};
  auto lock = HEARTH_TRY(take_work_folder(work, wishes.name));
  Preparation preparation{runner, model, material, work, target, {}, {}, false, std::move(lock)};
  HEARTH_TRY(take_up(wishes, preparation));
  HEARTH_TRY(check_target(wishes, catalog, aliases, preparation));
  HEARTH_TRY(check_needs(wishes, cpu, preparation));
  if (wishes.force) empty_work_folder(work);
  HEARTH_TRY(base::replace_file(work.begun(), preparation.beginning.json(), kFileMode));
  HEARTH_TRY(base::replace_file(work.job(), job_text(wishes, material, work), kFileMode));
  return preparation;
}

Result<void> note_placed(const Preparation& preparation) {
  Beginning placed = preparation.beginning;
  placed.may_replace = true;
  return base::replace_file(preparation.work.begun(), placed.json(), kFileMode);
}

}  // namespace hearth::cli::finetune
