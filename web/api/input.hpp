#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/json.hpp"

namespace testudo::web {

// Reads the members of a request's body and remembers everything that is wrong with it, so that the client hears of all
// faults at once. What it returns is meaningless once there are faults.
class Input {
  public:
    // An empty body reads as an object without members.
    explicit Input(std::string_view body);

    // Text of at most `max` bytes, without control characters (core/utf8.hpp) other than line breaks and tabs. A
    // required one holds more than spaces.
    std::string text(std::string_view name, std::size_t max, bool required);
    std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most);
    // true or false; false if it is absent.
    bool flag(std::string_view name);
    // One of the words; returns its index.
    std::size_t word(std::string_view name, const std::vector<std::string_view>& words);
    // An object of integers with at least one member.
    std::map<std::string, std::int64_t> integers(std::string_view name, std::int64_t least, std::int64_t most);

    void fault(std::string_view name, std::string_view sentence);
    // Members that were never asked for are faults too; so ask for all before.
    bool sound();
    // [{"pointer": "/text", "detail": "is missing"}], as RFC 9457 shows it; only after sound() was false.
    json::array faults() && { return std::move(faults_); }

  private:
    const json::value* find(std::string_view name, bool required);

    json::object object_;
    std::set<std::string, std::less<>> asked_;
    json::array faults_;
};

} // namespace testudo::web
