#include "web/server/rate_limit.hpp"

#include <algorithm>

namespace testudo::web {

bool RateLimit::take(const std::string& key, Time now) {
    const auto it = full_at_.find(key);
    if (it == full_at_.end() && full_at_.size() >= max_keys_) {
        forget_quiet(now);
        if (full_at_.size() >= max_keys_)
            return false;
    }
    auto& full_at = it == full_at_.end() ? full_at_[key] : it->second;
    const auto next = std::max(full_at, now) + refill_;
    if (next > now + burst_ * refill_)
        return false;
    full_at = next;
    return true;
}

void RateLimit::forget_quiet(Time now) {
    std::erase_if(full_at_, [now](const auto& entry) { return entry.second <= now; });
}

} // namespace testudo::web
