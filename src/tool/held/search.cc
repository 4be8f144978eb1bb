// search_files: which lines of which files have a text in them.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/held/acts.h"
#include "tool/workspace_path.h"

namespace hearth::tool::held {

namespace {

constexpr std::size_t kFilesMax = 20'000;
constexpr std::size_t kFileBytesMax = 8 * base::kMiB;  // of larger ones, so much
constexpr std::size_t kHitsMax = 200;
constexpr std::size_t kLineBytesMax = 300;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::string beginning_of(int file) {
  std::string text;
  std::array<char, 64 * base::kKiB> buffer;
  for (ssize_t count = 0;
       text.size() < kFileBytesMax && (count = ::read(file, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(count));
  return text;
}

class Search {
 public:
  explicit Search(std::string wanted) : wanted_(std::move(wanted)) {}

  void look_at(const Place& place, const std::string& path, std::size_t depth) {
    if (is_over()) return;
    struct stat status{};
    if (::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      return;
    if (S_ISDIR(status.st_mode) && depth < kPathDepthMax) look_into(place, path, depth);
    if (S_ISREG(status.st_mode)) look_at_file(place, path);
  }

  void conclude() const {
    if (hits_ == 0) print("(nothing found)\n");
    if (is_over()) print("(there may be more)\n");
  }

 private:
  bool is_over() const { return hits_ >= kHitsMax || files_ >= kFilesMax; }

  void look_into(const Place& place, const std::string& path, std::size_t depth) {
    auto listing = open_listing(place);
    const std::unique_ptr<DIR, CloseFolder> folder(listing ? ::fdopendir(listing->get()) : nullptr);
    if (!folder) return;
    listing->release();
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder.get())) {
      const std::string name = entry->d_name;
      if (name != "." && name != ".." && name != ".git" && names.size() < kFilesMax)
        names.push_back(name);
    }
    std::ranges::sort(names);
    for (const std::string& name : names) {
      auto here = base::duplicate(::dirfd(folder.get()));
      if (!here) return;
      look_at({*std::move(here), name}, path.empty() ? name : path + "/" + name, depth + 1);
    }
  }

  void look_at_file(const Place& place, const std::string& path) {
    ++files_;
    const auto file = open_file(place);
    if (!file) return;
    const std::string text = beginning_of(file->get());
    if (text.find('\0') != std::string::npos) return;
    std::size_t line_number = 1;
    std::size_t line_begin = 0;
    for (std::size_t at = 0; !is_over() && (at = text.find(wanted_, at)) != std::string::npos;) {
      for (std::size_t end = 0; (end = text.find('\n', line_begin)) < at; line_begin = end + 1)
        ++line_number;
      const std::size_t line_end = std::min(text.find('\n', at), text.size());
      const std::string_view line =
          std::string_view(text).substr(line_begin, line_end - line_begin);
      print(fmt::format("{}:{}: {}\n", path, line_number, line.substr(0, kLineBytesMax)));
      ++hits_;
      at = line_end;
    }
  }

  const std::string wanted_;
  std::size_t files_ = 0;
  std::size_t hits_ = 0;
};

}  // namespace

Result<Answer> search_files(const Act& act) {
  const Place place = HEARTH_TRY(place_of(act, Folders::kMustBe));
  const auto names = HEARTH_TRY(names_of_path(argument_of(act, "path"), act.request.workspace));
  if (kind_beneath(act.workspace, names) == Kind::kNothing)
    return fail(Code::kNotFound, "there is no '" + path_of_names(names) + "'");
  Search search(argument_of(act, "text"));
  search.look_at(place, names.empty() ? "" : path_of_names(names), 0);
  search.conclude();
  return Answer();
}

}  // namespace hearth::tool::held
