#include "orchestrator/plan/placement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace testudo::plan {
namespace {

using testing::Each;
using testing::Pair;

Machine machine(const std::string& id, const std::string& team, std::int64_t memory, const std::string& label = "") {
    Machine one;
    one.id = id;
    one.team = team;
    one.memory_mib = memory;
    one.label = label;
    return one;
}

Host host(const std::string& id, std::int64_t memory, const std::string& nation = "") {
    Host one;
    one.id = id;
    one.memory_mib = memory;
    one.nation = nation;
    return one;
}

// Two teams with two machines each, and one of the exercise's own.
Plan two_teams() {
    Plan plan;
    plan.label = "EXERCISE UNCLASSIFIED";
    for (const auto& [id, nation] : {std::pair("north", "EST"), std::pair("south", "FIN")}) {
        Team team;
        team.id = id;
        team.nations = {nation};
        plan.teams.push_back(team);
        plan.machines.push_back(machine(std::string("portal@") + id, id, 1000));
        plan.machines.push_back(machine(std::string("db@") + id, id, 500));
    }
    plan.machines.push_back(machine("probe", "", 200));
    return plan;
}

std::map<std::string, std::string> hosts_of(const Result<Placement>& placement) {
    EXPECT_TRUE(placement) << placement.error().text();
    std::map<std::string, std::string> out;
    if (placement)
        for (const auto& [id, placed] : *placement)
            out[id] = placed.host;
    return out;
}

using Hosts = std::map<std::string, std::string>;

TEST(Placement, keeps_a_team_together_on_a_host_of_its_nation) {
    auto plan = two_teams();
    plan.hosts = {host("alpha", 1800, "FIN"), host("beta", 1600, "EST")};
    const auto placement = place(plan);
    EXPECT_EQ(hosts_of(placement), (Hosts{{"portal@north", "beta"},
                                          {"db@north", "beta"},
                                          {"portal@south", "alpha"},
                                          {"db@south", "alpha"},
                                          {"probe", "alpha"}}));
    EXPECT_EQ(placement->at("db@north").reason, "a host of EST");
    EXPECT_EQ(placement_from_json(to_json(*placement)), *placement);
    EXPECT_TRUE(hosts_of(place(two_teams())).empty()) << "without hosts there is nothing to choose";
}

TEST(Placement, holds_to_what_hosts_take) {
    auto plan = two_teams();
    plan.machines[1].label = "EXERCISE SECRET"; // the database of north
    plan.hosts = {host("alpha", 9000), host("beta", 9000), host("gamma", 9000)};
    plan.hosts[0].highest = "RESTRICTED";
    plan.hosts[1].teams = {"south"};
    plan.hosts[2].teams = {"north"};
    const auto placement = place(plan);
    EXPECT_EQ(hosts_of(placement).at("db@north"), "gamma");
    EXPECT_EQ(placement->at("db@north").reason, "the only host that takes it");
    EXPECT_EQ(hosts_of(placement).at("probe"), "alpha");
}

TEST(Placement, splits_a_team_that_is_too_large_for_any_host) {
    auto plan = two_teams();
    plan.hosts = {host("alpha", 1200), host("beta", 1100), host("gamma", 1000)};
    const auto where = hosts_of(place(plan));
    EXPECT_NE(where.at("portal@north"), where.at("portal@south"));
    EXPECT_EQ(where.size(), 5U);
}

TEST(Placement, moves_only_what_was_on_a_lost_host) {
    auto plan = two_teams();
    plan.hosts = {host("alpha", 1600), host("beta", 4000), host("gamma", 4000)};
    const auto before = place(plan);
    const auto lost = hosts_of(before).at("portal@north");
    const auto after = hosts_of(place(plan, *before, {lost}));
    for (const auto& [id, where] : hosts_of(before))
        if (where == lost)
            EXPECT_NE(after.at(id), lost) << id;
        else
            EXPECT_EQ(after.at(id), where) << id;
    EXPECT_EQ(place(plan, *before), *before);
}

TEST(Placement, says_of_each_host_why_it_does_not_do) {
    auto plan = two_teams();
    plan.machines[0].label = "EXERCISE SECRET";
    plan.hosts = {host("alpha", 9000), host("beta", 900), host("gamma", 9000), host("delta", 9000)};
    plan.hosts[0].highest = "RESTRICTED";
    plan.hosts[2].teams = {"south"};
    const auto placement = place(plan, {}, {"delta"});
    ASSERT_FALSE(placement);
    EXPECT_EQ(
        placement.error().text(),
        "placement.no-room: portal@north: takes 1000 MiB of memory and 0 MiB of disk, and finds no host: alpha takes "
        "nothing above RESTRICTED; beta has 900 MiB of memory left; gamma does not take machines of north; delta is "
        "not to be used");
}

TEST(Placement, packs_thousands) {
    Plan plan;
    for (int t = 0; t < 100; ++t) {
        Team team;
        team.id = "team" + std::to_string(t);
        plan.teams.push_back(team);
        for (int m = 0; m < 50; ++m)
            plan.machines.push_back(machine("m" + std::to_string(m) + "@" + team.id, team.id, 100 + m));
    }
    for (int h = 0; h < 20; ++h)
        plan.hosts.push_back(host("host" + std::to_string(h), 33'000));
    EXPECT_EQ(hosts_of(place(plan)).size(), 5'000U);
}

} // namespace
} // namespace testudo::plan
