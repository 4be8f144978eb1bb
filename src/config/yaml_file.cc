#include "config/yaml_file.h"

#include <exception>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/utf8.h"

namespace hearth::config {

namespace {

// Thrown only through yaml-cpp, which has no other way to be stopped, and caught in parse_yaml.
struct Refused : std::exception {
  Refused(const YAML::Mark& mark, std::string why) : line(mark.line + 1), message(std::move(why)) {}
  int line;
  std::string message;
};

// Listens to the parser and never builds a tree, so that a small file cannot become a large one.
class Flattener final : public YAML::EventHandler {
 public:
  std::vector<FileEntry> entries;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (open_.empty()) return;  // an empty document
    if (!open_.back().key) throw Refused(mark, "a key must be a word");
    open_.back().key.reset();  // "server:" with nothing below it says nothing
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused(mark, "aliases are not supported here; write the value itself");
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    if (open_.empty()) throw Refused(mark, "the file must be a mapping such as `server: …`");
    if (!open_.back().key) {
      take_key(mark, value);
      return;
    }
    entries.push_back({prefix(), value, mark.line + 1});
    open_.back().key.reset();
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    throw Refused(mark,
                  "no setting is a list" + (open_.empty() ? "" : ", '" + prefix() + "' neither"));
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    if (open_.size() >= kFileDepthMax) throw Refused(mark, "this is nested too deep");
    if (!open_.empty() && !open_.back().key) throw Refused(mark, "a key must be a word");
    open_.emplace_back();
  }
  void OnMapEnd() override {
    open_.pop_back();
    if (!open_.empty()) open_.back().key.reset();
  }

 private:
  struct Mapping {
    std::optional<std::string> key;  // whose value comes next
  };

  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) throw Refused(mark, "anchors are not supported here");
  }

  void take_key(const YAML::Mark& mark, std::string key) {
    open_.back().key = std::move(key);
    const std::string name = prefix();
    if (!seen_.insert(name).second) {
      throw Refused(mark, "'" + name + "' is here for the second time; keep one of them");
    }
  }

  std::string prefix() const {
    std::string name;
    for (const Mapping& mapping : open_) {
      if (!mapping.key) continue;
      if (!name.empty()) name += '.';
      name += *mapping.key;
    }
    return name;
  }

  std::vector<Mapping> open_;
  std::set<std::string> seen_;
};

Failure broken(const std::string& file, int line, const std::string& message) {
  return fail(Code::kInvalidArgument, file + ":" + std::to_string(line) + ": " + message, file);
}

int line_of(std::string_view text, std::size_t offset) {
  int line = 1;
  for (const char c : text.substr(0, offset))
    line += c == '\n' ? 1 : 0;
  return line;
}

}  // namespace

Result<std::vector<FileEntry>> parse_yaml(std::string_view text, const std::string& file) {
  if (text.size() > kFileBytesMax) {
    return fail(Code::kInvalidArgument,
                file + " is larger than " + std::to_string(kFileBytesMax) +
                    " bytes; that is no configuration file",
                file);
  }
  const std::size_t invalid = base::find_invalid_utf8(text);
  if (invalid != std::string_view::npos) {
    return broken(file, line_of(text, invalid), "this is not UTF-8 text");
  }
  Flattener flattener;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(flattener) && parser.HandleNextDocument(flattener)) {
      return fail(Code::kInvalidArgument, file + " holds several documents; keep one", file);
    }
  } catch (const Refused& refused) {
    return broken(file, refused.line, refused.message);
  } catch (const YAML::Exception& error) {
    return broken(file, error.mark.line + 1, error.msg);
  } catch (const std::exception& error) {
    return fail(Code::kInvalidArgument, file + " cannot be read as YAML: " + error.what(), file);
  }
  return std::move(flattener.entries);
}

}  // namespace hearth::config
