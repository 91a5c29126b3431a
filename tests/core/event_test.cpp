#include "orchestrator/core/event.hpp"

#include <gtest/gtest.h>

namespace testudo {
namespace {

Event sample(std::string kind) {
    Event e;
    e.wall_ms = 1795430467123;
    e.exercise_ms = 61'000;
    e.kind = std::move(kind);
    e.scope = "north";
    e.body = {{"reason", "HTTP 502 \u2013 \"bad gateway\""}, {"latency_us", 1200}};
    return e;
}

TEST(Event, SurvivesItsTextForm) {
    auto e = sample("check.sample");
    e.seq = 7;
    const auto back = decode_event(encode(e));
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(*back, e);
    EXPECT_EQ(encode(*back), encode(e));
}

TEST(Event, RefusesWhatIsNoEvent) {
    EXPECT_FALSE(decode_event("[]"));
    EXPECT_FALSE(decode_event("{\"seq\": 1}"));
    EXPECT_FALSE(decode_event(""));
    auto e = sample("check.sample");
    e.seq = 7;
    const auto line = json::parse(encode(e)).as_object();
    for (const auto& member : line) {
        auto without = line;
        without.erase(member.key());
        EXPECT_FALSE(decode_event(json::serialize(without))) << "without " << member.key();
        auto wrong = line;
        wrong[member.key()] = nullptr;
        EXPECT_FALSE(decode_event(json::serialize(wrong))) << "null for " << member.key();
    }
    auto more = line;
    more["more"] = 1;
    EXPECT_FALSE(decode_event(json::serialize(more)));
    auto below = line;
    below["seq"] = -1;
    EXPECT_FALSE(decode_event(json::serialize(below)));
    auto fraction = line;
    fraction["body"] = {{"list", {1, {{"points", 0.5}}}}};
    EXPECT_FALSE(decode_event(json::serialize(fraction)));
}

TEST(Event, TheChainDependsOnEveryByteBeforeIt) {
    auto e = sample("x");
    const auto h = chain(chain_start, e);
    EXPECT_EQ(h, chain(chain_start, e));
    EXPECT_NE(h, chain(h, e));
    e.body["latency_us"] = 1201;
    EXPECT_NE(h, chain(chain_start, e));
}

TEST(MemoryEventStore, NumbersWithoutGapsAndReadsFromAnySeq) {
    MemoryEventStore store;
    std::vector<Event> two = {sample("a"), sample("b")};
    EXPECT_EQ(store.append(two).value(), 1U);
    std::vector<Event> one = {sample("c")};
    EXPECT_EQ(store.append(one).value(), 3U);
    EXPECT_EQ(one[0].seq, 3U);
    std::string kinds;
    ASSERT_TRUE(store.read(2, [&](const Event& e) {
        kinds += e.kind;
        return true;
    }));
    EXPECT_EQ(kinds, "bc");
    EXPECT_EQ(store.head(), chain(chain(chain(chain_start, two[0]), two[1]), one[0]));
}

} // namespace
} // namespace testudo
