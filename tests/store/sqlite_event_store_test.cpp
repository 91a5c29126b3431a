#include "orchestrator/store/sqlite_event_store.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/scratch.hpp"

namespace testudo::store {
namespace {

Event event(const std::string& text) {
    Event e;
    e.kind = "test";
    e.body = {{"text", text}};
    return e;
}

Result<std::uint64_t> append(EventStore& store, int count, const std::string& text = "x") {
    std::vector<Event> events;
    for (int i = 0; i < count; ++i)
        events.push_back(event(text + std::to_string(i)));
    return store.append(events);
}

// Runs SQL on the file as somebody who goes round the program; "" or SQLite's words.
std::string meddle(const std::string& path, const std::string& sql) {
    sqlite3* db = nullptr;
    sqlite3_open(path.c_str(), &db);
    char* words = nullptr;
    sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &words);
    const std::string out = words ? words : "";
    sqlite3_free(words);
    sqlite3_close(db);
    return out;
}

TEST(SqliteEventStore, keeps_its_events_when_opened_again) {
    const Scratch scratch;
    std::string head;
    {
        const auto store = SqliteEventStore::open(scratch / "log");
        ASSERT_TRUE(store);
        ASSERT_TRUE(append(**store, 100));
        head = (*store)->head();
    }
    const auto store = SqliteEventStore::open(scratch / "log");
    ASSERT_TRUE(store) << store.error().text();
    EXPECT_EQ((*store)->last_seq(), 100U);
    EXPECT_EQ((*store)->head(), head);
    EXPECT_TRUE((*store)->verify());
    EXPECT_EQ(append(**store, 1), 101U);
    EXPECT_TRUE((*store)->verify());
}

TEST(SqliteEventStore, keeps_other_writers_out_and_lets_readers_in) {
    const Scratch scratch;
    const auto store = SqliteEventStore::open(scratch / "log");
    ASSERT_TRUE(store);
    const auto second = SqliteEventStore::open(scratch / "log");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "store.locked");
    ASSERT_TRUE(append(**store, 3));
    const auto reader = SqliteEventStore::open_for_reading(scratch / "log");
    ASSERT_TRUE(reader) << reader.error().text();
    EXPECT_EQ((*reader)->last_seq(), 3U);
    const auto refused = append(**reader, 1);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "store.read-only");
}

TEST(SqliteEventStore, refuses_to_change_or_remove_or_skip) {
    const Scratch scratch;
    {
        const auto store = SqliteEventStore::open(scratch / "log");
        ASSERT_TRUE(append(**store, 3));
    }
    EXPECT_EQ(meddle(scratch / "log", "UPDATE event SET line = '{}' WHERE seq = 2"), "events are never changed");
    EXPECT_EQ(meddle(scratch / "log", "DELETE FROM event"), "events are never removed");
    EXPECT_EQ(meddle(scratch / "log", "INSERT INTO event(seq, line, hash) VALUES(9, '{}', '')"),
              "events follow each other without a gap");
    EXPECT_EQ(meddle(scratch / "log", "INSERT OR REPLACE INTO event(seq, line, hash) VALUES(2, '{}', '')"),
              "events follow each other without a gap");
}

TEST(SqliteEventStore, names_the_first_event_that_was_tampered_with) {
    const Scratch scratch;
    {
        const auto store = SqliteEventStore::open(scratch / "log");
        ASSERT_TRUE(append(**store, 200));
    }
    meddle(scratch / "log", "DROP TRIGGER event_is_not_changed; UPDATE event SET line = replace(line, 'x', 'y') "
                            "WHERE seq IN (17, 40)");
    const auto store = SqliteEventStore::open(scratch / "log");
    ASSERT_TRUE(store) << "opening looks at the end only";
    const auto verdict = (*store)->verify();
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code, "store.broken-chain");
    EXPECT_EQ(verdict.error().message, "event 17 is not as it was written");
}

TEST(SqliteEventStore, notices_a_broken_end_when_opened) {
    const Scratch scratch;
    {
        const auto store = SqliteEventStore::open(scratch / "log");
        ASSERT_TRUE(append(**store, 200));
    }
    meddle(scratch / "log", "DROP TRIGGER event_is_not_removed; DELETE FROM event WHERE seq = 180");
    const auto store = SqliteEventStore::open(scratch / "log");
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().message, "event 180 is missing");
}

TEST(SqliteEventStore, refuses_files_of_others) {
    const Scratch scratch;
    meddle(scratch / "other", "CREATE TABLE t(x)");
    EXPECT_EQ(SqliteEventStore::open(scratch / "other").error().code, "store.foreign");
    std::ofstream(scratch / "text") << std::string(5000, 'a');
    EXPECT_EQ(SqliteEventStore::open(scratch / "text").error().code, "store.damaged");
    EXPECT_FALSE(SqliteEventStore::open(scratch / "no/such/folder"));
    EXPECT_FALSE(SqliteEventStore::open_for_reading(scratch / "absent"));
}

TEST(SqliteEventStore, odd_file_names_are_names) {
    const Scratch scratch;
    {
        const auto store = SqliteEventStore::open(scratch / "a log?mode=memory#100%");
        ASSERT_TRUE(store);
        ASSERT_TRUE(append(**store, 1));
    }
    EXPECT_TRUE(std::filesystem::exists(scratch / "a log?mode=memory#100%"));
}

// A writer that is killed in the middle of its appends leaves a log that opens and whose chain is whole.
TEST(SqliteEventStore, survives_a_kill) {
    const Scratch scratch;
    const auto path = scratch / "log";
    int to_parent[2];
    ASSERT_EQ(pipe(to_parent), 0);
    const auto child = fork();
    if (child == 0) {
        const auto store = SqliteEventStore::open(path);
        for (int i = 0; store && i < 100'000; ++i) {
            if (!append(**store, 3))
                break;
            const auto seq = (*store)->last_seq();
            if (write(to_parent[1], &seq, sizeof seq) < 0)
                break;
        }
        _exit(1);
    }
    std::uint64_t promised = 0;
    while (promised < 60)
        ASSERT_EQ(read(to_parent[0], &promised, sizeof promised), static_cast<ssize_t>(sizeof promised));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    fcntl(to_parent[0], F_SETFL, O_NONBLOCK);
    while (read(to_parent[0], &promised, sizeof promised) == static_cast<ssize_t>(sizeof promised)) {
    }
    close(to_parent[0]);
    close(to_parent[1]);
    const auto store = SqliteEventStore::open(path);
    ASSERT_TRUE(store) << store.error().text();
    EXPECT_GE((*store)->last_seq(), promised);
    EXPECT_EQ((*store)->last_seq() % 3, 0U) << "a batch is written whole or not at all";
    EXPECT_TRUE((*store)->verify());
}

// The kernel refuses to let the file grow, as a full disk would; the log says so and goes on when there is room.
TEST(SqliteEventStore, says_so_when_the_disk_is_full) {
    const Scratch scratch;
    const auto store = SqliteEventStore::open(scratch / "log");
    ASSERT_TRUE(append(**store, 10));
    const auto head = (*store)->head();
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{200'000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    const auto refused = append(**store, 100, std::string(10'000, 'x'));
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().code == "store.full" || refused.error().code == "store.io") << refused.error().text();
    EXPECT_EQ((*store)->last_seq(), 10U);
    EXPECT_EQ((*store)->head(), head);
    EXPECT_EQ(append(**store, 1), 11U);
    EXPECT_TRUE((*store)->verify());
}

} // namespace
} // namespace testudo::store
