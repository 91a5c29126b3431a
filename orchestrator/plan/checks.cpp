#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/plan/flows.hpp"
#include "orchestrator/plan/moments.hpp"
#include "orchestrator/plan/parameters.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::plan {
namespace {

using template_::CheckSpec;
using template_::error;
using template_::MachineSpec;
using template_::Text;
using template_::warn;

std::string type_of_protocol(const std::string& protocol) {
    return protocol == "udp" ? "" : protocol;
}

std::string flow_protocol(const std::string& type) {
    if (type == "icmp")
        return "icmp";
    return type == "dns" ? "udp" : "tcp";
}

constexpr Millis least_period{1'000};

// Why a vantage is of no use for a target.
struct Obstacle {
    std::string code;
    std::string message;
    std::string hint;
};

class CheckPlanner {
  public:
    explicit CheckPlanner(Draft& draft) : draft_(draft) {}

    // `index` is that of the machine with `count` that is checked, else 0; `users` are those who ask, "" for a check.
    void add(const CheckSpec& spec, int index, const std::string& users) {
        index_ = index;
        users_ = users;
        if (!spec.of.given() || !spec.id.given() || !read_target(spec) || !read_confirm(spec))
            return;
        if (spec.every.given() && spec.every.value < least_period)
            error(draft_.out, "T1208", spec.every.span, "this is too often", "once in a second at most");
        column(spec);
        read_pauses(spec);
        read_accounts(spec);
        // Nothing is charged for what users see, so nobody need know whose fault it is.
        const bool twin = users_.empty() && add_twin(spec);
        for (const auto& team : draft_.blue)
            add_instance(spec, team, twin);
    }

  private:
    // What `of` says: the machine, and the service if it names one.
    bool read_target(const CheckSpec& spec) {
        const auto dot = spec.of.value.find('.');
        machine_ = spec.of.value.substr(0, dot);
        const auto known = draft_.machine_specs.find(machine_);
        if (known == draft_.machine_specs.end()) {
            error(draft_.out, "T0802", spec.of.span, fmt::format("there is no machine `{}`", machine_),
                  template_::suggest(machine_, draft_.machine_names()));
            return false;
        }
        target_ = known->second;
        if (!target_->per.given()) {
            error(draft_.out, "T0803", spec.of.span, fmt::format("`{}` is not a machine of every team", machine_),
                  "only what teams defend is scored");
            return false;
        }
        service_ = dot == std::string::npos ? "" : spec.of.value.substr(dot + 1);
        protocol_.clear();
        port_ = 0;
        return service_.empty() ? read_type(spec) : read_service(spec) && read_type(spec);
    }

    bool read_service(const CheckSpec& spec) {
        std::vector<std::string> known;
        for (const auto& one : target_->serves) {
            known.push_back(one.id.value);
            if (one.id.value == service_)
                protocol_ = one.protocol.value;
        }
        if (std::find(known.begin(), known.end(), service_) == known.end()) {
            error(draft_.out, "T0802", spec.of.span, fmt::format("`{}` has no service `{}`", machine_, service_),
                  template_::suggest(service_, known));
            return false;
        }
        return !protocol_.empty();
    }

    bool read_type(const CheckSpec& spec) {
        type_ = spec.type.given() ? spec.type.value : service_.empty() ? "icmp" : type_of_protocol(protocol_);
        if (type_.empty())
            error(draft_.out, "T0804", spec.of.span, fmt::format("there is no check for the protocol `{}`", protocol_));
        else if (type_ != "icmp" && service_.empty())
            error(draft_.out, "T0804", spec.of.span, fmt::format("a check of type {} asks a service", type_),
                  fmt::format("write `of: {}.SERVICE`", machine_));
        else
            return true;
        return false;
    }

    bool read_confirm(const CheckSpec& spec) {
        failures_ = of_ = 2;
        if (spec.retries.given() && spec.confirm.given()) {
            auto& d = error(draft_.out, "T0210", spec.retries.span, "`retries` and `confirm` exclude each other");
            d.related.push_back({spec.confirm.span, "the other one"});
            return false;
        }
        if (spec.retries.given())
            failures_ = of_ = static_cast<int>(spec.retries.value);
        if (!spec.confirm.given())
            return true;
        const auto& text = spec.confirm.value;
        const auto middle = text.find(" of ");
        const auto k = template_::parse_whole_number(text.substr(0, middle));
        const auto n = middle == std::string::npos ? k : template_::parse_whole_number(text.substr(middle + 4));
        if (!k || !n || *k < 1 || *n < *k || *n > 10) {
            error(draft_.out, "T0805", spec.confirm.span, fmt::format("`{}` is no rule of confirmation", text),
                  "write `2 of 3`: a failure counts when 2 of 3 further tries fail too");
            return false;
        }
        failures_ = static_cast<int>(*k);
        of_ = static_cast<int>(*n);
        return true;
    }

    void read_pauses(const CheckSpec& spec) {
        pauses_.clear();
        for (const auto& pause : spec.pauses) {
            refuse_unknown_phase(pause.from, draft_);
            refuse_unknown_phase(pause.to, draft_);
            const auto from = time_of(pause.from, draft_);
            const auto to = time_of(pause.to, draft_);
            if (from && to && *from >= *to)
                error(draft_.out, "T1215", pause.to.span, "this pause is over before it begins",
                      fmt::format("it begins at T+{}", template_::to_text(std::max(*from, Millis(0)))));
            else if (from && to)
                pauses_.push_back({*from, *to});
        }
        std::sort(pauses_.begin(), pauses_.end(), [](const Pause& a, const Pause& b) { return a.from < b.from; });
    }

    void read_accounts(const CheckSpec& spec) {
        accounts_.clear();
        if (!spec.accounts.given())
            return;
        const auto& asks = asked(type_);
        const auto takes = [&](std::string_view word) {
            return std::any_of(asks.begin(), asks.end(), [&](const Parameter& p) { return p.word == word; });
        };
        if (!takes("user") || !takes("password")) {
            error(draft_.out, "T1217", spec.accounts.span, fmt::format("a check of type {} does not sign in", type_));
            return;
        }
        for (const auto& one : spec.ask)
            if (one.name == "user" || one.name == "password") {
                auto& d = error(draft_.out, "T0210", one.name_span,
                                fmt::format("`{}` and `accounts` exclude each other", one.name));
                d.related.push_back({spec.accounts.span, "the other one"});
            }
        std::vector<std::string> known;
        for (const auto& pool : draft_.source.accounts) {
            known.push_back(pool.id.value);
            if (pool.id.value == spec.accounts.value)
                accounts_ = pool.accounts;
        }
        if (accounts_.empty())
            error(draft_.out, "T1216", spec.accounts.span,
                  fmt::format("there is no pool of accounts `{}`", spec.accounts.value),
                  template_::suggest(spec.accounts.value, known));
        if (accounts_.empty())
            accounts_.emplace_back(); // so that nobody is asked for a user as well
    }

    // What is asked, with the first account where there are several.
    std::vector<template_::ParameterSpec> asks_of(const CheckSpec& spec) const {
        auto all = spec.ask;
        const auto add = [&](const std::string& word, const Text& value) {
            const auto& span = spec.accounts.span;
            if (std::none_of(all.begin(), all.end(), [&](const auto& p) { return p.name == word; }))
                all.push_back({word, span, value.given() ? value : Text{"", span}, span});
        };
        if (!accounts_.empty()) {
            add("user", accounts_.front().user);
            add("password", accounts_.front().password);
        }
        // Who says no more wants the first page.
        if (!users_.empty() && type_ == "http" &&
            std::none_of(all.begin(), all.end(), [](const auto& p) { return p.name == "path"; }))
            all.push_back({"path", spec.of.span, Text{"/", spec.of.span, false}, spec.of.span});
        return all;
    }

    void column(const CheckSpec& spec) {
        column_ = spec.service.given() ? spec.service.value : machine_;
        auto& all = draft_.plan.services;
        if (!users_.empty() ||
            std::any_of(all.begin(), all.end(), [this](const auto& one) { return one.first == column_; }))
            return;
        const auto known = draft_.machine_specs.find(column_);
        auto title = known != draft_.machine_specs.end() ? known->second->title.value : column_;
        if (title.empty())
            title = column_;
        all.emplace_back(column_, title);
    }

    // The machines that `from` names for a team: vantages on a network, or a machine.
    std::vector<std::size_t> vantages(const CheckSpec& spec, const std::string& team) {
        std::vector<std::size_t> all;
        for (const auto& from : spec.from) {
            if (const auto machine = draft_.machine_of(from.value, team)) {
                if (draft_.plan.machines[*machine].role == "vantage")
                    all.push_back(*machine);
                else
                    error(draft_.out, "T0806", from.span, fmt::format("`{}` is no vantage", from.value),
                          "checks start from machines with `role: vantage`, which no team controls");
            } else if (const auto segment = draft_.segment_of(from.value, team)) {
                const auto& there = draft_.segments[*segment].vantages;
                std::copy_if(there.begin(), there.end(), std::back_inserter(all), [&](std::size_t i) {
                    const auto& owner = draft_.machines[i].copy_of;
                    return owner.empty() || owner == team;
                });
                if (there.empty())
                    error(draft_.out, "T0806", from.span, fmt::format("there is no vantage on `{}`", from.value),
                          "put a machine with `role: vantage` on it");
            } else if (!team.empty()) {
                auto known = draft_.network_names();
                const auto machines = draft_.machine_names();
                known.insert(known.end(), machines.begin(), machines.end());
                error(draft_.out, "T0801", from.span, fmt::format("there is no network or machine `{}`", from.value),
                      template_::suggest(from.value, known));
            }
        }
        return all;
    }

    const Paths& paths_of(std::size_t machine, bool v6) {
        const auto key = std::pair(machine, v6);
        const auto found = paths_.find(key);
        return found != paths_.end() ? found->second : paths_.emplace(key, Paths(draft_, machine, v6)).first->second;
    }

    // Nothing, if packets get from the vantage to an address of the target; `address` is then the one to ask.
    std::optional<Obstacle> obstacle(std::size_t vantage, std::size_t target, bool v6, std::uint16_t port,
                                     Address& address) {
        const auto& paths = paths_of(vantage, v6);
        const auto& from = draft_.plan.machines[vantage].name;
        const auto& to = draft_.plan.machines[target].name;
        std::optional<std::size_t> segment;
        bool has_address = false;
        for (const auto& interface : draft_.machines[target].interfaces) {
            const auto& one = interface.family(v6);
            has_address = has_address || one.has_value();
            if (one && paths.to(interface.segment) &&
                (!segment || paths.to(interface.segment)->hops < paths.to(*segment)->hops)) {
                segment = interface.segment;
                address = *one;
            }
        }
        if (!has_address)
            return Obstacle{"T0807", fmt::format("`{}` has no IPv{} address", to, v6 ? 6 : 4), ""};
        if (!segment)
            return Obstacle{"T0808", fmt::format("there is no way over IPv{} from `{}` to `{}`", v6 ? 6 : 4, from, to),
                            "a router must join their networks"};
        if (const auto stop = stop_of(draft_, paths, vantage, *segment, address, flow_protocol(type_), port))
            return blocked(*stop, vantage);
        return std::nullopt;
    }

    Obstacle blocked(const Stop& stop, std::size_t vantage) const {
        const auto& machine = draft_.plan.machines[stop.router];
        const auto segment = draft_.plan.segments[draft_.machines[vantage].interfaces.front().segment].name;
        const auto what =
            service_.empty() ? fmt::format("{} icmp", machine_) : fmt::format("{}.{}", machine_, service_);
        return {"T0809",
                stop.rule ? fmt::format("the router `{}` stops this check: `deny: {}`", machine.name, stop.rule->text)
                          : fmt::format("the router `{}` stops this check: no rule lets it through", machine.name),
                stop.rule ? "" : fmt::format("`rules: [{{ at: {}, allow: {} -> {} }}]`", machine.name, segment, what)};
    }

    struct Choice {
        std::vector<std::size_t> vantages;
        Address address;
    };

    // The vantages that can ask the target, all over the same family.
    std::optional<Choice> choose(const CheckSpec& spec, const std::vector<std::size_t>& candidates, std::size_t target,
                                 std::uint16_t port, std::optional<Obstacle>& why) {
        for (const bool v6 : {false, true}) {
            if (spec.family.given() && (spec.family.value == "ipv6") != v6)
                continue;
            Choice choice;
            for (const auto vantage : candidates) {
                Address address;
                if (auto reason = obstacle(vantage, target, v6, port, address)) {
                    // A rule in the way says more than an address that is missing in the other family.
                    if (!why || reason->code > why->code)
                        why = std::move(reason);
                    continue;
                }
                choice.vantages.push_back(vantage);
                choice.address = address;
            }
            if (!choice.vantages.empty())
                return choice;
        }
        return std::nullopt;
    }

    Check base(const CheckSpec& spec) const {
        Check check;
        check.name = spec.id.value;
        check.title = spec.id.value;
        check.service = column_;
        check.type = type_;
        if (spec.every.given())
            check.period = spec.every.value;
        if (spec.timeout.given())
            check.timeout = spec.timeout.value;
        check.confirm_failures = failures_;
        check.confirm_of = of_;
        if (spec.weight.given())
            check.weight_milli = spec.weight.value;
        if (spec.tell.value == "white")
            check.tell = "white";
        check.pauses = pauses_;
        check.users = users_;
        return check;
    }

    void finish(const CheckSpec& spec, const Choice& choice, std::size_t target, const PlanScope& of_team,
                Check check) {
        const auto names = index_ == 0 ? of_team : of_team.with("index", std::int64_t{index_});
        const auto scope = names.with_secrets();
        if (!users_.empty())
            check.title = spec.title.value;
        else if (spec.title.given())
            check.title = expanded(spec.title, names, draft_).value_or(spec.title.value);
        check.vantage = draft_.plan.machines[choice.vantages.front()].id;
        if (choice.vantages.size() > 1)
            check.second_vantage = draft_.plan.machines[choice.vantages[1]].id;
        check.target = draft_.plan.machines[target].id;
        check.address = to_text(choice.address);
        for (const auto& account : accounts_)
            check.accounts.push_back({expanded(account.user, scope, draft_).value_or(""),
                                      expanded(account.password, scope, draft_).value_or("")});
        const auto of = fmt::format("a check of type {}", type_);
        const bool v6 = choice.address.v6;
        read_parameters(asks_of(spec), asked(type_), "what " + of + " asks", scope, v6, spec.id.span, draft_,
                        check.params);
        read_parameters(spec.expect, expected(type_), "what " + of + " expects", scope, v6, spec.id.span, draft_,
                        check.params);
        for (std::size_t i = 0; i < std::min<std::size_t>(2, choice.vantages.size()); ++i)
            draft_.machines[choice.vantages[i]].reach.insert(check.address);
        draft_.plan.checks.push_back(std::move(check));
    }

    void add_instance(const CheckSpec& spec, const std::string& team, bool twin) {
        const auto target = draft_.machine_of(machine_, team);
        const auto candidates = vantages(spec, team);
        if (!target || candidates.empty())
            return;
        for (const auto& service : draft_.plan.machines[*target].services)
            if (!service_.empty() && service.name == service_)
                port_ = service.port;
        std::optional<Obstacle> why;
        const auto choice = choose(spec, candidates, *target, port_, why);
        if (!choice) {
            error(draft_.out, why->code, spec.id.span, why->message, why->hint);
            return;
        }
        auto check = base(spec);
        check.id = id_of(check.name, team);
        check.team = team;
        check.port = port_;
        check.twin = twin ? check.name + "@reference" : "";
        finish(spec, *choice, *target, PlanScope::of_team(draft_, team), std::move(check));
    }

    // The reference machine that speaks the protocol, one with a service of that name first.
    std::optional<std::size_t> reference(std::uint16_t& port) const {
        std::optional<std::size_t> found;
        for (std::size_t i = 0; i < draft_.machines.size(); ++i) {
            const auto& machine = draft_.plan.machines[i];
            if (machine.role != "reference" || !draft_.machines[i].copy_of.empty())
                continue;
            if (service_.empty())
                return i;
            for (const auto& service : machine.services) {
                if (service.protocol != protocol_ || (found && service.name != service_))
                    continue;
                found = i;
                port = service.port;
            }
        }
        return found;
    }

    bool add_twin(const CheckSpec& spec) {
        std::uint16_t port = 0;
        const auto target = reference(port);
        std::optional<Choice> choice;
        if (target) {
            std::vector<std::size_t> candidates;
            for (const auto i : vantages_for_all(spec))
                candidates.push_back(i);
            std::optional<Obstacle> why;
            choice = choose(spec, candidates, *target, port, why);
        }
        if (!choice) {
            warn(draft_.out, "T0810", spec.id.span, fmt::format("the check `{}` has no reference twin", spec.id.value),
                 "a shared machine with `role: reference` that serves the same, within reach of a shared vantage, "
                 "tells a "
                 "fault of ours from one of a team");
            return false;
        }
        auto check = base(spec);
        check.id = check.name + "@reference";
        check.port = port;
        finish(spec, *choice, *target, PlanScope::reference(draft_), std::move(check));
        return true;
    }

    // Vantages that belong to no team: those that the check names, else all there are.
    std::vector<std::size_t> vantages_for_all(const CheckSpec& spec) {
        std::vector<std::size_t> named;
        std::vector<std::size_t> all;
        for (std::size_t i = 0; i < draft_.machines.size(); ++i) {
            const auto& machine = draft_.plan.machines[i];
            if (machine.role != "vantage" || !draft_.machines[i].copy_of.empty())
                continue;
            all.push_back(i);
            const auto stands_on = [this, i](const Text& from) {
                const auto& interfaces = draft_.machines[i].interfaces;
                return std::any_of(interfaces.begin(), interfaces.end(), [&](const InterfaceDraft& interface) {
                    return draft_.plan.segments[interface.segment].name == from.value;
                });
            };
            if (std::any_of(spec.from.begin(), spec.from.end(),
                            [&](const Text& from) { return from.value == machine.name || stands_on(from); }))
                named.push_back(i);
        }
        return named.empty() ? all : named;
    }

    Draft& draft_;
    std::map<std::pair<std::size_t, bool>, Paths> paths_;
    // Of the check at hand.
    const MachineSpec* target_ = nullptr;
    std::string machine_;
    std::string service_;
    std::string protocol_;
    std::string type_;
    std::string column_;
    std::uint16_t port_ = 0;
    int index_ = 0;
    std::string users_;
    std::vector<Pause> pauses_;
    std::vector<template_::AccountSpec> accounts_;
    int failures_ = 2;
    int of_ = 2;
};

// A check of a name with `count` is one of each of its machines: NAME-1, NAME-2, ..., in one column of the board.
std::vector<CheckSpec> one_of_each(const CheckSpec& spec, const std::vector<std::string>& machines) {
    const auto dot = std::min(spec.of.value.find('.'), spec.of.value.size());
    std::vector<CheckSpec> all;
    for (std::size_t i = 0; i < machines.size(); ++i) {
        auto one = spec;
        one.id.value = fmt::format("{}-{}", spec.id.value, i + 1);
        one.of.value = machines[i] + spec.of.value.substr(dot);
        if (!one.service.given())
            one.service = {spec.of.value.substr(0, dot), spec.of.span, false};
        all.push_back(std::move(one));
    }
    return all;
}

// What users do is asked as a check is, once more before it counts as failed, and weighs nothing.
CheckSpec check_of(const template_::UsersSpec& users, const std::string& title, const template_::VisitSpec& visit) {
    constexpr Millis usual_pace{20'000};
    CheckSpec check;
    auto name = users.id.value + "-" + visit.of.value;
    std::replace(name.begin(), name.end(), '.', '-');
    check.id = {std::move(name), visit.of.span, false};
    check.title = {fmt::format("{}: {}", title, visit.of.value), visit.of.span, false};
    check.from = users.from;
    check.of = visit.of;
    check.ask = visit.ask;
    check.expect = visit.expect;
    check.accounts = visit.accounts;
    check.family = users.family;
    check.every = users.every;
    if (!check.every.given())
        check.every = {usual_pace, users.id.span, false};
    check.retries = {1, visit.of.span, false};
    check.weight = {0, visit.of.span, false};
    return check;
}

} // namespace

void plan_checks(Draft& draft) {
    refuse_doubles(draft.source.checks, "checks", draft.out);
    refuse_doubles(draft.source.users, "kinds of users", draft.out);
    refuse_doubles(draft.source.accounts, "pools of accounts", draft.out);
    CheckPlanner planner(draft);
    std::unordered_map<std::string, Span> names; // that are taken
    for (const auto& spec : draft.source.checks)
        names.emplace(spec.id.value, spec.id.span);
    const auto add_made = [&](const CheckSpec& one, const Span& place, int index, const std::string& users) {
        if (const auto [other, fresh] = names.emplace(one.id.value, place); !fresh) {
            auto& d = error(draft.out, "T1101", place,
                            fmt::format("one of these would be called `{}`, as another check is", one.id.value));
            d.related.push_back({other->second, "the other one"});
        }
        draft.check_names.push_back(one.id.value);
        planner.add(one, index, users);
    };
    const auto copies_of = [&](const CheckSpec& spec) {
        return draft.counted.find(spec.of.value.substr(0, spec.of.value.find('.')));
    };
    for (const auto& spec : draft.source.checks) {
        if (const auto& first = names.at(spec.id.value);
            first.file != spec.id.span.file || first.begin != spec.id.span.begin)
            continue;
        const auto many = copies_of(spec);
        if (many == draft.counted.end()) {
            draft.check_names.push_back(spec.id.value);
            planner.add(spec, 0, "");
            continue;
        }
        int index = 0;
        for (const auto& one : one_of_each(spec, many->second))
            add_made(one, spec.id.span, ++index, "");
    }
    for (const auto& spec : draft.source.users) {
        draft.plan.users.push_back({spec.id.value, title_or(spec.title, spec.id.value, draft)});
        for (const auto& visit : spec.of) {
            if (!visit.of.given())
                continue;
            const auto check = check_of(spec, draft.plan.users.back().title, visit);
            const auto many = copies_of(check);
            int index = 0;
            if (many == draft.counted.end())
                add_made(check, visit.of.span, 0, spec.id.value);
            else
                for (const auto& one : one_of_each(check, many->second))
                    add_made(one, visit.of.span, ++index, spec.id.value);
        }
    }
}

} // namespace testudo::plan
