// The tools that a model may use on this machine, found by name, their arguments checked, and run.
// Who has to agree before is decided here (decide) and asked for by whoever calls run().
//
// Ownership: owns its tools.
// Threads:   tools are added before it is used; then it is thread-safe, and run() blocks.
// Errors:    run() does not fail: what goes wrong is in the Outcome. A call that check() finds
//            fault with is refused and not run.
// Limits:    kArgumentsBytesMax; those of each Spec.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "tool/outcome.h"
#include "tool/policy.h"
#include "tool/spec.h"
#include "tool/tool.h"

namespace hearth::tool {

inline constexpr std::size_t kArgumentsBytesMax = base::kMiB;

class Toolbox {
 public:
  // Without tools. `workspace` is an absolute path, or empty where there is none.
  explicit Toolbox(std::string workspace = {});
  ~Toolbox();
  Toolbox(const Toolbox&) = delete;
  Toolbox& operator=(const Toolbox&) = delete;

  // kAlreadyExists for a name that is taken, kInvalidArgument for a schema that cannot be checked.
  Result<void> add(std::unique_ptr<Tool> tool);

  // By name.
  std::vector<Spec> specs() const;
  // Null when there is none.
  const Spec* find_spec(std::string_view name) const;
  const std::string& workspace() const { return workspace_; }

  // All that is wrong with a call, in words for whoever made it; none when it is fine. Pure.
  std::vector<std::string> check(std::string_view name, std::string_view arguments) const;
  // Of a call that check() finds no fault with; what it finds fault with is denied. Pure.
  Decision decide(const Policy& policy, std::string_view name, std::string_view arguments) const;
  // Blocks until it is done, cancelled or out of time.
  Outcome run(const Call& call, const base::CancelToken& cancel, const Hearing& hear = {}) const;

  // Whether the workspace has a file or folder of this path; following no links. Without a
  // workspace, and for a path that leads out of it, it has none.
  bool has_path(std::string_view path) const;

 private:
  struct Entry;
  struct Reading;

  Entry* find(std::string_view name) const;
  Reading read(std::string_view name, std::string_view arguments) const;
  std::string unknown(std::string_view name) const;

  const std::string workspace_;
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> entries_;
};

}  // namespace hearth::tool
