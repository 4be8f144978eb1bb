#include "flow/run/tool_inventory.h"

#include <gtest/gtest.h>

#include "flow/testing/scripted_tools.h"

namespace hearth::flow {
namespace {

TEST(ToolInventory, WhatHasChangedIsNamed) {
  testing::ScriptedTools tools;
  const std::string before = inventory_of(tools);
  tools.has_more_tools = false;
  const std::string after = inventory_of(tools);
  EXPECT_EQ(inventory_change(before, after), "append_file is gone");
  EXPECT_EQ(inventory_change(after, before), "append_file is new");
  tools.has_more_tools = true;
  tools.rule_text = "append_file=deny";
  EXPECT_EQ(inventory_change(before, inventory_of(tools)), "the rules are others");
  EXPECT_EQ(inventory_change(before, before), "");
}

}  // namespace
}  // namespace hearth::flow
