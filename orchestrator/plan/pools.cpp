#include "orchestrator/plan/pools.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/template/quantity.hpp"

namespace testudo::plan {
namespace {

using template_::error;
using template_::NetworkSpec;

// Beyond this, numbers are written into IPv6 in another way (address.hpp).
constexpr std::int64_t largest_number = 9'999;

std::optional<PoolDraft> read_pool(const template_::PoolSpec& spec, Draft& draft) {
    const auto& text = spec.numbers.value;
    const auto dash = text.find('-');
    const auto first = template_::parse_whole_number(text.substr(0, dash));
    const auto last = dash == std::string::npos ? first : template_::parse_whole_number(text.substr(dash + 1));
    if (first && last && *first >= 1 && *first <= *last && *last <= largest_number)
        return PoolDraft{spec.id.value, *first, *last};
    error(draft.out, "T1141", spec.numbers.span, fmt::format("`{}` are no numbers of a pool", text),
          fmt::format("the first and the last, at most {}: `100-199`", largest_number));
    return std::nullopt;
}

} // namespace

void add_pools(const NetworkSpec& spec, Draft& draft) {
    refuse_doubles(spec.pools, "pools", draft.out);
    auto& pools = draft.pools[spec.id.value];
    for (const auto& one : spec.pools) {
        if (!one.numbers.given())
            continue;
        const auto pool = read_pool(one, draft);
        if (!pool)
            continue;
        for (const auto& other : pools)
            if (other.name != pool->name && pool->first <= other.last && other.first <= pool->last)
                error(draft.out, "T1142", one.numbers.span,
                      fmt::format("the pools `{}` ({}-{}) and `{}` ({}-{}) overlap", pool->name, pool->first,
                                  pool->last, other.name, other.first, other.last));
        pools.push_back(*pool);
    }
}

void check_pools(const NetworkSpec& spec, std::size_t segment, Draft& draft) {
    for (const auto& pool : draft.pools[spec.id.value])
        for (const bool v6 : {false, true})
            if (const auto& prefix = draft.segments[segment].family(v6))
                for (const auto number : {pool.first, pool.last})
                    if (!host_of(*prefix, number)) {
                        const auto& one = *std::find_if(spec.pools.begin(), spec.pools.end(),
                                                        [&](const auto& p) { return p.id.value == pool.name; });
                        error(draft.out, "T1141", one.numbers.span,
                              fmt::format("there is no address number {} in `{}` ({})", number, spec.id.value,
                                          to_text(*prefix)));
                    }
}

void check_joints(Draft& draft) {
    for (const auto& spec : draft.source.networks)
        for (const auto& name : spec.joined_by) {
            // What holds for the first team holds for all.
            const auto team = draft.blue.empty() ? std::string() : draft.blue.front();
            const auto routers = draft.machines_of(name.value, team);
            const auto segment = draft.segment_of(spec.id.value, team);
            if (segment && std::any_of(routers.begin(), routers.end(), [&](std::size_t router) {
                    const auto& there = draft.segments[*segment].routers;
                    return std::find(there.begin(), there.end(), router) != there.end();
                }))
                continue;
            std::vector<std::string> known;
            for (const auto& [router, machine] : draft.machine_specs)
                if (machine->role.value == "router")
                    known.push_back(router);
            std::sort(known.begin(), known.end());
            error(draft.out, "T1146", name.span,
                  routers.empty() ? fmt::format("there is no machine `{}`", name.value)
                                  : fmt::format("`{}` is no router that stands on `{}`", name.value, spec.id.value),
                  routers.empty() ? template_::suggest(name.value, known)
                                  : "a router has `role: router`, and names the network under `on:`");
        }
}

std::optional<std::int64_t> number_from_pool(Draft& draft, const template_::AttachmentSpec& on, std::size_t segment) {
    const auto pools = draft.pools.find(on.id.value);
    std::vector<std::string> known;
    if (pools != draft.pools.end())
        for (const auto& pool : pools->second) {
            if (pool.name != on.pool.value) {
                known.push_back(pool.name);
                continue;
            }
            if (pool.name == "dhcp") {
                error(draft.out, "T1143", on.pool.span, "numbers of the pool `dhcp` are given out by a machine",
                      "take the number from another pool, or write one");
                return std::nullopt;
            }
            auto& kept = draft.segments[segment].kept;
            for (auto number = pool.first; number <= pool.last; ++number)
                if (kept.insert(number).second)
                    return number;
            error(draft.out, "T1145", on.pool.span,
                  fmt::format("the pool `{}` of `{}` has {} numbers, and all are taken", pool.name, on.id.value,
                              pool.last - pool.first + 1));
            return std::nullopt;
        }
    error(draft.out, "T1144", on.pool.span, fmt::format("`{}` has no pool `{}`", on.id.value, on.pool.value),
          template_::suggest(on.pool.value, known));
    return std::nullopt;
}

bool in_dhcp(const Draft& draft, const std::string& network, std::int64_t number) {
    const auto pools = draft.pools.find(network);
    return pools != draft.pools.end() &&
           std::any_of(pools->second.begin(), pools->second.end(), [number](const PoolDraft& pool) {
               return pool.name == "dhcp" && number >= pool.first && number <= pool.last;
           });
}

} // namespace testudo::plan
