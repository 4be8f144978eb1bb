#include "task_tools.h"

namespace hearth {

namespace {

class NoTools final : public flow::Tools {
 public:
  std::vector<flow::ToolFacts> facts() const override { return {}; }
  std::vector<flow::ArgProblem> check(const flow::ToolCall&) const override { return {}; }
  flow::Permission permission(const flow::ToolCall&) const override {
    return {flow::Permission::Rule::kDeny, "there are no tools"};
  }
  flow::ToolOutcome run(const flow::ToolCall&, const base::CancelToken&) override {
    return {flow::ToolOutcome::Status::kRefused, "there are no tools"};
  }
  bool has_file(std::string_view) const override { return false; }
};

}  // namespace

Result<std::unique_ptr<flow::Tools>> make_task_tools(const std::string&, flow::Approve) {
  return std::unique_ptr<flow::Tools>(std::make_unique<NoTools>());
}

}  // namespace hearth
