// What `hearth-runner --train JOB.json` does: one training, told on standard output as it goes.
//
// Before it opens the model and the conversations it gives up its rights: it can read the files
// that the job names and write in its work folder and the folder of its result, and nothing else.
// SIGTERM and SIGINT end it after a checkpoint, within a few seconds.
#pragma once

#include <string>

namespace hearth::train {

// The exit code: 0 when the training is finished, 3 when it was stopped and can go on, 1 when it
// failed, 2 for a job that cannot be read.
int run_training(const std::string& job_path);

}  // namespace hearth::train
