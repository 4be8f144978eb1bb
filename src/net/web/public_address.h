// Which addresses anybody on the internet may reach: what is fetched because a stranger named it
// must not come from this machine, its network, or who runs its cloud.
//
// Threads: pure, but for is_reachable_by_all(), which asks the system for its own addresses.
#pragma once

#include <sys/socket.h>

namespace hearth::net {

// IPv4: none of the private, shared (100.64/10), loopback, link-local, documentation, benchmark,
// relay, multicast and reserved ranges, and not the address under which Azure answers its machines.
// IPv6: global unicast without documentation, 6to4, Teredo and the protocols' own ranges; what
// stands for an IPv4 address (::ffff:0:0/96, 64:ff9b::/96 and their like) is none of it. Another
// family is not public.
bool is_public_address(const sockaddr& address);

// And no interface of this machine has it: what is bound there believes its firewall.
bool is_reachable_by_all(const sockaddr& address);

}  // namespace hearth::net
