#include "dialogue/calls_grammar.h"

#include <gtest/gtest.h>

namespace hearth::dialogue {
namespace {

TEST(CallsGrammar, IsTheRuleThatATriggerBegins) {
  EXPECT_EQ(
      calls_alone("call ::= \"[\" name\nname ::= \"x\"\nroot ::= text? call\ntext ::= [^[]+\n",
                  "call ::= \"[\"\nroot ::= call\n"),
      "call ::= \"[\" name\nname ::= \"x\"\nroot ::= call\ntext ::= [^[]+\n");
}

TEST(CallsGrammar, OfSeveralTheLastIsTheWhole) {
  EXPECT_EQ(
      calls_alone("root ::= text calls\ncall ::= \"a\"\ncalls ::= call+", "root ::= call | calls"),
      "root ::= calls\ncall ::= \"a\"\ncalls ::= call+");
  EXPECT_EQ(calls_alone("root ::= text call\ncall ::= \"a\"", "root ::= call | calls"),
            "root ::= call\ncall ::= \"a\"");
}

TEST(CallsGrammar, WithoutATriggerCallsHaveTheirUsualName) {
  EXPECT_EQ(calls_alone("root ::= text tool-call\ntool-call ::= \"{\"", ""),
            "root ::= tool-call\ntool-call ::= \"{\"");
}

TEST(CallsGrammar, WhatNamesNoCallsHasNone) {
  EXPECT_EQ(calls_alone("", "root ::= call"), "");
  EXPECT_EQ(calls_alone("root ::= [a-z]+", "root ::= call"), "");
  EXPECT_EQ(calls_alone("root ::= subtool-call\nsubtool-call ::= \"a\"", ""), "");
}

}  // namespace
}  // namespace hearth::dialogue
