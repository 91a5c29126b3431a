#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/plan/pools.hpp"

namespace testudo::plan {
namespace {

using template_::error;
using template_::NetworkSpec;
using template_::Text;

std::optional<Prefix> read_prefix(Draft& draft, const Text& text, bool v6, const PlanScope& scope) {
    const auto value = expanded(text, scope, draft);
    if (!value)
        return std::nullopt;
    const auto prefix = parse_prefix(*value);
    if (!prefix || prefix->base.v6 != v6) {
        error(draft.out, "T0501", text.span, fmt::format("`{}` is no IPv{} network", *value, v6 ? 6 : 4),
              v6 ? "write `2001:db8:1::/64`" : "write `198.18.1.0/24`");
        return std::nullopt;
    }
    if (!is_range_address(*prefix)) {
        error(draft.out, "T0502", text.span, fmt::format("{} is not an address for exercises", *value),
              v6 ? "inside 2001:db8::/32, which is kept for documentation"
                 : "inside 198.18.0.0/15, which is kept for tests of networks");
        return std::nullopt;
    }
    if (first_of(*prefix) != prefix->base) {
        error(draft.out, "T0503", text.span, fmt::format("{} is an address on a network, not the network", *value),
              fmt::format("the network is {}", to_text(Prefix{first_of(*prefix), prefix->length})));
        return std::nullopt;
    }
    return prefix;
}

void add_segment(Draft& draft, const NetworkSpec& spec, const std::string& team) {
    const auto scope = team.empty() ? PlanScope::shared(draft) : PlanScope::of_team(draft, team);
    const auto& exercise = draft.plan.exercise;
    Segment segment;
    segment.id = id_of(spec.id.value, team);
    segment.name = spec.id.value;
    segment.team = team;
    segment.uuid = uuid_of(fmt::format("{}/network/{}", exercise, segment.id));
    segment.network = fmt::format("tst-{}-{}{}{}", exercise, team, team.empty() ? "" : "-", segment.name);
    segment.bridge = "tb" + short_hash(fmt::format("{}/{}", exercise, segment.id), 13);
    SegmentDraft made;
    made.ipv4 = read_prefix(draft, spec.ipv4, false, scope);
    made.ipv6 = read_prefix(draft, spec.ipv6, true, scope);
    segment.ipv4 = made.ipv4 ? to_text(*made.ipv4) : "";
    segment.ipv6 = made.ipv6 ? to_text(*made.ipv6) : "";
    draft.segment_at.emplace(segment.id, draft.segments.size());
    draft.segments.push_back(std::move(made));
    if (!spec.pools.empty())
        check_pools(spec, draft.segments.size() - 1, draft);
    draft.plan.segments.push_back(std::move(segment));
}

struct Block {
    Prefix prefix;
    std::size_t segment;
};

std::string owner_of(const Segment& segment) {
    return segment.team.empty() ? fmt::format("`{}`", segment.name)
                                : fmt::format("`{}` of {}", segment.name, segment.team);
}

// In the order of their first address, a network overlaps an earlier one exactly if it begins before the furthest end
// so far.
void refuse_overlaps(Draft& draft, bool v6) {
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < draft.segments.size(); ++i)
        if (const auto& prefix = draft.segments[i].family(v6))
            blocks.push_back({*prefix, i});
    std::stable_sort(blocks.begin(), blocks.end(),
                     [](const Block& a, const Block& b) { return a.prefix.base < b.prefix.base; });
    std::set<std::string> told;
    const Block* widest = nullptr;
    for (const auto& block : blocks) {
        if (widest && overlap(widest->prefix, block.prefix)) {
            const auto& first = draft.plan.segments[std::min(widest->segment, block.segment)];
            const auto& second = draft.plan.segments[std::max(widest->segment, block.segment)];
            const auto span_of = [&](const Segment& s) {
                const auto& spec = *draft.networks.at(s.name);
                return v6 ? spec.ipv6.span : spec.ipv4.span;
            };
            if (told.insert(second.name + "/" + first.name).second) {
                auto& d =
                    error(draft.out, "T0504", span_of(second),
                          fmt::format("{} ({}) overlaps {} ({})", owner_of(second), v6 ? second.ipv6 : second.ipv4,
                                      owner_of(first), v6 ? first.ipv6 : first.ipv4),
                          first.name == second.name ? "let the address depend on `{{ team.number }}`" : "");
                if (first.name != second.name)
                    d.related.push_back({span_of(first), "the other network"});
            }
        }
        if (!widest || last_of(block.prefix) > last_of(widest->prefix))
            widest = &block;
    }
}

} // namespace

void plan_segments(Draft& draft) {
    refuse_doubles(draft.source.networks, "networks", draft.out);
    for (const auto& spec : draft.source.networks) {
        if (!draft.networks.emplace(spec.id.value, &spec).second)
            continue;
        if (spec.id.value == "any")
            error(draft.out, "T0506", spec.id.span,
                  "`any` cannot be a network's name; in rules it means every network");
        if (!spec.ipv4.given() && !spec.ipv6.given())
            error(draft.out, "T0505", spec.id.span, fmt::format("the network `{}` has no addresses", spec.id.value),
                  "give it `ipv4`, `ipv6` or both");
        if (!spec.pools.empty())
            add_pools(spec, draft);
        if (!spec.per.given())
            add_segment(draft, spec, "");
        else
            for (const auto& team : draft.blue)
                add_segment(draft, spec, team);
    }
    refuse_overlaps(draft, false);
    refuse_overlaps(draft, true);
}

} // namespace testudo::plan
