#include "orchestrator/store/database.hpp"

#include <sqlite3.h>

namespace testudo::store {
namespace {

Error error_of(int result, const std::string& path, std::string words) {
    switch (result & 0xFF) {
    case SQLITE_FULL:
        return {"store.full", path, words + "; make room on the disk"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {"store.busy", path, words};
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return {"store.read-only", path, words};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return {"store.damaged", path, words};
    default:
        return {"store.io", path, words};
    }
}

// As a URI, so that the file can be opened as frozen; everything that means something in a URI is quoted.
std::string uri_of(const std::string& path, bool frozen) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out = "file:";
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#') {
            out += '%';
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 15];
        } else {
            out += c;
        }
    }
    return frozen ? out + "?immutable=1" : out;
}

} // namespace

void Database::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

Result<Database> Database::open(const std::string& path, Mode mode) {
    const int flags = mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3* handle = nullptr;
    const int result = sqlite3_open_v2(uri_of(path, mode == Mode::frozen).c_str(), &handle,
                                       flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Database database(path, handle);
    if (result != SQLITE_OK)
        return tl::unexpected(error_of(result, path, sqlite3_errstr(result)));
    sqlite3_busy_timeout(handle, 2'000);
    return database;
}

Error Database::error() const {
    return error_of(sqlite3_errcode(handle()), path_, sqlite3_errmsg(handle()));
}

Result<void> Database::run(const std::string& sql) const {
    if (sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return tl::unexpected(error());
    return {};
}

Result<std::int64_t> Database::number(const std::string& sql) const {
    auto statement = Statement::prepare(*this, sql);
    if (!statement)
        return tl::unexpected(statement.error());
    const auto row = statement->step();
    if (!row)
        return tl::unexpected(row.error());
    return *row ? statement->integer(0) : 0;
}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const {
    sqlite3_finalize(handle);
}

Result<Statement> Statement::prepare(const Database& database, const std::string& sql) {
    sqlite3_stmt* handle = nullptr;
    if (sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &handle, nullptr) != SQLITE_OK)
        return tl::unexpected(database.error());
    return Statement(database, handle);
}

void Statement::bind(int position, std::int64_t value) {
    sqlite3_bind_int64(handle_.get(), position, value);
}

void Statement::bind(int position, std::string_view text) {
    sqlite3_bind_text64(handle_.get(), position, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

Result<bool> Statement::step() {
    const int result = sqlite3_step(handle_.get());
    if (result == SQLITE_ROW)
        return true;
    if (result == SQLITE_DONE)
        return false;
    return tl::unexpected(database_->error());
}

void Statement::reset() {
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
    return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column)))
                 : std::string();
}

} // namespace testudo::store
