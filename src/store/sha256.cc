#include "store/sha256.h"

#include <array>

#include <openssl/evp.h>

namespace hearth::store {

namespace {

EVP_MD_CTX* context(void* state) {
  return static_cast<EVP_MD_CTX*>(state);
}

std::string hexadecimal(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace

void Sha256::Free::operator()(void* state) const {
  ::EVP_MD_CTX_free(context(state));
}

Result<Sha256> Sha256::begin() {
  std::unique_ptr<void, Free> state(::EVP_MD_CTX_new());
  if (!state || ::EVP_DigestInit_ex(context(state.get()), ::EVP_sha256(), nullptr) != 1)
    return fail(Code::kInternal, "SHA-256 is not available");
  return Sha256(std::move(state));
}

void Sha256::add(std::string_view bytes) {
  ::EVP_DigestUpdate(context(state_.get()), bytes.data(), bytes.size());
}

std::string Sha256::finish() && {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  ::EVP_DigestFinal_ex(context(state_.get()), digest.data(), &size);
  state_.reset();
  return hexadecimal(digest.data(), size);
}

}  // namespace hearth::store
