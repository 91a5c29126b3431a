#include "orchestrator/plan/profiles.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace testudo::plan {
namespace {

using template_::MachineSpec;

template <class T> void take_over(template_::Spanned<T>& own, const template_::Spanned<T>& profile) {
    if (!own.given() && !own.refused)
        own = profile;
}

template <class T> void take_over_named(std::vector<T>& own, const std::vector<T>& profile) {
    std::vector<T> out;
    for (const auto& one : profile)
        if (std::none_of(own.begin(), own.end(), [&one](const T& o) { return o.id.value == one.id.value; }))
            out.push_back(one);
    own.insert(own.begin(), out.begin(), out.end());
}

void take_over(MachineSpec& machine, const MachineSpec& profile) {
    for (const auto member :
         {&MachineSpec::title, &MachineSpec::label, &MachineSpec::role, &MachineSpec::kind, &MachineSpec::image})
        take_over(machine.*member, profile.*member);
    // A machine that says whose it is does not become another's through its profile.
    if (!machine.per.given() && !machine.team.given()) {
        machine.per = profile.per;
        machine.team = profile.team;
    }
    for (const auto member : {&MachineSpec::count, &MachineSpec::memory, &MachineSpec::disk, &MachineSpec::cpus})
        take_over(machine.*member, profile.*member);
    // A machine that says who may see it does not show itself to others through its profile.
    for (const auto member : {&MachineSpec::seen_by, &MachineSpec::console})
        if ((machine.*member).empty())
            machine.*member = profile.*member;
    take_over_named(machine.on, profile.on);
    take_over_named(machine.serves, profile.serves);
    take_over_named(machine.users, profile.users);
    machine.files.insert(machine.files.begin(), profile.files.begin(), profile.files.end());
    machine.setup.insert(machine.setup.begin(), profile.setup.begin(), profile.setup.end());
    for (const auto member : {&MachineSpec::starts, &MachineSpec::packages, &MachineSpec::needs})
        (machine.*member).insert((machine.*member).begin(), (profile.*member).begin(), (profile.*member).end());
}

} // namespace

std::vector<MachineSpec> with_profiles(const template_::Template& source, template_::Diagnostics& out) {
    std::vector<std::string> names;
    for (const auto& profile : source.profiles)
        names.push_back(profile.id.value);
    auto machines = source.machines;
    for (auto& machine : machines) {
        if (!machine.like.given())
            continue;
        const auto found = std::find(names.begin(), names.end(), machine.like.value);
        if (found == names.end())
            template_::error(out, "T0601", machine.like.span,
                             fmt::format("there is no profile `{}`", machine.like.value),
                             template_::suggest(machine.like.value, names));
        else
            take_over(machine, source.profiles[static_cast<std::size_t>(found - names.begin())]);
    }
    return machines;
}

} // namespace testudo::plan
