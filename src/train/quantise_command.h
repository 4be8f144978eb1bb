// What `hearth-runner --quantize TYPE OUT THREADS FILE…` does: the same model with smaller weights,
// told on standard output as it goes, a JSON object a line:
//
//   {"event":"tensor","number":12,"of":290}
//   {"event":"finished","bytes":123456}
//   {"event":"failed","error":"…"}
//
// The files are a model's, in their order; where there are several they have the names of parts.
// With `--again` behind the type, weights that are rounded already are rounded once more. Before it
// opens the model it gives up its rights: it can read these files and write in the folder of OUT.
#pragma once

#include <string>
#include <vector>

namespace hearth::train {

// The exit code: 0, 1 when it failed, 2 for arguments that are none.
int quantise_command(const std::vector<std::string>& arguments);

}  // namespace hearth::train
