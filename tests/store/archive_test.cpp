#include "orchestrator/store/archive.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/store/scratch.hpp"

namespace testudo::store {
namespace {

const Manifest about{"sample", "Sample", "EXERCISE", "2026-11-23T10:00:00.000Z", "0.1.0", 0, ""};

std::unique_ptr<SqliteEventStore> log_of(const std::string& path, int count) {
    auto store = std::move(*SqliteEventStore::open(path));
    std::vector<Event> events(static_cast<std::size_t>(count));
    for (auto& e : events)
        e.kind = "test";
    EXPECT_TRUE(store->append(events));
    return store;
}

TEST(Archive, is_one_file_that_opens_again_read_only) {
    const Scratch scratch;
    const auto store = log_of(scratch / "log", 50);
    const auto written = write_archive(*store, scratch / "archive", about);
    ASSERT_TRUE(written) << written.error().text();
    EXPECT_EQ(written->events, 50U);
    chmod((scratch / "archive").c_str(), 0400);
    const auto archive = open_archive(scratch / "archive");
    ASSERT_TRUE(archive) << archive.error().text();
    EXPECT_EQ(archive->manifest.title, "Sample");
    EXPECT_EQ(archive->manifest.head, store->head());
    EXPECT_EQ(archive->log->last_seq(), 50U);
    std::vector<Event> more(1);
    EXPECT_FALSE(archive->log->append(more));
    for (const auto* side : {"archive-wal", "archive-shm", "archive.part", "archive.lock", "archive-journal"})
        EXPECT_FALSE(std::filesystem::exists(scratch / side)) << side;
    std::vector<Event> later(1);
    EXPECT_TRUE(store->append(later)) << "the log goes on";
}

TEST(Archive, is_made_of_a_log_that_another_is_writing) {
    const Scratch scratch;
    const auto writer = log_of(scratch / "log", 50);
    const auto reader = SqliteEventStore::open_for_reading(scratch / "log");
    ASSERT_TRUE(reader) << reader.error().text();
    std::vector<Event> later(1);
    ASSERT_TRUE(writer->append(later));
    const auto written = write_archive(**reader, scratch / "archive", about);
    ASSERT_TRUE(written) << written.error().text();
    const auto archive = open_archive(scratch / "archive");
    ASSERT_TRUE(archive) << archive.error().text();
}

TEST(Archive, does_not_write_over_a_file) {
    const Scratch scratch;
    const auto store = log_of(scratch / "log", 1);
    std::ofstream(scratch / "archive") << "precious";
    EXPECT_EQ(write_archive(*store, scratch / "archive", about).error().code, "archive.exists");
}

TEST(Archive, a_log_is_not_an_archive) {
    const Scratch scratch;
    log_of(scratch / "log", 1);
    EXPECT_EQ(open_archive(scratch / "log").error().code, "archive.no-manifest");
}

TEST(Archive, one_that_was_cut_short_is_refused) {
    const Scratch scratch;
    const auto store = log_of(scratch / "log", 50);
    ASSERT_TRUE(write_archive(*store, scratch / "archive", about));
    {
        const auto database = Database::open(scratch / "archive", Database::Mode::write);
        ASSERT_TRUE(database->run("DROP TRIGGER event_is_not_removed; DELETE FROM event WHERE seq > 40"));
    }
    EXPECT_EQ(open_archive(scratch / "archive").error().code, "archive.incomplete");
}

} // namespace
} // namespace testudo::store
