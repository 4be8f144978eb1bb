#include "engine/prefix/tree.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

namespace hearth::engine::prefix {
namespace {

using Tokens = std::vector<Token>;

// Makes these tokens known, as a prompt that was computed does.
void learn(Tree& tree, const std::string& scope, const Tokens& tokens) {
  const Path path = tree.find(scope, tokens);
  if (length(path) < tokens.size()) {
    tree.add(scope, path, std::span(tokens).subspan(length(path)));
  }
}

std::size_t common(const Tokens& a, const Tokens& b) {
  const auto apart = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(apart.first - a.begin());
}

TEST(PrefixTree, FindsTheLongestKnownBeginning) {
  Tree tree;
  learn(tree, "", {1, 2, 3, 4});
  learn(tree, "", {1, 2, 5, 6});
  EXPECT_EQ(tree.known("", Tokens{1, 2, 3, 9}), 3);
  EXPECT_EQ(tree.known("", Tokens{1, 2, 5, 6, 7}), 4);
  EXPECT_EQ(tree.known("", Tokens{2, 1}), 0);
  EXPECT_EQ(tree.known("", Tokens{}), 0);
}

TEST(PrefixTree, WherePromptsPartNothingIsSplit) {
  Tree tree;
  learn(tree, "", {1, 2, 3, 4});
  learn(tree, "", {1, 2, 5, 6});
  const Path path = tree.find("", Tokens{1, 2, 5, 6});
  ASSERT_EQ(path.size(), 2);
  EXPECT_EQ(path[0].node->tokens, (Tokens{1, 2, 3, 4}));
  EXPECT_EQ(path[0].tokens, 2);
  EXPECT_EQ(path[1].node->tokens, (Tokens{5, 6}));
  EXPECT_EQ(path[1].node->first, 2);
}

TEST(PrefixTree, ScopesShareNothing) {
  Tree tree;
  learn(tree, "alice", {1, 2, 3});
  EXPECT_EQ(tree.known("bob", Tokens{1, 2, 3}), 0);
  EXPECT_EQ(tree.known("alice", Tokens{1, 2, 3}), 3);
}

TEST(PrefixTree, TheOldestLeafComesBeforeItsParentAndWhatWasUsedLater) {
  Tree tree;
  learn(tree, "", {1, 2});
  learn(tree, "", {1, 2, 3});
  learn(tree, "", {1, 2, 4});
  tree.find("", Tokens{1, 2, 3});
  const auto leaf = [](const Node& node) { return node.children == 0; };
  EXPECT_EQ(tree.oldest(leaf)->tokens, Tokens{4});
  const auto any = [](const Node&) { return true; };
  EXPECT_EQ(tree.oldest(any)->children, 0);
}

TEST(PrefixTree, WhatIsBelowGoesWithItAndIsToldFirst) {
  Tree tree;
  learn(tree, "", {1, 2});
  learn(tree, "", {1, 2, 3});
  learn(tree, "", {1, 2, 3, 4});
  learn(tree, "", {1, 5});
  std::vector<Tokens> told;
  Node* const node = tree.find("", Tokens{1, 2, 3}).back().node;
  tree.remove_with_children(node, [&](Node& one) { told.push_back(one.tokens); });
  EXPECT_THAT(told, testing::ElementsAre(Tokens{4}, Tokens{3}));
  EXPECT_EQ(tree.known("", Tokens{1, 2, 3}), 2);
  EXPECT_EQ(tree.known("", Tokens{1, 5}), 2);
}

// Against the plain way: compare with every prompt that was ever learned.
RC_GTEST_PROP(PrefixTree, FindsWhatComparingWithEveryPromptFinds, ()) {
  const auto token = rc::gen::inRange<Token>(0, 3);
  const auto prompts = *rc::gen::container<std::vector<Tokens>>(
      rc::gen::nonEmpty(rc::gen::container<Tokens>(token)));
  const auto asked = *rc::gen::container<Tokens>(token);
  Tree tree;
  std::size_t longest = 0;
  for (const Tokens& prompt : prompts) {
    learn(tree, "", prompt);
    longest = std::max(longest, common(prompt, asked));
  }
  RC_ASSERT(tree.known("", asked) == longest);
  RC_ASSERT(length(tree.find("", asked)) == longest);
}

// Leaves can be removed in the order of their age until nothing is left.
RC_GTEST_PROP(PrefixTree, EmptiesLeafByLeaf, ()) {
  const auto token = rc::gen::inRange<Token>(0, 3);
  const auto prompts = *rc::gen::container<std::vector<Tokens>>(
      rc::gen::nonEmpty(rc::gen::container<Tokens>(token)));
  Tree tree;
  for (const Tokens& prompt : prompts)
    learn(tree, "", prompt);
  while (tree.size() > 0) {
    Node* const leaf = tree.oldest([](const Node& node) { return node.children == 0; });
    RC_ASSERT(leaf != nullptr);
    tree.remove(leaf);
  }
  RC_ASSERT(tree.known("", Tokens{0}) == 0U);
}

}  // namespace
}  // namespace hearth::engine::prefix
