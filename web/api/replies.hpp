#pragma once
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "web/server/backend.hpp"

namespace testudo::web {

// The first answers to writes that carried an idempotency key, so that a repeated one is answered the same without
// being done again. Remembers the last ones of each caller, so that nobody can make it forget another's.
class Replies {
  public:
    explicit Replies(std::size_t kept_per_caller) : kept_(kept_per_caller) {}

    struct Reply {
        std::string request; // what was asked: a key may not be used again for something else
        ApiResponse response;
    };
    const Reply* find(const std::string& caller, const std::string& key) const;
    void keep(const std::string& caller, const std::string& key, Reply reply);

  private:
    struct Memory {
        std::map<std::string, Reply> by_key;
        std::deque<std::string> order; // oldest first
    };
    std::size_t kept_;
    std::map<std::string, Memory> callers_;
};

} // namespace testudo::web
