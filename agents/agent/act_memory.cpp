#include "agents/agent/act_memory.hpp"

#include <utility>

namespace testudo::agents {

Reply ActMemory::repeated(const json::object& result) {
    return tl::unexpected(Refusal{"refused.repeated", "this act was done before", result});
}

bool ActMemory::begin(const std::string& id, const Answer& answer) {
    const auto [it, fresh] = acts_.try_emplace(id);
    if (fresh)
        return true;
    if (it->second.finished)
        answer(repeated(it->second.result));
    else
        it->second.waiting.push_back(answer);
    return false;
}

void ActMemory::finish(const std::string& id, const Reply& reply) {
    auto& act = acts_.at(id);
    const auto waiting = std::exchange(act.waiting, {});
    if (reply) {
        act.finished = true;
        act.result = *reply;
    } else {
        acts_.erase(id);
    }
    for (const auto& answer : waiting)
        answer(reply ? repeated(*reply) : reply);
}

} // namespace testudo::agents
