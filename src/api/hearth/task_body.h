// A task as JSON.
//
// Threads: pure.
#pragma once

#include <string>

#include "api/hearth/tasks.h"
#include "json/writer.h"

namespace hearth::api {

void write_head(json::Writer& json, const flow::RunHead& head);
std::string sheet_json(const TaskSheet& sheet);
// An event with the run, its number and its time in front of its own fields.
std::string item_json(const flow::FeedItem& item, const std::string& run);

}  // namespace hearth::api
