#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "orchestrator/core/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace testudo::store {

// One SQLite connection. Errors become Error with the code "store.full", "store.busy", "store.read-only",
// "store.damaged" or "store.io", the file as the object, and SQLite's own words.
class Database {
  public:
    enum class Mode {
        write,  // made if it is not there
        read,   // another process may be writing
        frozen, // nobody writes any more: no lock, no side files
    };
    static Result<Database> open(const std::string& path, Mode mode);

    // One or more statements without results.
    Result<void> run(const std::string& sql) const;
    // First column of the first row of a query that has one.
    Result<std::int64_t> number(const std::string& sql) const;

    Error error() const; // the last one of this connection
    sqlite3* handle() const { return handle_.get(); }
    const std::string& path() const { return path_; }

  private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    Database(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

    std::string path_;
    std::unique_ptr<sqlite3, Close> handle_;
};

// A prepared statement, for one use or many.
class Statement {
  public:
    static Result<Statement> prepare(const Database& database, const std::string& sql);

    // Positions count from 1. The text must live until the next step or reset.
    void bind(int position, std::int64_t value);
    void bind(int position, std::string_view text);
    // True: there is a row. False: there is none (any more).
    Result<bool> step();
    void reset();

    std::int64_t integer(int column) const; // columns count from 0
    std::string text(int column) const;

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const;
    };
    Statement(const Database& database, sqlite3_stmt* handle) : database_(&database), handle_(handle) {}

    const Database* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

} // namespace testudo::store
