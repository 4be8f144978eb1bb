#include "train/lesson/frames.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/fnv.h"

namespace hearth::train {

namespace {

constexpr std::string_view kMarks = "<[{";
constexpr std::size_t kFormsMax = 4096;  // known at a time
constexpr std::size_t kMetMax = 1 << 20;

bool is_space(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

// A text that stands for that of a message.
std::string stand_in(std::size_t message) {
  return fmt::format("Qx{}yZ", message);
}

std::string form_of(const chat::Request& request) {
  std::string form;
  for (const chat::Message& message : request.messages)
    form += static_cast<char>('0' + static_cast<int>(message.role));
  for (const chat::Tool& tool : request.tools) {
    for (const std::string* text : {&tool.name, &tool.description, &tool.parameters})
      form.append(1, '\0').append(*text);
  }
  return form;
}

}  // namespace

Frames::Frames(const dialogue::ChatTemplate& chat_template,
               const std::vector<std::string>& special_texts)
    : template_(chat_template), marks_(kMarks) {
  for (const std::string& special : special_texts)
    marks_ += special.substr(0, 1);
}

bool Frames::takes(const chat::Request& request) const {
  return std::all_of(request.messages.begin(), request.messages.end(),
                     [&](const chat::Message& message) {
                       const std::string& text = message.content;
                       return message.tool_calls.empty() && message.thinking.empty() &&
                              message.tool_call_id.empty() && message.tool_name.empty() &&
                              !text.empty() && !is_space(text.front()) && !is_space(text.back()) &&
                              text.find_first_of(marks_) == std::string::npos;
                     });
}

Result<std::optional<std::string>> Frames::write(const chat::Request& request) {
  if (failed_ || !takes(request)) return std::optional<std::string>();
  const auto parts = HEARTH_TRY(find(request));
  if (parts->empty()) return std::optional<std::string>();
  std::string text = parts->front();
  for (std::size_t i = 0; i < request.messages.size(); ++i)
    text.append(request.messages[i].content).append((*parts)[i + 1]);
  if (written_++ % kChecked == 0) {
    const auto rendered = HEARTH_TRY(template_.write(request));
    if (rendered.size() != 1 || rendered[0].text != text) failed_ = true;
  }
  return std::optional<std::string>(std::move(text));
}

Result<std::shared_ptr<const Frames::Parts>> Frames::find(const chat::Request& request) {
  const std::string form = form_of(request);
  {
    const base::Lock lock(mutex_);
    if (const auto known = known_.find(form); known != known_.end()) return known->second;
    // A form that comes once, with tools that no other conversation has, is not worth its parts.
    if (met_.size() >= kMetMax) met_.clear();
    if (met_.insert(base::fnv1a(form)).second) return std::make_shared<const Parts>();
  }
  auto made = HEARTH_TRY(make(request));
  const base::Lock lock(mutex_);
  if (known_.size() >= kFormsMax) known_.clear();
  known_.emplace(form, made);
  return made;
}

Result<std::shared_ptr<const Frames::Parts>> Frames::make(const chat::Request& request) const {
  chat::Request empty = request;
  for (std::size_t i = 0; i < empty.messages.size(); ++i)
    empty.messages[i].content = stand_in(i);
  const auto rendered = HEARTH_TRY(template_.write(empty));
  Parts parts;
  if (rendered.size() != 1) return std::make_shared<const Parts>();
  std::string_view rest = rendered[0].text;
  for (std::size_t i = 0; i < empty.messages.size(); ++i) {
    const std::size_t at = rest.find(empty.messages[i].content);
    if (at == std::string_view::npos) return std::make_shared<const Parts>();
    parts.emplace_back(rest.substr(0, at));
    rest.remove_prefix(at + empty.messages[i].content.size());
  }
  parts.emplace_back(rest);
  std::string whole = parts.front();
  for (std::size_t i = 0; i < request.messages.size(); ++i)
    whole += request.messages[i].content + parts[i + 1];
  const auto real = HEARTH_TRY(template_.write(request));
  if (real.size() != 1 || real[0].text != whole) return std::make_shared<const Parts>();
  return std::make_shared<const Parts>(std::move(parts));
}

}  // namespace hearth::train
