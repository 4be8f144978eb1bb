// From a conversation to what it teaches, through the model's own template and the code that the
// engine makes prompts with: a lesson begins with the very tokens that an answer will later be
// asked for with, goes on with those the model has to say, and what people wrote never becomes a
// control token.
//
// Where the template writes earlier answers as they were said, one conversation is one lesson;
// where it does not (thinking is left out), each answer is a lesson of its own.
//
// Ownership: borrows the model.
// Threads:   write() is thread-safe.
// Errors:    kInvalidArgument for a conversation without an answer, or that the template refuses.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "dialogue/chat_template.h"
#include "engine/model.h"
#include "train/lesson/frames.h"
#include "train/lesson/lesson.h"

namespace hearth::train {

class LessonWriter {
 public:
  // kTemplate asks the template for every conversation; kFrames knows most without it.
  enum class Way : bool { kTemplate, kFrames };
  static Result<std::unique_ptr<LessonWriter>> create(const engine::Model& model, Way way);

  Result<std::vector<Lesson>> write(const chat::Request& conversation) const;
  // The same, one answer after the other: what write() does where it cannot see all of them in the
  // text of the whole conversation. For tests.
  Result<std::vector<Lesson>> write_by_answers(const chat::Request& conversation) const;
  // The template is none for frames: all lessons have to be written again, without.
  bool failed() const { return frames_ && frames_->failed(); }

 private:
  using Pieces = std::vector<dialogue::PromptPiece>;

  explicit LessonWriter(const engine::Model& model) : model_(model) {}
  void find_opening();
  // Nothing when the answers cannot be told apart that way.
  Result<std::vector<Lesson>> write_at_once(const chat::Request& conversation) const;
  // The template's text; nothing when a part of it is not from the template.
  Result<std::optional<std::string>> text_of_whole(const chat::Request& whole) const;
  Result<std::vector<engine::Token>> answer_tokens(const chat::Request& conversation,
                                                   std::size_t answer, const Pieces& asked) const;

  const engine::Model& model_;
  std::unique_ptr<dialogue::ChatTemplate> template_;
  std::unique_ptr<Frames> frames_;
  // What stands before every answer, from its last control token on; empty when there is none.
  std::string opening_;
  std::vector<engine::Token> opening_tokens_;
};

}  // namespace hearth::train
