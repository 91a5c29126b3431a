#include "web/server/hub.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace testudo::web {
namespace {

Publication state(std::uint64_t seq, std::uint64_t from, const std::string& text = "x",
                  const std::string& epoch = "e") {
    Publication p;
    p.at = {epoch, seq};
    p.from = from;
    p.view = std::make_shared<const json::object>(json::object{{"seq", seq}, {"text", text}});
    p.patch = {{"seq", seq}, {"text", text}};
    return p;
}

TEST(Channel, HasNothingBeforeTheFirstPublication) {
    Channel channel;
    EXPECT_FALSE(channel.next({}));
    EXPECT_FALSE(channel.next({"e", 5}));
}

TEST(Channel, GivesANewcomerTheSnapshot) {
    Channel channel;
    channel.publish(state(3, 0));
    const auto next = channel.next({});
    ASSERT_TRUE(next);
    EXPECT_TRUE(next->snapshot);
    EXPECT_EQ(*next->frame, R"({"type":"snapshot","epoch":"e","seq":3,"view":{"seq":3,"text":"x"}})");
    EXPECT_FALSE(channel.next(next->at));
}

TEST(Channel, GivesEverybodyTheSameBytes) {
    Channel channel;
    channel.publish(state(3, 0));
    EXPECT_EQ(channel.next({})->frame.get(), channel.next({"other", 9})->frame.get());
    channel.publish(state(4, 3));
    EXPECT_EQ(channel.next({"e", 3})->frame.get(), channel.next({"e", 3})->frame.get());
}

TEST(Channel, LeadsFromAnyKnownStateToTheNewest) {
    Channel channel;
    channel.publish(state(1, 0, std::string(1000, 'x')));
    channel.next({});
    channel.publish(state(4, 1));
    channel.publish(state(9, 4));
    EXPECT_EQ(channel.behind({"e", 1}), 2U);
    const auto first = channel.next({"e", 1});
    EXPECT_EQ(*first->frame, R"({"type":"delta","epoch":"e","seq":4,"from":1,"patch":{"seq":4,"text":"x"}})");
    const auto second = channel.next(first->at);
    EXPECT_EQ(second->at.seq, 9U);
    EXPECT_FALSE(second->snapshot);
    EXPECT_FALSE(channel.next(second->at));
}

TEST(Channel, AnUnknownStateNeedsASnapshot) {
    Channel channel;
    channel.publish(state(1, 0));
    channel.publish(state(4, 1));
    EXPECT_TRUE(channel.next({"e", 2})->snapshot);  // between two states
    EXPECT_TRUE(channel.next({"e", 99})->snapshot); // from a future that never was
    EXPECT_TRUE(channel.next({"f", 1})->snapshot);  // of an earlier controller
}

TEST(Channel, ABreakInTheChainNeedsASnapshot) {
    Channel channel;
    channel.publish(state(1, 0));
    channel.publish(state(2, 1));
    channel.publish(state(7, 5)); // nobody has state 5
    EXPECT_TRUE(channel.next({"e", 2})->snapshot);
    channel.publish(state(8, 7, "x", "f")); // a new controller
    EXPECT_TRUE(channel.next({"e", 7})->snapshot);
    EXPECT_EQ(channel.next({"e", 7})->at, (Position{"f", 8}));
}

TEST(Channel, PrefersOneSnapshotToManyDeltas) {
    Channel channel;
    channel.publish(state(1, 0));
    const auto snapshot = channel.next({});
    for (std::uint64_t seq = 2; seq <= 10; ++seq)
        channel.publish(state(seq, seq - 1));
    const auto next = channel.next(snapshot->at);
    EXPECT_TRUE(next->snapshot);
    EXPECT_EQ(next->at.seq, 10U);
    // A single delta is sent however long it is.
    EXPECT_FALSE(channel.next({"e", 9})->snapshot);
}

TEST(Channel, ForgetsTheDistantPast) {
    Channel channel;
    channel.publish(state(1, 0));
    const std::string large(100'000, 'x');
    for (std::uint64_t seq = 2; seq <= 40; ++seq)
        channel.publish(state(seq, seq - 1, large));
    EXPECT_EQ(channel.behind({"e", 1}), 0U);
    EXPECT_TRUE(channel.next({"e", 1})->snapshot);
    EXPECT_FALSE(channel.next({"e", 39})->snapshot);
}

TEST(Channel, MayBeReadWhileItIsPublishedTo) {
    Channel channel;
    channel.publish(state(1, 0));
    std::thread publisher([&] {
        for (std::uint64_t seq = 2; seq <= 2000; ++seq)
            channel.publish(state(seq, seq - 1));
    });
    Position at;
    std::uint64_t last = 0;
    while (last < 2000)
        if (const auto next = channel.next(at)) {
            EXPECT_GT(next->at.seq, last);
            last = next->at.seq;
            at = next->at;
        }
    publisher.join();
    EXPECT_FALSE(channel.next(at));
}

TEST(Hub, WakesOnceForManyPublications) {
    Hub hub;
    int woken = 0;
    hub.on_change([&] { ++woken; });
    hub.publish("white", state(1, 0));
    hub.publish("white", state(2, 1));
    hub.publish("team:north", state(1, 0));
    EXPECT_EQ(woken, 1);
    EXPECT_EQ(hub.take_changed().size(), 2U);
    hub.publish("white", state(3, 2));
    EXPECT_EQ(woken, 2);
    EXPECT_EQ(hub.take_changed(), std::vector{&hub.channel("white")});
    EXPECT_TRUE(hub.take_changed().empty());
}

} // namespace
} // namespace testudo::web
