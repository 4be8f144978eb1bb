#include "store/manifest/layout.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "store/name/name_rules.h"

namespace hearth::store {
namespace {

std::string path_of(std::string_view name) {
  return manifest_path(*ModelName::parse(name, PlainHttp::kAllowed));
}

TEST(BlobDigest, IsSixtyFourDigitsWithOrWithoutItsAlgorithm) {
  const std::string hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(BlobDigest::parse(hex)->text(), "sha256:" + hex);
  EXPECT_EQ(BlobDigest::parse("sha256:" + upper_case(hex))->hex(), hex);
  EXPECT_EQ(blob_path(*BlobDigest::parse(hex)), "blobs/sha256-" + hex);
}

TEST(BlobDigest, NothingElseIsOne) {
  const std::string hex(64, 'a');
  for (const std::string& text :
       {std::string(), std::string("sha256:"), hex + "a", hex.substr(1), "sha512:" + hex,
        "SHA256:" + hex, "sha256-" + hex, " " + hex, "../" + hex.substr(3), "g" + hex.substr(1),
        std::string(64, '\0'), "sha256:sha256:" + hex, hex.substr(1) + "\n"}) {
    EXPECT_EQ(BlobDigest::parse(text).error().code, Code::kInvalidArgument) << text;
  }
}

TEST(ManifestPath, ShowsTheName) {
  EXPECT_EQ(path_of("Qwen/Qwen2.5-7B-Instruct-GGUF:q4_k_m"),
            "manifests/hf.co/qwen/qwen2.5-7b-instruct-gguf%3aq4_k_m.json");
  EXPECT_EQ(path_of("qwen2.5:0.5b"), "manifests/registry.ollama.ai/library/qwen2.5%3a0.5b.json");
  EXPECT_EQ(path_of("a/b:X.gguf"), "manifests/hf.co/a/b%3a%58.gguf.json");
  EXPECT_EQ(path_of("https://h.x/x.gguf"), "manifests/https%3a%2f%2fh.x/x.gguf.json");
}

TEST(ManifestPath, IsOneForEverySpelling) {
  EXPECT_EQ(path_of("Llama3"), path_of("https://ollama.com/library/llama3"));
  EXPECT_NE(path_of("llama3:a"), path_of("llama3:A"));
}

TEST(EscapedPath, NeverLeadsElsewhere) {
  EXPECT_EQ(escaped_path("../../x"), "%2e%2e/%2e%2e/x.json");
  EXPECT_EQ(escaped_path("/etc/passwd"), "%2fetc/passwd.json");
  EXPECT_EQ(escaped_path("a//b/"), "a%2f%2fb%2f.json");
  EXPECT_EQ(escaped_path("."), "%2e.json");
  EXPECT_EQ(escaped_path(std::string("\0\\", 2)), "%00%5c.json");
}

TEST(EscapedPath, HasNoNameThatSomeSystemKeepsForItself) {
  EXPECT_EQ(escaped_path("con"), "%63on.json");
  EXPECT_EQ(escaped_path("nul.x/com1/lpt9"), "%6eul.x/%63om1/%6cpt9.json");
  EXPECT_EQ(escaped_path("console/com/com10"), "console/com/com10.json");
  EXPECT_EQ(escaped_path("a./b. "), "a%2e/b.%20.json");
  EXPECT_EQ(escaped_path("\xC3\x84\xCC\x88"), "%c3%84%cc%88.json");
}

TEST(EscapedPath, AManifestIsNeverWhereAnotherNeedsAFolder) {
  EXPECT_EQ(escaped_path("a"), "a.json");
  EXPECT_EQ(escaped_path("a.json/b"), "a%2ejson/b.json");
}

TEST(EscapedPath, LongPartsGoOnInFoldersOfTheirOwn) {
  const std::string path = escaped_path(std::string(450, 'a'));
  EXPECT_EQ(path, std::string(200, 'a') + "%/" + std::string(200, 'a') + "%/" +
                      std::string(50, 'a') + ".json");
  EXPECT_EQ(unescaped_path(path), std::string(450, 'a'));
  // What begins a folder is escaped there as at any beginning.
  EXPECT_TRUE(escaped_path(std::string(200, 'a') + ".x").ends_with("%/%2ex.json"));
  EXPECT_TRUE(escaped_path(std::string(200, 'a') + "con").ends_with("%/%63on.json"));
}

TEST(EscapedPath, OnlyItsOwnPathsAreReadBack) {
  for (const char* path :
       {"", "a", ".json", "a.JSON", "A.json", "%61.json", "a%2.json", "a%zz.json", "%2E%2e.json",
        "../a.json", "a//b.json", "/a.json", "con.json", "a%/b.json", "a.json/b.json", "a%"}) {
    EXPECT_EQ(unescaped_path(path), std::nullopt) << path;
  }
}

std::string random_key() {
  static const std::vector<std::string> kPieces{"a",        "B",      "con",
                                                "nul",      "com1",   ".json",
                                                ".",        "..",     "/",
                                                "//",       "%",      "%2f",
                                                ":",        "@",      " ",
                                                "hf.co",    "x.gguf", std::string(1, '\0'),
                                                "\xC3\xA4", "\\",     std::string(190, 'y'),
                                                "-",        "_"};
  std::string key;
  for (int left = *rc::gen::inRange(1, 9); left > 0; --left)
    key += *rc::gen::elementOf(kPieces);
  return key;
}

bool is_safe_part(std::string_view part) {
  if (part.empty() || part.size() > 255 || part.front() == '.' || part.back() == '.') return false;
  const std::string stem(part.substr(0, part.find('.')));
  static const std::set<std::string> kDevices{"con", "prn", "aux", "nul", "com1", "lpt1"};
  return !kDevices.contains(stem);
}

RC_GTEST_PROP(EscapedPathProperty, EveryKeyHasAPathOfItsOwn, ()) {
  const std::string key =
      *rc::gen::arbitrary<bool>() ? random_key() : *rc::gen::nonEmpty<std::string>();
  const std::string path = escaped_path(key);
  RC_ASSERT(unescaped_path(path) == key);
  RC_ASSERT(path == lower_case(path));
  for (const char c : path)
    RC_ASSERT(is_letter_or_digit(c) || std::string_view("._-%/").find(c) != std::string_view::npos);
  std::string_view rest = path;
  for (std::size_t slash = 0; slash != std::string_view::npos;) {
    slash = rest.find('/');
    RC_ASSERT(is_safe_part(rest.substr(0, slash)));
    // A folder never has the name of a manifest.
    if (slash != std::string_view::npos) {
      RC_ASSERT(!rest.substr(0, slash).ends_with(".json"));
      rest.remove_prefix(slash + 1);
    }
  }
}

}  // namespace
}  // namespace hearth::store
