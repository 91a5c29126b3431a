#pragma once
#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/error.hpp"

namespace testudo::agents {

using Address = boost::asio::ip::address;

// A literal IPv4 or IPv6 address; names and zones are refused, an IPv4 address in IPv6 clothes is taken for what it is.
Result<Address> parse_address(std::string_view text);

class Network {
  public:
    // "198.18.11.0/24", "2001:db8::/32" or a single address.
    static Result<Network> parse(std::string_view text);
    bool contains(const Address& address) const;
    const Address& base() const { return base_; }
    int prefix() const { return prefix_; }
    int host_bits() const { return (base_.is_v4() ? 32 : 128) - prefix_; }

  private:
    Network(Address base, int prefix) : base_(std::move(base)), prefix_(prefix) {}

    Address base_;
    int prefix_;
};

// The guard before everything that an agent sends: what the plan lists, and of that only what lies in the address space
// of exercises (198.18.0.0/15, 2001:db8::/32) or on the machine itself. The second rule holds whatever the plan says.
class Reach {
  public:
    Reach() = default; // nothing
    static Result<Reach> parse(const std::vector<std::string>& list);
    // "refused.target" if the address may not be touched.
    Result<void> check(const Address& address) const;
    bool allows(const Address& address) const;

  private:
    std::vector<Network> networks_;
};

} // namespace testudo::agents
