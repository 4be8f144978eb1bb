#include "api/ollama/past_context.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/utf8.h"

namespace hearth::api::ollama {

namespace {

using chat::Message;
using chat::Role;

// No vocabulary has a token of this number, so nobody's tokens are taken for a text.
constexpr std::uint32_t kMark = 0x48454152;
constexpr std::uint32_t kMost = 0xFFFFFF;
constexpr std::size_t kBytesEach = 3;
constexpr int kByteBits = 8;
constexpr std::uint32_t kByteMost = 0xFF;

Error foreign() {
  return make_error(Code::kInvalidArgument,
                    "context is not one that this server gave; leave it out, or send the "
                    "conversation to /api/chat",
                    "context");
}

// Role, length, content; and the same of the next.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool done() const { return bytes_.empty(); }
  std::optional<std::uint32_t> number(std::size_t size) {
    if (bytes_.size() < size) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
      value = value << kByteBits | static_cast<unsigned char>(bytes_[i]);
    bytes_.remove_prefix(size);
    return value;
  }
  std::optional<std::string_view> text(std::size_t size) {
    if (bytes_.size() < size) return std::nullopt;
    const std::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view bytes_;
};

void append_number(std::string& bytes, std::uint32_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0;)
    bytes += static_cast<char>(value >> (static_cast<int>(i) * kByteBits) & kByteMost);
}

std::optional<Message> read_message(Reader& reader) {
  const auto role = reader.number(1);
  const auto size = reader.number(sizeof(std::uint32_t));
  if (!role || !size) return std::nullopt;
  const auto content = reader.text(*size);
  const bool is_role = *role >= static_cast<std::uint32_t>(Role::kSystem) &&
                       *role <= static_cast<std::uint32_t>(Role::kAssistant);
  if (!content || !is_role || !base::is_utf8(*content)) return std::nullopt;
  Message message;
  message.role = static_cast<Role>(*role);
  message.content = std::string(*content);
  return message;
}

}  // namespace

std::vector<std::uint32_t> pack_past(const std::vector<Message>& messages) {
  std::string bytes;
  for (const Message& message : messages) {
    bytes += static_cast<char>(message.role);
    append_number(bytes, static_cast<std::uint32_t>(message.content.size()), sizeof(std::uint32_t));
    bytes += message.content;
  }
  std::vector<std::uint32_t> numbers{kMark, static_cast<std::uint32_t>(bytes.size())};
  bytes.resize((bytes.size() + kBytesEach - 1) / kBytesEach * kBytesEach);
  Reader reader(bytes);
  while (const auto number = reader.number(kBytesEach))
    numbers.push_back(*number);
  return numbers;
}

Result<std::vector<Message>> unpack_past(const std::vector<std::uint32_t>& numbers) {
  if (numbers.size() < 2 || numbers.front() != kMark) return fail(foreign());
  std::string bytes;
  for (auto number = numbers.begin() + 2; number != numbers.end(); ++number) {
    if (*number > kMost) return fail(foreign());
    append_number(bytes, *number, kBytesEach);
  }
  const std::size_t size = numbers[1];
  if (size > bytes.size() || bytes.size() - size >= kBytesEach) return fail(foreign());
  Reader reader(std::string_view(bytes).substr(0, size));
  std::vector<Message> messages;
  while (!reader.done()) {
    auto message = read_message(reader);
    if (!message || messages.size() == kPastMessagesMax) return fail(foreign());
    messages.push_back(*std::move(message));
  }
  return messages;
}

}  // namespace hearth::api::ollama
