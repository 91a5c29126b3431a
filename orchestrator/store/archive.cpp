#include "orchestrator/store/archive.hpp"

#include <filesystem>
#include <fmt/format.h>

namespace testudo::store {
namespace {

json::object to_json(const Manifest& m) {
    return {{"exercise", m.exercise}, {"title", m.title},   {"label", m.label}, {"made", m.made},
            {"program", m.program},   {"events", m.events}, {"head", m.head}};
}

Result<Manifest> read_manifest(const Database& database) {
    auto statement = Statement::prepare(database, "SELECT line FROM manifest");
    if (!statement)
        return fail("archive.no-manifest", database.path(), "this is a log, but not an archive: it has no manifest");
    const auto row = statement->step();
    if (!row)
        return tl::unexpected(row.error());
    const auto value = *row ? parse_json(statement->text(0)) : Result<json::value>(json::value());
    if (!value || !value->is_object())
        return fail("archive.no-manifest", database.path(), "the manifest cannot be read");
    const auto& o = value->get_object();
    return Manifest{text_or(o, "exercise"), text_or(o, "title"),   text_or(o, "label"),
                    text_or(o, "made"),     text_or(o, "program"), static_cast<std::uint64_t>(int_or(o, "events")),
                    text_or(o, "head")};
}

Result<void> add_manifest(const std::string& path, const Manifest& manifest) {
    const auto database = Database::open(path, Database::Mode::write);
    if (!database)
        return tl::unexpected(database.error());
    if (auto made = database->run("CREATE TABLE manifest(line TEXT NOT NULL) STRICT"); !made)
        return made;
    auto insert = Statement::prepare(*database, "INSERT INTO manifest VALUES(?)");
    if (!insert)
        return tl::unexpected(insert.error());
    const auto line = json::serialize(to_json(manifest));
    insert->bind(1, line);
    if (const auto done = insert->step(); !done)
        return tl::unexpected(done.error());
    return {};
}

Result<void> copy_log(const SqliteEventStore& store, const std::string& path) {
    auto copy = Statement::prepare(store.database(), "VACUUM INTO ?");
    if (!copy)
        return tl::unexpected(copy.error());
    copy->bind(1, path);
    if (const auto done = copy->step(); !done)
        return tl::unexpected(done.error());
    return {};
}

// Of the copy, not of the log: another connection may have written to that in between.
Result<void> describe_end(const std::string& path, Manifest& manifest) {
    const auto copy = SqliteEventStore::open_for_reading(path, true);
    if (!copy)
        return tl::unexpected(copy.error());
    manifest.events = (*copy)->last_seq();
    manifest.head = (*copy)->head();
    return {};
}

} // namespace

Result<Manifest> write_archive(const SqliteEventStore& store, const std::string& path, Manifest about) {
    namespace fs = std::filesystem;
    std::error_code ec;
    if (fs::exists(path, ec))
        return fail("archive.exists", path, "there is a file of this name already");
    const auto unfinished = path + ".part";
    fs::remove(unfinished, ec);
    auto written = copy_log(store, unfinished);
    if (written)
        written = describe_end(unfinished, about);
    if (written)
        written = add_manifest(unfinished, about);
    if (written) {
        fs::rename(unfinished, path, ec);
        if (ec)
            written = fail("store.io", path, ec.message());
    }
    if (!written) {
        fs::remove(unfinished, ec);
        return tl::unexpected(written.error());
    }
    return about;
}

Result<Archive> open_archive(const std::string& path) {
    auto log = SqliteEventStore::open_for_reading(path, true);
    if (!log)
        return tl::unexpected(log.error());
    auto manifest = read_manifest((*log)->database());
    if (!manifest)
        return tl::unexpected(manifest.error());
    if (auto whole = (*log)->verify(); !whole)
        return tl::unexpected(whole.error());
    if ((*log)->last_seq() != manifest->events || (*log)->head() != manifest->head)
        return fail("archive.incomplete", path,
                    fmt::format("the manifest speaks of {} events, the log has {}, or they end differently",
                                manifest->events, (*log)->last_seq()));
    return Archive{std::move(*log), std::move(*manifest)};
}

} // namespace testudo::store
