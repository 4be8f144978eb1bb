#include "store/found/ollama_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/stat.h>

#include "store/testing/other_programs.h"

namespace hearth::store {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::OllamaLayers;

constexpr const char* kLibrary = "registry.ollama.ai/library/";

class OllamaStoreTest : public ::testing::Test {
 protected:
  std::vector<std::string> names() const {
    Look look;
    std::vector<std::string> names;
    for (const ModelFile& model : models_of_ollama(others_.ollama(), look))
      names.push_back(model.name);
    return names;
  }
  Result<ModelFile> find(const std::string& name) const {
    Look look;
    return find_in_ollama(others_.ollama(), *ModelName::parse(name), look);
  }
  std::string library(const std::string& name) const { return kLibrary + name; }

  testing::OtherPrograms others_;
};

TEST_F(OllamaStoreTest, AModelIsCalledAsAPullWouldCallIt) {
  others_.ollama_model(library("qwen2.5/0.5b"), {{"model", "qwen"}});
  others_.ollama_model("registry.ollama.ai/someone/own/latest", {{"model", "own"}});
  others_.ollama_model("hf.co/Someone/Tiny-GGUF/Q4_K_M", {{"model", "tiny"}});
  others_.ollama_model("localhost:5000/team/model/v1", {{"model", "team"}});
  EXPECT_THAT(names(), ElementsAre("Someone/Tiny-GGUF:Q4_K_M", "localhost:5000/team/model:v1",
                                   "qwen2.5:0.5b", "registry.ollama.ai/someone/own:latest"));
  for (const char* name :
       {"qwen2.5:0.5b", "library/QWEN2.5:0.5b", "ollama.com/library/qwen2.5:0.5b",
        "hf.co/someone/tiny-gguf:q4_k_m", "Someone/Tiny-GGUF", "registry.ollama.ai/someone/own",
        "localhost:5000/team/model:v1"}) {
    const auto found = find(name);
    ASSERT_TRUE(found) << name << ": " << found.error().message;
    EXPECT_EQ(found->holder, Holder::kOllama);
    EXPECT_EQ(found->path.rfind(others_.ollama() + "/blobs/sha256-", 0), 0U) << found->path;
  }
  EXPECT_EQ(find("qwen2.5:7b").error().code, Code::kNotFound);
  EXPECT_EQ(find("Someone/Tiny-GGUF:Q8_0").error().code, Code::kNotFound);
  EXPECT_EQ(find("Someone/Tiny-GGUF@dev:Q4_K_M").error().code, Code::kNotFound);
}

TEST_F(OllamaStoreTest, WhereTheQuantisationIsOpenTheBestIsMeant) {
  for (const char* tag : {"Q8_0", "Q4_K_M", "Q2_K"})
    others_.ollama_model(std::string("hf.co/o/r/") + tag, {{"model", tag}});
  EXPECT_EQ(find("o/r")->name, "o/r:Q4_K_M");
  others_.ollama_model("hf.co/o/r/latest", {{"model", "whatever"}});
  EXPECT_EQ(find("o/r")->name, "o/r");
}

TEST_F(OllamaStoreTest, WhatItsAuthorSaysComesAlong) {
  others_.ollama_model(library("m/latest"), {{"model", "weights"},
                                             {"projector", "eyes"},
                                             {"adapter", "lora"},
                                             {"template", "{{ .Prompt }}"},
                                             {"system", "Be kind."},
                                             {"params", R"({"stop":["<a>","<b>"],"num_ctx":8192})"},
                                             {"messages", R"([{"role":"user","content":"hi"}])"},
                                             {"license", "MIT"}});
  const auto found = find("m");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->name, "m:latest");
  EXPECT_EQ(found->size_bytes, 7U);
  EXPECT_EQ(found->projectors.size(), 1U);
  EXPECT_EQ(found->adapters.size(), 1U);
  ASSERT_TRUE(found->manifest);
  const Directions& directions = found->manifest->directions;
  EXPECT_EQ(directions.system, "Be kind.");
  EXPECT_EQ(directions.chat_template, "");
  EXPECT_THAT(directions.parameters, ElementsAre(Parameter{"stop", "<a>"}, Parameter{"stop", "<b>"},
                                                 Parameter{"num_ctx", "8192"}));
  EXPECT_THAT(directions.messages, ElementsAre(ExampleMessage{Speaker::kUser, "hi"}));
  EXPECT_THAT(found->manifest->licences, ElementsAre("MIT"));
  EXPECT_EQ(found->manifest->files.front().file_name, "m-latest.gguf");
}

TEST_F(OllamaStoreTest, SeveralModelsAreThePartsOfOne) {
  others_.ollama_model(library("big/latest"), {{"model", "one"}, {"model", "three3"}});
  const auto found = find("big");
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->size_bytes, 9U);
  EXPECT_THAT(found->more_parts, ElementsAre(EndsWith(digest_of_text("three3")->hex())));
}

TEST_F(OllamaStoreTest, ManifestsAmongTheBlobsAreReadThroughTheirLinks) {
  const BlobDigest manifest = others_.ollama_blob(others_.ollama_manifest({{"model", "newer"}}));
  others_.link(others_.ollama() + "/manifests-v2/" + library("m/latest"),
               "../../../../blobs/sha256-" + manifest.hex());
  others_.ollama_model(library("m/latest"), {{"model", "old"}});
  EXPECT_THAT(names(), ElementsAre("m:latest"));
  EXPECT_EQ(find("m")->size_bytes, 5U) << "the newer place hides the older one";
  others_.write(others_.ollama() + "/" + blob_path(manifest), "{}");
  EXPECT_EQ(find("m").error().code, Code::kCorrupt) << "its bytes are not what its name says";
}

TEST_F(OllamaStoreTest, OfAListOfManifestsTheOneWithAGgufIsTaken) {
  const BlobDigest tensors = others_.ollama_blob(others_.ollama_manifest({{"tensor", "t"}}));
  const BlobDigest gguf = others_.ollama_blob(others_.ollama_manifest({{"model", "gguf"}}));
  others_.write(others_.ollama() + "/manifests/" + library("m/latest"),
                R"({"manifests":[{"digest":")" + tensors.text() + R"("},{"digest":")" +
                    gguf.text() + R"("}]})");
  EXPECT_EQ(find("m")->size_bytes, 4U);
}

TEST_F(OllamaStoreTest, AChangedManifestIsSeenAtTheNextUse) {
  others_.ollama_model(library("m/latest"), {{"model", "first"}});
  const auto before = find("m");
  others_.ollama_model(library("m/latest"), {{"model", "second"}});
  const auto after = find("m");
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->path, after->path);
  EXPECT_EQ(after->size_bytes, 6U);
}

TEST_F(OllamaStoreTest, AModelThatOnlyOllamaRunsIsNotListedAndSaysWhy) {
  others_.ollama_model(library("cloud/latest"), {{"license", "x"}});
  others_.ollama_model(library("mlx/latest"), {{"tensor", "x"}});
  EXPECT_THAT(names(), ElementsAre());
  for (const char* name : {"cloud", "mlx"}) {
    const auto found = find(name);
    EXPECT_EQ(found.error().code, Code::kUnimplemented);
    EXPECT_THAT(found.error().message, HasSubstr("no GGUF file"));
  }
}

TEST_F(OllamaStoreTest, ABlobThatIsNotThereIsNamed) {
  others_.ollama_model(library("m/latest"), {{"model", "weights"}});
  std::filesystem::remove_all(others_.ollama() + "/blobs");
  EXPECT_THAT(names(), ElementsAre());
  EXPECT_EQ(find("m").error().code, Code::kCorrupt);
  EXPECT_THAT(find("m").error().message, HasSubstr("sha256:"));
}

// What somebody may have put there who wants to be read, or to be read somewhere else.
TEST_F(OllamaStoreTest, HostileManifestsAreNoModels) {
  others_.write(others_.root() + "/secret", "secret");
  const auto with_digest = [&](const std::string& digest) {
    return R"({"layers":[{"mediaType":"application/vnd.ollama.image.model","size":6,"digest":")" +
           digest + R"("}]})";
  };
  const std::string wrong(64, 'x');
  int number = 0;
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string(R"({"layers":{}})"),
        with_digest("sha256:../../secret"), with_digest("sha256:" + wrong),
        with_digest("sha256:" + others_.ollama_blob("x").hex().substr(1)),
        std::string(5 << 20, ' '), R"({"layers":)" + std::string(100'000, '[')}) {
    const std::string tag = "t" + std::to_string(++number);
    others_.write(others_.ollama() + "/manifests/" + library("bad/" + tag), text);
    EXPECT_EQ(find("bad:" + tag).error().code, Code::kCorrupt) << number;
  }
  EXPECT_THAT(names(), ElementsAre());
}

TEST_F(OllamaStoreTest, LinksPipesAndFoldersInTheWayAreNotFollowed) {
  const std::string manifests = others_.ollama() + "/manifests/registry.ollama.ai/library/";
  const std::string elsewhere =
      others_.write(others_.root() + "/elsewhere/tag", others_.ollama_manifest({{"model", "x"}}));
  others_.link(manifests + "folder_link", others_.root() + "/elsewhere");
  others_.link(manifests + "m/link", elsewhere);
  others_.link(manifests + "m/loop", manifests + "m/loop");
  others_.link(manifests + "circle/up", manifests + "circle");
  std::filesystem::create_directories(manifests + "m/folder/deeper");
  ASSERT_EQ(::mkfifo((manifests + "m/pipe").c_str(), 0600), 0);
  others_.write(manifests + "m/un\xFFreadable", "{}");
  EXPECT_THAT(names(), ElementsAre());
  for (const char* name : {"m:link", "m:loop", "m:pipe", "folder_link:tag", "circle:up"})
    EXPECT_FALSE(find(name)) << name;

  const BlobDigest blob = others_.ollama_blob("weights");
  others_.write(others_.root() + "/aside", "weights");
  others_.ollama_model(library("linked/latest"), {{"model", "weights"}});
  others_.link(others_.ollama() + "/" + blob_path(blob), others_.root() + "/aside");
  EXPECT_EQ(find("linked").error().code, Code::kCorrupt) << "a blob is no link";
}

RC_GTEST_FIXTURE_PROP(OllamaStoreTest, AnyBytesAreAModelOrAreNot, (const std::string& text)) {
  others_.write(others_.ollama() + "/manifests/" + library("any/tag"), text);
  const auto found = find("any:tag");
  RC_ASSERT(!found);
  RC_ASSERT(found.error().code == Code::kCorrupt || found.error().code == Code::kUnimplemented);
}

}  // namespace
}  // namespace hearth::store
