#include "orchestrator/cli/changes.hpp"

#include <fmt/format.h>

namespace testudo::cli {
namespace {

constexpr std::size_t most_members = 4;

// Networks are segments in the plan, and rules belong to a router.
std::string what_changed(const range::Change& change, const std::vector<plan::Difference>& since) {
    std::string text;
    std::size_t count = 0;
    for (const auto& difference : since) {
        if (difference.id != change.object || difference.object != (change.machine ? "machine" : "segment"))
            continue;
        for (const auto& member : difference.members)
            if (member.consequence != plan::Consequence::nothing && ++count <= most_members)
                text += (text.empty() ? "" : ", ") + member.path;
    }
    if (count > most_members)
        text += fmt::format(" and {} more", count - most_members);
    return text;
}

} // namespace

std::vector<range::Change> explained(const std::vector<range::Step>& steps,
                                     const std::vector<plan::Difference>& since) {
    auto changes = range::changes_of(steps);
    for (auto& change : changes)
        if (const auto what = what_changed(change, since); !what.empty())
            change.reason += " (" + what + ")";
    return changes;
}

std::string text_of(const std::vector<range::Change>& changes) {
    std::string text;
    for (const auto& change : changes)
        text += fmt::format("  {:<10} {}{}: {}\n", range::word_of(change.kind), change.machine ? "" : "network ",
                            change.object, change.reason);
    return text;
}

json::array to_json(const std::vector<range::Change>& changes) {
    json::array list;
    for (const auto& change : changes)
        list.push_back({{"change", range::word_of(change.kind)},
                        {"kind", change.machine ? "machine" : "network"},
                        {"object", change.object},
                        {"reason", change.reason}});
    return list;
}

} // namespace testudo::cli
