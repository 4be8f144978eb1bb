// POST /v1/embeddings of the real daemon with the real runner, as OpenAI's clients ask.
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.h"
#include "daemon.h"
#include "json/node.h"
#include "json/parse.h"
#include "places.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class DaemonEmbeddings : public ::testing::Test {
 protected:
  net::HttpReply embed(const std::string& fields, const std::string& model = "") {
    const std::string name = model.empty() ? model_path("tiny-nomic-bert-f16") : model;
    return daemon_.post("/v1/embeddings", R"({"model":")" + name + R"(",)" + fields + "}");
  }
  // None after a failure of the test.
  std::vector<std::vector<float>> vectors(const std::string& fields) {
    const net::HttpReply reply = embed(fields);
    EXPECT_EQ(reply.status, 200) << reply.body;
    const auto body = json::parse(reply.body);
    std::vector<std::vector<float>> vectors;
    if (!body || reply.status != 200) return vectors;
    const auto list = json::Node(*body).require("data");
    const auto data = list->elements();
    for (const json::Node& one : *data) {
      EXPECT_EQ(*one.require("index")->integer(0, 100), vectors.size());
      const auto embedding = one.require("embedding");
      const auto numbers = embedding->elements();
      std::vector<float>& vector = vectors.emplace_back();
      for (const json::Node& number : *numbers)
        vector.push_back(static_cast<float>(*number.number(-1, 1)));
    }
    return vectors;
  }
  static double product(const std::vector<float>& one, const std::vector<float>& other) {
    double sum = 0;
    for (std::size_t i = 0; i < one.size(); ++i)
      sum += static_cast<double>(one[i]) * other[i];
    return sum;
  }

  DaemonProcess daemon_;
};

TEST_F(DaemonEmbeddings, AreUnitVectorsInTheOrderOfTheInputs) {
  const auto several = vectors(R"("input":["a cat","a dog","a cat"])");
  ASSERT_EQ(several.size(), 3U);
  EXPECT_EQ(several[0].size(), 128U);
  for (const auto& vector : several)
    EXPECT_NEAR(product(vector, vector), 1.0, 1e-4);
  EXPECT_NEAR(product(several[0], several[2]), 1.0, 1e-4);
  EXPECT_LT(product(several[0], several[1]), 0.9999);
  const auto alone = vectors(R"("input":"a dog")");
  ASSERT_EQ(alone.size(), 1U);
  EXPECT_NEAR(product(alone[0], several[1]), 1.0, 1e-4);
  const auto cut = vectors(R"("input":"a dog","dimensions":16)");
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_EQ(cut[0].size(), 16U);
  EXPECT_NEAR(product(cut[0], cut[0]), 1.0, 1e-4);
}

TEST_F(DaemonEmbeddings, AreTheSameAsBase64) {
  const auto numbers = vectors(R"("input":"a cat")");
  ASSERT_EQ(numbers.size(), 1U);
  std::string bytes(numbers[0].size() * sizeof(float), 0);
  std::memcpy(bytes.data(), numbers[0].data(), bytes.size());
  std::string text;
  base::append_base64(text, bytes);
  const net::HttpReply reply = embed(R"("input":"a cat","encoding_format":"base64","user":"me")");
  EXPECT_THAT(reply.body, HasSubstr(R"("embedding":")" + text + '"'));
}

TEST_F(DaemonEmbeddings, TakeTokensAndCountThem) {
  const std::string model = model_path("tiny-nomic-bert-f16");
  const net::HttpReply tokenized = daemon_.post(
      "/hearth/v1/tokenize", R"({"model":")" + model + R"(","text":"a cat","add_special":true})");
  const std::int64_t count = DaemonProcess::number_in(tokenized.body, "count");
  ASSERT_GT(count, 0) << tokenized.body;
  const std::string list = tokenized.body.substr(
      tokenized.body.find('['), tokenized.body.find(']') + 1 - tokenized.body.find('['));
  const net::HttpReply of_text = embed(R"("input":["a cat"])");
  EXPECT_EQ(embed(R"("input":)" + list).body, of_text.body);
  EXPECT_EQ(DaemonProcess::number_in(of_text.body, "prompt_tokens"), count);
  const net::HttpReply twice = embed(R"("input":[)" + list + "," + list + "]");
  EXPECT_EQ(DaemonProcess::number_in(twice.body, "prompt_tokens"), 2 * count);
  EXPECT_EQ(DaemonProcess::number_in(twice.body, "total_tokens"), 2 * count);
  const net::HttpReply unknown = embed(R"("input":[2147483647])");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(unknown.body,
              AllOf(HasSubstr("has the token 2147483647"), HasSubstr(R"("param":"input")")));
}

TEST_F(DaemonEmbeddings, WhatCannotBeIsRefusedWithTheNumbers) {
  std::string words;
  for (int i = 0; i < 3000; ++i)
    words += "cat ";
  const net::HttpReply longer = embed(R"("input":["short",")" + words + R"("])");
  EXPECT_EQ(longer.status, 400);
  EXPECT_THAT(longer.body, AllOf(HasSubstr("input 1 has "), HasSubstr("at most 2048"),
                                 HasSubstr(R"("param":"input","code":"context_length_exceeded")")));
  const net::HttpReply wider = embed(R"("input":"a","dimensions":129)");
  EXPECT_EQ(wider.status, 400);
  EXPECT_THAT(wider.body, AllOf(HasSubstr("128 dimensions and cannot have 129"),
                                HasSubstr(R"("param":"dimensions")")));
  const net::HttpReply nobody = embed(R"("input":"a")", "no-such-model");
  EXPECT_EQ(nobody.status, 404);
  EXPECT_THAT(nobody.body, HasSubstr(R"("param":"model","code":"model_not_found")"));
}

// A model that writes text embeds too.
TEST_F(DaemonEmbeddings, ComeFromAnyModelThatHasThem) {
  const net::HttpReply reply = embed(R"("input":"hello")", model_path("tiny-llama-f16"));
  EXPECT_EQ(reply.status, 200) << reply.body.substr(0, 500);
  EXPECT_THAT(reply.body, HasSubstr(R"("object":"embedding","index":0,"embedding":[)"));
}

}  // namespace
}  // namespace hearth::testing
