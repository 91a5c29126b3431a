#include "agents/actions/action.hpp"

#include "agents/actions/action_kinds.hpp"

namespace testudo::agents {

void Action::inspect(const ActionRequest& request, InspectDone done) {
    done(fail("refused.unknown", request.action, "this action leaves nothing that could be inspected"));
}

Actions::Actions(Surroundings& surroundings) {
    actions_.emplace("stop-service", make_stop_service(surroundings));
    actions_.emplace("start-service", make_start_service(surroundings));
    actions_.emplace("deface", make_deface());
    actions_.emplace("plant-file", make_plant_file());
    actions_.emplace("sweep-ports", make_sweep_ports(surroundings));
    actions_.emplace("guess-password", make_guess_password(surroundings));
    actions_.emplace("beacon", make_beacon(surroundings));
    actions_.emplace("write-register", make_write_register(surroundings));
    actions_.emplace("fill-quota", make_fill_quota());
}

Action* Actions::find(const std::string& name) const {
    const auto it = actions_.find(name);
    return it == actions_.end() ? nullptr : it->second.get();
}

void Actions::run(const ActionRequest& request, ActionDone done) {
    if (auto* action = find(request.action))
        return action->run(request, std::move(done));
    done(fail("refused.unknown", request.action, "there is no such action"));
}

void Actions::inspect(const ActionRequest& request, InspectDone done) {
    if (auto* action = find(request.action))
        return action->inspect(request, std::move(done));
    done(fail("refused.unknown", request.action, "there is no such action"));
}

} // namespace testudo::agents
