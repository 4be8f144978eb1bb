// Tools for tests: a few that do what they are told to, in memory.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "flow/tools.h"
#include "json/parse.h"

namespace hearth::flow::testing {

class ScriptedTools final : public Tools {
 public:
  std::map<std::string, std::string, std::less<>> files;
  std::vector<ToolCall> used;
  std::map<std::string, Permission> permissions;
  // What happens instead of what would.
  std::function<std::optional<ToolOutcome>(const ToolCall&)> fault;
  bool has_more_tools = true;
  std::string rule_text;

  std::vector<ToolFacts> facts() const override {
    const std::string path = R"({"type":"object","properties":{"path":{"type":"string"}}})";
    const std::string both =
        R"({"type":"object","properties":{"path":{"type":"string"},"text":{"type":"string"}}})";
    std::vector<ToolFacts> facts = {
        {"read_file", "Reads a text file.", path, Effect::kPure},
        {"write_file", "Writes a text to a file.", both, Effect::kIdempotent}};
    if (has_more_tools) {
      facts.push_back({"append_file", "Adds a line to a file.", both, Effect::kIrreversible});
    }
    return facts;
  }
  std::string rules() const override { return rule_text; }
  std::vector<ArgProblem> check(const ToolCall& call) const override {
    std::vector<ArgProblem> problems;
    const auto args = json::parse(call.args);
    for (const char* key : {"path", "text"}) {
      if (std::string_view(key) == "text" && call.name == "read_file") continue;
      if (!args->as_object().contains(key)) {
        problems.push_back({"", std::string("/") + key + " is missing"});
      }
    }
    for (const auto& member : args->as_object()) {
      if (!member.value().is_string())
        problems.push_back({"/" + std::string(member.key()), "must be a string"});
    }
    return problems;
  }
  Permission permission(const ToolCall& call) const override {
    const auto found = permissions.find(call.name);
    return found == permissions.end() ? Permission{Permission::Rule::kAuto, {}} : found->second;
  }
  ToolOutcome run(const ToolCall& call, const base::CancelToken&) override {
    used.push_back(call);
    if (fault) {
      if (auto outcome = fault(call)) return *outcome;
    }
    const auto args = json::parse(call.args);
    const std::string path(args->at("path").as_string());
    if (call.name == "read_file") {
      const auto found = files.find(path);
      if (found == files.end()) return {ToolOutcome::Status::kFailed, "there is no file " + path};
      return {ToolOutcome::Status::kOk, found->second};
    }
    const std::string text(args->at("text").as_string());
    if (call.name == "write_file") {
      files[path] = text;
    } else {
      files[path] += text + "\n";
    }
    return {ToolOutcome::Status::kOk, "written"};
  }
  bool has_file(std::string_view path) const override { return files.find(path) != files.end(); }
};

}  // namespace hearth::flow::testing
