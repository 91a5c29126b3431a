#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "orchestrator/core/event.hpp"

// What every EventStore has to do. A suite per adapter: a Maker with `static std::unique_ptr<EventStore> make()` that
// gives an empty store.
namespace testudo {

template <class Maker> class EventStoreContract : public testing::Test {
  protected:
    static Event event(const std::string& kind, std::int64_t exercise_ms = 0) {
        Event e;
        e.wall_ms = 1'700'000'000'000;
        e.exercise_ms = exercise_ms;
        e.kind = kind;
        e.scope = "north";
        e.body = {{"text", "Grüße \"quoted\"\n"}, {"number", -5}, {"list", {1, 2, 3}}};
        return e;
    }
    static std::vector<Event> all(const EventStore& store, std::uint64_t from = 1) {
        std::vector<Event> out;
        const auto read = store.read(from, [&](const Event& e) { return out.push_back(e), true; });
        EXPECT_TRUE(read) << (read ? "" : read.error().text());
        return out;
    }
};

TYPED_TEST_SUITE_P(EventStoreContract);

TYPED_TEST_P(EventStoreContract, begins_empty) {
    const auto store = TypeParam::make();
    EXPECT_EQ(store->last_seq(), 0U);
    EXPECT_EQ(store->head(), chain_start);
    EXPECT_TRUE(this->all(*store).empty());
}

TYPED_TEST_P(EventStoreContract, numbers_events_without_gaps_and_gives_them_back_as_they_were) {
    const auto store = TypeParam::make();
    std::vector<Event> first{this->event("a", -1), this->event("b")};
    std::vector<Event> second{this->event("c", 5)};
    EXPECT_EQ(store->append(first), 1U);
    EXPECT_EQ(store->append(second), 3U);
    EXPECT_EQ(first[1].seq, 2U);
    EXPECT_EQ(store->last_seq(), 3U);
    EXPECT_EQ(this->all(*store), (std::vector<Event>{first[0], first[1], second[0]}));
}

TYPED_TEST_P(EventStoreContract, reads_from_the_middle_and_stops_when_told) {
    const auto store = TypeParam::make();
    std::vector<Event> events{this->event("a"), this->event("b"), this->event("c")};
    ASSERT_TRUE(store->append(events));
    EXPECT_EQ(this->all(*store, 3), std::vector<Event>{events[2]});
    EXPECT_TRUE(this->all(*store, 4).empty());
    EXPECT_EQ(this->all(*store, 0).size(), 3U);
    int seen = 0;
    ASSERT_TRUE(store->read(1, [&](const Event&) { return ++seen < 2; }));
    EXPECT_EQ(seen, 2);
}

TYPED_TEST_P(EventStoreContract, head_is_the_end_of_the_chain) {
    const auto store = TypeParam::make();
    std::vector<Event> events{this->event("a"), this->event("b")};
    ASSERT_TRUE(store->append(events));
    std::string head(chain_start);
    for (const auto& e : this->all(*store))
        head = chain(head, e);
    EXPECT_EQ(store->head(), head);
}

TYPED_TEST_P(EventStoreContract, appending_nothing_changes_nothing) {
    const auto store = TypeParam::make();
    std::vector<Event> none;
    EXPECT_TRUE(store->append(none));
    EXPECT_EQ(store->last_seq(), 0U);
    EXPECT_EQ(store->head(), chain_start);
}

TYPED_TEST_P(EventStoreContract, may_be_read_while_an_event_is_handled) {
    const auto store = TypeParam::make();
    std::vector<Event> events{this->event("a"), this->event("b")};
    ASSERT_TRUE(store->append(events));
    std::size_t inner = 0;
    ASSERT_TRUE(store->read(1, [&](const Event&) { return inner += this->all(*store).size(), true; }));
    EXPECT_EQ(inner, 4U);
}

REGISTER_TYPED_TEST_SUITE_P(EventStoreContract, begins_empty,
                            numbers_events_without_gaps_and_gives_them_back_as_they_were,
                            reads_from_the_middle_and_stops_when_told, head_is_the_end_of_the_chain,
                            appending_nothing_changes_nothing, may_be_read_while_an_event_is_handled);

} // namespace testudo
