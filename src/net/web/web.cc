#include "net/web/web.h"

#include <algorithm>

#include <fmt/format.h>

namespace hearth::net {

namespace {

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

class Collected : public WebSink {
 public:
  explicit Collected(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  Result<void> begin(const WebHead& head) override {
    document_.head = head;
    return {};
  }
  Result<void> take(std::string_view bytes) override {
    if (bytes.size() > bytes_max_ - document_.body.size()) {
      return fail(Code::kResourceExhausted,
                  fmt::format("the answer is longer than {} bytes, which nothing of its kind is",
                              bytes_max_));
    }
    document_.body += bytes;
    return {};
  }
  WebDocument document() && { return std::move(document_); }

 private:
  std::size_t bytes_max_;
  WebDocument document_;
};

}  // namespace

const std::string* find_header(const WebHeaders& headers, std::string_view name) {
  for (const auto& [known, value] : headers) {
    if (same_letters(known, name)) return &value;
  }
  return nullptr;
}

Result<WebDocument> read_document(Web& web, const WebRequest& request, std::size_t bytes_max,
                                  const base::CancelToken& cancel) {
  Collected collected(bytes_max);
  HEARTH_TRY(web.fetch(request, collected, cancel));
  return std::move(collected).document();
}

}  // namespace hearth::net
