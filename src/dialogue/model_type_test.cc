#include "dialogue/model_type.h"

#include <string>

#include <gtest/gtest.h>

namespace hearth::dialogue {
namespace {

std::string guessed(std::string_view model) {
  const auto* type = guess_model_type(model);
  return type == nullptr ? "" : std::string(type->name);
}

TEST(ModelType, EveryTypeIsFoundByItsName) {
  for (const auto& type : model_types())
    EXPECT_EQ(find_model_type(type.name), &type);
  EXPECT_EQ(find_model_type("chat"), nullptr);
  EXPECT_EQ(find_model_type(""), nullptr);
}

TEST(ModelType, ModelIsOfTheTypeThatItWasTrainedOn) {
  EXPECT_EQ(guessed("qwen2.5-7b-instruct"), "chatml");
  EXPECT_EQ(guessed("Qwen/Qwen3-0.6B-GGUF"), "chatml");
  EXPECT_EQ(guessed("qwen3moe"), "chatml");
  EXPECT_EQ(guessed("SmolLM2-135M-Instruct"), "chatml");
  EXPECT_EQ(guessed("Yi-34B-Chat"), "chatml");
  EXPECT_EQ(guessed("Meta-Llama-3.1-8B-Instruct.Q4_K_M.gguf"), "llama3");
  EXPECT_EQ(guessed("llama3:8b"), "llama3");
  EXPECT_EQ(guessed("Llama_2 7B chat"), "llama2");
  EXPECT_EQ(guessed("codellama-34b-instruct"), "llama2");
  EXPECT_EQ(guessed("Mistral-7B-Instruct-v0.3"), "mistral");
  EXPECT_EQ(guessed("mixtral-8x7b"), "mistral");
  EXPECT_EQ(guessed("gemma-2-9b-it"), "gemma");
  EXPECT_EQ(guessed("gemma3"), "gemma");
  EXPECT_EQ(guessed("Phi-3.5-mini-instruct"), "phi3");
  EXPECT_EQ(guessed("zephyr-7b-beta"), "zephyr");
  EXPECT_EQ(guessed("vicuna-13b-v1.5"), "vicuna");
  EXPECT_EQ(guessed("alpaca-7b"), "alpaca");
  EXPECT_EQ(guessed("deepseek2"), "deepseek");
}

TEST(ModelType, WhatAModelWasTrainedOnComesBeforeWhatItWasMadeOf) {
  EXPECT_EQ(guessed("OpenHermes-2.5-Mistral-7B"), "chatml");
  EXPECT_EQ(guessed("Hermes-3-Llama-3.1-8B"), "chatml");
  EXPECT_EQ(guessed("DeepSeek-R1-Distill-Qwen-7B"), "deepseek");
  EXPECT_EQ(guessed("TinyLlama-1.1B-Chat"), "zephyr");
}

TEST(ModelType, NothingIsGuessedWhereModelsDiffer) {
  for (const std::string model : {"llama", "llama-30b", "llama4", "phi-4", "gemma-4-e2b", "gemma4",
                                  "gpt-oss-20b", "yin", "unqwenched", ""}) {
    EXPECT_EQ(guessed(model), "") << model;
  }
}

}  // namespace
}  // namespace hearth::dialogue
