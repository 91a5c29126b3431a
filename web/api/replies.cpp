#include "web/api/replies.hpp"

namespace testudo::web {

const Replies::Reply* Replies::find(const std::string& caller, const std::string& key) const {
    const auto memory = callers_.find(caller);
    if (memory == callers_.end())
        return nullptr;
    const auto reply = memory->second.by_key.find(key);
    return reply == memory->second.by_key.end() ? nullptr : &reply->second;
}

void Replies::keep(const std::string& caller, const std::string& key, Reply reply) {
    auto& memory = callers_[caller];
    if (!memory.by_key.emplace(key, std::move(reply)).second)
        return;
    memory.order.push_back(key);
    if (memory.order.size() > kept_) {
        memory.by_key.erase(memory.order.front());
        memory.order.pop_front();
    }
}

} // namespace testudo::web
