#include "orchestrator/graph/map.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include "orchestrator/core/label.hpp"
#include "orchestrator/plan/sight.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::graph {
namespace {

using plan::Plan;
using plan::Team;
using template_::Template;

constexpr std::size_t alike_at_least = 3; // so many become one node
constexpr std::string_view white = "white";

std::string id_of(const std::string& name, const std::string& team) {
    return team.empty() ? name : name + "@" + team;
}

std::string team_of(const std::string& id) {
    const auto at = id.find('@');
    return at == std::string::npos ? "" : id.substr(at + 1);
}

bool holds(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

// "198.18.10.80/24" -> "198.18.10.80"
std::string without_length(const std::string& address) {
    return address.substr(0, address.find('/'));
}

// "desk-17" -> "desk"; a name without a number is its own stem.
std::string stem_of(const std::string& name) {
    const auto last = name.find_last_not_of("0123456789");
    return last == std::string::npos || last + 1 == name.size() || name[last] != '-' ? name : name.substr(0, last);
}

std::string letter_of(std::size_t index) {
    std::string out;
    for (auto left = index + 1; left > 0; left = (left - 1) / 26)
        out.insert(out.begin(), static_cast<char>('A' + (left - 1) % 26));
    return out;
}

void append(std::string& list, const std::string& one, const char* joint = " ") {
    list += (list.empty() ? "" : joint) + one;
}

class Maker {
  public:
    Maker(const Template& source, const Plan& plan, const View& view) : source_(source), plan_(plan), view_(view) {}

    Result<Map> run() {
        if (auto chosen = choose_teams(); !chosen)
            return tl::unexpected(chosen.error());
        map_.title = plan_.title;
        map_.label = plan_.label;
        add_zones();
        add_nodes();
        set_levels();
        for (const auto& rule : source_.rules)
            add_rules(rule);
        add_checks();
        map_.subtitle = subtitle();
        return std::move(map_);
    }

  private:
    Result<void> choose_teams() {
        const bool of_a_nation = !view_.audience.empty() && view_.audience != white;
        bool takes_part = !of_a_nation;
        sees_all_ = view_.audience == white || (view_.audience.empty() && view_.team.empty());
        for (const auto& team : plan_.teams) {
            if (!of_a_nation || !holds(team.nations, view_.audience))
                continue;
            takes_part = true;
            sees_all_ = sees_all_ || team.colour == white;
            viewers_.push_back(&team);
        }
        if (!takes_part)
            return fail("graph.audience", view_.audience, "no team of this exercise is of that nation");
        std::vector<std::string> names;
        bool found = view_.team.empty();
        for (const auto& team : plan_.teams) {
            if (team.colour != "blue")
                continue;
            names.push_back(team.id);
            const bool named = view_.team.empty() || team.id == view_.team || std::to_string(team.number) == view_.team;
            found = found || named;
            if (named && (sees_all_ || !of_a_nation || holds(team.nations, view_.audience)))
                teams_.push_back(&team);
        }
        if (!found)
            return fail("graph.team", view_.team,
                        fmt::format("there is no such blue team; there are {}", fmt::join(names, ", ")));
        if (!view_.team.empty() && teams_.empty())
            return fail("graph.audience", view_.audience, fmt::format("is no nation of the team {}", view_.team));
        if (of_a_nation)
            nations_ = {view_.audience};
        else if (!sees_all_)
            nations_ = teams_.front()->nations;
        if (!of_a_nation || !view_.team.empty())
            viewers_ = teams_;
        return {};
    }

    const std::string& chosen() const {
        static const std::string none;
        return teams_.empty() ? none : teams_.front()->id;
    }

    // Its own copy of what every team has, or what is shared.
    bool shown(const std::string& id) const {
        const auto team = team_of(id);
        return team.empty() || (!teams_.empty() && team == chosen());
    }

    void add_zones() {
        for (const auto& segment : plan_.segments) {
            if (!shown(segment.id))
                continue;
            Zone zone;
            zone.name = segment.name;
            zone.shared = segment.team.empty();
            for (const auto& spec : source_.networks)
                if (spec.id.value == segment.name)
                    zone.title = spec.title.value;
            for (const auto member : {&plan::Segment::ipv4, &plan::Segment::ipv6})
                if (!(segment.*member).empty())
                    zone.addresses.push_back(addresses_of(segment, member));
            zone_at_.emplace(segment.id, map_.zones.size());
            map_.zones.push_back(std::move(zone));
        }
    }

    // Of every team that is shown, or the first and the last of many.
    std::string addresses_of(const plan::Segment& segment, std::string plan::Segment::*member) const {
        if (segment.team.empty() || teams_.size() < 2)
            return segment.*member;
        std::vector<std::string> all;
        for (const auto* team : teams_)
            if (const auto* one = plan::find_segment(plan_, id_of(segment.name, team->id)))
                all.push_back(one->*member);
        return all.size() <= 2 ? fmt::format("{}", fmt::join(all, ", "))
                               : fmt::format("{} … {}", all.front(), all.back());
    }

    // A label that names nations is for those; a group in it may hold the nation, which the template tells.
    bool released(const std::string& text) const {
        const auto label = parse_label(text);
        if (!label || label->released.empty())
            return true;
        return std::all_of(nations_.begin(), nations_.end(), [&](const std::string& nation) {
            return holds(label->released, nation) ||
                   std::any_of(source_.groups.begin(), source_.groups.end(), [&](const template_::GroupSpec& group) {
                       return holds(label->released, group.id.value) &&
                              std::any_of(group.nations.begin(), group.nations.end(),
                                          [&](const template_::Text& one) { return one.value == nation; });
                   });
        });
    }

    bool hidden(const plan::Machine& machine) const {
        if (sees_all_)
            return false;
        return !released(machine.label.empty() ? plan_.label : machine.label) ||
               std::none_of(viewers_.begin(), viewers_.end(),
                            [&](const Team* team) { return plan::is_seen_by(plan_, machine, team->id); });
    }

    static std::string text_of(const plan::Service& service) {
        return service.port == 0 ? service.name
                                 : fmt::format("{}: {} {}", service.name, service.protocol, service.port);
    }

    // What makes machines alike: all but name, addresses and files.
    static std::string likeness(const plan::Machine& machine) {
        std::string out = fmt::format("{}|{}|{}|{}|{}", stem_of(machine.name), machine.role,
                                      machine.kind == plan::MachineKind::vm, machine.image, team_of(machine.id));
        for (const auto& service : machine.services)
            out += "|" + text_of(service);
        for (const auto& interface : machine.interfaces)
            out += "|" + interface.segment;
        return out;
    }

    void add_nodes() {
        std::map<std::string, std::vector<const plan::Machine*>> alike;
        for (const auto& machine : plan_.machines)
            if (shown(machine.id) && !hidden(machine))
                alike[likeness(machine)].push_back(&machine);
        for (const auto& machine : plan_.machines) {
            if (!shown(machine.id) || hidden(machine))
                continue;
            const auto& group = alike.at(likeness(machine));
            if (group.size() < alike_at_least)
                add_node({&machine});
            else if (group.front() == &machine)
                add_node(group);
        }
    }

    void add_node(const std::vector<const plan::Machine*>& group) {
        const auto& machine = *group.front();
        Node node;
        node.name = group.size() == 1 ? machine.name
                                      : fmt::format("{} … {}", machine.name,
                                                    group.back()->name.substr(stem_of(machine.name).size() + 1));
        node.title = machine.title == machine.name ? "" : machine.title;
        node.role = machine.role;
        node.vm = machine.kind == plan::MachineKind::vm;
        node.shared = team_of(machine.id).empty();
        node.count = static_cast<int>(group.size());
        for (const auto& interface : machine.interfaces) {
            const auto zone = zone_at_.find(interface.segment);
            if (zone == zone_at_.end())
                continue;
            node.zones.push_back(zone->second);
            if (group.size() > 1 || (!node.shared && teams_.size() > 1))
                continue; // they differ from team to team
            for (const auto& address : {interface.ipv4, interface.ipv6})
                if (!address.empty())
                    node.addresses.push_back(without_length(address));
        }
        for (const auto& service : machine.services)
            if (service.port != 0)
                node.services.push_back({service.name, text_of(service), ""});
        for (const auto* one : group)
            node_at_.emplace(one->id, map_.nodes.size());
        map_.nodes.push_back(std::move(node));
    }

    // How many routers lie between a zone and what is shared; zones that no router leads to count as one away.
    void set_levels() {
        std::vector<std::size_t> order;
        std::vector<bool> seen(map_.zones.size());
        for (std::size_t i = 0; i < map_.zones.size(); ++i)
            if (map_.zones[i].shared) {
                order.push_back(i);
                seen[i] = true;
            }
        for (std::size_t next = 0; next < order.size(); ++next)
            for (const auto& node : map_.nodes) {
                if (!node.between() || std::find(node.zones.begin(), node.zones.end(), order[next]) == node.zones.end())
                    continue;
                for (const auto zone : node.zones)
                    if (!seen[zone]) {
                        seen[zone] = true;
                        map_.zones[zone].level = map_.zones[order[next]].level + 1;
                        order.push_back(zone);
                    }
            }
        for (std::size_t i = 0; i < map_.zones.size(); ++i)
            if (!seen[i])
                map_.zones[i].level = 1;
    }

    std::optional<std::size_t> node_of(const std::string& name) const {
        // A name of many, such as `desk` for desk-1 to desk-40, stands for their node.
        for (const auto& id : {id_of(name, chosen()), name, id_of(name + "-1", chosen()), name + "-1"})
            if (const auto found = node_at_.find(id); found != node_at_.end())
                return found->second;
        return std::nullopt;
    }

    std::optional<std::size_t> zone_of(const std::string& name) const {
        for (const auto& id : {id_of(name, chosen()), name})
            if (const auto found = zone_at_.find(id); found != zone_at_.end())
                return found->second;
        return std::nullopt;
    }

    std::optional<End> end_of(const std::string& name) const {
        if (name == "any")
            return End{};
        if (const auto zone = zone_of(name))
            return End{End::Kind::zone, *zone};
        if (const auto node = node_of(name))
            return End{End::Kind::node, *node};
        return std::nullopt; // not to be seen
    }

    static std::string protocol_of(const template_::RuleText& rule) {
        if (rule.first_port == 0)
            return rule.protocol;
        return rule.first_port == rule.last_port
                   ? fmt::format("{} {}", rule.protocol, rule.first_port)
                   : fmt::format("{} {}-{}", rule.protocol, rule.first_port, rule.last_port);
    }

    void add_rules(const template_::RuleSpec& spec) {
        const auto router = node_of(spec.at.value);
        if (!router)
            return;
        for (const bool allow : {true, false})
            for (const auto& rule : allow ? spec.allow : spec.deny) {
                const auto from = end_of(rule.from.value);
                const auto to = end_of(rule.to.value);
                if (!from || !to)
                    continue;
                Rule made{*router, *from, *to, allow, fmt::format("{} → {}", rule.from.value, rule.to.value), ""};
                made.what = protocol_of(rule);
                if (rule.service.given() && to->kind == End::Kind::node)
                    for (const auto& service : map_.nodes[to->index].services)
                        if (service.name == rule.service.value)
                            made.what = service.text;
                if (made.what.empty())
                    made.what = "everything";
                if (std::none_of(map_.rules.begin(), map_.rules.end(), [&made](const Rule& r) {
                        return r.router == made.router && r.text() == made.text() && r.allow == made.allow;
                    }))
                    map_.rules.push_back(std::move(made));
            }
    }

    void add_checks() {
        std::map<std::string, std::size_t> alike; // what they have in common -> check
        for (const auto& check : plan_.checks) {
            if (teams_.empty() || check.team != chosen() || !check.users.empty())
                continue;
            const auto target = node_at_.find(check.target);
            if (target == node_at_.end())
                continue;
            Check made;
            made.title = check.title == check.id ? stem_of(check.title) : check.title;
            made.target = target->second;
            made.text = fmt::format("{} every {}", check.type, template_::to_text(check.period));
            std::string from;
            for (const auto& id : {check.vantage, check.second_vantage})
                if (const auto vantage = node_at_.find(id); vantage != node_at_.end()) {
                    if (std::find(made.vantages.begin(), made.vantages.end(), vantage->second) != made.vantages.end())
                        continue;
                    made.vantages.push_back(vantage->second);
                    append(from, map_.nodes[vantage->second].name, " and ");
                }
            if (!from.empty())
                made.text += ", from " + from;
            if (map_.nodes[made.target].count > 1) {
                const auto [at, fresh] = alike.emplace(
                    fmt::format("{}|{}|{}|{}", made.target, check.port, made.title, made.text), map_.checks.size());
                if (!fresh) {
                    ++map_.checks[at->second].count;
                    continue;
                }
            }
            made.letter = letter_of(map_.checks.size());
            for (const auto vantage : made.vantages)
                append(map_.nodes[vantage].checks, made.letter);
            append(list_of(made.target, check), made.letter);
            map_.checks.push_back(std::move(made));
        }
    }

    // Where a machine's card tells of the check: with the service that is asked, or with the machine itself.
    std::string& list_of(std::size_t target, const plan::Check& check) {
        auto& node = map_.nodes[target];
        for (const auto& one : plan::find_machine(plan_, check.target)->services)
            for (auto& service : node.services)
                if (check.port != 0 && one.port == check.port && one.name == service.name)
                    return service.checks;
        return node.checks;
    }

    static std::string counted(std::size_t count, const std::string& one, const std::string& many) {
        return fmt::format("{} {}", count, count == 1 ? one : many);
    }

    std::string subtitle() {
        std::set<std::string> nations;
        for (const auto* team : teams_) {
            append(map_.owners,
                   team->nations.empty() ? team->title
                                         : fmt::format("{} ({})", team->title, fmt::join(team->nations, ", ")),
                   " · ");
            nations.insert(team->nations.begin(), team->nations.end());
        }
        if (teams_.size() > 1)
            map_.owners = fmt::format("Each of {} teams: {}", teams_.size(), map_.owners);
        std::size_t machines = 0;
        std::size_t vms = 0;
        std::size_t networks = 0;
        const auto counts = [this](const std::string& id) {
            const auto team = team_of(id);
            return team.empty() ||
                   std::any_of(teams_.begin(), teams_.end(), [&team](const Team* one) { return one->id == team; });
        };
        for (const auto& machine : plan_.machines)
            if (counts(machine.id) && !hidden(machine)) {
                ++machines;
                vms += machine.kind == plan::MachineKind::vm ? 1 : 0;
            }
        for (const auto& segment : plan_.segments)
            networks += counts(segment.id) ? 1 : 0;
        std::size_t checks = 0;
        for (const auto& check : map_.checks)
            checks += static_cast<std::size_t>(check.count);
        return fmt::format("{} of {} · {} ({}) · {} · {} · {}", counted(teams_.size(), "team", "teams"),
                           counted(nations.size(), "nation", "nations"), counted(machines, "machine", "machines"),
                           counted(vms, "VM", "VMs"), counted(networks, "network", "networks"),
                           counted(checks, "check", "checks") + (teams_.size() > 1 ? " of each team" : ""),
                           "exercise time " + template_::to_text(plan_.duration)) +
               (sees_all_ ? ""
                          : fmt::format(" · what {} may see",
                                        view_.audience.empty() ? teams_.front()->title : view_.audience));
    }

    const Template& source_;
    const Plan& plan_;
    const View& view_;
    std::vector<const Team*> teams_; // those shown; the first stands for all
    bool sees_all_ = false;
    std::vector<const Team*> viewers_; // who look at it, where not everything is shown
    std::vector<std::string> nations_; // theirs
    Map map_;
    std::map<std::string, std::size_t> zone_at_;
    std::map<std::string, std::size_t> node_at_;
};

} // namespace

std::string Node::heading() const {
    return count == 1 ? name : fmt::format("{} ({})", name, count);
}

std::string Check::heading() const {
    return count == 1 ? title : fmt::format("{} ({})", title, count);
}

std::string End::name(std::size_t router) const {
    switch (kind) {
    case Kind::zone:
        return fmt::format("z{}", index);
    case Kind::node:
        return fmt::format("n{}", index);
    case Kind::any:
        break;
    }
    return fmt::format("n{}", router);
}

Result<Map> make_map(const Template& source, const Plan& plan, const View& view) {
    return Maker(source, plan, view).run();
}

} // namespace testudo::graph
