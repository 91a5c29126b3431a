#include "orchestrator/plan/describe.hpp"

#include <gmock/gmock.h>

#include "tests/plan/sample_plan.hpp"

namespace testudo::plan {
namespace {

using testing::HasSubstr;

TEST(Describe, names_what_will_be_made) {
    const auto text = describe(sample_plan());
    EXPECT_THAT(text, HasSubstr("Sample (sample), 30m of exercise time"));
    EXPECT_THAT(text, HasSubstr("North (EST)"));
    EXPECT_THAT(text, HasSubstr("198.18.11.80/24  2001:db8:11::80/64"));
    EXPECT_THAT(text, HasSubstr("deface T1491.002: Portal is defaced"));
    EXPECT_THAT(text, HasSubstr("9 machines (7 containers, 2 virtual), 3 networks, 6 checks, 1 actions, 2 messages"));
    EXPECT_THAT(text, HasSubstr("ready in about"));
}

TEST(Describe, lists_what_is_not_approved) {
    auto plan = sample_plan();
    EXPECT_EQ(describe(plan).find("Not approved"), std::string::npos);
    plan.injects[1].approved = false;
    plan.injects[1].proposed = true;
    EXPECT_THAT(describe(plan), HasSubstr("Not approved, so these do not fire\n    proposed"));
    const auto data = describe_json(plan);
    const auto& listed = array_or_empty(data, "not_approved");
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(text_or(listed.at(0).as_object(), "approval"), "proposed");
}

TEST(Describe, says_the_same_as_data) {
    const auto data = describe_json(sample_plan());
    const auto& totals = object_or_empty(data, "totals");
    EXPECT_EQ(int_or(totals, "machines"), 9);
    EXPECT_EQ(int_or(totals, "memory_mib"), 7 * 64 + 2 * 256);
    EXPECT_EQ(int_or(object_or_empty(totals, "images"), "debian-vm"), 2);
    EXPECT_EQ(text_or(data, "plan_hash"), hash_of(sample_plan()));
    EXPECT_FALSE(array_or_empty(data, "steps").empty());
    EXPECT_TRUE(plan_from_json(object_or_empty(data, "plan")));
}

} // namespace
} // namespace testudo::plan
