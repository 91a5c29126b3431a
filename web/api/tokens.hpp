#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/error.hpp"
#include "web/server/caller.hpp"

namespace testudo::web {

// Who holds which token. Only hashes are kept: the file that this is saved to signs nobody in.
class Tokens {
  public:
    // Makes a token for the caller (32 random bytes, base64url) and returns it: the only time that it is seen.
    std::string issue(const Caller& caller);
    // The caller of a token. How long it takes says nothing about how near a wrong token is to a right one.
    std::optional<Caller> find(std::string_view token) const;
    std::size_t size() const { return held_.size(); }

    // The file is replaced as a whole and readable by its owner only; one that others can read is refused.
    Result<void> save(const std::filesystem::path& file) const;
    static Result<Tokens> load(const std::filesystem::path& file);

  private:
    struct Held {
        std::string sha256;
        Caller caller;
    };
    std::vector<Held> held_;
};

} // namespace testudo::web
