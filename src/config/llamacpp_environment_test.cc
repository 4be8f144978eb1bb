#include "config/llamacpp_environment.h"

#include <gtest/gtest.h>

namespace hearth::config {
namespace {

std::string said(const std::string& variable) {
  const auto assignments = llamacpp_settings({"PATH=/bin", variable});
  if (!assignments) return assignments.error().message;
  if (assignments->empty()) return "nothing";
  return assignments->front().key + "=" + assignments->front().text;
}

TEST(LlamacppEnvironment, GivesThePortsOfThisMachine) {
  EXPECT_EQ(said("LLAMACPP_EMBEDDINGS_URL=http://127.0.0.1:8001"), "server.embeddings_port=8001");
  EXPECT_EQ(said("LLAMACPP_EMBEDDINGS_URL=http://localhost:8001/v1?a=b:9"),
            "server.embeddings_port=8001");
  EXPECT_EQ(said("LLAMACPP_REASONING_URL=http://[::1]:8002/"), "server.reasoning_port=8002");
  EXPECT_EQ(said("LLAMACPP_REASONING_URL=http://gpu-box:8002"), "nothing");
  EXPECT_EQ(said("LLAMACPP_REASONING_URL=http://localhost.example:8002"), "nothing");
  EXPECT_EQ(said("LLAMACPP_REASONING_URL="), "nothing");
  EXPECT_EQ(said("LLAMACPP_REASONING_URL"), "nothing");
}

TEST(LlamacppEnvironment, GivesNumbers) {
  EXPECT_EQ(said("LLAMACPP_EMBEDDING_DIM=256"), "server.embeddings_dimensions=256");
  EXPECT_EQ(said("LLAMACPP_N_THREADS=6"), "model.threads=6");
  EXPECT_EQ(said("LLAMACPP_N_THREADS=-1"), "model.threads=0");
}

TEST(LlamacppEnvironment, ComesBeforeWhatIsSaidToHearth) {
  const auto settings = load_settings(
      "",
      {"HEARTH_SERVER_EMBEDDINGS_PORT=9001", "LLAMACPP_EMBEDDINGS_URL=http://localhost:8001",
       "LLAMACPP_REASONING_URL=http://localhost:8002"},
      {});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->integer(Key::kServerEmbeddingsPort), 9001);
  EXPECT_EQ(settings->integer(Key::kServerReasoningPort), 8002);
}

TEST(LlamacppEnvironment, WhatMakesNoSenseIsTold) {
  for (const char* url : {"8001x", "localhost:8001", "http://localhost", "http://localhost:http",
                          "http://[::1]/v1", "http://localhost:"}) {
    const auto settings = load_settings("", {"LLAMACPP_EMBEDDINGS_URL=" + std::string(url)}, {});
    ASSERT_FALSE(settings) << url;
    EXPECT_EQ(settings.error().message, "environment LLAMACPP_EMBEDDINGS_URL: '" +
                                            std::string(url) +
                                            "' names no port; write it as http://127.0.0.1:8001");
  }
  const auto settings = load_settings("", {"LLAMACPP_EMBEDDINGS_URL=http://localhost:99999"}, {});
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find("environment LLAMACPP_EMBEDDINGS_URL"), std::string::npos)
      << settings.error().message;
}

}  // namespace
}  // namespace hearth::config
