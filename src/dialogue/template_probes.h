// What a template turns out to take when conversations are tried on it: what it refuses, and what
// it leaves out without a word.
//
// Threads: as the writer's.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "chat/request.h"

namespace hearth::dialogue {

// The prompt of a conversation; nothing where the template refuses it.
using TrialWriter = std::function<std::optional<std::string>(const chat::Request&)>;

// "1", of a user.
chat::Request trial_question();

// Ids of calls have to be short.
bool refuses_long_ids(const TrialWriter& write);

// All calls of one message, and their results, can be told. True where not even one can: those are
// told in another way.
enum class CallIds : bool { kLong, kShort };
bool takes_several_calls(const TrialWriter& write, CallIds ids);

// One system message can be told, and not two.
bool takes_one_system_alone(const TrialWriter& write);

}  // namespace hearth::dialogue
