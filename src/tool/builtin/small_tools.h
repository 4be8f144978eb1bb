// Tools that need no other process: sums, the date, a question, a page of the web.
//
// Threads: as Tool.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/web/web.h"
#include "tool/builtin/builtin.h"
#include "tool/tool.h"

namespace hearth::tool {

std::unique_ptr<Tool> calculator_tool();
std::unique_ptr<Tool> date_tool();
std::unique_ptr<Tool> question_tool(Asking ask);
// web_page.cc
std::unique_ptr<Tool> page_tool(const BuiltinOptions& options);

// "2026-11-23 (Monday), 06:20 UTC+01:00"
std::string date_text(std::int64_t wall_ms);
// Whether one of the hosts is meant: "example.org" is itself, ".example.org" also all below it.
bool is_listed_host(const std::vector<std::string>& hosts, const std::string& host);

}  // namespace hearth::tool
