#include "dialogue/text_frame.h"

#include <gtest/gtest.h>

namespace hearth::dialogue {
namespace {

TEST(TextFrame, MostFamiliesHaveNone) {
  const TextFrame frame = find_text_frame({.prompt = "<user>hi<assistant>\n",
                                           .told = "<user>hi<assistant>\nTEXT<user>more",
                                           .answer = "TEXT",
                                           .turn_begin = "<assistant>\n",
                                           .thinking_begin = "<think>",
                                           .thinking_end = "</think>"});
  EXPECT_EQ(frame.text_begin, "");
  EXPECT_EQ(frame.turn_begin, "");
}

TEST(TextFrame, StandsBetweenThePromptAndTheText) {
  const TextFrame frame = find_text_frame({.prompt = "hi<start>",
                                           .told = "hi<start><text>TEXT<end>more",
                                           .answer = "TEXT",
                                           .turn_begin = "<start>",
                                           .thinking_begin = "<think>",
                                           .thinking_end = "</think>"});
  EXPECT_EQ(frame.text_begin, "<text>");
  EXPECT_EQ(frame.turn_begin, "");
}

TEST(TextFrame, AThoughtBeforeItIsNoPartOfIt) {
  const TextFrame frame = find_text_frame({.prompt = "hi<start><think>\n",
                                           .told = "hi<start><think></think><text>\nTEXT<end>",
                                           .answer = "TEXT",
                                           .turn_begin = "<start><think>\n",
                                           .thinking_begin = "<think>",
                                           .thinking_end = "</think>"});
  EXPECT_EQ(frame.text_begin, "<text>\n");
}

TEST(TextFrame, WhereAThoughtIsATurnTheTextBeginsAnother) {
  const TextFrame frame = find_text_frame({.prompt = "hi<|start|>assistant",
                                           .told = "hi<|start|>assistant<|final|>TEXT<|end|>more",
                                           .answer = "TEXT",
                                           .turn_begin = "<|start|>assistant",
                                           .thinking_begin = "<|analysis|>",
                                           .thinking_end = "<|end|>"});
  EXPECT_EQ(frame.text_begin, "<|final|>");
  EXPECT_EQ(frame.turn_begin, "<|start|>assistant");
}

TEST(TextFrame, WhatDoesNotBeginAlikeTellsNothing) {
  EXPECT_EQ(
      find_text_frame({.prompt = "be brief: hi", .told = "hi<a>TEXT", .answer = "TEXT"}).text_begin,
      "");
  EXPECT_EQ(find_text_frame({.prompt = "hi", .told = "hi<a>", .answer = "TEXT"}).text_begin, "");
}

}  // namespace
}  // namespace hearth::dialogue
