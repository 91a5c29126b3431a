#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/plan/conditions.hpp"
#include "orchestrator/plan/flows.hpp"
#include "orchestrator/plan/parameters.hpp"
#include "orchestrator/plan/ports.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::plan {
namespace {

using template_::error;
using template_::InjectSpec;
using template_::LocalText;
using template_::Text;

// "T1491" or "T1491.002"
bool is_technique(std::string_view text) {
    const auto digits = [](std::string_view s) { return s.find_first_not_of("0123456789") == std::string_view::npos; };
    if (text.size() != 5 && text.size() != 9)
        return false;
    return text[0] == 'T' && digits(text.substr(1, 4)) &&
           (text.size() == 5 || (text[5] == '.' && digits(text.substr(6))));
}

std::int64_t level_milli(const std::string& level) {
    if (level == "admin")
        return 667;
    return level == "objective" ? 1000 : 333;
}

class TimelinePlanner {
  public:
    explicit TimelinePlanner(Draft& draft)
        : draft_(draft), injects_(written_out(draft)), conditions_(draft, injects_) {}

    void run() {
        struct Name {
            const Text& id;
        };
        std::vector<Name> names;
        for (const auto& one : injects_.all)
            names.push_back({one.spec.id});
        refuse_doubles(names, "injects", draft_.out);
        std::set<std::string> seen;
        for (const auto& one : injects_.all)
            if (!conditions_.left_out(one.spec.id.value) && seen.insert(one.spec.id.value).second)
                add(one);
        refuse_untrained();
    }

  private:
    void add(const Occurrence& one) {
        const auto& spec = one.spec;
        Inject inject;
        inject.kind = spec.is_action ? Inject::Kind::action : Inject::Kind::message;
        inject.id = spec.id.value;
        inject.title = title_of(spec);
        inject.objective = objective_of(spec);
        inject.controller = controller_of(spec);
        inject.label = spec.label.value;
        inject.approved = is_approved(spec);
        inject.proposed = spec.approval.value == "proposed";
        inject.held = spec.hold.value;
        inject.expected = spec.expected.value;
        inject.teams = recipients(spec);
        inject.when = conditions_.when_of(spec.when);
        inject.per_team = conditions_.per_team(inject.id);
        if (spec.late.given())
            inject.late = spec.late.value;
        if (spec.grace.given())
            inject.grace = spec.grace.value;
        bindings_ = one.bindings;
        if (spec.is_action)
            add_action(spec, inject);
        else
            add_message(spec, inject);
        draft_.plan.injects.push_back(std::move(inject));
    }

    static std::string title_of(const InjectSpec& spec) {
        if (spec.title.given())
            return spec.title.value;
        return spec.is_action || spec.subject.empty() ? spec.id.value : spec.subject.front().text.value;
    }

    std::string objective_of(const InjectSpec& spec) {
        const auto& all = draft_.source.objectives;
        if (all.empty() || !spec.objective.given())
            return spec.objective.value;
        std::vector<std::string> known;
        for (const auto& objective : all) {
            known.push_back(objective.id.value);
            if (objective.id.value != spec.objective.value)
                continue;
            trained_.insert(objective.id.value);
            return title_or(objective.title, objective.id.value, draft_);
        }
        error(draft_.out, "T1212", spec.objective.span, fmt::format("there is no objective `{}`", spec.objective.value),
              template_::suggest(spec.objective.value, known));
        return "";
    }

    void refuse_untrained() {
        refuse_doubles(draft_.source.objectives, "objectives", draft_.out);
        for (const auto& objective : draft_.source.objectives)
            if (objective.id.given() && !trained_.contains(objective.id.value))
                template_::warn(draft_.out, "T1213", objective.id.span,
                                fmt::format("nothing trains the objective `{}`", objective.id.value),
                                "messages and actions say it with `objective:`");
    }

    std::string controller_of(const InjectSpec& spec) {
        if (!spec.controller.given())
            return spec.is_action ? "red" : "white";
        std::vector<std::string> known{"white", "red", "green", "yellow"};
        for (const auto& role : draft_.source.roles)
            known.push_back(role.id.value);
        if (std::find(known.begin(), known.end(), spec.controller.value) == known.end())
            error(draft_.out, "T1211", spec.controller.span,
                  fmt::format("there is no role `{}`", spec.controller.value),
                  "roles are declared under `roles:`; " + template_::suggest(spec.controller.value, known));
        return spec.controller.value;
    }

    std::vector<std::string> recipients(const InjectSpec& spec) {
        if (spec.to.empty())
            return draft_.blue;
        std::vector<std::string> teams;
        for (const auto& to : spec.to) {
            if (to.value == "blue") {
                teams = draft_.blue;
            } else if (std::find(draft_.blue.begin(), draft_.blue.end(), to.value) == draft_.blue.end()) {
                auto known = draft_.blue;
                known.emplace_back("blue");
                error(draft_.out, "T0913", to.span, fmt::format("`{}` is no blue team", to.value),
                      template_::suggest(to.value, known));
            } else if (std::find(teams.begin(), teams.end(), to.value) == teams.end()) {
                teams.push_back(to.value);
            }
        }
        return teams;
    }

    void add_message(const InjectSpec& spec, Inject& inject) {
        // One text goes to all who read its language, so a team's own names mean nothing in it.
        const auto shared = PlanScope::shared(draft_);
        const LoopScope scope(shared, bindings_);
        if (spec.kind.value != "mail")
            inject.channel = spec.kind.value;
        inject.from = spec.from.value;
        const auto enclosed = enclosed_in(spec, scope);
        const auto one = [&](const std::vector<LocalText>& texts, const std::string& language) {
            const auto found = std::find_if(texts.begin(), texts.end(), [&](const LocalText& t) {
                return t.language == language || t.language.empty();
            });
            return found == texts.end() ? std::string() : expanded(found->text, scope, draft_).value_or("");
        };
        const auto languages = languages_of(spec);
        for (const auto& language : languages) {
            auto subject = one(spec.subject, language);
            auto body = one(spec.body, language) + enclosed;
            if (inject.subject.empty() && inject.body.empty()) {
                inject.subject = subject;
                inject.body = body;
            }
            if (!language.empty())
                inject.translations.push_back({language, std::move(subject), std::move(body)});
        }
        if (!spec.expects.report.given())
            return;
        inject.expects.report = spec.expects.report.value;
        inject.expects.within = spec.expects.within.value;
        for (const auto& item : spec.expects.rubric) {
            inject.expects.rubric.items.push_back(
                {item.id.value, title_or(item.title, item.id.value, draft_), item.points.value});
            inject.expects.value_milli += item.points.value;
        }
    }

    // Attached files stand below the text, in every language.
    std::string enclosed_in(const InjectSpec& spec, const template_::Scope& scope) {
        std::string out;
        for (const auto& file : spec.attachments)
            out += fmt::format("\n\n--- {} ---\n{}", file.name.value.substr(file.name.value.rfind('/') + 1),
                               expanded(file.content, scope, draft_).value_or(""));
        return out;
    }

    // Those of the body; a subject by language needs the same ones.
    std::vector<std::string> languages_of(const InjectSpec& spec) {
        std::vector<std::string> languages;
        const bool subject_only = !spec.body.empty() && spec.body.front().language.empty();
        for (const auto& text : subject_only ? spec.subject : spec.body)
            languages.push_back(text.language);
        if (spec.subject.empty() || spec.subject.front().language.empty() || subject_only)
            return languages;
        for (const auto* texts : {&spec.subject, &spec.body}) {
            const auto& others = texts == &spec.subject ? spec.body : spec.subject;
            for (const auto& text : *texts)
                if (std::none_of(others.begin(), others.end(),
                                 [&](const LocalText& other) { return other.language == text.language; }))
                    error(draft_.out, "T1214", text.text.span,
                          fmt::format("the {} is given in `{}`, but the {} is not",
                                      texts == &spec.subject ? "subject" : "body", text.language,
                                      texts == &spec.subject ? "body" : "subject"));
        }
        return languages;
    }

    void add_action(const InjectSpec& spec, Inject& inject) {
        inject.action = spec.action.value;
        inject.technique = spec.technique.value;
        if (spec.technique.given() && !is_technique(spec.technique.value))
            error(draft_.out, "T0909", spec.technique.span,
                  fmt::format("`{}` is no ATT&CK technique", spec.technique.value), "write T1491 or T1491.002");
        const auto* action = find_action(spec.action.value);
        if (!action)
            return;
        inject.idempotent = action->idempotent;
        inject.has_effect = action->has_effect;
        add_values(spec, *action, inject);
        if (!action->on_target && !spec.by.given())
            error(draft_.out, "T0911", spec.id.span, fmt::format("`{}` is done by some machine", spec.action.value),
                  "name it with `by:`");
        if (action->on_target && spec.by.given())
            error(draft_.out, "T0911", spec.by.span,
                  fmt::format("`{}` is done on the target itself, not by another machine", spec.action.value),
                  "leave out `by:`");
        if (spec.on.given() && (action->on_target || spec.by.given()))
            for (const auto& team : inject.teams)
                for (const auto& name : targets_of(spec))
                    add_target(spec, *action, team, name, inject);
    }

    // `on: desk` is each of the desks, where they have a `count`.
    std::vector<std::string> targets_of(const InjectSpec& spec) const {
        const auto name = spec.on.value.substr(0, spec.on.value.find('.'));
        const auto many = draft_.counted.find(name);
        return many == draft_.counted.end() ? std::vector<std::string>{name} : many->second;
    }

    void add_values(const InjectSpec& spec, const Action& action, Inject& inject) {
        if (spec.impact.points.given()) {
            inject.impact_milli = spec.impact.points.value;
            inject.level_milli = level_milli(spec.impact.level.value);
            if (spec.impact.full_after.given())
                inject.impact_full = spec.impact.full_after.value;
        }
        if (spec.restore.points.given()) {
            inject.restore_milli = spec.restore.points.value;
            inject.restore_target = spec.restore.within.value;
            if (!action.has_effect)
                error(draft_.out, "T0912", spec.restore.points.span,
                      fmt::format("`{}` leaves no effect that could be undone", spec.action.value));
        }
    }

    void add_target(const InjectSpec& spec, const Action& action, const std::string& team, const std::string& name,
                    Inject& inject) {
        ActionTarget target;
        target.team = team;
        const bool v6 = spec.family.value == "ipv6";
        const auto machine = draft_.machine_of(name, team);
        const auto segment =
            spec.on.value.find('.') == std::string::npos ? draft_.segment_of(name, team) : std::nullopt;
        const auto agent = action.on_target ? machine : attacker(spec, team);
        const bool sweeps = action.name == "sweep-ports";
        if (!machine && !(sweeps && segment)) {
            auto known = draft_.machine_names();
            const auto networks = draft_.network_names();
            if (sweeps)
                known.insert(known.end(), networks.begin(), networks.end());
            error(draft_.out, "T0908", spec.on.span, fmt::format("there is no machine `{}` in this range", name),
                  template_::suggest(name, known));
            return;
        }
        if (!agent)
            return;
        if (machine && draft_.machines[*machine].copy_of.empty()) {
            error(draft_.out, "T0910", spec.on.span, fmt::format("`{}` is not a machine of a team", name),
                  "actions are done to what teams defend");
            return;
        }
        target.agent = draft_.plan.machines[*agent].id;
        target.target = machine ? draft_.plan.machines[*machine].id : "";
        const auto index = machine ? draft_.machines[*machine].index : 0;
        const auto of_team = PlanScope::of_team(draft_, team);
        const auto own = index == 0 ? of_team : of_team.with("index", std::int64_t{index});
        const LoopScope scope(own, bindings_);
        read_parameters(spec.with, action.with, fmt::format("the action `{}`", spec.action.value), scope, v6,
                        spec.id.span, draft_, target.params);
        if (!action.on_target && !aim(spec, action, *agent, machine, segment, v6, target))
            return;
        if (!read_service(spec, action, machine, target) || !within_bounds(spec, target.params) ||
            !gets_through(spec, action, *agent, target.params))
            return;
        if (target.params.contains("address"))
            draft_.machines[*agent].reach.insert(text_or(target.params, "address"));
        inject.lasts = std::max(inject.lasts, longest_work(inject.action, target.params));
        inject.targets.push_back(std::move(target));
    }

    // An action that speaks to a machine is let through by the routers on its way; a sweep may meet closed doors.
    bool gets_through(const InjectSpec& spec, const Action& action, std::size_t agent, const json::object& params) {
        const auto address = parse_address(text_or(params, "address"));
        if (!address || action.name == "sweep-ports")
            return true;
        const auto& paths = paths_of(agent, address->v6);
        const auto& from = draft_.plan.machines[agent].name;
        const auto segment = segment_with(draft_, paths, *address);
        if (!segment) {
            error(draft_.out, "T0915", spec.id.span,
                  fmt::format("there is no way from `{}` to {}", from, to_text(*address)),
                  "a router must join their networks");
            return false;
        }
        const auto port = static_cast<int>(int_or(params, "port", usual_port(action.protocol)));
        const auto stop = stop_of(draft_, paths, agent, *segment, *address, "tcp", port);
        if (!stop)
            return true;
        const auto& router = draft_.plan.machines[stop->router].name;
        error(draft_.out, "T1171", spec.on.span,
              stop->rule ? fmt::format("the router `{}` stops this action: `deny: {}`", router, stop->rule->text)
                         : fmt::format("the router `{}` stops this action: no rule lets it through", router),
              stop->rule ? ""
                         : fmt::format("`rules: [{{ at: {}, allow: {} -> {} tcp/{} }}]`", router, from,
                                       draft_.plan.segments[*segment].name, port));
        return false;
    }

    // What agents refuse to do is refused here already (docs/agent-protocol.md).
    bool within_bounds(const InjectSpec& spec, const json::object& params) {
        if (array_or_empty(params, "passwords").size() > 20) {
            error(draft_.out, "T0916", spec.id.span, "more than 20 passwords are guessed");
            return false;
        }
        if (spec.action.value == "beacon" && !beacon_within_bounds(params)) {
            error(draft_.out, "T0916", spec.id.span, "more calls are made than an agent will make",
                  "at most 100 calls, 10 ms or more apart, within 10 minutes");
            return false;
        }
        const auto network = parse_prefix(text_or(params, "network"));
        const auto ports = array_or_empty(params, "ports").size();
        const int bits = network ? (network->base.v6 ? 128 : 32) - network->length : 0;
        if (bits <= 10 && (std::size_t{1} << static_cast<unsigned>(bits)) * ports <= 1024)
            return true;
        error(draft_.out, "T0916", spec.on.span, "more than 1024 pairs of address and port are tried",
              "name fewer ports, or one machine instead of a network");
        return false;
    }

    static bool beacon_within_bounds(const json::object& params) {
        const auto count = int_or(params, "count", 1);
        const auto interval = int_or(params, "interval_ms", 1'000);
        return count >= 1 && count <= 100 && interval >= 10 && interval <= 600'000 && count * interval <= 600'000;
    }

    std::optional<std::size_t> attacker(const InjectSpec& spec, const std::string& team) {
        const auto agent = draft_.machine_of(spec.by.value, team);
        if (const auto many = draft_.counted.find(spec.by.value); many != draft_.counted.end())
            error(draft_.out, "T0908", spec.by.span,
                  fmt::format("`{}` are {} machines, and one does it", spec.by.value, many->second.size()),
                  fmt::format("name it: `{}`", many->second.front()));
        else if (!agent)
            error(draft_.out, "T0908", spec.by.span,
                  fmt::format("there is no machine `{}` in this range", spec.by.value),
                  template_::suggest(spec.by.value, draft_.machine_names()));
        return agent;
    }

    // Gives the address that the attacker goes for, if there is a way to it.
    bool aim(const InjectSpec& spec, const Action& action, std::size_t agent, std::optional<std::size_t> machine,
             std::optional<std::size_t> segment, bool v6, ActionTarget& target) {
        const auto& paths = paths_of(agent, v6);
        if (!machine) {
            if (!draft_.segments[*segment].family(v6) || !paths.to(*segment))
                return no_way(spec, v6);
            const auto network = to_text(*draft_.segments[*segment].family(v6));
            target.params["network"] = network;
            draft_.machines[agent].reach.insert(network);
            return true;
        }
        for (const auto& interface : draft_.machines[*machine].interfaces) {
            const auto& address = interface.family(v6);
            if (!address || !paths.to(interface.segment))
                continue;
            target.address = to_text(*address);
            target.params["address"] = target.address;
            if (action.protocol == "modbus")
                target.params["port"] = 502;
            return true;
        }
        return no_way(spec, v6);
    }

    bool no_way(const InjectSpec& spec, bool v6) {
        error(draft_.out, "T0915", spec.on.span,
              fmt::format("there is no way over IPv{} from `{}` to `{}`", v6 ? 6 : 4, spec.by.value, spec.on.value),
              "a router must join their networks");
        return false;
    }

    // `on: portal.web` names a service: its port for attackers, its unit for those that stop or start it.
    bool read_service(const InjectSpec& spec, const Action& action, std::optional<std::size_t> machine,
                      ActionTarget& target) {
        const auto dot = spec.on.value.find('.');
        const bool needs_unit = action.name == "stop-service" || action.name == "start-service";
        if (dot == std::string::npos) {
            if (needs_unit && !target.params.contains("service")) {
                error(draft_.out, "T0202", spec.on.span, "which service? neither `on` nor `with` names one",
                      "write `on: MACHINE.SERVICE` or `with: { service: UNIT }`");
                return false;
            }
            return true;
        }
        const auto name = spec.on.value.substr(dot + 1);
        std::vector<std::string> known;
        for (const auto& service : draft_.plan.machines[*machine].services) {
            known.push_back(service.name);
            if (service.name != name)
                continue;
            if (needs_unit && !target.params.contains("service"))
                target.params["service"] = service.unit;
            if (!action.protocol.empty())
                target.params["port"] = service.port;
            return true;
        }
        error(draft_.out, "T0908", template_::part_of(spec.on, dot + 1, spec.on.value.size()),
              fmt::format("`{}` has no service `{}`", spec.on.value.substr(0, dot), name),
              template_::suggest(name, known));
        return false;
    }

    const Paths& paths_of(std::size_t machine, bool v6) {
        const auto key = std::pair(machine, v6);
        const auto found = paths_.find(key);
        return found != paths_.end() ? found->second : paths_.emplace(key, Paths(draft_, machine, v6)).first->second;
    }

    Draft& draft_;
    Occurrences injects_;
    Conditions conditions_;
    Bindings bindings_; // of the inject at hand
    std::set<std::string> trained_;
    std::map<std::pair<std::size_t, bool>, Paths> paths_;
};

} // namespace

void plan_timeline(Draft& draft) {
    TimelinePlanner(draft).run();
}

} // namespace testudo::plan
