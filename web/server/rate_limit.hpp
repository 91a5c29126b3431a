#pragma once
#include <chrono>
#include <string>
#include <unordered_map>

namespace testudo::web {

// How often each of many keys may do something: `burst` at once, then one per `refill`. Its memory is bounded: keys
// that have been quiet are forgotten, and when too many are busy at once, new ones are refused.
class RateLimit {
  public:
    using Time = std::chrono::steady_clock::time_point;
    RateLimit(int burst, std::chrono::milliseconds refill, std::size_t max_keys = 4096)
        : burst_(burst), refill_(refill), max_keys_(max_keys) {}

    // Takes one, or returns false if there is none left for the key.
    bool take(const std::string& key, Time now);

  private:
    void forget_quiet(Time now);

    int burst_;
    std::chrono::milliseconds refill_;
    std::size_t max_keys_;
    // The time at which the key's allowance is full again. It is in the past for keys that may be forgotten.
    std::unordered_map<std::string, Time> full_at_;
};

} // namespace testudo::web
