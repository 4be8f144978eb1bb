#include "train/lesson/lesson_writer.h"

#include <algorithm>
#include <utility>

#include "engine/prompt.h"

namespace hearth::train {

namespace {

using engine::Token;

constexpr const char* kNextQuestion = ".";

bool is_answer(const chat::Message& message) {
  return message.role == chat::Role::kAssistant;
}

// What follows an answer, so that a template writes the answer as something that was said.
void close(chat::Request& request) {
  const std::vector<chat::ToolCall> calls = request.messages.back().tool_calls;
  for (const chat::ToolCall& call : calls) {
    request.messages.push_back({.role = chat::Role::kTool,
                                .content = kNextQuestion,
                                .tool_call_id = call.id,
                                .tool_name = call.name});
  }
  if (calls.empty())
    request.messages.push_back({.role = chat::Role::kUser, .content = kNextQuestion});
}

// The first messages of a conversation, and its tools.
chat::Request first_messages(const chat::Request& conversation, std::size_t count) {
  chat::Request request;
  const auto end = conversation.messages.begin() + static_cast<std::ptrdiff_t>(count);
  request.messages.assign(conversation.messages.begin(), end);
  request.tools = conversation.tools;
  return request;
}

std::string text_of(const std::vector<dialogue::PromptPiece>& pieces) {
  std::string text;
  for (const dialogue::PromptPiece& piece : pieces)
    text += piece.text;
  return text;
}

// What is left behind the first bytes.
std::vector<dialogue::PromptPiece> after(std::vector<dialogue::PromptPiece> pieces,
                                         std::size_t bytes) {
  std::vector<dialogue::PromptPiece> rest;
  for (dialogue::PromptPiece& piece : pieces) {
    const std::size_t skipped = std::min(bytes, piece.text.size());
    bytes -= skipped;
    piece.text.erase(0, skipped);
    if (!piece.text.empty()) rest.push_back(std::move(piece));
  }
  return rest;
}

std::size_t count_texts(const std::string& text, const std::string& wanted) {
  std::size_t count = 0;
  for (std::size_t at = text.find(wanted); at != std::string::npos;
       at = text.find(wanted, at + wanted.size())) {
    ++count;
  }
  return count;
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// An answer that begins with a space may be one token with what stands before it.
bool some_begin_with_space(const std::string& text, const std::string& opening) {
  for (std::size_t at = text.find(opening); at != std::string::npos;
       at = text.find(opening, at + opening.size())) {
    const std::size_t begin = at + opening.size();
    if (begin < text.size() && is_space(text[begin])) return true;
  }
  return false;
}

void append(Lesson& lesson, const std::vector<Token>& tokens, bool wanted) {
  lesson.tokens.insert(lesson.tokens.end(), tokens.begin(), tokens.end());
  lesson.wanted.resize(lesson.tokens.size(), wanted ? 1 : 0);
}

}  // namespace

Result<std::unique_ptr<LessonWriter>> LessonWriter::create(const engine::Model& model, Way way) {
  std::unique_ptr<LessonWriter> writer(new LessonWriter(model));
  writer->template_ = HEARTH_TRY(engine::make_chat_template(model, ""));
  if (way == Way::kFrames)
    writer->frames_ = std::make_unique<Frames>(*writer->template_, model.special_texts());
  writer->find_opening();
  return writer;
}

void LessonWriter::find_opening() {
  const chat::Request question{.messages = {{.role = chat::Role::kUser, .content = kNextQuestion}}};
  const auto rendered = template_->write(question);
  if (!rendered) return;
  const std::string text = text_of(*rendered);
  std::size_t last = std::string::npos;
  for (const std::string& special : model_.special_texts()) {
    const std::size_t at = text.rfind(special);
    if (at != std::string::npos && (last == std::string::npos || at > last)) last = at;
  }
  if (last == std::string::npos) return;
  std::string opening = text.substr(last);
  const auto tokens =
      model_.tokenize(opening, engine::SpecialText::kParsed, engine::SpecialEnds::kNone);
  if (!tokens || opening.find(kNextQuestion) != std::string::npos) return;
  opening_ = std::move(opening);
  opening_tokens_ = *tokens;
}

Result<std::vector<Lesson>> LessonWriter::write(const chat::Request& conversation) const {
  if (std::none_of(conversation.messages.begin(), conversation.messages.end(), is_answer))
    return fail(Code::kInvalidArgument, "the conversation has no answer to learn");
  auto lessons = HEARTH_TRY(write_at_once(conversation));
  if (!lessons.empty()) return lessons;
  return write_by_answers(conversation);
}

Result<std::vector<Lesson>> LessonWriter::write_at_once(const chat::Request& conversation) const {
  if (opening_.empty()) return std::vector<Lesson>();
  const auto last =
      std::find_if(conversation.messages.rbegin(), conversation.messages.rend(), is_answer);
  const auto kept = static_cast<std::size_t>(conversation.messages.rend() - last);
  chat::Request whole = first_messages(conversation, kept);
  const auto answers = static_cast<std::size_t>(
      std::count_if(whole.messages.begin(), whole.messages.end(), is_answer));
  close(whole);
  const auto written = HEARTH_TRY(text_of_whole(whole));
  if (!written) return std::vector<Lesson>();
  const std::string& text = *written;
  // Once before each answer, and once where the next one is asked for.
  if (count_texts(text, opening_) != answers + 1 || some_begin_with_space(text, opening_))
    return std::vector<Lesson>();

  Lesson lesson;
  lesson.tokens = HEARTH_TRY(engine::tokenize_prompt(model_, {{text, true}}));
  lesson.wanted.resize(lesson.tokens.size());
  auto at = lesson.tokens.begin();
  for (std::size_t i = 0; i < answers; ++i) {
    at = std::search(at, lesson.tokens.end(), opening_tokens_.begin(), opening_tokens_.end());
    if (at == lesson.tokens.end()) return std::vector<Lesson>();
    at += static_cast<std::ptrdiff_t>(opening_tokens_.size());
    const auto ends = [&](Token token) { return model_.ends_answer(token); };
    const auto end = std::find_if(at, lesson.tokens.end(), ends);
    if (end == lesson.tokens.end()) return std::vector<Lesson>();
    for (; at <= end; ++at)
      lesson.wanted[static_cast<std::size_t>(at - lesson.tokens.begin())] = 1;
  }
  lesson.tokens.erase(at, lesson.tokens.end());
  lesson.wanted.resize(lesson.tokens.size());
  return std::vector<Lesson>{std::move(lesson)};
}

Result<std::optional<std::string>> LessonWriter::text_of_whole(const chat::Request& whole) const {
  if (frames_) {
    auto text = HEARTH_TRY(frames_->write(whole));
    if (text) return text;
  }
  const auto rendered = HEARTH_TRY(template_->write(whole));
  if (rendered.size() != 1 || !rendered[0].from_template) return std::optional<std::string>();
  return std::optional<std::string>(rendered[0].text);
}

Result<std::vector<Token>> LessonWriter::answer_tokens(const chat::Request& conversation,
                                                       std::size_t answer,
                                                       const Pieces& asked) const {
  chat::Request said = first_messages(conversation, answer + 1);
  close(said);
  const auto rendered = HEARTH_TRY(template_->write(said));
  const std::string before = text_of(asked);
  if (!text_of(rendered).starts_with(before)) {
    return fail(Code::kUnimplemented,
                "the model's chat template does not write an answer where it asks for it");
  }
  auto rest = after(rendered, before.size());
  std::vector<Token> tokens;
  for (const dialogue::PromptPiece& piece : rest) {
    for (const Token token : HEARTH_TRY(engine::tokenize_piece(model_, piece))) {
      tokens.push_back(token);
      if (model_.ends_answer(token)) return tokens;
    }
  }
  return fail(Code::kUnimplemented, "the model's chat template writes no end of an answer");
}

Result<std::vector<Lesson>> LessonWriter::write_by_answers(
    const chat::Request& conversation) const {
  std::vector<Lesson> lessons;
  for (std::size_t i = 0; i < conversation.messages.size(); ++i) {
    if (!is_answer(conversation.messages[i])) continue;
    const auto asked = HEARTH_TRY(template_->write(first_messages(conversation, i)));
    const auto prompt = HEARTH_TRY(engine::tokenize_prompt(model_, asked));
    const auto answer = HEARTH_TRY(answer_tokens(conversation, i, asked));
    const bool goes_on =
        !lessons.empty() && prompt.size() >= lessons.back().tokens.size() &&
        std::equal(lessons.back().tokens.begin(), lessons.back().tokens.end(), prompt.begin());
    if (!goes_on) lessons.emplace_back();
    Lesson& lesson = lessons.back();
    const auto known = static_cast<std::ptrdiff_t>(lesson.tokens.size());
    append(lesson, std::vector<Token>(prompt.begin() + known, prompt.end()), false);
    append(lesson, answer, true);
  }
  return lessons;
}

}  // namespace hearth::train
