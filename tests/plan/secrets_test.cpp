#include "orchestrator/plan/secrets.hpp"

#include <gmock/gmock.h>

namespace testudo::plan {
namespace {

const std::string seed(64, 'a');

TEST(Secrets, passwords_can_be_typed) {
    EXPECT_THAT(password(seed, "north/defender"),
                testing::MatchesRegex("[2-9a-km-np-z]{4}-[2-9a-km-np-z]{4}-[2-9a-km-np-z]{4}-[2-9a-km-np-z]{4}"));
}

TEST(Secrets, depend_on_seed_and_name_and_nothing_else) {
    EXPECT_EQ(password(seed, "north/defender"), password(seed, "north/defender"));
    EXPECT_NE(password(seed, "north/defender"), password(seed, "south/defender"));
    EXPECT_NE(password(seed, "north/defender"), password("other", "north/defender"));
    EXPECT_EQ(agent_secret(seed, "portal@north").size(), 64U);
    EXPECT_NE(agent_secret(seed, "portal@north"), agent_secret(seed, "portal@south"));
}

// A machine's secret does not tell the password of a credential with the same name.
TEST(Secrets, uses_are_apart) {
    EXPECT_NE(agent_secret(seed, "x").substr(0, 4), password(seed, "x").substr(0, 4));
}

TEST(Secrets, stand_in_a_plan_by_name_only) {
    EXPECT_EQ(placeholder("north/db"), "{{secret:north/db}}");
    const auto one = password("seed", "north/db");
    EXPECT_EQ(with_passwords("seed", "a {{secret:north/db}} b {{secret:south/db}}"),
              "a " + one + " b " + password("seed", "south/db"));
    EXPECT_EQ(with_passwords("seed", "{{secret:never closed"), "{{secret:never closed");
    const json::object params{{"password", "{{secret:north/db}}"}, {"all", json::array{"x{{secret:north/db}}", 5}}};
    const auto filled = with_passwords_inside("seed", params).as_object();
    EXPECT_EQ(filled.at("password").as_string(), one);
    EXPECT_EQ(filled.at("all").as_array()[0].as_string(), "x" + one);
}

} // namespace
} // namespace testudo::plan
