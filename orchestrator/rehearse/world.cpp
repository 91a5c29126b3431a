#include "orchestrator/rehearse/world.hpp"

#include <algorithm>

#include "orchestrator/rehearse/symptom.hpp"

namespace testudo::rehearse {
namespace {

constexpr Millis look_period{10'000}; // as the engine looks at effects

// How long the simulated agent is at work.
Millis work_time(std::string_view action, const json::object& params) {
    return action == "beacon" ? Millis(int_or(params, "count", 1) * int_or(params, "interval_ms")) : Millis(0);
}

json::object seen(bool holds) {
    return {{"holds", holds}, {"evidence", holds ? "it holds" : "it is gone"}};
}

} // namespace

World::World(Loop& loop, const plan::Plan& plan) : loop_(loop), plan_(plan) {
    for (const auto& machine : plan.machines) {
        machines_.emplace(machine.id, &machine);
        for (const auto& interface : machine.interfaces)
            for (const auto& address : {interface.ipv4, interface.ipv6})
                if (!address.empty())
                    addresses_.emplace(address.substr(0, address.find('/')), &machine);
    }
}

std::string World::name_of(const std::string& machine, const json::object& body) {
    return machine + "\n" + text_or(body, "action") + "\n" + json::serialize(object_or_empty(body, "params"));
}

void World::answer(Millis delay, Reply reply, json::object result) {
    auto task = [reply = std::move(reply), result = std::move(result), weak = std::weak_ptr(alive_)] {
        if (!weak.expired())
            reply(result);
    };
    if (delay == Millis(0))
        loop_.post(std::move(task));
    else
        loop_.after(delay, std::move(task));
}

void World::request(const std::string& machine, const std::string& op, json::object body, Millis /*timeout*/,
                    Reply reply) {
    if (op == "probe")
        answer(Millis(0), std::move(reply), probe(body));
    else if (op == "inspect")
        inspect(machine, body, std::move(reply));
    else if (op == "act")
        answer(work_time(text_or(body, "action"), object_or_empty(body, "params")), std::move(reply),
               act(machine, body));
    else
        answer(Millis(0), std::move(reply), {{"machine", machine}, {"personalised", true}});
}

json::object World::act(const std::string& machine, const json::object& body) {
    const auto action = text_or(body, "action");
    const auto& params = object_or_empty(body, "params");
    const json::object done{{"outcome", "ok"}, {"evidence", "simulated"}, {"detail", ""}};
    if (action == "start-service") {
        const auto stopped = json::object{{"action", "stop-service"}, {"params", params}};
        mend(name_of(machine, stopped));
    }
    const auto id = text_or(body, "act");
    const auto* inject = plan::find_inject(plan_, id.substr(0, id.find('@')));
    if (!inject || !inject->has_effect)
        return done;
    const auto target = std::find_if(inject->targets.begin(), inject->targets.end(),
                                     [&](const auto& t) { return t.agent == machine && t.params == params; });
    if (target == inject->targets.end())
        return done;
    const auto name = name_of(target->target, body);
    const auto [it, fresh] = effects_.try_emplace(name, Effect{target->target, action, params, 0, {}});
    ++it->second.unseen;
    if (!fresh)
        return done; // it holds already, and somebody is at work on it
    holding_[target->target].push_back(name);
    if (took_hold_)
        took_hold_(*inject, target->team, name);
    return done;
}

void World::mend(const std::string& effect) {
    const auto found = effects_.find(effect);
    if (found == effects_.end())
        return;
    auto& holding = holding_[found->second.machine];
    std::erase(holding, effect);
    const auto now = loop_.clock().steady();
    for (auto& [since, reply] : found->second.looks) {
        const auto waited = (now - since) % look_period;
        answer(waited == Millis(0) ? Millis(0) : look_period - waited, std::move(reply), seen(false));
    }
    effects_.erase(found);
}

void World::inspect(const std::string& machine, const json::object& body, Reply reply) {
    const auto found = effects_.find(name_of(machine, body));
    if (found == effects_.end())
        return answer(Millis(0), std::move(reply), seen(false));
    auto& effect = found->second;
    if (effect.unseen > 0) {
        --effect.unseen;
        answer(Millis(0), std::move(reply), seen(true));
    } else {
        effect.looks.emplace_back(loop_.clock().steady(), std::move(reply));
    }
}

json::object World::probe(const json::object& body) const {
    const auto result = [](std::string_view word, const std::string& reason) {
        return json::object{{"result", word}, {"reason", reason}, {"connect_us", 400}, {"total_us", 900}};
    };
    const auto machine = addresses_.find(text_or(body, "address"));
    if (machine == addresses_.end())
        return result("fail", "nobody has that address");
    const auto holding = holding_.find(machine->second->id);
    if (holding != holding_.end())
        for (const auto& name : holding->second) {
            const auto& effect = effects_.at(name);
            if (const auto symptom =
                    symptom_of(*machine->second, effect.action, effect.params, text_or(body, "type"),
                               static_cast<int>(int_or(body, "port")), object_or_empty(body, "params")))
                return result(symptom->result, symptom->reason);
        }
    return result("pass", "");
}

} // namespace testudo::rehearse
