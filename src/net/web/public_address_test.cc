#include "net/web/public_address.h"

#include <cstdint>
#include <cstring>
#include <string>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <rapidcheck.h>

namespace hearth::net {
namespace {

sockaddr_storage address_of(const std::string& text) {
  sockaddr_storage storage{};
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    std::memcpy(&storage, &v4, sizeof v4);
  } else {
    EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr), 1) << text;
    std::memcpy(&storage, &v6, sizeof v6);
  }
  return storage;
}

bool is_public(const std::string& text) {
  const sockaddr_storage storage = address_of(text);
  return is_public_address(reinterpret_cast<const sockaddr&>(storage));
}

TEST(PublicAddress, WhatOnlySomeReachIsNone) {
  for (const char* text :
       {"0.0.0.0",         "0.1.2.3",         "10.0.0.1",    "10.255.255.255",  "100.64.0.1",
        "100.127.255.255", "100.100.100.200", "127.0.0.1",   "127.255.255.255", "168.63.129.16",
        "169.254.169.254", "169.254.0.1",     "172.16.0.1",  "172.31.255.255",  "192.0.0.192",
        "192.0.2.1",       "192.88.99.1",     "192.168.0.1", "192.168.255.255", "198.18.0.1",
        "198.19.255.255",  "198.51.100.7",    "203.0.113.9", "224.0.0.1",       "239.255.255.255",
        "240.0.0.1",       "255.255.255.255"})
    EXPECT_FALSE(is_public(text)) << text;
  for (const char* text : {"::",
                           "::1",
                           "::127.0.0.1",
                           "::ffff:127.0.0.1",
                           "::ffff:8.8.8.8",
                           "::ffff:0:8.8.8.8",
                           "64:ff9b::7f00:1",
                           "64:ff9b::808:808",
                           "64:ff9b:1::1",
                           "100::1",
                           "2001::1",
                           "2001:1::1",
                           "2001:10::1",
                           "2001:1ff::1",
                           "2001:db8::1",
                           "2002:7f00:1::1",
                           "2002:808:808::",
                           "3fff::1",
                           "3fff:fff::1",
                           "5f00::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1"})
    EXPECT_FALSE(is_public(text)) << text;
}

TEST(PublicAddress, WhatEverybodyReachesIsOne) {
  for (const char* text :
       {"1.1.1.1",        "8.8.8.8",         "9.255.255.255",   "11.0.0.0",
        "100.63.255.255", "100.128.0.0",     "126.255.255.255", "128.0.0.0",
        "168.63.129.15",  "168.63.129.17",   "169.253.255.255", "169.255.0.0",
        "172.15.255.255", "172.32.0.0",      "191.255.255.255", "192.0.1.0",
        "192.88.98.1",    "192.167.255.255", "192.169.0.0",     "198.17.255.255",
        "198.20.0.0",     "223.255.255.255", "2001:200::1",     "2001:4860:4860::8888",
        "2003::1",        "2606:4700::1111", "2a00::1",         "3ffe::1",
        "3fff:1000::1"})
    EXPECT_TRUE(is_public(text)) << text;
}

TEST(PublicAddress, AnotherFamilyIsNotPublic) {
  sockaddr address{};
  address.sa_family = AF_UNIX;
  EXPECT_FALSE(is_public_address(address));
  address.sa_family = AF_UNSPEC;
  EXPECT_FALSE(is_public_address(address));
}

TEST(PublicAddress, OwnAddressesAreNotReachedByAll) {
  const sockaddr_storage own = address_of("127.0.0.1");
  EXPECT_FALSE(is_reachable_by_all(reinterpret_cast<const sockaddr&>(own)));
  const sockaddr_storage theirs = address_of("9.9.9.9");
  EXPECT_TRUE(is_reachable_by_all(reinterpret_cast<const sockaddr&>(theirs)));
}

// The ranges written once more, as numbers.
bool is_special(std::uint32_t ip) {
  const auto in = [ip](std::uint32_t first, unsigned bits) {
    return (ip >> (32 - bits)) == (first >> (32 - bits));
  };
  return in(0, 8) || in(0x0A000000, 8) || in(0x64400000, 10) || in(0x7F000000, 8) ||
         ip == 0xA83F8110 || in(0xA9FE0000, 16) || in(0xAC100000, 12) || in(0xC0000000, 24) ||
         in(0xC0000200, 24) || in(0xC0586300, 24) || in(0xC0A80000, 16) || in(0xC6120000, 15) ||
         in(0xC6336400, 24) || in(0xCB007100, 24) || ip >= 0xE0000000;
}

std::string text_of(std::uint32_t ip) {
  char text[INET_ADDRSTRLEN];
  const in_addr address{htonl(ip)};
  return ::inet_ntop(AF_INET, &address, text, sizeof text);
}

TEST(PublicAddress, AgreesWithTheRangesAsNumbers) {
  // Any byte in any place: small numbers are as good as large ones.
  const auto byte = rc::gen::inRange<std::uint32_t>(0, 256);
  EXPECT_TRUE(rc::check([&byte] {
    const std::uint32_t ip = (*byte << 24) | (*byte << 16) | (*byte << 8) | *byte;
    RC_ASSERT(is_public(text_of(ip)) == !is_special(ip));
  }));
}

TEST(PublicAddress, NothingThatStandsForAnIPv4AddressIsPublic) {
  EXPECT_TRUE(rc::check([](std::uint32_t ip) {
    for (const char* prefix : {"::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::"})
      RC_ASSERT(!is_public(prefix + text_of(ip)));
  }));
}

}  // namespace
}  // namespace hearth::net
