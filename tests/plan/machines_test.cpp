#include <gmock/gmock.h>
#include <set>

#include "orchestrator/plan/sight.hpp"
#include "tests/plan/planned.hpp"

namespace testudo::plan {
namespace {

TEST(Machines, every_team_has_its_own_and_shared_ones_come_first) {
    const auto plan = planned(small_range);
    std::vector<std::string> ids;
    for (const auto& machine : plan.machines)
        ids.push_back(machine.id);
    EXPECT_THAT(ids, testing::ElementsAre("probe-1", "probe-2", "good", "crow", "gate@north", "portal@north",
                                          "gate@south", "portal@south"));
    EXPECT_EQ(find_machine(plan, "portal@south")->team, "south");
    EXPECT_EQ(find_machine(plan, "crow")->team, "crows");
    EXPECT_EQ(find_machine(plan, "crow")->role, "red");
    EXPECT_EQ(find_machine(plan, "good")->team, "");
}

TEST(Machines, are_shown_to_whom_the_template_says) {
    const auto plan = planned(small_range + R"(
  rogue: { per: team, image: debian, on: { office: 90 }, seen_by: [white, red] }
  till: { per: team, image: debian, on: { office: 91 }, console: [red, instructor] }
  mail: { image: debian, on: { internet: 25 }, seen_by: blue, console: north }
  plug: { role: vantage, image: debian, on: { internet: 26 }, seen_by: [own, south] }
)");
    const auto seen_by = [&](const std::string& machine) {
        std::string out;
        for (const auto& team : plan.teams)
            out += is_seen_by(plan, *find_machine(plan, machine), team.id) ? team.id + " " : "";
        return out;
    };
    EXPECT_EQ(seen_by("portal@north"), "north crows ") << "as usual: its own team and the red ones";
    EXPECT_EQ(seen_by("probe-1"), "") << "what judges a team is the white team's alone";
    EXPECT_EQ(seen_by("rogue@north"), "crows ");
    EXPECT_EQ(seen_by("mail"), "north south ");
    EXPECT_EQ(seen_by("plug"), "south ");
    EXPECT_THAT(find_machine(plan, "rogue@south")->seen_by, testing::ElementsAre("white", "crows"));

    const auto& till = *find_machine(plan, "till@south");
    EXPECT_FALSE(opens_console(plan, till, "south")) << "the list does not name it";
    EXPECT_TRUE(opens_console(plan, till, "crows"));
    EXPECT_TRUE(instructor_opens_console(till));
    const auto& portal = *find_machine(plan, "portal@south");
    EXPECT_TRUE(opens_console(plan, portal, "south"));
    EXPECT_FALSE(opens_console(plan, portal, "crows"));
    EXPECT_FALSE(instructor_opens_console(portal));
    EXPECT_FALSE(opens_console(plan, *find_machine(plan, "rogue@north"), "north")) << "it does not see it";
    EXPECT_TRUE(opens_console(plan, *find_machine(plan, "mail"), "north"));

    const auto again = plan_from_json(to_json(plan));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(to_json(*again), to_json(plan));
}

TEST(Machines, addresses_follow_from_number_and_team) {
    const auto plan = planned(small_range);
    const auto& gate = *find_machine(plan, "gate@south");
    ASSERT_EQ(gate.interfaces.size(), 2U);
    EXPECT_EQ(gate.interfaces[0].ipv4, "198.18.0.12/24");
    EXPECT_EQ(gate.interfaces[0].ipv6, "2001:db8::12/64");
    EXPECT_EQ(gate.interfaces[1].segment, "office@south");
    EXPECT_EQ(gate.interfaces[1].name, "eth1");
    EXPECT_EQ(gate.interfaces[1].ipv4, "198.18.2.1/24");
    EXPECT_TRUE(gate.forwards);
}

TEST(Machines, names_on_the_host_fit_and_differ) {
    const auto plan = planned(small_range);
    std::set<std::string> names;
    for (const auto& segment : plan.segments) {
        EXPECT_LE(segment.bridge.size(), 15U);
        EXPECT_TRUE(names.insert(segment.bridge).second && names.insert(segment.network).second);
    }
    for (const auto& machine : plan.machines) {
        EXPECT_TRUE(names.insert(machine.domain).second && names.insert(machine.uuid).second);
        for (const auto& interface : machine.interfaces) {
            EXPECT_LE(interface.device.size(), 15U);
            EXPECT_TRUE(names.insert(interface.device).second && names.insert(interface.mac).second);
            EXPECT_EQ(interface.mac.substr(0, 2), "02");
        }
    }
    EXPECT_EQ(find_machine(plan, "portal@north")->domain, "tst-small-north-portal");
    EXPECT_EQ(find_segment(plan, "office@north")->network, "tst-small-north-office");
}

TEST(Machines, routes_lead_to_the_outside_and_never_to_another_team) {
    const auto plan = planned(small_range);
    const auto& portal = *find_machine(plan, "portal@north");
    ASSERT_EQ(portal.routes.size(), 2U);
    EXPECT_EQ(portal.routes[0].to, "0.0.0.0/0");
    EXPECT_EQ(portal.routes[0].via, "198.18.1.1");
    EXPECT_EQ(portal.routes[1].to, "::/0");
    EXPECT_EQ(portal.routes[1].via, "2001:db8:1::1");
    EXPECT_TRUE(find_machine(plan, "gate@north")->routes.empty());
    std::vector<std::string> of_crow;
    for (const auto& route : find_machine(plan, "crow")->routes)
        of_crow.push_back(route.to + " " + route.via);
    EXPECT_THAT(of_crow, testing::ElementsAre("198.18.1.0/24 198.18.0.11", "198.18.2.0/24 198.18.0.12",
                                              "2001:db8:1::/64 2001:db8::11", "2001:db8:2::/64 2001:db8::12"));
}

TEST(Machines, routes_go_through_two_routers_where_they_must) {
    const std::string deep = R"(testudo: 1
exercise: deep
duration: 10m
teams: { north: { colour: blue, nations: [EST] } }
networks:
  a: { ipv4: 198.18.0.0/24 }
  b: { per: team, ipv4: 198.18.1.0/24 }
  c: { per: team, ipv4: 198.18.2.0/24 }
machines:
  outer: { per: team, role: router, image: x, on: { a: 1, b: 1 } }
  inner: { per: team, role: router, image: x, on: { b: 2, c: 2 } }
  far: { image: x, on: { a: 9 } }
  leaf: { per: team, image: x, on: { c: 9 } }
  middle: { per: team, image: x, on: { b: 9 } }
)";
    const auto two = planned(deep);
    const auto routes = [&two](const std::string& id) {
        std::string out;
        for (const auto& route : find_machine(two, id)->routes)
            out += route.to + " " + route.via + "; ";
        return out;
    };
    EXPECT_EQ(routes("far"), "198.18.1.0/24 198.18.0.1; 198.18.2.0/24 198.18.0.1; ");
    EXPECT_EQ(routes("leaf@north"), "0.0.0.0/0 198.18.2.2; ");
    EXPECT_EQ(routes("middle@north"), "198.18.0.0/24 198.18.1.1; 198.18.2.0/24 198.18.1.2; ");
    EXPECT_EQ(routes("inner@north"), "198.18.0.0/24 198.18.1.1; ");
    EXPECT_EQ(routes("outer@north"), "198.18.2.0/24 198.18.1.2; ");
}

TEST(Machines, texts_know_the_team_and_its_machines) {
    const auto plan = planned(small_range);
    EXPECT_EQ(find_machine(plan, "portal@south")->files.at(0).content, "South: 198.18.2.80, crow at 2001:db8::66");
}

TEST(Machines, passwords_are_planted_or_derived) {
    const auto plan = planned(small_range);
    const auto& users = find_machine(plan, "portal@north")->users;
    ASSERT_EQ(users.size(), 2U);
    EXPECT_EQ(users[0].credential, "north/defender");
    EXPECT_EQ(users[0].password, "");
    EXPECT_TRUE(users[0].admin);
    EXPECT_EQ(users[1].credential, "");
    EXPECT_EQ(users[1].password, "guest");
}

TEST(Machines, profiles_give_what_a_machine_lacks) {
    const auto plan = planned(R"(testudo: 1
exercise: small
duration: 10m
teams: { north: { colour: blue, nations: [EST] } }
networks: { office: { per: team, ipv4: 198.18.1.0/24 } }
profiles:
  base:
    per: team
    image: debian
    memory: 96 MiB
    users: { defender: { admin: true }, guest: { password: a } }
    setup: first
machines:
  one: { like: base, on: { office: 1 }, memory: 32 MiB, users: { guest: { password: b } }, setup: second }
  two: { like: base, kind: vm, on: { office: 2 } }
)");
    const auto& one = *find_machine(plan, "one@north");
    EXPECT_EQ(one.image, "debian");
    EXPECT_EQ(one.memory_mib, 32);
    ASSERT_EQ(one.users.size(), 2U);
    EXPECT_EQ(one.users[1].password, "b");
    EXPECT_THAT(one.setup, testing::ElementsAre("first", "second"));
    EXPECT_EQ(find_machine(plan, "two@north")->kind, MachineKind::vm);
    EXPECT_EQ(find_machine(plan, "two@north")->memory_mib, 96);
}

TEST(Machines, the_same_template_gives_the_same_plan) {
    EXPECT_EQ(hash_of(planned(small_range)), hash_of(planned(small_range)));
}

} // namespace
} // namespace testudo::plan
