// What was learned of a model's cost, kept from one runner to the next as a small text file;
// docs/formats/cost-table.md is its specification.
//
// Threads: the file's functions are thread-compatible; the rest is pure.
// Errors:  a file that is absent is kNotFound, one that is of other circumstances (its key) is
//          kUnavailable, one that is not exactly what was written is kCorrupt. Whoever reads it
//          goes on with an empty model.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/cost_model.h"

namespace hearth::engine {

// Lines "cost DEPTH TOKENS MS", one for each entry that is known.
std::string write_costs(const CostModel& cost);
// Such a line, without its end; false, and the model is as it was, when it is none.
bool read_cost(std::string_view line, CostModel& cost);

// The whole file. The key is one line: what the costs depend on beside the model's file.
std::string write_cost_table(std::string_view key, const CostModel& cost);
Result<CostModel> read_cost_table(std::string_view text, std::string_view key);

Result<CostModel> load_cost_table(const std::string& path, std::string_view key);
// Whole or not at all.
Result<void> keep_cost_table(const std::string& path, std::string_view key, const CostModel& cost);

}  // namespace hearth::engine
