#include "agents/agent/network_setup.hpp"

#include <gtest/gtest.h>

#include "agents/agent/accounts.hpp"

namespace testudo::agents {
namespace {

PersonaliseSpec spec() {
    PersonaliseSpec out;
    out.hostname = "router";
    out.interfaces = {{"eth0", "02:00:00:00:00:01", "198.18.1.1/24", ""},
                      {"eth1", "02:00:00:00:00:02", "", "2001:db8:1::1/64"}};
    out.routes = {{"::/0", "2001:db8:1::2"}};
    return out;
}

TEST(NetworkSetup, InterfacesThatHaveTheirNamesKeepThem) {
    const auto batch = ip_batch(spec(), {{"lo", ""}, {"eth0", "02:00:00:00:00:01"}, {"eth1", "02:00:00:00:00:02"}});
    ASSERT_TRUE(batch);
    EXPECT_EQ(*batch, "link set dev lo up\n"
                      "address flush dev eth0\n"
                      "address add 198.18.1.1/24 brd + dev eth0\n"
                      "link set dev eth0 up\n"
                      "address flush dev eth1\n"
                      "address add 2001:db8:1::1/64 nodad dev eth1\n"
                      "link set dev eth1 up\n"
                      "route replace ::/0 via 2001:db8:1::2\n");
}

TEST(NetworkSetup, InterfacesCanSwapTheirNames) {
    const auto batch = ip_batch(spec(), {{"eth1", "02:00:00:00:00:01"}, {"eth0", "02:00:00:00:00:02"}});
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->substr(0, batch->find("address")), "link set dev lo up\n"
                                                        "link set dev eth1 down\n"
                                                        "link set dev eth1 name testudo0\n"
                                                        "link set dev eth0 down\n"
                                                        "link set dev eth0 name testudo1\n"
                                                        "link set dev testudo0 name eth0\n"
                                                        "link set dev testudo1 name eth1\n");
}

TEST(NetworkSetup, NothingSlipsIntoTheBatch) {
    const Links links{{"a", "02:00:00:00:00:01"}, {"b", "02:00:00:00:00:02"}};
    EXPECT_FALSE(ip_batch(spec(), {{"a", "02:00:00:00:00:01"}}));
    const auto with = [&](auto change) {
        auto changed = spec();
        change(changed);
        return ip_batch(changed, links).has_value();
    };
    EXPECT_TRUE(with([](auto&) {}));
    EXPECT_FALSE(with([](auto& s) { s.interfaces[0].name = "eth0 up\nlink"; }));
    EXPECT_FALSE(with([](auto& s) { s.interfaces[0].ipv4 = "198.18.1.1/24 dev eth1"; }));
    EXPECT_FALSE(with([](auto& s) { s.routes[0].via = "2001:db8::1 dev lo"; }));
    EXPECT_FALSE(with([](auto& s) { s.routes[0].to = "default"; }));
}

TEST(NetworkSetup, OnlyRoutersForward) {
    const auto value = [](const PersonaliseSpec& s, const std::string& path) {
        for (const auto& setting : kernel_settings(s))
            if (setting.path == path)
                return setting.value;
        return std::string("absent");
    };
    auto router = spec();
    EXPECT_EQ(value(router, "net/ipv4/ip_forward"), "0");
    router.forwards = true;
    EXPECT_EQ(value(router, "net/ipv4/ip_forward"), "1");
    EXPECT_EQ(value(router, "net/ipv6/conf/all/forwarding"), "1");
    EXPECT_EQ(value(router, "net/ipv6/conf/eth1/accept_ra"), "0");
    EXPECT_EQ(value(router, "net/ipv6/conf/eth1/accept_dad"), "0");
}

TEST(Accounts, OwnersAreFoundByNameAndNumber) {
    const std::string passwd = "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:34::/:/bin/sh\nbroken\n";
    const std::string group = "root:x:0:\nadm:x:4:syslog\n";
    const auto owner = [&](const std::string& text) {
        const auto found = find_owner(text, passwd, group);
        return found ? std::to_string(found->user) + ":" + std::to_string(found->group) : "none";
    };
    EXPECT_EQ(owner("root"), "0:0");
    EXPECT_EQ(owner("www-data"), "33:34");
    EXPECT_EQ(owner("www-data:adm"), "33:4");
    EXPECT_EQ(owner("1000:4"), "1000:4");
    EXPECT_EQ(owner("1000"), "1000:1000");
    EXPECT_EQ(owner("nobody"), "none");
    EXPECT_EQ(owner("root:wheel"), "none");
    EXPECT_EQ(owner(""), "none");
    EXPECT_EQ(owner("broken"), "none");
    EXPECT_TRUE(has_account("www-data", passwd));
    EXPECT_FALSE(has_account("www", passwd));
}

} // namespace
} // namespace testudo::agents
