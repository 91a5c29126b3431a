#include "orchestrator/images/labels.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "orchestrator/core/label.hpp"

namespace testudo::images {
namespace {

std::set<std::string> nations_of(const Label& label, const plan::Plan& plan) {
    std::set<std::string> nations;
    for (const auto& word : label.released) {
        const auto group = std::find_if(plan.groups.begin(), plan.groups.end(),
                                        [&word](const plan::Group& g) { return g.id == word; });
        if (group == plan.groups.end())
            nations.insert(word);
        else
            nations.insert(group->nations.begin(), group->nations.end());
    }
    return nations;
}

// "" if nothing keeps the image from the machine's team.
std::string reason(const Label& label, const plan::Plan& plan, const plan::Machine& machine) {
    const auto own = parse_label(machine.label.empty() ? plan.label : machine.label);
    const Label open;
    const auto& of_machine = own ? *own : open;
    if (label.classification == Classification::unclassified && label.released.empty())
        return "";
    if (label.policy != of_machine.policy)
        return fmt::format("{} and {} are words of different policies and cannot be compared", to_text(label),
                           to_text(of_machine));
    if (label.classification > of_machine.classification)
        return fmt::format("the image is {}, the machine only {}", to_text(label), to_text(of_machine));
    const auto nations = nations_of(label, plan);
    for (const auto& team : plan.teams)
        if (team.id == machine.team && !label.released.empty())
            for (const auto& nation : team.nations)
                if (!nations.contains(nation))
                    return fmt::format("the image is {}, which {} of team {} may not have", to_text(label), nation,
                                       team.id);
    return "";
}

} // namespace

std::vector<Error> withheld(const plan::Plan& plan, const std::filesystem::path& store) {
    std::map<std::string, Label> labels;
    std::vector<Error> found;
    std::set<std::string> told; // by image, machine's name and reason: not once for each team's copy
    for (const auto& machine : plan.machines) {
        if (!labels.contains(machine.image)) {
            const auto image = read_image(store / machine.image);
            const auto label = parse_label(image && !image->label.empty() ? image->label : "UNCLASSIFIED");
            if (!label) {
                found.emplace_back("image.label", machine.image, "its image.json has no label that can be read");
                labels[machine.image] = {};
                continue;
            }
            labels[machine.image] = *label;
        }
        const auto why = reason(labels[machine.image], plan, machine);
        if (!why.empty() && told.insert(machine.image + machine.name + why).second)
            found.emplace_back("image.label", machine.id,
                               fmt::format("{} (image {}): label the machine or the exercise so, or build it from "
                                           "another image",
                                           why, machine.image));
    }
    return found;
}

} // namespace testudo::images
