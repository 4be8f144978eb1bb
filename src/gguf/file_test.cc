#include "gguf/file.h"

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/utf8.h"
#include "gguf/gguf_bytes_for_test.h"

namespace hearth::gguf {
namespace {

using testing::HasSubstr;

Result<File> load(const std::string& bytes) {
  MemorySource source(bytes);
  return File::load(source, "m.gguf");
}

std::string refusal(const GgufBytes& bytes) {
  const auto file = load(bytes.build());
  if (file) return "it was accepted";
  EXPECT_EQ(file.error().code, Code::kCorrupt);
  return file.error().message;
}

class FileOnDisk : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "gguf.XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  std::filesystem::path folder_;
};

TEST(GgufFile, GivesEveryKindOfValue) {
  GgufBytes bytes;
  bytes.set("i8", ValueType::kInt8, little_endian<std::int8_t>(-5));
  bytes.set("u16", ValueType::kUint16, little_endian<std::uint16_t>(65535));
  bytes.set("i64", ValueType::kInt64, little_endian<std::int64_t>(-1));
  bytes.set("u64", ValueType::kUint64, little_endian<std::uint64_t>(~0ULL));
  bytes.set("f64", ValueType::kFloat64, little_endian(0.5));
  bytes.truth("yes", 1).text("text", "h\xC3\xA4rth").texts("texts", {"a", "", "bc"});
  bytes.i32s("numbers", {1, -2});
  const auto file = load(bytes.build());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->find("i8")->as_signed(), -5);
  EXPECT_EQ(file->find("i8")->as_unsigned(), std::nullopt);
  EXPECT_EQ(file->find("u16")->as_unsigned(), 65535U);
  EXPECT_EQ(file->find("i64")->as_signed(), -1);
  EXPECT_EQ(file->find("u64")->as_unsigned(), ~0ULL);
  EXPECT_EQ(file->find("u64")->as_signed(), std::nullopt);
  EXPECT_EQ(file->find("f64")->as_real(), 0.5);
  EXPECT_EQ(file->find("yes")->as_bool(), true);
  EXPECT_EQ(*file->find("text")->as_text(), "h\xC3\xA4rth");
  const Array& texts = *file->find("texts")->as_array();
  ASSERT_EQ(texts.size(), 3U);
  EXPECT_EQ(texts.text_at(1), "");
  EXPECT_EQ(texts.text_at(2), "bc");
  EXPECT_EQ(file->find("numbers")->as_array()->signed_at(1), -2);
  EXPECT_EQ(file->find("absent"), nullptr);
}

TEST(GgufFile, TellsWhereTensorsLie) {
  const std::string bytes = small_llama().build();
  const auto file = load(bytes);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->tensors().size(), 10U);
  const Tensor* query = file->find_tensor("blk.1.attn_q.weight");
  ASSERT_NE(query, nullptr);
  EXPECT_EQ(query->type, TensorType::kQ8_0);
  EXPECT_EQ(query->elements, 64U * 64U);
  EXPECT_EQ(query->bytes, 64U * 64U / 32U * 34U);
  EXPECT_EQ(query->offset % 32, 0U);
  EXPECT_EQ(file->file_bytes(), bytes.size());
}

TEST(GgufFile, ReadsVersion2Too) {
  EXPECT_TRUE(load(small_llama().version(2).build()));
}

TEST(GgufFile, RefusesOtherVersionsAndOtherMachines) {
  const auto old = load(small_llama().version(1).build());
  ASSERT_FALSE(old);
  EXPECT_THAT(old.error().message, HasSubstr("version 1"));
  const auto future = load(small_llama().version(4).build());
  ASSERT_FALSE(future);
  EXPECT_THAT(future.error().message, HasSubstr("update Hearth"));
  const auto swapped = load(small_llama().version(0x03000000).build());
  ASSERT_FALSE(swapped);
  EXPECT_THAT(swapped.error().message, HasSubstr("big-endian"));
}

TEST(GgufFile, RefusesEveryTruncation) {
  const GgufBytes whole = small_llama();
  const std::string bytes = whole.build();
  for (std::size_t size = 0; size < bytes.size(); size += size < whole.header().size() ? 1 : 97) {
    const auto file = load(bytes.substr(0, size));
    ASSERT_FALSE(file) << size;
    ASSERT_EQ(file.error().code, Code::kCorrupt);
  }
}

TEST(GgufFile, RefusesHugeClaims) {
  EXPECT_THAT(refusal(small_llama().claim_keys(~0ULL)), HasSubstr("claims"));
  EXPECT_THAT(refusal(small_llama().claim_tensors(1ULL << 40)), HasSubstr("claims"));
  EXPECT_THAT(refusal(small_llama().claim_keys(8000)), HasSubstr("'m.gguf' is damaged"));
  GgufBytes text;
  text.set("k", ValueType::kString, little_endian<std::uint64_t>(~0ULL));
  EXPECT_THAT(refusal(text), HasSubstr("claims 18446744073709551615 bytes"));
  GgufBytes within_limit;
  within_limit.set("k", ValueType::kString, little_endian<std::uint64_t>(1 << 25));
  EXPECT_THAT(refusal(within_limit), HasSubstr("ends within k"));
  GgufBytes array;
  array.array("k", ValueType::kUint64, 1ULL << 61, "");
  EXPECT_THAT(refusal(array), HasSubstr("elements"));
  GgufBytes texts;
  texts.array("k", ValueType::kString, 1 << 20, "12345678");
  EXPECT_THAT(refusal(texts), HasSubstr("texts"));
}

TEST(GgufFile, RefusesWhatNoModelNeeds) {
  GgufBytes nested;
  nested.array("k", ValueType::kArray, 1, "");
  EXPECT_THAT(refusal(nested), HasSubstr("array of arrays"));
  GgufBytes unknown;
  unknown.add("k", 13, "");
  EXPECT_THAT(refusal(unknown), HasSubstr("which is none"));
  GgufBytes nameless;
  nameless.u32("", 1);
  EXPECT_THAT(refusal(nameless), HasSubstr("no proper name"));
}

TEST(GgufFile, RefusesDuplicates) {
  GgufBytes keys;
  keys.u32("k", 1).add("k", 4, little_endian(2U));
  EXPECT_THAT(refusal(keys), HasSubstr("key 'k' twice"));
  GgufBytes tensors;
  tensors.tensor("t", {8}).tensor("t", {8});
  EXPECT_THAT(refusal(tensors), HasSubstr("two tensors named 't'"));
}

TEST(GgufFile, RefusesImpossibleTensors) {
  const auto with = [](const TensorBytes& tensor) {
    return refusal(GgufBytes().data_bytes(4096).raw_tensor(tensor));
  };
  EXPECT_THAT(with({"t", {1, 1, 1, 1, 1}}), HasSubstr("5 dimensions"));
  EXPECT_THAT(with({"t", {8, 0}}), HasSubstr("dimension of 0"));
  EXPECT_THAT(with({"t", {1ULL << 32, 1ULL << 32}}), HasSubstr("multiply beyond"));
  EXPECT_THAT(with({"t", {1ULL << 62}}), HasSubstr("larger than any file"));
  EXPECT_THAT(with({"t", {8}, 4}), HasSubstr("type 4"));
  EXPECT_THAT(with({"t", {8}, 43}), HasSubstr("type 43"));
  EXPECT_THAT(with({"t", {8}, ~0U}), HasSubstr("4294967295"));
  EXPECT_THAT(with({"t", {48}, 8}), HasSubstr("Q8_0 needs 32"));
  EXPECT_THAT(with({std::string(64, 'n'), {8}}), HasSubstr("claims 64 bytes"));
  EXPECT_THAT(with({std::string("a\0b", 3), {8}}), HasSubstr("no proper name"));
}

TEST(GgufFile, RefusesTensorsOutOfPlace) {
  const auto second_at = [](std::uint64_t offset) {
    GgufBytes bytes;
    bytes.tensor("first", {16}).raw_tensor({"second", {8}, 0, offset}).data_bytes(96);
    return refusal(bytes);
  };
  EXPECT_EQ(second_at(64), "it was accepted");
  EXPECT_THAT(second_at(65), HasSubstr("no multiple of 32"));
  EXPECT_THAT(second_at(32), HasSubstr("64 was its place"));
  EXPECT_THAT(second_at(0), HasSubstr("64 was its place"));
  EXPECT_THAT(second_at(96), HasSubstr("not complete"));
  EXPECT_THAT(second_at(~0ULL - 31), HasSubstr("not complete"));
}

TEST(GgufFile, RefusesALongTail) {
  const auto with_tail = [](std::size_t bytes) {
    return refusal(GgufBytes().tensor("only", {16}).data_bytes(64 + bytes));
  };
  EXPECT_EQ(with_tail(1 << 20), "it was accepted");
  EXPECT_THAT(with_tail((1 << 20) + 1), HasSubstr("behind its last tensor"));
}

TEST(GgufFile, HoldsAlignmentToPowersOfTwo) {
  const auto with = [](std::uint32_t alignment) {
    return refusal(
        GgufBytes().u32("general.alignment", alignment).pad_to(4096).tensor("t", {1024}));
  };
  EXPECT_EQ(with(4096), "it was accepted");
  EXPECT_THAT(with(0), HasSubstr("power of two"));
  EXPECT_THAT(with(48), HasSubstr("power of two"));
  EXPECT_THAT(with(1U << 31), HasSubstr("power of two"));
  EXPECT_THAT(refusal(GgufBytes().text("general.alignment", "32")), HasSubstr("power of two"));
}

TEST(GgufFile, ItsMessagesArePrintableWhateverTheFileSays) {
  GgufBytes bytes;
  bytes.add("\xFF\x1B[31m" + std::string(5000, 'x'), 99, "");
  const std::string message = refusal(bytes);
  EXPECT_TRUE(base::is_utf8(message));
  EXPECT_EQ(message.find('\x1B'), std::string::npos);
  EXPECT_LT(message.size(), 600U);
}

TEST_F(FileOnDisk, IsReadFromAPathAndFromADescriptor) {
  const std::string path = write("m.gguf", small_llama().build());
  EXPECT_TRUE(File::load(path));
  const auto fd = base::open_for_reading(path);
  ASSERT_TRUE(fd);
  ::lseek(fd->get(), 7, SEEK_SET);
  EXPECT_TRUE(File::load(fd->get(), "passed on"));
  EXPECT_EQ(::lseek(fd->get(), 0, SEEK_CUR), 7);
}

TEST_F(FileOnDisk, RefusesWhatIsNoFile) {
  const auto folder = File::load(folder_.string());
  ASSERT_FALSE(folder);
  EXPECT_THAT(folder.error().message, HasSubstr("is a folder"));
  const auto device = File::load("/dev/zero");
  ASSERT_FALSE(device);
  EXPECT_THAT(device.error().message, HasSubstr("is a device"));
  const std::string fifo = folder_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const auto pipe = File::load(fifo);
  ASSERT_FALSE(pipe);
  EXPECT_THAT(pipe.error().message, HasSubstr("is a pipe"));
  const auto absent = File::load((folder_ / "absent").string());
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::kNotFound);
}

TEST_F(FileOnDisk, RefusesEmptyAndTextFiles) {
  const auto empty = File::load(write("empty.gguf", ""));
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message, HasSubstr("is empty"));
  const auto text = File::load(write("page.gguf", "<html>Not Found</html>"));
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().message,
              AllOf(HasSubstr("is not a GGUF file"), Not(HasSubstr("<html>"))));
  const auto binary = File::load(write("a.zip", std::string("PK\x03\x04", 4)));
  ASSERT_FALSE(binary);
  EXPECT_THAT(binary.error().message, HasSubstr("is not a GGUF file"));
}

TEST_F(FileOnDisk, SurvivesAFileThatIsAllHoles) {
  GgufBytes bytes;
  bytes.set("k", ValueType::kArray,
            little_endian(static_cast<std::uint32_t>(ValueType::kUint64)) +
                little_endian<std::uint64_t>(1ULL << 30));
  const std::string path = write("sparse.gguf", bytes.header());
  ASSERT_EQ(::truncate(path.c_str(), off_t{1} << 40), 0);
  const auto file = File::load(path);
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().message, HasSubstr("claims 1073741824 elements"));
}

}  // namespace
}  // namespace hearth::gguf
