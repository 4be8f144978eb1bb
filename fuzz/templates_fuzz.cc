// Any text as the chat template of a model's file, and as a template of a folder: it is refused in
// words, or it writes a conversation or says why not; and it ends within its limits.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/utf8.h"
#include "dialogue/answer_reader.h"
#include "dialogue/chat_template.h"
#include "dialogue/jinja.h"

namespace {

using namespace hearth;

// A step takes ten times as long under the sanitizers.
constexpr dialogue::Allowance kAllowance = {.steps = 10'000, .bytes = 16 * base::kMiB};
constexpr const char* kVariables = R"({"messages":[{"role":"user","content":"Hi"}],"tools":[],
  "add_generation_prompt":true,"n":3,"f":1.5,"list":["b","a"],"none":null})";

chat::Request conversation(const chat::Capabilities& known) {
  chat::Request request;
  request.messages = {{.role = chat::Role::kSystem, .content = "Be brief."},
                      {.role = chat::Role::kUser, .content = "Add 1 and 2, <think> & all."},
                      {.role = chat::Role::kAssistant,
                       .thinking = "I add.",
                       .tool_calls = {{"call00001", "add", R"({"a":1,"b":[2,"x"]})"}}},
                      {.role = chat::Role::kTool, .content = "3", .tool_call_id = "call00001"},
                      {.role = chat::Role::kUser, .content = "And now?"}};
  if (known.tools) {
    request.tools = {{"add", "Adds.", R"({"type":"object","properties":{"a":{"type":"number"},
      "b":{"type":"array","items":{"type":"string"}}},"required":["a"]})"}};
  }
  return request;
}

void check(const Error& error) {
  HEARTH_ASSERT(!error.message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto written = dialogue::render({text, "a.jinja", kAllowance}, kVariables);
  if (!written) check(written.error());
  const auto made =
      dialogue::ChatTemplate::create({.text = text, .begin_text = "<s>", .allowance = kAllowance});
  if (!made) {
    check(made.error());
    return 0;
  }
  const auto rendered = (*made)->render(conversation((*made)->capabilities()));
  if (!rendered) {
    check(rendered.error());
    return 0;
  }
  const auto reader = dialogue::AnswerReader::create(rendered->format);
  reader->add("Well, <tool_call>{\"name\": \"add\"}");
  reader->finish(dialogue::Rest::kText);
  return 0;
}
