// An answer that broke off at its length: what the user should know of it, and whether it is
// still what was asked for. Free text that stops is shorter; a document or a call is broken.
//
// Threads: pure.
#pragma once

#include <string>

#include "cli/completion.h"
#include "cli/daemon_api.h"

namespace hearth::cli {

bool is_cut(const CompletionSummary& summary);
// Cut where only the whole is of use.
bool is_broken(const CompletionRequest& request, const CompletionSummary& summary);
// REQUIRES: is_cut. For `hearth run`, whose options it names.
std::string cut_notice(const CompletionRequest& request, const CompletionSummary& summary);

}  // namespace hearth::cli
