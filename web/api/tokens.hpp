#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/server/caller.hpp"

namespace testudo::web {

// Who holds which token. Only hashes are kept: what is in memory signs nobody in.
class Tokens {
  public:
    void admit(std::string_view token, const Caller& caller);
    // The caller of a token. How long it takes says nothing about how near a wrong token is to a right one.
    std::optional<Caller> find(std::string_view token) const;
    std::size_t size() const { return held_.size(); }

  private:
    struct Held {
        std::string sha256;
        Caller caller;
    };
    std::vector<Held> held_;
};

} // namespace testudo::web
