#include "net/web/public_address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include <ifaddrs.h>
#include <netinet/in.h>

namespace hearth::net {

namespace {

template <std::size_t kBytes>
struct Range {
  std::array<std::uint8_t, kBytes> first;
  unsigned bits;
};

constexpr Range<4> kNotPublic4[] = {
    {{{0, 0, 0, 0}}, 8},         // this network
    {{{10, 0, 0, 0}}, 8},        // private
    {{{100, 64, 0, 0}}, 10},     // shared by those behind a carrier's NAT
    {{{127, 0, 0, 0}}, 8},       // loopback
    {{{168, 63, 129, 16}}, 32},  // Azure, to its own machines
    {{{169, 254, 0, 0}}, 16},    // link-local, and where clouds tell their machines secrets
    {{{172, 16, 0, 0}}, 12},     // private
    {{{192, 0, 0, 0}}, 24},      // protocols
    {{{192, 0, 2, 0}}, 24},      // documentation
    {{{192, 88, 99, 0}}, 24},    // 6to4 relays
    {{{192, 168, 0, 0}}, 16},    // private
    {{{198, 18, 0, 0}}, 15},     // benchmarks
    {{{198, 51, 100, 0}}, 24},   // documentation
    {{{203, 0, 113, 0}}, 24},    // documentation
    {{{224, 0, 0, 0}}, 4},       // multicast
    {{{240, 0, 0, 0}}, 4},       // reserved, broadcast
};

constexpr Range<16> kGlobalUnicast{{{0x20}}, 3};
constexpr Range<16> kNotPublic6[] = {
    {{{0x20, 0x01, 0x00}}, 23},        // protocols, Teredo among them
    {{{0x20, 0x01, 0x0D, 0xB8}}, 32},  // documentation
    {{{0x20, 0x02}}, 16},              // 6to4: any IPv4 address
    {{{0x3F, 0xFF, 0x00, 0x00}}, 20},  // documentation
};

template <std::size_t kBytes>
bool is_in(const std::array<std::uint8_t, kBytes>& address, const Range<kBytes>& range) {
  for (unsigned bit = 0; bit < range.bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if (((address[bit / 8] ^ range.first[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

template <std::size_t kBytes>
bool is_in_any(const std::array<std::uint8_t, kBytes>& address,
               std::span<const Range<kBytes>> ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range<kBytes>& range) { return is_in(address, range); });
}

std::array<std::uint8_t, 4> bytes_of(const sockaddr_in& address) {
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
  return bytes;
}
std::array<std::uint8_t, 16> bytes_of(const sockaddr_in6& address) {
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
  return bytes;
}

// REQUIRES: it is of that family.
template <typename Address>
Address as(const sockaddr& address) {
  Address copy{};
  std::memcpy(&copy, &address, sizeof copy);
  return copy;
}

bool is_same(const sockaddr& a, const sockaddr& b) {
  if (a.sa_family != b.sa_family) return false;
  if (a.sa_family == AF_INET) return bytes_of(as<sockaddr_in>(a)) == bytes_of(as<sockaddr_in>(b));
  return a.sa_family == AF_INET6 && bytes_of(as<sockaddr_in6>(a)) == bytes_of(as<sockaddr_in6>(b));
}

// Where the system does not tell, every address might be.
bool is_own_address(const sockaddr& address) {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return true;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(all, &::freeifaddrs);
  for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr != nullptr && is_same(*one->ifa_addr, address)) return true;
  }
  return false;
}

}  // namespace

bool is_public_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    return !is_in_any<4>(bytes_of(as<sockaddr_in>(address)), kNotPublic4);
  }
  if (address.sa_family != AF_INET6) return false;
  const auto bytes = bytes_of(as<sockaddr_in6>(address));
  return is_in(bytes, kGlobalUnicast) && !is_in_any<16>(bytes, kNotPublic6);
}

bool is_reachable_by_all(const sockaddr& address) {
  return is_public_address(address) && !is_own_address(address);
}

}  // namespace hearth::net
