#include "orchestrator/range/personalise.hpp"

#include "orchestrator/plan/address.hpp"
#include "orchestrator/plan/secrets.hpp"

namespace testudo::range {
agents::PersonaliseSpec personalise_spec(const plan::Plan& plan, const plan::Machine& machine, std::string_view seed) {
    agents::PersonaliseSpec spec;
    spec.hostname = machine.hostname;
    for (const auto& other : plan.machines) {
        if (other.team != machine.team)
            continue;
        for (const auto& interface : other.interfaces)
            for (const auto& address : {interface.ipv4, interface.ipv6})
                if (!address.empty())
                    spec.hosts.emplace_back(plan::without_length(address), other.hostname);
    }
    for (const auto& i : machine.interfaces)
        spec.interfaces.push_back({i.name, i.mac, i.ipv4, i.ipv6});
    for (const auto& route : machine.routes)
        spec.routes.push_back({route.to, route.via});
    spec.forwards = machine.forwards;
    spec.nftables = machine.nftables;
    for (const auto& user : machine.users)
        spec.users.push_back({user.name,
                              user.credential.empty() ? plan::with_passwords(seed, user.password)
                                                      : plan::password(seed, user.credential),
                              user.admin});
    for (const auto& file : machine.files)
        spec.files.push_back({file.path, plan::with_passwords(seed, file.content), file.mode, file.owner});
    for (const auto& line : machine.setup)
        spec.setup.push_back(plan::with_passwords(seed, line));
    for (const auto& service : machine.services)
        if (!service.unit.empty())
            spec.services.push_back(service.unit);
    spec.reach = machine.reach;
    return spec;
}

} // namespace testudo::range
