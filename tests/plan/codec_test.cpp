#include <gtest/gtest.h>

#include "tests/plan/sample_plan.hpp"

namespace testudo::plan {
namespace {

TEST(PlanCodec, reads_what_it_wrote) {
    const auto plan = sample_plan();
    const auto object = to_json(plan);
    const auto again = plan_from_json(object);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(to_json(*again), object);
    EXPECT_EQ(hash_of(*again), hash_of(plan));
}

TEST(PlanCodec, survives_text) {
    const auto text = json::serialize(to_json(sample_plan()));
    const auto parsed = parse_json(text);
    ASSERT_TRUE(parsed);
    const auto plan = plan_from_json(parsed->as_object());
    ASSERT_TRUE(plan) << plan.error().text();
    EXPECT_EQ(json::serialize(to_json(*plan)), text);
}

TEST(PlanCodec, names_the_member_that_is_wrong) {
    auto object = to_json(sample_plan());
    object["machines"].as_array()[1].as_object()["memory_mib"] = "much";
    const auto plan = plan_from_json(object);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, "plan.malformed");
    EXPECT_EQ(plan.error().message, "`machines[1].memory_mib` should be a whole number in range");
}

TEST(PlanCodec, names_the_member_that_is_missing) {
    auto object = to_json(sample_plan());
    object["injects"].as_array()[0].as_object()["when"].as_object().erase("ref");
    const auto plan = plan_from_json(object);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().message, "`injects[0].when.ref` is missing");
}

TEST(PlanCodec, what_came_later_may_be_missing_and_changes_no_hash) {
    auto plan = sample_plan();
    const auto before = to_json(plan);
    EXPECT_FALSE(before.at("injects").as_array()[1].as_object().contains("lasts_ms"));
    plan.injects[1].lasts = Millis(5'000);
    const auto again = plan_from_json(to_json(plan));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->injects[1].lasts, Millis(5'000));
    EXPECT_NE(hash_of(*again), hash_of(sample_plan()));
}

TEST(PlanCodec, refuses_numbers_out_of_range_and_unknown_words) {
    auto object = to_json(sample_plan());
    object["checks"].as_array()[0].as_object()["port"] = 70000;
    EXPECT_FALSE(plan_from_json(object));
    object = to_json(sample_plan());
    object["machines"].as_array()[0].as_object()["kind"] = "bare-metal";
    const auto plan = plan_from_json(object);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().message, "`machines[0].kind` should be one of container, vm");
}

TEST(PlanCodec, hash_changes_with_anything) {
    auto plan = sample_plan();
    const auto before = hash_of(plan);
    plan.injects[2].when.parts.emplace_back();
    EXPECT_NE(hash_of(plan), before);
}

TEST(PlanFind, by_id) {
    const auto plan = sample_plan();
    ASSERT_NE(find_machine(plan, "portal@south"), nullptr);
    EXPECT_EQ(find_machine(plan, "portal@south")->team, "south");
    EXPECT_EQ(find_machine(plan, "portal"), nullptr);
    EXPECT_NE(find_team(plan, "red"), nullptr);
    EXPECT_NE(find_inject(plan, "defaced"), nullptr);
    EXPECT_NE(find_check(plan, "crane-runs@reference"), nullptr);
    EXPECT_NE(find_segment(plan, "office@north"), nullptr);
}

} // namespace
} // namespace testudo::plan
