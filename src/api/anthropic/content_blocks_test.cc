#include "api/anthropic/content_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/message_bodies.h"

namespace hearth::api::anthropic {
namespace {

using chat::Message;
using chat::Role;
using chat::ToolCall;
using testing::call_of;
using ::testing::ElementsAre;
using testing::expect_refused_by_name;
using ::testing::HasSubstr;
using testing::request_of;
using ::testing::SizeIs;
using testing::with;
using testing::with_blocks;
using testing::with_messages;

std::string refusal_of(const std::string& body) {
  const auto call = parse_message_call(body);
  if (call) ADD_FAILURE() << "accepted: " << body;
  return call ? std::string() : call.error().message;
}

TEST(ContentBlocks, OfTheSystemStandBeforeTheMessagesWhereverTheyWereSent) {
  EXPECT_THAT(request_of(with(R"("system":"be brief")")).messages,
              ElementsAre(Message{Role::kSystem, "be brief"}, Message{Role::kUser, "hi"}));
  EXPECT_THAT(request_of(with(R"("system":[{"type":"text","text":"one"},)"
                              R"({"type":"text","text":"two"}])"))
                  .messages,
              ElementsAre(Message{Role::kSystem, "one\ntwo"}, Message{Role::kUser, "hi"}));
  EXPECT_THAT(request_of(with(R"("system":"")")).messages, SizeIs(1));
}

TEST(ContentBlocks, OfTheSystemLoseTheLineThatChangesWithEveryRequest) {
  const MessageCall call = call_of(
      with(R"("system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2; cch=00"},)"
           R"({"type":"text","text":"You write code."}])"));
  EXPECT_EQ(call.request.messages.front(), (Message{Role::kSystem, "You write code."}));
  EXPECT_THAT(call.ignored, ElementsAre("system.x-anthropic-billing-header"));
  const std::string line = "x-anthropic-billing-header: cch=01";
  for (const std::string& system :
       {R"([{"type":"text","text":")" + line + R"(\nYou write code."}])",
        "\"" + line + R"(\nYou write code.")"}) {
    const MessageCall same = call_of(with("\"system\":" + system));
    EXPECT_EQ(same.request.messages.front(), (Message{Role::kSystem, "You write code."}));
    EXPECT_THAT(same.ignored, ElementsAre("system.x-anthropic-billing-header"));
  }
  EXPECT_THAT(call_of(with("\"system\":\"" + line + "\"")).request.messages, SizeIs(1));
}

TEST(ContentBlocks, OfAUserAreLinesOfOneMessage) {
  EXPECT_THAT(
      request_of(with_blocks(R"({"type":"text","text":"one\n"},{"type":"text","text":"two"})"))
          .messages,
      ElementsAre(Message{Role::kUser, "one\ntwo"}));
}

TEST(ContentBlocks, OfAnAssistantAreOneTextAsItWroteThem) {
  const auto messages =
      request_of(with_messages(R"([{"role":"user","content":"q"},{"role":"assistant","content":[)"
                               R"({"type":"text","text":"a"},{"type":"text","text":"b"}]}])"))
          .messages;
  EXPECT_EQ(messages.back(), (Message{Role::kAssistant, "ab"}));
}

TEST(ContentBlocks, TurnsOfOneRoleAreOne) {
  EXPECT_THAT(request_of(with_messages(R"([{"role":"user","content":"a"},)"
                                       R"({"role":"user","content":"b"},)"
                                       R"({"role":"assistant","content":"c"},)"
                                       R"({"role":"user","content":"d"}])"))
                  .messages,
              ElementsAre(Message{Role::kUser, "a\nb"}, Message{Role::kAssistant, "c"},
                          Message{Role::kUser, "d"}));
}

TEST(ContentBlocks, ASystemMessageMayStandAmongTheOthers) {
  EXPECT_THAT(request_of(with_messages(R"([{"role":"user","content":"a"},)"
                                       R"({"role":"system","content":"now in French"}])"))
                  .messages,
              ElementsAre(Message{Role::kUser, "a"}, Message{Role::kSystem, "now in French"}));
}

TEST(ContentBlocks, CallsAndResultsBecomeMessagesInTheirOrder) {
  const auto messages = request_of(with_messages(R"([
      {"role":"user","content":"weather?"},
      {"role":"assistant","content":[{"type":"thinking","thinking":"two cities","signature":"s"},
        {"type":"text","text":"I look."},
        {"type":"tool_use","id":"t1","name":"look","input":{"city":"Oslo"}},
        {"type":"tool_use","id":"t2","name":"read","input":{}}]},
      {"role":"user","content":[
        {"type":"tool_result","tool_use_id":"t1","content":"rain"},
        {"type":"tool_result","tool_use_id":"t2","is_error":true,
         "content":[{"type":"text","text":"no file"}]},
        {"type":"text","text":"and now?"}]}])"))
                            .messages;
  ASSERT_THAT(messages, SizeIs(5));
  EXPECT_EQ(messages[1].thinking, "two cities");
  EXPECT_EQ(messages[1].content, "I look.");
  EXPECT_THAT(messages[1].tool_calls, ElementsAre(ToolCall{"t1", "look", R"({"city":"Oslo"})"},
                                                  ToolCall{"t2", "read", "{}"}));
  EXPECT_EQ(messages[2], (Message{Role::kTool, "rain", {}, {}, "t1", "look"}));
  EXPECT_EQ(messages[3], (Message{Role::kTool, "Error: no file", {}, {}, "t2", "read"}));
  EXPECT_EQ(messages[4], (Message{Role::kUser, "and now?"}));
}

TEST(ContentBlocks, AResultMayBeEmptyAndOfACallThatIsNotThere) {
  const auto messages =
      request_of(with_blocks(R"({"type":"tool_result","tool_use_id":"gone"})")).messages;
  EXPECT_THAT(messages, ElementsAre(Message{Role::kTool, "", {}, {}, "gone", ""}));
}

TEST(ContentBlocks, DocumentsAndSearchResultsAreRead) {
  EXPECT_EQ(request_of(with_blocks(R"({"type":"document","title":"T","context":"C",)"
                                   R"("source":{"type":"text","media_type":"text/plain",)"
                                   R"("data":"D"}},{"type":"text","text":"sum it up"})"))
                .messages.front()
                .content,
            "<document>\nT\nC\nD\n</document>\nsum it up");
  EXPECT_EQ(request_of(with_blocks(R"({"type":"document","source":{"type":"content",)"
                                   R"("content":[{"type":"text","text":"D"}]}})"))
                .messages.front()
                .content,
            "<document>\nD\n</document>");
  EXPECT_EQ(request_of(with_blocks(R"({"type":"search_result","source":"http://x","title":"T",)"
                                   R"("content":[{"type":"text","text":"found"}]})"))
                .messages.front()
                .content,
            "<search_result>\nT\nhttp://x\nfound\n</search_result>");
}

TEST(ContentBlocks, OfImagesAreRefusedInWordsThatSayWhy) {
  const std::string image =
      R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}})";
  EXPECT_THAT(refusal_of(with_blocks(image)),
              HasSubstr("messages[0].content[0] is an image, and no model here sees images yet"));
  EXPECT_THAT(refusal_of(with_blocks(R"({"type":"tool_result","tool_use_id":"t","content":[)" +
                                     image + "]}")),
              HasSubstr("messages[0].content[0].content[0] is an image"));
}

TEST(ContentBlocks, OfWhatOnlyAnthropicHostsAreLeftOutAndNamed) {
  const MessageCall call = call_of(with_messages(R"([
      {"role":"user","content":"q"},
      {"role":"assistant","content":[{"type":"redacted_thinking","data":"xx"},
        {"type":"server_tool_use","id":"s","name":"web_search","input":{}},
        {"type":"web_search_tool_result","tool_use_id":"s","content":[]},
        {"type":"text","text":"found","citations":[{"type":"x"}]}]},
      {"role":"user","content":"more"}])"));
  EXPECT_EQ(call.request.messages[1], (Message{Role::kAssistant, "found"}));
  EXPECT_THAT(call.ignored,
              ElementsAre("messages.content.redacted_thinking", "messages.content.server_tool_use",
                          "messages.content.web_search_tool_result", "messages.content.citations"));
}

TEST(ContentBlocks, OfATypeThatNobodyKnowsAreRefusedWithoutBetasAndNamedWithThem) {
  const MessageReading with_betas{.unknown = MessageCall::Unknown::kNamed};
  const std::string brand_new = R"({"type":"hologram","data":"x"})";
  const std::string text = R"(,{"type":"text","text":"hi"})";
  EXPECT_THAT(refusal_of(with_blocks(brand_new + text)),
              HasSubstr(R"(messages[0].content[0] is of the type "hologram")"));
  expect_refused_by_name(with_blocks(brand_new + text), "messages[0].content[0]");
  EXPECT_THAT(call_of(with_blocks(brand_new + text), with_betas).ignored,
              ElementsAre("messages.content.hologram"));
  const std::string result = R"({"type":"tool_result","tool_use_id":"t","content":[)";
  expect_refused_by_name(with_blocks(result + brand_new + "]}"),
                         "messages[0].content[0].content[0]");
  EXPECT_THAT(
      call_of(with_blocks(result + R"({"type":"tool_reference","tool_name":"f"}]})")).ignored,
      ElementsAre("messages.content.content.tool_reference"));
  expect_refused_by_name(with("\"system\":[" + brand_new + "]"), "system[0]");
}

TEST(ContentBlocks, ALastTurnOfTheAssistantIsGoneOnWith) {
  const std::string question = R"({"role":"user","content":"q"},)";
  EXPECT_TRUE(request_of(with_messages("[" + question +
                                       R"({"role":"assistant","content":"The answer is"}])"))
                  .continue_last);
  const chat::Request empty =
      request_of(with_messages("[" + question + R"({"role":"assistant","content":""}])"));
  EXPECT_FALSE(empty.continue_last);
  EXPECT_THAT(empty.messages, SizeIs(1));
  EXPECT_FALSE(request_of(with_messages("[" + question +
                                        R"({"role":"assistant","content":[{"type":"tool_use",)"
                                        R"("id":"t","name":"f","input":{}}]}])"))
                   .continue_last);
}

TEST(ContentBlocks, AreRefusedWhereTheyAreWrong) {
  const std::string source = R"({"type":"document","source":{"type":"base64","data":"JVBERi0="}})";
  for (const auto& [blocks, name] : std::vector<std::pair<std::string, const char*>>{
           {R"({"text":"x"})", "messages[0].content[0].type"},
           {R"({"type":"text"})", "messages[0].content[0].text"},
           {R"({"type":"text","text":7})", "messages[0].content[0].text"},
           {R"({"type":"tool_use","id":"t","name":"f","input":{}})", "messages[0].content[0]"},
           {R"({"type":"thinking","thinking":"x","signature":""})", "messages[0].content[0]"},
           {R"({"type":"tool_result"})", "messages[0].content[0].tool_use_id"},
           {source, "messages[0].content[0].source.type"}}) {
    expect_refused_by_name(with_blocks(blocks), name);
  }
  expect_refused_by_name(with_messages(R"([{"role":"robot","content":"x"}])"), "messages[0].role");
  expect_refused_by_name(with_messages(R"([{"role":"user"}])"), "messages[0].content");
  expect_refused_by_name(with_messages(R"([{"role":"user","content":7}])"), "messages[0].content");
  expect_refused_by_name(with_messages(R"([{"role":"user","content":[]}])"), "messages");
  expect_refused_by_name(
      with_messages(R"([{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f",)"
                    R"("input":"x"}]}])"),
      "messages[0].content[0].input");
}

}  // namespace
}  // namespace hearth::api::anthropic
