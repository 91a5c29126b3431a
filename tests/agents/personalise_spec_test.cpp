#include "agents/protocol/personalise_spec.hpp"

#include <gtest/gtest.h>

namespace testudo::agents {
namespace {

PersonaliseSpec sample() {
    PersonaliseSpec spec;
    spec.hostname = "portal";
    spec.hosts = {{"198.18.11.80", "portal.harbour.example"}};
    spec.interfaces = {{"eth0", "02:00:00:00:00:01", "198.18.11.80/24", "2001:db8:11::80/64"}};
    spec.routes = {{"0.0.0.0/0", "198.18.11.1"}};
    spec.forwards = true;
    spec.nftables = "table inet t {}\n";
    spec.users = {{"defender", "swan-kilo", true}};
    spec.files = {{"/etc/motd", "Grüße\n\"quoted\"\n", "0600", "defender"}};
    spec.setup = {"true"};
    spec.services = {"nginx"};
    spec.reach = {"198.18.11.0/24"};
    return spec;
}

TEST(PersonaliseSpec, SurvivesTheWire) {
    const auto object = to_json(sample());
    const auto parsed = parse_json(json::serialize(object));
    ASSERT_TRUE(parsed);
    const auto back = personalise_spec_from_json(parsed->get_object());
    ASSERT_TRUE(back);
    EXPECT_EQ(to_json(*back), object);
    EXPECT_EQ(hash_of(*back), hash_of(sample()));
}

TEST(PersonaliseSpec, RefusesWhatDoesNotFitItsHash) {
    auto object = to_json(sample());
    object["hostname"] = "other";
    const auto changed = personalise_spec_from_json(object);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().code, "refused.params");
    EXPECT_FALSE(personalise_spec_from_json({}));
}

} // namespace
} // namespace testudo::agents
