#include "orchestrator/plan/rules.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace testudo::plan {
namespace {

using template_::error;
using template_::RuleSpec;
using template_::RuleText;
using template_::Text;

// One side of a rule for one team.
struct End {
    std::vector<Prefix> prefixes;
    std::vector<std::size_t> machines; // those of a name with `count`, or one; none: a network
};

class RuleReader {
  public:
    RuleReader(Draft& draft, std::size_t router, std::string team)
        : draft_(draft), router_(router), team_(std::move(team)) {}

    void read(const RuleText& rule, bool allow) {
        if (!rule.valid)
            return;
        const auto from = end(rule.from);
        const auto to = end(rule.to);
        if (!from || !to)
            return;
        RuleDraft made;
        made.allow = allow;
        made.sources = from->prefixes;
        made.destinations = to->prefixes;
        made.protocol = rule.protocol;
        made.first_port = rule.first_port;
        made.last_port = rule.last_port;
        made.text = fmt::format("{} -> {}{}{}", rule.from.value, rule.to.value, rule.service.given() ? "." : "",
                                rule.service.value);
        if (rule.service.given() && !read_service(rule, *to, made))
            return;
        auto& router = draft_.routers[router_];
        const auto itself = std::find(to->machines.begin(), to->machines.end(), router_) != to->machines.end();
        if (itself)
            add(router.input, made);
        if (!itself || to->machines.size() > 1)
            add(router.forward, made);
    }

  private:
    // On a shared router a rule between shared things comes out the same for every team.
    static void add(std::vector<RuleDraft>& rules, const RuleDraft& made) {
        if (std::find(rules.begin(), rules.end(), made) == rules.end())
            rules.push_back(made);
    }

    std::optional<End> end(const Text& name) {
        End out;
        if (name.value == "any") {
            for (std::size_t i = 0; i < draft_.segments.size(); ++i) {
                const auto& owner = draft_.plan.segments[i].team;
                if (owner.empty() || owner == team_)
                    add(out, i);
            }
            return out;
        }
        if (const auto segment = draft_.segment_of(name.value, team_)) {
            add(out, *segment);
            return out;
        }
        out.machines = draft_.machines_of(name.value, team_);
        for (const auto machine : out.machines)
            for (const auto& interface : draft_.machines[machine].interfaces)
                for (const bool v6 : {false, true})
                    if (const auto& address = interface.family(v6))
                        out.prefixes.push_back({*address, v6 ? 128 : 32});
        if (!out.machines.empty())
            return out;
        auto known = draft_.network_names();
        const auto machines = draft_.machine_names();
        known.insert(known.end(), machines.begin(), machines.end());
        known.emplace_back("any");
        error(draft_.out, "T0702", name.span, fmt::format("there is no network or machine `{}`", name.value),
              template_::suggest(name.value, known));
        return std::nullopt;
    }

    void add(End& out, std::size_t segment) const {
        for (const bool v6 : {false, true})
            if (const auto& prefix = draft_.segments[segment].family(v6))
                out.prefixes.push_back(*prefix);
    }

    bool read_service(const RuleText& rule, const End& to, RuleDraft& made) {
        if (to.machines.empty()) {
            error(draft_.out, "T0703", rule.service.span,
                  fmt::format("`{}` is a network and has no services", rule.to.value),
                  "name a port instead: `internet -> dmz tcp/80`");
            return false;
        }
        std::vector<std::string> known;
        for (const auto& service : draft_.plan.machines[to.machines.front()].services) {
            known.push_back(service.name);
            if (service.name != rule.service.value)
                continue;
            made.protocol = service.protocol == "dns" || service.protocol == "udp" ? service.protocol : "tcp";
            made.first_port = made.last_port = service.port;
            return true;
        }
        error(draft_.out, "T0703", rule.service.span,
              fmt::format("`{}` has no service `{}`", rule.to.value, rule.service.value),
              template_::suggest(rule.service.value, known));
        return false;
    }

    Draft& draft_;
    std::size_t router_;
    std::string team_;
};

void read_rules(Draft& draft, const RuleSpec& spec, std::size_t router, const std::string& team) {
    RuleReader reader(draft, router, team);
    for (const auto& rule : spec.deny)
        reader.read(rule, false);
    for (const auto& rule : spec.allow)
        reader.read(rule, true);
}

bool has_port(const RuleDraft& rule, int port) {
    return rule.first_port == 0 || (port >= rule.first_port && port <= rule.last_port);
}

bool matches(const RuleDraft& rule, const Flow& flow) {
    const auto holds = [](const std::vector<Prefix>& all, const Address& address) {
        return std::any_of(all.begin(), all.end(), [&address](const Prefix& p) { return contains(p, address); });
    };
    const bool protocol = rule.protocol.empty() || rule.protocol == flow.protocol ||
                          (rule.protocol == "dns" && (flow.protocol == "udp" || flow.protocol == "tcp"));
    return protocol && (flow.protocol == "icmp" || has_port(rule, flow.port)) && holds(rule.sources, flow.from) &&
           holds(rule.destinations, flow.to);
}

std::string set_of(const std::vector<Prefix>& all, bool v6) {
    std::string out;
    for (const auto& prefix : all) {
        if (prefix.base.v6 != v6)
            continue;
        const bool single = prefix.length == (v6 ? 128 : 32);
        out += fmt::format("{}{}", out.empty() ? "" : ", ", single ? to_text(prefix.base) : to_text(prefix));
    }
    return out.find(',') == std::string::npos ? out : "{ " + out + " }";
}

std::string match_of(const RuleDraft& rule, bool v6) {
    const auto ports = rule.first_port == rule.last_port ? std::to_string(rule.first_port)
                                                         : fmt::format("{}-{}", rule.first_port, rule.last_port);
    if (rule.protocol == "icmp")
        return v6 ? " icmpv6 type echo-request" : " icmp type echo-request";
    if (rule.protocol == "dns")
        return fmt::format(" meta l4proto {{ tcp, udp }} th dport {}", ports);
    if (rule.protocol.empty())
        return "";
    return rule.first_port == 0 ? fmt::format(" meta l4proto {}", rule.protocol)
                                : fmt::format(" {} dport {}", rule.protocol, ports);
}

std::string lines_of(const std::vector<RuleDraft>& rules) {
    std::string out;
    for (const bool allow : {false, true}) {
        for (const auto& rule : rules) {
            if (rule.allow != allow)
                continue;
            for (const bool v6 : {false, true}) {
                const auto sources = set_of(rule.sources, v6);
                const auto destinations = set_of(rule.destinations, v6);
                if (sources.empty() || destinations.empty())
                    continue;
                const auto* family = v6 ? "ip6" : "ip";
                out += fmt::format("        {} saddr {} {} daddr {}{} {} comment \"{}\"\n", family, sources, family,
                                   destinations, match_of(rule, v6), allow ? "accept" : "drop", rule.text);
            }
        }
    }
    return out;
}

} // namespace

bool passes(const std::vector<RuleDraft>& rules, const Flow& flow) {
    return !denied_by(rules, flow) &&
           std::any_of(rules.begin(), rules.end(), [&flow](const RuleDraft& r) { return r.allow && matches(r, flow); });
}

const RuleDraft* denied_by(const std::vector<RuleDraft>& rules, const Flow& flow) {
    for (const auto& rule : rules)
        if (!rule.allow && matches(rule, flow))
            return &rule;
    return nullptr;
}

std::string nftables_of(const RouterDraft& router) {
    std::string out = "flush ruleset\n"
                      "table inet testudo {\n"
                      "    chain input {\n"
                      "        type filter hook input priority filter; policy drop;\n"
                      "        iifname \"lo\" accept\n"
                      "        ct state established,related accept\n"
                      "        icmp type echo-request accept\n"
                      "        icmpv6 type { echo-request, nd-neighbor-solicit, nd-neighbor-advert } accept\n";
    out += lines_of(router.input);
    out += "    }\n"
           "    chain forward {\n"
           "        type filter hook forward priority filter; policy drop;\n"
           "        ct state established,related accept\n";
    out += lines_of(router.forward);
    out += "    }\n"
           "}\n";
    return out;
}

void plan_rules(Draft& draft) {
    for (std::size_t i = 0; i < draft.machines.size(); ++i)
        if (draft.plan.machines[i].forwards)
            draft.routers[i];
    for (const auto& spec : draft.source.rules) {
        if (!spec.at.given())
            continue;
        const auto many = draft.counted.find(spec.at.value);
        const auto known = draft.machine_specs.find(many == draft.counted.end() ? spec.at.value : many->second.front());
        if (known == draft.machine_specs.end() || known->second->role.value != "router") {
            std::vector<std::string> routers;
            for (const auto& [name, machine] : draft.machine_specs)
                if (machine->role.value == "router")
                    routers.push_back(name);
            std::sort(routers.begin(), routers.end());
            error(draft.out, "T0704", spec.at.span,
                  known == draft.machine_specs.end() ? fmt::format("there is no machine `{}`", spec.at.value)
                                                     : fmt::format("`{}` is no router", spec.at.value),
                  template_::suggest(spec.at.value, routers));
            continue;
        }
        for (const auto& team : draft.blue) {
            // A shared router applies the rule to each team by itself, so that no rule ever joins two teams.
            for (const auto router : draft.machines_of(spec.at.value, team))
                read_rules(draft, spec, router, team);
        }
    }
    for (const auto& [index, router] : draft.routers)
        draft.plan.machines[index].nftables = nftables_of(router);
}

} // namespace testudo::plan
