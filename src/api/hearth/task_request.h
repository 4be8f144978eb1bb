// Bodies of requests about tasks.
//
// Errors:  kInvalidArgument that names the field.
// Threads: pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/hearth/tasks.h"

namespace hearth::api {

inline constexpr std::size_t kTaskBytesMost = 64UL * 1024;

struct TaskRequest {
  TaskWish wish;
  bool stream = false;
};

Result<TaskRequest> read_task_request(std::string_view body);
Result<TaskAnswer> read_task_answer(std::string_view body);
// {"force": true}; nothing at all is false.
Result<TaskResumption> read_task_resumption(std::string_view body);
// {"events": 12}; nothing at all is 0.
Result<std::uint64_t> read_fork_request(std::string_view body);

}  // namespace hearth::api
