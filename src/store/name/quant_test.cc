#include "store/name/quant.h"

#include <initializer_list>
#include <utility>

#include <gtest/gtest.h>

#include "store/name/split_file.h"

namespace hearth::store {
namespace {

TEST(Quant, HasOneSpelling) {
  for (const auto& [typed, quant] :
       std::initializer_list<std::pair<const char*, const char*>>{{"Q4_K_M", "Q4_K_M"},
                                                                  {"q4_k_m", "Q4_K_M"},
                                                                  {"IQ4_XS", "IQ4_XS"},
                                                                  {"iq3_xxs", "IQ3_XXS"},
                                                                  {"F16", "F16"},
                                                                  {"fp16", "F16"},
                                                                  {"BF16", "BF16"},
                                                                  {"f32", "F32"},
                                                                  {"UD-Q4_K_XL", "UD-Q4_K_XL"},
                                                                  {"ud-iq2_xxs", "UD-IQ2_XXS"},
                                                                  {"MXFP4", "MXFP4"},
                                                                  {"mxfp4_moe", "MXFP4_MOE"},
                                                                  {"Q8_0", "Q8_0"},
                                                                  {"Q4_0_4_8", "Q4_0_4_8"},
                                                                  {"TQ1_0", "TQ1_0"},
                                                                  {"Q6_K_L", "Q6_K_L"},
                                                                  {"q4", "Q4"},
                                                                  {"NVFP4", "NVFP4"}}) {
    EXPECT_EQ(parse_quant(typed), quant) << typed;
  }
}

TEST(Quant, OtherWordsAreNone) {
  for (const char* word :
       {"",     "Q",      "Q9_0",   "Q0_K",           "4",   "7b",         "latest", "Q4_K_M_",
        "Q4_",  "Q4_KM",  "Q4-K-M", "Q4_K_M ",        "UD-", "UD-UD-Q4_K", "XQ4_K",  "F1",
        "F160", "BF16_X", "MXFP40", "Q4_K_M_S_L_XL_K"}) {
    EXPECT_EQ(parse_quant(word), std::nullopt) << word;
  }
  EXPECT_EQ(parse_quant("Q4" + std::string(10'000, '_')), std::nullopt);
}

TEST(Quant, IsFoundInTheNamesOfFiles) {
  for (const auto& [file, quant] : std::initializer_list<std::pair<const char*, const char*>>{
           {"qwen2.5-7b-instruct-q4_k_m.gguf", "Q4_K_M"},
           {"qwen2.5-7b-instruct-q4_k_m-00001-of-00002.gguf", "Q4_K_M"},
           {"tinyllama-1.1b-chat-v1.0.Q4_K_M.gguf", "Q4_K_M"},
           {"Phi-3-mini-4k-instruct-fp16.gguf", "F16"},
           {"Phi-3-mini-4k-instruct-q4.gguf", "Q4"},
           {"all-MiniLM-L6-v2-ggml-model-f16.gguf", "F16"},
           {"mistral_7b_Q5_K_S.gguf", "Q5_K_S"},
           {"Q4_K_M_imat.gguf", "Q4_K_M"},
           {"UD-Q4_K_XL/M-UD-Q4_K_XL-00001-of-00003.gguf", "UD-Q4_K_XL"},
           {"Q8_0/model-00001-of-00002.gguf", "Q8_0"},
           {"gpt-oss-20b-mxfp4.gguf", "MXFP4"},
           {"q8-trained/x-IQ4_XS.GGUF", "IQ4_XS"},
           {"model.gguf", ""},
           {"IQ.gguf", ""},
           {"stories260K.gguf", ""}}) {
    EXPECT_EQ(quant_of_file(file), quant) << file;
  }
}

TEST(Quant, HasAnOrderThatBeginsWithTheUsualOne) {
  EXPECT_EQ(quant_rank("Q4_K_M"), 0U);
  EXPECT_LT(quant_rank("Q4_K_S"), quant_rank("Q8_0"));
  EXPECT_LT(quant_rank("Q8_0"), quant_rank("F16"));
  EXPECT_LT(quant_rank("F16"), quant_rank("Q2_K"));
  EXPECT_EQ(quant_rank(""), std::nullopt);
  EXPECT_EQ(quant_rank("TQ1_0"), std::nullopt);
}

TEST(SplitFile, SaysWhichPartItIs) {
  const auto file = split_file("a/x-q8_0-00002-of-00003.gguf");
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(file->stem, "a/x-q8_0");
  EXPECT_EQ(file->part, (SplitPart{2, 3}));
}

TEST(SplitFile, NumbersThatMakeNoSenseDivideNothing) {
  for (const char* path :
       {"x.gguf", "x-00004-of-00003.gguf", "x-00000-of-00003.gguf", "x-00001-of-00000.gguf",
        "x-1-of-3.gguf", "x-00001-of-99999.gguf", "x-0000a-of-00003.gguf", "x-00001-of-00003.bin",
        "-00001-of-00003.gguf", "x-+0001-of-00003.gguf", "x00001-of-00003.gguf"}) {
    EXPECT_FALSE(split_file(path).has_value()) << path;
  }
}

}  // namespace
}  // namespace hearth::store
