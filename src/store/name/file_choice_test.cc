#include "store/name/file_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace hearth::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<RemoteFile> files(std::initializer_list<const char*> paths) {
  std::vector<RemoteFile> there;
  for (const char* path : paths)
    there.push_back({path, 1'000'000 * (there.size() + 1)});
  return there;
}

HuggingFaceName wanting(std::string quant, std::string file = {}) {
  return {"owner", "repository", "", std::move(quant), std::move(file)};
}

std::vector<std::string> paths_of(const Result<FileChoice>& choice) {
  std::vector<std::string> paths;
  if (!choice) return {choice.error().message};
  for (const RemoteFile& part : choice->parts)
    paths.push_back(part.path);
  return paths;
}

const auto kUsual =
    files({"README.md", "m-Q2_K.gguf", "m-Q4_K_M.gguf", "m-Q8_0.gguf", "m-f16-00002-of-00002.gguf",
           "m-f16-00001-of-00002.gguf", "imatrix.gguf", "config.json"});

TEST(FileChoice, TakesTheWantedQuantisationInAnyCaseOfTheFilesName) {
  EXPECT_THAT(paths_of(choose_files(kUsual, wanting("Q8_0"))), ElementsAre("m-Q8_0.gguf"));
  EXPECT_EQ(choose_files(kUsual, wanting("Q8_0"))->parts[0].size_bytes, 4'000'000U);
}

TEST(FileChoice, TakesAllPartsOfADividedModelInTheirOrder) {
  const auto choice = choose_files(kUsual, wanting("F16"));
  EXPECT_THAT(paths_of(choice),
              ElementsAre("m-f16-00001-of-00002.gguf", "m-f16-00002-of-00002.gguf"));
  EXPECT_EQ(choice->quant, "F16");
  EXPECT_THAT(paths_of(choose_files(kUsual, wanting("", "m-f16-00002-of-00002.gguf"))),
              ElementsAre("m-f16-00001-of-00002.gguf", "m-f16-00002-of-00002.gguf"));
}

TEST(FileChoice, WithoutAWishTheUsualQuantisationIsTaken) {
  EXPECT_EQ(choose_files(kUsual, wanting(""))->quant, "Q4_K_M");
  EXPECT_EQ(choose_files(files({"m-Q8_0.gguf", "m-Q2_K.gguf"}), wanting(""))->quant, "Q8_0");
  EXPECT_EQ(choose_files(files({"m-F16.gguf", "m-Q6_K.gguf"}), wanting(""))->quant, "Q6_K");
  EXPECT_THAT(paths_of(choose_files(files({"model.gguf"}), wanting(""))),
              ElementsAre("model.gguf"));
}

TEST(FileChoice, AnIncompleteModelIsTakenOnlyIfNothingElseIs) {
  const auto there =
      files({"m-Q4_K_M-00001-of-00003.gguf", "m-Q4_K_M-00003-of-00003.gguf", "m-Q8_0.gguf"});
  EXPECT_EQ(choose_files(there, wanting(""))->quant, "Q8_0");
  const auto wanted = choose_files(there, wanting("Q4_K_M"));
  EXPECT_EQ(wanted.error().code, Code::kCorrupt);
  EXPECT_THAT(wanted.error().message, HasSubstr("part 2 of 3"));
}

TEST(FileChoice, OneFileIsBetterThanSeveralOfTheSame) {
  EXPECT_THAT(
      paths_of(choose_files(files({"m-q8_0-00001-of-00001.gguf", "x/m-q8_0-00001-of-00002.gguf",
                                   "x/m-q8_0-00002-of-00002.gguf"}),
                            wanting("Q8_0"))),
      ElementsAre("m-q8_0-00001-of-00001.gguf"));
}

TEST(FileChoice, SeveralThatFitAreNamed) {
  const auto choice = choose_files(files({"a-Q8_0.gguf", "b-Q8_0.gguf"}), wanting("Q8_0"));
  EXPECT_EQ(choice.error().code, Code::kInvalidArgument);
  EXPECT_THAT(choice.error().message, HasSubstr("OWNER/REPOSITORY:FILE: a-Q8_0.gguf, b-Q8_0.gguf"));
  EXPECT_EQ(choose_files(files({"a.gguf", "b.gguf"}), wanting("")).error().code,
            Code::kInvalidArgument);
}

TEST(FileChoice, WhatIsNotThereIsAnsweredWithWhatIs) {
  const auto choice = choose_files(kUsual, wanting("Q5_K_M"));
  EXPECT_EQ(choice.error().code, Code::kNotFound);
  EXPECT_THAT(choice.error().message,
              HasSubstr("hf.co/owner/repository has no Q5_K_M; it has Q2_K (1.9 MiB), Q4_K_M"));
  EXPECT_THAT(choice.error().message, Not(HasSubstr("imatrix")));
  EXPECT_THAT(choose_files(kUsual, wanting("", "x.gguf")).error().message,
              HasSubstr("no file 'x.gguf'"));
  EXPECT_THAT(choose_files(files({"model.safetensors"}), wanting("")).error().message,
              HasSubstr("-GGUF"));
}

TEST(FileChoice, AFileIsFoundWithoutItsFolderIfItIsTheOnlyOne) {
  const auto there = files({"a/x.gguf", "b/y.gguf", "c/y.gguf"});
  EXPECT_THAT(paths_of(choose_files(there, wanting("", "x.gguf"))), ElementsAre("a/x.gguf"));
  EXPECT_THAT(paths_of(choose_files(there, wanting("", "c/y.gguf"))), ElementsAre("c/y.gguf"));
  EXPECT_EQ(choose_files(there, wanting("", "y.gguf")).error().code, Code::kInvalidArgument);
}

TEST(FileChoice, TheProjectorComesAlong) {
  const auto projector = [](const std::vector<RemoteFile>& there) {
    const auto choice = choose_files(there, wanting("Q4_K_M"));
    return choice->projector ? choice->projector->path : "none";
  };
  EXPECT_EQ(projector(files(
                {"m-Q4_K_M.gguf", "mmproj-F32.gguf", "mmproj-BF16.gguf", "mmproj-model-f16.gguf"})),
            "mmproj-model-f16.gguf");
  EXPECT_EQ(projector(files({"a/m-Q4_K_M.gguf", "mmproj-F16.gguf", "a/mmproj-F32.gguf"})),
            "a/mmproj-F32.gguf");
  EXPECT_EQ(projector(files({"m-Q4_K_M.gguf", "other/mmproj-F16.gguf"})), "none");
  EXPECT_EQ(projector(files({"m-Q4_K_M.gguf", "m-mmproj-Q8_0.gguf"})), "m-mmproj-Q8_0.gguf");
  EXPECT_EQ(projector(files({"m-Q4_K_M.gguf"})), "none");
}

TEST(FileChoice, HostilePathsAreNotThere) {
  const auto there = files({"../m-Q4_K_M.gguf", "/m-Q4_K_M.gguf", "a\nm-Q4_K_M.gguf",
                            "a/../../mmproj-F16.gguf", "m-Q8_0.gguf"});
  const auto choice = choose_files(there, wanting(""));
  EXPECT_THAT(paths_of(choice), ElementsAre("m-Q8_0.gguf"));
  EXPECT_FALSE(choice->projector.has_value());
}

TEST(FileChoice, SizesThatOverflowAndLongListsDoNoHarm) {
  const std::vector<RemoteFile> huge{{"m-Q8_0-00001-of-00002.gguf", ~std::uint64_t{0}},
                                     {"m-Q8_0-00002-of-00002.gguf", 5}};
  EXPECT_THAT(choose_files(huge, wanting("Q4_0")).error().message, HasSubstr("16.0 EiB"));
  const std::vector<RemoteFile> many(kRepositoryFilesMax + 1, {"m.gguf", 1});
  EXPECT_EQ(choose_files(many, wanting("")).error().code, Code::kResourceExhausted);
}

RC_GTEST_PROP(FileChoiceProperty, TheOrderOfTheListDoesNotMatter, ()) {
  auto there = files({"m-Q4_K_M-00001-of-00002.gguf", "m-Q4_K_M-00002-of-00002.gguf", "m-Q8_0.gguf",
                      "b/m-Q5_0.gguf", "mmproj-F16.gguf", "mmproj-F32.gguf", "x.txt"});
  for (RemoteFile& file : there)
    std::swap(file, there[*rc::gen::inRange<std::size_t>(0, there.size())]);
  const auto wish = *rc::gen::element<std::string>("", "Q8_0", "Q5_0", "Q4_K_M", "IQ1_S");
  const auto choice = choose_files(there, wanting(wish));
  RC_ASSERT(choice.has_value() == (wish != "IQ1_S"));
  if (!choice) return;
  RC_ASSERT(choice->quant == (wish.empty() ? "Q4_K_M" : wish));
  RC_ASSERT(choice->parts.size() == (choice->quant == "Q4_K_M" ? 2U : 1U));
  RC_ASSERT(choice->projector->path == "mmproj-F16.gguf");
}

}  // namespace
}  // namespace hearth::store
