#include <gmock/gmock.h>

#include "tests/plan/planned.hpp"

// Machines by the dozen, numbers from pools, and what waits for what.
namespace testudo::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string shops = small_range + R"(
  shop:
    per: team
    count: 3
    title: Shop {{ index }}
    image: debian
    on: { office: "{{ 100 + index }}" }
    serves: { web: http }
    files: [{ path: /etc/motd, content: "{{ index }} {{ pad(index, 3) }} {{ hex(10 * index) }} {{ nation }}" }]
)";

TEST(Counted, machines_have_numbers) {
    const auto plan = planned(shops);
    const auto* second = find_machine(plan, "shop-2@south");
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(second->name, "shop-2");
    EXPECT_EQ(second->title, "Shop 2");
    EXPECT_EQ(second->interfaces.front().ipv4, "198.18.2.102/24");
    EXPECT_EQ(second->files.front().content, "2 002 14 FIN");
    EXPECT_EQ(find_machine(plan, "shop@south"), nullptr);
    EXPECT_EQ(find_machine(plan, "shop-4@south"), nullptr);
}

TEST(Counted, a_rule_of_the_name_is_one_of_all) {
    const auto plan = planned(shops + "rules: [{ at: gate, allow: internet -> shop.web }]\n");
    EXPECT_THAT(find_machine(plan, "gate@north")->nftables,
                HasSubstr("{ 198.18.1.101, 198.18.1.102, 198.18.1.103 } tcp dport 80 accept"));
}

TEST(Counted, a_check_of_the_name_is_one_of_each) {
    const auto plan =
        planned(shops + "rules: [{ at: gate, allow: internet -> shop.web }]\n"
                        "checks: { sells: { title: 'Shop {{ index }} of {{ team.title }} sells', from: internet, "
                        "of: shop.web, ask: { path: '/{{ index }}' } } }\n"
                        "timeline: [{ message: hello, when: check sells-2 down, from: White, subject: "
                        "Hello, body: Hello }]\n");
    const auto* check = find_check(plan, "sells-2@north");
    ASSERT_NE(check, nullptr);
    EXPECT_EQ(check->title, "Shop 2 of North sells");
    EXPECT_EQ(check->target, "shop-2@north");
    EXPECT_EQ(check->service, "shop");
    EXPECT_EQ(check->params.at("path").as_string(), "/2");
    EXPECT_NE(find_check(plan, "sells-3@reference"), nullptr);
    EXPECT_EQ(plan.services.size(), 1U);
}

TEST(Counted, an_action_on_the_name_is_done_to_each) {
    const auto plan = planned(
        shops +
        "timeline:\n"
        "  - { action: plant-file, id: all, at: T+1m, on: shop, with: { path: '/tmp/{{ index }}', content: "
        "'{{ team.id }}' }, impact: 10 }\n"
        "  - { action: plant-file, id: one, at: T+2m, on: shop-2, with: { path: '/tmp/{{ index }}', content: x } }\n"
        "  - { action: stop-service, id: sold-out, at: T+3m, on: shop.web, to: south }\n");
    std::string targets;
    for (const auto& target : find_inject(plan, "all")->targets)
        targets += target.target + " " + text_or(target.params, "path") + ", ";
    EXPECT_EQ(targets, "shop-1@north /tmp/1, shop-2@north /tmp/2, shop-3@north /tmp/3, "
                       "shop-1@south /tmp/1, shop-2@south /tmp/2, shop-3@south /tmp/3, ");
    ASSERT_EQ(find_inject(plan, "one")->targets.size(), 2U);
    EXPECT_EQ(text_or(find_inject(plan, "one")->targets[0].params, "path"), "/tmp/2");
    EXPECT_EQ(find_inject(plan, "sold-out")->targets.size(), 3U);
    EXPECT_THAT(codes(shops +
                      "timeline: [{ action: guess-password, id: g, at: T+1m, by: shop, on: portal, with: { user: a, "
                      "passwords: [b] } }]\n"),
                ElementsAre("T0908"));
}

TEST(Pools, give_the_next_free_number) {
    auto range = small_range;
    range.replace(range.find("198.18.0.0/24,"), 14, "198.18.0.0/24, pools: { static: 65-70 },");
    const auto plan = planned(range + "  bird: { count: 3, image: debian, on: { internet: { pool: static } } }\n"
                                      "  late: { image: debian, on: { internet: 68 } }\n");
    EXPECT_EQ(find_machine(plan, "bird-1")->interfaces.front().ipv4, "198.18.0.65/24");
    EXPECT_EQ(find_machine(plan, "bird-2")->interfaces.front().ipv4, "198.18.0.67/24");
    EXPECT_EQ(find_machine(plan, "bird-2")->interfaces.front().ipv6, "2001:db8::67/64");
    EXPECT_EQ(find_machine(plan, "bird-3")->interfaces.front().ipv4, "198.18.0.69/24");
}

TEST(Needs, are_the_own_machine_or_the_shared_one) {
    const auto plan =
        planned(shops + "  till: { per: team, image: debian, on: { office: 20 }, needs: [shop, portal, crow] }\n");
    EXPECT_THAT(find_machine(plan, "till@south")->needs,
                ElementsAre("shop-1@south", "shop-2@south", "shop-3@south", "portal@south", "crow"));
}

TEST(SecretNames, are_the_same_on_a_machine_and_in_its_check) {
    const auto plan = planned(small_range + "  till: { per: team, image: debian, on: { office: 20 }, serves: { sql: "
                                            "postgresql }, setup: \"set '{{ secret.db }}'\",\n"
                                            "          users: { clerk: { password: \"{{ secret.db }}\" } } }\n"
                                            "  base: { role: reference, image: debian, on: { internet: 20 }, serves: { "
                                            "sql: postgresql }, setup: '{{ secret.db }}' }\n"
                                            "rules: [{ at: gate, allow: internet -> till.sql }]\n"
                                            "checks: { sells: { from: internet, of: till.sql, ask: { user: a, "
                                            "database: b, password: '{{ secret.db }}', query: c } } }\n");
    EXPECT_EQ(find_machine(plan, "till@south")->setup.front(), "set '{{secret:south/db}}'");
    EXPECT_EQ(find_machine(plan, "till@south")->users.front().password, "{{secret:south/db}}");
    EXPECT_EQ(find_check(plan, "sells@south")->params.at("password").as_string(), "{{secret:south/db}}");
    EXPECT_EQ(find_machine(plan, "base")->setup.front(), "{{secret:white/db}}");
    EXPECT_EQ(find_check(plan, "sells@reference")->params.at("password").as_string(), "{{secret:white/db}}");
    EXPECT_THAT(
        codes(small_range + "timeline: [{ message: a, at: T+1m, from: b, subject: '{{ secret.db }}', body: c }]\n"),
        ElementsAre("T0306"));
}

TEST(Packages, are_asked_for_before_anything_is_set_up) {
    const auto plan =
        planned(small_range + "  till: { image: debian, on: { internet: 20 }, packages: [nginx], setup: 'true' }\n");
    const auto& setup = find_machine(plan, "till")->setup;
    ASSERT_EQ(setup.size(), 2U);
    EXPECT_THAT(setup.front(), HasSubstr("for p in nginx; do dpkg-query -W"));
}

TEST(Groups, stand_for_their_nations) {
    auto range = small_range;
    range.replace(range.find("[FIN, SWE]"), 10, "[NORDIC, FIN, ISL]");
    const auto plan = planned(range + "groups: { NORDIC: { nations: [SWE, FIN], as_of: 2026-01-01 } }\n");
    EXPECT_THAT(find_team(plan, "south")->nations, ElementsAre("SWE", "FIN", "ISL"));
    const auto again = plan_from_json(to_json(plan));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(to_json(*again), to_json(plan));
}

TEST(Hosts, with_room_for_all_go_into_the_plan) {
    const auto hosts = small_range + "hosts:\n"
                                     "  alpha: { uri: 'qemu:///system', nation: EST, memory: 1 GiB, for: EST }\n"
                                     "  beta: { uri: 'qemu:///system', nation: FIN, memory: 4 GiB, reserve: 1 GiB }\n"
                                     "quotas: { FIN: 1 GiB }\n";
    EXPECT_THAT(codes(hosts), ElementsAre());
    auto loaded = template_::load_text("test.yaml", hosts);
    const auto plan = make(loaded.template_, loaded.diagnostics);
    ASSERT_TRUE(plan);
    ASSERT_EQ(plan->hosts.size(), 2U);
    EXPECT_THAT(plan->hosts.front().teams, ElementsAre("north"));
    EXPECT_EQ(plan->quotas.front().memory_mib, 1024);
    const auto again = plan_from_json(to_json(*plan));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(to_json(*again), to_json(*plan));
}

// Only together are the machines of two teams too many for the hosts that take them.
TEST(Hosts, are_counted_together) {
    const auto hosts = [](const std::string& second) {
        auto range = small_range;
        range.replace(range.find("    image: debian\n    on: { office: 80 }"), 17,
                      "    image: debian\n    memory: 960 MiB");
        return codes(range +
                     "hosts:\n"
                     "  alpha: { uri: 'qemu:///system', nation: EST, memory: 1200 MiB, for: [north, south] }\n"
                     "  beta: { uri: 'qemu:///system', nation: FIN, memory: 1200 MiB" +
                     second + " }\n  gamma: { uri: 'qemu:///system', nation: SWE, memory: 4 GiB, for: crows }\n");
    };
    EXPECT_THAT(hosts(""), ElementsAre());
    EXPECT_THAT(hosts(", reserve: 600 MiB"), ElementsAre("T1155"));
}

} // namespace
} // namespace testudo::plan
