// Names that somebody made to lead elsewhere, and slips that deserve a good answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "store/name/aliases.h"
#include "store/name/model_name.h"

namespace hearth::store {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Refusal {
  std::string typed;
  std::string because;  // a part of the message
};

class HostileNameTest : public ::testing::TestWithParam<Refusal> {};

TEST_P(HostileNameTest, IsRefusedWithWhatToDo) {
  for (const PlainHttp plain : {PlainHttp::kRefused, PlainHttp::kAllowed}) {
    const auto name = ModelName::parse(GetParam().typed, plain);
    ASSERT_FALSE(name.has_value()) << GetParam().typed << " is " << name->text();
    EXPECT_EQ(name.error().code, Code::kInvalidArgument);
    EXPECT_THAT(name.error().message, HasSubstr(GetParam().because));
    EXPECT_TRUE(base::is_utf8(name.error().message));
    for (const char c : name.error().message)
      EXPECT_GE(static_cast<unsigned char>(c), 0x20U);
  }
  EXPECT_FALSE(Aliases::built_in().resolve(GetParam().typed).has_value());
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  while (times-- > 0)
    all += text;
  return all;
}

INSTANTIATE_TEST_SUITE_P(
    Traversal, HostileNameTest,
    ::testing::Values(
        Refusal{"hf.co/../../etc/passwd", "'..'"}, Refusal{"a/..", "'..'"},
        Refusal{"a/b..c", "'..' in it"}, Refusal{"..", "the model"},
        Refusal{"hf.co/a/b:../x.gguf", "'..'"}, Refusal{"hf.co/a/b:x/../y.gguf", "'..'"},
        Refusal{"hf.co/a/b:/etc/x.gguf", "empty"},
        Refusal{"hf.co/a/b:c\\x.gguf", "cannot stand there"},
        Refusal{"hf.co/a/b@../main", "the revision"}, Refusal{"hf.co/a/b@x/../y", "'..' in it"},
        Refusal{"hf.co/a/b@x//y", "empty part"},
        Refusal{"hf.co/a/b/resolve/../x.gguf", "the revision"},
        Refusal{"https://huggingface.co/a/b/resolve/main/../../x.gguf", "'..'"},
        Refusal{"https://h.x/a/../x.gguf", "'..'"}, Refusal{"https://h.x//x.gguf", "empty"},
        Refusal{"https://h.x/./x.gguf", "'.'"}, Refusal{"r.example/../m:t", "the namespace"},
        Refusal{"r.example/ns/../m:t", "cannot stand there"}, Refusal{"library/..:t", "the model"},
        Refusal{"x:..", "the tag"}, Refusal{"x:a/b", "the port"},
        Refusal{"ai/../x", "is no host"}));

INSTANTIATE_TEST_SUITE_P(
    Percents, HostileNameTest,
    ::testing::Values(
        Refusal{"https://h.x/%2e%2e/x.gguf", "'%2e'"}, Refusal{"https://h.x/a%2Fx.gguf", "'%2F'"},
        Refusal{"https://h.x/a%5cx.gguf", "'%5c'"}, Refusal{"https://h.x/%252e/x.gguf", "'%25'"},
        Refusal{"https://h.x/%00x.gguf", "'%00'"}, Refusal{"https://h.x/%0d%0ax.gguf", "'%0d'"},
        Refusal{"https://h.x/%61.gguf", "'%61'"}, Refusal{"https://h.x/a%2.gguf", "'%2.'"},
        Refusal{"https://h.x/%D0%B0.gguf", "'%D0'"},
        Refusal{"https://huggingface.co/a/b/resolve/refs%2Fpr%2F1/x.gguf", "'%'"},
        Refusal{"hf.co/a%2fb/c", "'%'"}, Refusal{"qwen%202", "'%'"}));

INSTANTIATE_TEST_SUITE_P(
    Characters, HostileNameTest,
    ::testing::Values(
        Refusal{std::string("qwen\0x", 6), "control"},
        Refusal{std::string("/a\0b.gguf", 9), "control"}, Refusal{"qwen\n", "control"},
        Refusal{"./x\r.gguf", "control"}, Refusal{"a/b\x1b[2J", "control"},
        Refusal{"q\x7f", "control"}, Refusal{"\xff\xfe", "not UTF-8"},
        Refusal{"/a/\xc0\xaf.gguf", "not UTF-8"}, Refusal{"qw\u0435n2.5", "no ASCII"},
        Refusal{"\u0430i/smollm2", "no ASCII"}, Refusal{"Qwen\u2215Qwen2.5", "no ASCII"},
        Refusal{"hf.c\u043e/a/b:Q4_K_M", "no ASCII"},
        Refusal{"https://hf.c\u043e/a/b.gguf", "no ASCII"}, Refusal{"a/b\u202egguf", "no ASCII"},
        Refusal{"x\u200b", "no ASCII"}, Refusal{" qwen", "space"}, Refusal{"qwen ", "space"},
        Refusal{"two words", "' '"}, Refusal{"a/b;rm", "';'"}, Refusal{"-rf", "'-'"},
        Refusal{"--help/x", "'-'"}, Refusal{".x", "'.'"}, Refusal{"x:-t", "'-'"},
        Refusal{"a\\b", "'\\'"}, Refusal{"$(x)/y", "'$'"}, Refusal{"~user/x", "'~'"}));

INSTANTIATE_TEST_SUITE_P(Lengths, HostileNameTest,
                         ::testing::Values(Refusal{"", "qwen2.5-7b-instruct"},
                                           Refusal{std::string(1025, 'a'), "at most 1024"},
                                           Refusal{"/" + std::string(4095, 'a'), "at most 4095"},
                                           Refusal{std::string(81, 'a'), "at most 80"},
                                           Refusal{"x:" + std::string(81, 'a'), "at most 80"},
                                           Refusal{"a/" + std::string(97, 'a'), "at most 96"},
                                           Refusal{"ai/x:" + std::string(129, 'a'), "at most 128"},
                                           Refusal{"a/b@" + std::string(129, 'a'), "at most 128"},
                                           Refusal{std::string(351, 'a') + ".x/ns/m:t",
                                                   "at most 350"},
                                           Refusal{repeated("a/", 400), "is no host"}));

INSTANTIATE_TEST_SUITE_P(
    Hosts, HostileNameTest,
    ::testing::Values(
        Refusal{"https://me:secret@h.x/x.gguf", "without user and password"},
        Refusal{"https://hf.co@evil.x/a/b:Q8_0", "without user and password"},
        Refusal{"https://h.x:0/x.gguf", "the port"},
        Refusal{"https://h.x:65536/x.gguf", "the port"},
        Refusal{"https://h.x:080/x.gguf", "the port"}, Refusal{"https://h.x:/x.gguf", "the port"},
        Refusal{"https://h.x:8 0/x.gguf", "the port"},
        Refusal{"https:///x.gguf", "the host is empty"},
        Refusal{"https://h.x./x.gguf", "ends in '.'"}, Refusal{"https://[::1]/x.gguf", "the host"},
        Refusal{"https://h.x/x.gguf?token=abc", "'?' or '#'"},
        Refusal{"https://h.x/x.gguf#y", "'?' or '#'"}, Refusal{"https://h.x/x.zip", "neither"},
        Refusal{"https://h.x", "neither"}, Refusal{"ftp://h.x/x.gguf", "only https:// and http://"},
        Refusal{"file:///etc/passwd", "only https:// and http://"},
        Refusal{"://x", "only https:// and http://"}, Refusal{"a/b/c", "is no host"},
        Refusal{"host:5000/m", "namespace"}, Refusal{"https://intranet/ns/m:t", "is no host"},
        Refusal{"qwen:0.5b/x", "the port"}));

INSTANTIATE_TEST_SUITE_P(
    Slips, HostileNameTest,
    ::testing::Values(
        Refusal{"x.gguf", "./x.gguf"}, Refusal{"models/", "one of the two"},
        Refusal{"./models/", "folder"}, Refusal{"/", "folder"},
        Refusal{"hf.co/a", "OWNER/REPOSITORY"}, Refusal{"huggingface.co/datasets/a/b", "no models"},
        Refusal{"a/b:8b", "registry.ollama.ai/NAMESPACE"}, Refusal{"a/b:", "no quantisation"},
        Refusal{"a/b@", "is empty"}, Refusal{"a/b@x@y", "one @revision"},
        Refusal{"a/b:Q4_K_M:Q8_0", "Q4_K_M:Q8_0"}, Refusal{"a/b:Q4_K_M@x:Q8_0", "not two"},
        Refusal{"a/b--c", "'--'"}, Refusal{"a/b-", "ends in '-'"},
        Refusal{"hf.co/a/b/raw/main/x.gguf", "/blob/REVISION"},
        Refusal{"hf.co/a/b/blob/main", "no file"},
        Refusal{"hf.co/a/b/blob/main/x.safetensors", "no .gguf file"},
        Refusal{"hf.co/a/b/tree/main/folder", "no file"}, Refusal{"ai/SmolLM2", "'ai/smollm2'"},
        Refusal{"docker.io/x", "namespace"}, Refusal{"hub.docker.com/ai/x", "write ai/MODEL"},
        Refusal{"x@v1", "'@'"}, Refusal{"x:", "the tag is empty"},
        Refusal{"library/x:y.gguf", "looks like a file"}));

TEST(NameMessage, LongAndStrangeTextIsCutAndEscaped) {
  const auto name = ModelName::parse("\x1b[31m" + std::string(5000, 'x'));
  EXPECT_THAT(name.error().message, HasSubstr("\\x1b[31mxxx"));
  EXPECT_THAT(name.error().message, Not(HasSubstr(std::string(100, 'x'))));
  EXPECT_LT(name.error().message.size(), 300U);
}

TEST(NameMessage, WhatMayBeASecretIsNotInIt) {
  for (const char* typed :
       {"https://me:secret@h.x/x.gguf", "https://secret@hf.co/a/b", "https://h.x/x.gguf?t=secret",
        "https://h.x/x.zip#secret", "HTTPS://a@b:secret@h.x/x.gguf", "ftp://u:secret@h/x"}) {
    const std::string message = ModelName::parse(typed).error().message;
    EXPECT_THAT(message.substr(message.find("://")), Not(HasSubstr("secret"))) << typed;
  }
}

}  // namespace
}  // namespace hearth::store
