#include "orchestrator/plan/rules.hpp"

#include <gmock/gmock.h>

#include "tests/plan/planned.hpp"

namespace testudo::plan {
namespace {

RuleDraft rule(bool allow, std::string_view from, std::string_view to, std::string protocol, int first = 0,
               int last = 0) {
    RuleDraft r;
    r.allow = allow;
    r.sources = {*parse_prefix(from)};
    r.destinations = {*parse_prefix(to)};
    r.protocol = std::move(protocol);
    r.first_port = first;
    r.last_port = last == 0 ? first : last;
    r.text = "test";
    return r;
}

bool passes(const std::vector<RuleDraft>& rules, std::string_view from, std::string_view to, std::string protocol,
            int port = 0) {
    return plan::passes(rules, Flow{*parse_address(from), *parse_address(to), std::move(protocol), port});
}

TEST(Rules, what_is_not_allowed_is_stopped) {
    EXPECT_FALSE(passes({}, "198.18.0.1", "198.18.1.1", "tcp", 80));
    const std::vector<RuleDraft> web{rule(true, "198.18.0.0/24", "198.18.1.80/32", "tcp", 80)};
    EXPECT_TRUE(passes(web, "198.18.0.9", "198.18.1.80", "tcp", 80));
    EXPECT_FALSE(passes(web, "198.18.0.9", "198.18.1.80", "tcp", 81));
    EXPECT_FALSE(passes(web, "198.18.0.9", "198.18.1.80", "udp", 80));
    EXPECT_FALSE(passes(web, "198.18.0.9", "198.18.1.81", "tcp", 80));
    EXPECT_FALSE(passes(web, "198.18.5.9", "198.18.1.80", "tcp", 80));
    EXPECT_FALSE(passes(web, "198.18.0.9", "198.18.1.80", "icmp"));
}

TEST(Rules, what_is_denied_is_denied_wherever_it_stands) {
    const std::vector<RuleDraft> rules{rule(true, "198.18.0.0/16", "198.18.1.0/24", ""),
                                       rule(false, "198.18.0.0/24", "198.18.1.80/32", "tcp", 80)};
    EXPECT_FALSE(passes(rules, "198.18.0.9", "198.18.1.80", "tcp", 80));
    EXPECT_TRUE(passes(rules, "198.18.3.9", "198.18.1.80", "tcp", 80));
    EXPECT_TRUE(passes(rules, "198.18.0.9", "198.18.1.80", "icmp"));
}

TEST(Rules, ranges_and_names_of_protocols) {
    const std::vector<RuleDraft> rules{rule(true, "198.18.0.0/24", "198.18.1.0/24", "tcp", 1000, 2000),
                                       rule(true, "2001:db8::/64", "2001:db8:1::/64", "dns", 53)};
    EXPECT_TRUE(passes(rules, "198.18.0.1", "198.18.1.1", "tcp", 1500));
    EXPECT_FALSE(passes(rules, "198.18.0.1", "198.18.1.1", "tcp", 2001));
    EXPECT_TRUE(passes(rules, "2001:db8::1", "2001:db8:1::1", "udp", 53));
    EXPECT_TRUE(passes(rules, "2001:db8::1", "2001:db8:1::1", "tcp", 53));
    EXPECT_FALSE(passes(rules, "2001:db8::1", "2001:db8:1::1", "icmp"));
}

TEST(Ruleset, is_written_for_both_families) {
    const auto plan =
        planned(small_range + "rules:\n  - { at: gate, allow: [internet -> portal.web, office -> internet icmp], "
                              "deny: internet -> portal tcp/8000-9000 }\n");
    const auto& text = find_machine(plan, "gate@north")->nftables;
    using testing::HasSubstr;
    EXPECT_THAT(text, HasSubstr("policy drop"));
    EXPECT_THAT(
        text,
        HasSubstr(
            "ip saddr 198.18.0.0/24 ip daddr 198.18.1.80 tcp dport 80 accept comment \"internet -> portal.web\""));
    EXPECT_THAT(text, HasSubstr("ip6 saddr 2001:db8::/64 ip6 daddr 2001:db8:1::80 tcp dport 80 accept"));
    EXPECT_THAT(text, HasSubstr("ip saddr 198.18.1.0/24 ip daddr 198.18.0.0/24 icmp type echo-request accept"));
    EXPECT_THAT(text, HasSubstr("icmpv6 type echo-request accept"));
    EXPECT_LT(text.find("tcp dport 8000-9000 drop"), text.find("tcp dport 80 accept"));
    EXPECT_EQ(text.find("198.18.2."), std::string::npos) << "nothing of another team";
    EXPECT_EQ(find_machine(plan, "portal@north")->nftables, "");
}

TEST(Ruleset, a_shared_router_takes_a_rule_between_shared_things_once) {
    const auto plan = planned(R"(testudo: 1
exercise: core
duration: 10m
teams: { north: { colour: blue, nations: [EST] }, south: { colour: blue, nations: [FIN] } }
networks: { internet: { ipv4: 198.18.0.0/24 }, satellite: { ipv4: 198.18.200.0/24 } }
machines: { core: { role: router, image: x, on: { internet: 1, satellite: 1 } } }
rules: [{ at: core, allow: internet -> satellite tcp }]
)");
    const auto& text = find_machine(plan, "core")->nftables;
    const std::string line = "ip saddr 198.18.0.0/24 ip daddr 198.18.200.0/24 meta l4proto tcp accept";
    EXPECT_NE(text.find(line), std::string::npos) << text;
    EXPECT_EQ(text.find(line), text.rfind(line)) << text;
}

TEST(Ruleset, any_means_the_team_and_what_is_shared) {
    const auto plan = planned(R"(testudo: 1
exercise: shared
duration: 10m
teams: { north: { colour: blue, nations: [EST] }, south: { colour: blue, nations: [FIN] } }
networks:
  internet: { ipv4: 198.18.0.0/24 }
  office: { per: team, ipv4: "198.18.{{ team.number }}.0/24" }
machines:
  gate: { per: team, role: router, image: x, on: { internet: "{{ team.number }}", office: 1 } }
rules: [{ at: gate, allow: any -> any }]
)");
    const auto& text = find_machine(plan, "gate@south")->nftables;
    EXPECT_EQ(text.find("198.18.1."), std::string::npos) << text;
    EXPECT_NE(text.find("ip saddr { 198.18.0.0/24, 198.18.2.0/24 } ip daddr { 198.18.0.0/24, 198.18.2.0/24 } accept"),
              std::string::npos)
        << text;
}

} // namespace
} // namespace testudo::plan
