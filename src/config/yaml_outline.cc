#include "config/yaml_outline.h"

#include <exception>
#include <optional>
#include <sstream>
#include <utility>

#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "base/utf8.h"

namespace hearth::config {

namespace {

constexpr std::size_t kDepthMax = 64;

using Kind = YamlRootEntry::Kind;

struct Problem {
  int line = 0;
  std::string why;
};

// Listens to the parser: a node at depth 1 is a key or the value of the key before it. After the
// first problem nothing else counts.
class Listener final : public YAML::EventHandler {
 public:
  std::vector<YamlRootEntry> entries;
  std::optional<Problem> problem;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { take(mark, Kind::kNothing, ""); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { take(mark, Kind::kOther, ""); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string& value) override {
    take(mark, Kind::kScalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value style) override {
    const bool is_value = depth_ == 1 && has_key_;
    take(mark, Kind::kList, "");
    if (!problem && is_value && style == YAML::EmitterStyle::Block) {
      entries.back().is_block = true;
      entries.back().list_line = static_cast<std::size_t>(mark.line);
      entries.back().list_column = static_cast<std::size_t>(mark.column);
    }
    go_down(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value style) override {
    if (depth_ == 0 && style == YAML::EmitterStyle::Flow)
      note(mark, "it is written as {…}, to which no line can be added");
    if (depth_ > 0) take(mark, Kind::kOther, "");
    go_down(mark);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void go_down(const YAML::Mark& mark) {
    if (++depth_ > kDepthMax) note(mark, "this is nested too deep");
  }
  void note(const YAML::Mark& mark, std::string why) {
    if (!problem) problem = Problem{mark.line + 1, std::move(why)};
  }
  void take(const YAML::Mark& mark, Kind kind, const std::string& text) {
    if (depth_ == 0) {
      if (kind == Kind::kNothing) return;  // an empty document
      return note(mark, "it is no mapping such as `name: …`");
    }
    if (depth_ > 1 || problem) return;
    if (has_key_) {
      entries.back().kind = kind;
    } else if (kind != Kind::kScalar || mark.column != 0) {
      return note(mark, "this key is no plain word at the beginning of its line");
    } else {
      entries.push_back({text, Kind::kNothing, static_cast<std::size_t>(mark.line)});
    }
    has_key_ = !has_key_;
  }

  std::size_t depth_ = 0;
  bool has_key_ = false;  // whose value comes next
};

Failure broken(int line, const std::string& why) {
  return fail(Code::kInvalidArgument,
              "it cannot be read as YAML (line " + std::to_string(line) + ": " + why + ")");
}

}  // namespace

Result<std::vector<YamlRootEntry>> yaml_outline(std::string_view text) {
  if (text.size() > kOutlineBytesMax)
    return fail(Code::kInvalidArgument, "it is too large for a file of settings");
  if (!base::is_utf8(text)) return fail(Code::kInvalidArgument, "it is not UTF-8 text");
  Listener listener;
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(listener) && parser.HandleNextDocument(listener))
      return fail(Code::kInvalidArgument, "it holds several documents");
  } catch (const YAML::Exception& error) {
    return broken(error.mark.line + 1, error.msg);
  } catch (const std::exception& error) {
    return fail(Code::kInvalidArgument, std::string("it cannot be read as YAML: ") + error.what());
  }
  if (listener.problem) return broken(listener.problem->line, listener.problem->why);
  return std::move(listener.entries);
}

}  // namespace hearth::config
