#include <algorithm>
#include <gtest/gtest.h>

#include "orchestrator/isolation/probes.hpp"
#include "tests/plan/sample_plan.hpp"

namespace testudo::isolation {
namespace {

using Kind = Probe::Kind;

// The sample's teams have a segment each, and meet on a shared one.
const plan::Plan plan_ = plan::sample_plan();

std::vector<Probe> of_kind(Kind kind, const std::vector<Outside>& outside = {}) {
    auto all = probes_of(plan_, outside);
    std::erase_if(all, [kind](const Probe& probe) { return probe.kind != kind; });
    return all;
}

const std::string& team_of(const std::string& machine) {
    return plan::find_machine(plan_, machine)->team;
}

TEST(Probes, somebody_on_every_segment_looks_for_strangers) {
    const auto found = of_kind(Kind::strangers);
    for (const auto& segment : plan_.segments)
        EXPECT_EQ(std::count_if(found.begin(), found.end(), [&](const Probe& p) { return p.to == segment.id; }), 1)
            << segment.id;
}

TEST(Probes, every_team_knocks_at_every_other_one_and_never_at_itself) {
    const auto found = of_kind(Kind::team);
    for (const auto& from : plan_.teams)
        for (const auto& to : plan_.teams) {
            const bool both_blue = from.colour == "blue" && to.colour == "blue";
            const bool tried = std::any_of(found.begin(), found.end(), [&](const Probe& p) {
                return team_of(p.from) == from.id && team_of(p.to) == to.id;
            });
            EXPECT_EQ(tried, both_blue && from.id != to.id) << from.id << " to " << to.id;
        }
    for (const auto& probe : found) {
        EXPECT_FALSE(probe.open());
        EXPECT_FALSE(probe.address.empty());
    }
}

TEST(Probes, what_is_outside_is_tried_from_every_segment) {
    const auto found = of_kind(Kind::outside, {{"the controller", "192.0.2.1", 8080}});
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].address, "192.0.2.1");
    EXPECT_EQ(found[0].port, 8080);
    EXPECT_FALSE(found[0].open());
}

TEST(Probes, the_ways_of_checks_and_of_the_red_team_have_to_be_open) {
    const auto found = of_kind(Kind::path);
    for (const auto& check : plan_.checks)
        EXPECT_TRUE(std::any_of(found.begin(), found.end(), [&](const Probe& p) {
            return p.open() && p.from == check.vantage && p.address == check.address;
        })) << check.id;
}

} // namespace
} // namespace testudo::isolation
