#include "orchestrator/import/finish.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "orchestrator/import/images.hpp"
#include "orchestrator/import/names.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/renumber.hpp"
#include "orchestrator/plan/ports.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::import_ {
namespace {

constexpr std::size_t longest_name = 24;
constexpr std::size_t longest_team = 16;
constexpr std::size_t most_machines = 5000;
constexpr std::size_t most_copies = 1000;
constexpr std::size_t most_rules = 20'000;
constexpr std::size_t most_teams = 64;
constexpr std::int64_t most_of_stand_in = 256; // MiB

class Finisher {
  public:
    Finisher(Draft& draft, Reading& in) : draft_(draft), in_(in) {}

    bool run() {
        teams();
        order();
        if (!copies())
            return false;
        routers();
        attachments();
        for (auto& machine : draft_.machines)
            resources(machine);
        for (auto& machine : draft_.machines)
            services(machine);
        for (auto& machine : draft_.machines)
            image(machine);
        for (auto& machine : draft_.machines)
            start_services(machine);
        names();
        if (!renumber(draft_, blue_teams(), in_))
            return false;
        join_copies();
        times();
        texts();
        return true;
    }

  private:
    std::size_t blue_teams() const {
        return static_cast<std::size_t>(
            std::count_if(draft_.teams.begin(), draft_.teams.end(), [](const Team& t) { return t.colour == "blue"; }));
    }

    void teams() {
        if (draft_.teams.size() > most_teams) {
            in_.changed(code::value, draft_.teams[most_teams].span,
                        fmt::format("there are {} teams", draft_.teams.size()),
                        fmt::format("the first {} are taken over", most_teams));
            draft_.teams.resize(most_teams);
            for (auto& inject : draft_.injects)
                std::erase_if(inject.to, [](std::size_t team) { return team >= most_teams; });
        }
        if (blue_teams() == 0) {
            Team team;
            team.name = "blue";
            team.colour = "blue";
            draft_.teams.push_back(team);
            in_.changed(code::made_up, draft_.span, "the file names no defending team", "one, `blue`");
        }
        int next = 0;
        for (auto& team : draft_.teams) {
            if (team.colour != "blue" || !team.nations.empty())
                continue;
            team.nations.push_back(fmt::format("XA{}", static_cast<char>('A' + next % 26)));
            if (next++ == 0)
                in_.changed(code::made_up, team.span.file ? team.span : draft_.span,
                            "the file names no nations, and a blue team has at least one",
                            "nations of the exercise, from XAA on; replace them");
        }
    }

    // Machines that wait for each other would never be ready: who is found to close a circle waits no longer.
    void order() {
        enum class Mark { fresh, open, done };
        std::vector<Mark> marks(draft_.machines.size(), Mark::fresh);
        struct Visit {
            std::size_t machine;
            std::size_t next = 0;
        };
        for (std::size_t first = 0; first < marks.size(); ++first) {
            if (marks[first] != Mark::fresh)
                continue;
            marks[first] = Mark::open;
            std::vector<Visit> path{{first}};
            while (!path.empty()) {
                auto& [machine, next] = path.back();
                auto& needs = draft_.machines[machine].needs;
                if (next == needs.size()) {
                    marks[machine] = Mark::done;
                    path.pop_back();
                } else if (const auto need = needs[next]; marks[need] == Mark::open) {
                    in_.changed(code::value, draft_.machines[machine].span,
                                fmt::format("`{}` and `{}` wait for each other", draft_.machines[machine].name,
                                            draft_.machines[need].name),
                                fmt::format("`{}` does not wait", draft_.machines[machine].name));
                    needs.erase(needs.begin() + static_cast<std::ptrdiff_t>(next));
                } else {
                    ++next;
                    if (marks[need] == Mark::fresh) {
                        marks[need] = Mark::open;
                        path.push_back({need});
                    }
                }
            }
        }
    }

    // A machine with a number becomes that many machines; what pointed to it points to the first.
    bool copies() {
        std::size_t count = 0;
        for (const auto& machine : draft_.machines)
            count += static_cast<std::size_t>(std::max(machine.copies, 1));
        if (count > most_machines)
            return too_many("machines", most_machines);
        std::vector<Machine> all;
        std::vector<std::size_t> now;
        for (auto& machine : draft_.machines) {
            now.push_back(all.size());
            const auto times = std::max(machine.copies, 1);
            for (int i = 1; i <= times; ++i) {
                all.push_back(machine);
                if (times > 1) {
                    all.back().name = fmt::format("{}-{}", machine.name, i);
                    all.back().of_copies = machine.name;
                    all.back().copy = i;
                }
                if (i > 1) {
                    all.back().origins.clear();
                    for (auto& on : all.back().on) {
                        on.ipv4.reset();
                        on.ipv6.reset();
                    }
                }
            }
        }
        draft_.machines = std::move(all);
        for (auto& machine : draft_.machines) {
            std::vector<std::size_t> needs;
            for (const auto need : machine.needs)
                for (const auto copy : ends_of(End{End::Kind::machine, need}, now))
                    needs.push_back(copy);
            machine.needs = std::move(needs);
        }
        std::vector<Rule> rules;
        for (const auto& rule : draft_.rules)
            for (const auto router : ends_of(End{End::Kind::machine, rule.router}, now))
                for (const auto from : ends_of(rule.from, now))
                    for (const auto to : ends_of(rule.to, now)) {
                        if (rules.size() == most_rules)
                            return too_many("rules", most_rules);
                        rules.push_back(rule);
                        rules.back().router = router;
                        rules.back().from.index = from;
                        rules.back().to.index = to;
                    }
        draft_.rules = std::move(rules);
        for (auto& check : draft_.checks) {
            check.machine = now[check.machine];
            check.vantage = now[check.vantage];
        }
        for (auto& inject : draft_.injects) {
            if (inject.action.empty())
                continue;
            inject.on = now[inject.on];
            inject.by = now[inject.by];
        }
        return true;
    }

    bool too_many(std::string_view what, std::size_t most) {
        template_::error(in_.out, code::wrong_file, draft_.span,
                         fmt::format("these are more than the {} {} that are imported at once", most, what));
        return false;
    }

    // A rule about a machine holds for all its copies.
    std::vector<std::size_t> ends_of(const End& end, const std::vector<std::size_t>& now) const {
        if (end.kind != End::Kind::machine)
            return {end.index};
        const auto next = end.index + 1 < now.size() ? now[end.index + 1] : draft_.machines.size();
        std::vector<std::size_t> all;
        for (auto i = now[end.index]; i < next; ++i)
            all.push_back(i);
        return all;
    }

    void routers() {
        for (auto& machine : draft_.machines) {
            std::vector<std::size_t> networks;
            for (const auto& on : machine.on)
                networks.push_back(on.network);
            std::sort(networks.begin(), networks.end());
            networks.erase(std::unique(networks.begin(), networks.end()), networks.end());
            if (!machine.router || networks.size() >= 2)
                continue;
            machine.router = false;
            in_.changed(
                code::value, machine.span,
                fmt::format("`{}` stands on fewer than two networks, so it has nothing to forward", machine.name),
                "a machine that is no router");
        }
        std::erase_if(draft_.rules, [this](const Rule& rule) { return !draft_.machines[rule.router].router; });
    }

    void attachments() {
        for (auto& machine : draft_.machines) {
            std::vector<Attachment> once;
            std::set<std::size_t> networks;
            for (auto& on : machine.on) {
                if (networks.insert(on.network).second)
                    once.push_back(on);
                else
                    in_.changed(
                        code::value, on.span,
                        fmt::format("`{}` stands on `{}` twice", machine.name, draft_.networks[on.network].name),
                        "once");
            }
            machine.on = std::move(once);
        }
    }

    void resources(Machine& machine) {
        const auto clamp = [&](std::optional<std::int64_t>& value, std::int64_t least, std::int64_t most,
                               std::string_view what) {
            if (!value || (*value >= least && *value <= most))
                return;
            const auto now = std::clamp(*value, least, most);
            in_.changed(code::value, machine.span, fmt::format("`{}` has {} {}", machine.name, *value, what),
                        std::to_string(now));
            value = now;
        };
        clamp(machine.memory_mib, 16, 1 << 20, "MiB of memory");
        clamp(machine.cpus, 1, 128, "processors");
    }

    static void services(Machine& machine) {
        NameBook book(longest_name);
        std::vector<Service> once;
        for (auto& service : machine.serves) {
            if (std::any_of(once.begin(), once.end(), [&service](const Service& o) { return o.port == service.port; }))
                continue;
            service.name = book.take(service.name, "port");
            once.push_back(service);
        }
        machine.serves = std::move(once);
    }

    void image(Machine& machine) {
        if (machine.vantage) {
            machine.image = "debian-range";
            machine.kind = "container";
            return;
        }
        const auto found = stand_in(machine.image, machine.family);
        if (machine.image == found.image) {
            machine.kind = found.kind;
            return;
        }
        const auto original = machine.image.empty() ? machine.family : machine.image;
        const auto system = machine.family.empty() || machine.family == "linux" || machine.image.empty()
                                ? std::string()
                                : fmt::format(" ({})", machine.family);
        const auto span = machine.image_span.file ? machine.image_span : machine.span;
        machine.kind = found.kind;
        // What the original's system needs says nothing about ours, and nobody's host would hold it.
        if (machine.memory_mib && *machine.memory_mib > most_of_stand_in) {
            const auto old = memory_text(*machine.memory_mib);
            if (machine.copy == 1)
                machine.notes.push_back("Memory in the original: " + old);
            if (machine.copy == 1)
                in_.changed(code::value, machine.span,
                            fmt::format("`{}` has {} of memory in the original", plain_name(machine), old),
                            "as much as the stand-in needs; give it more with `memory`");
            machine.memory_mib.reset();
        }
        machine.image = found.image;
        if (machine.copy > 1)
            return;
        if (!original.empty())
            machine.notes.push_back(fmt::format("Image in the original: {}{}{}", original, system,
                                                found.alike ? "" : "; a Linux system holds its place"));
        if (original.empty())
            in_.changed(code::image, span, fmt::format("the file names no image for `{}`", plain_name(machine)),
                        fmt::format("{} stands in for it", machine.image));
        else if (found.alike)
            in_.changed(code::image, span, fmt::format("the image `{}` is not there", original),
                        fmt::format("{} stands in for it; what the original holds is not carried over", machine.image));
        else
            in_.changed(code::image, span, fmt::format("the image `{}`, {}, is not there", original, found.what),
                        fmt::format("{}, a Linux system, holds its place with its name, addresses and users; name an "
                                    "image of yours with `image` and `kind: vm`",
                                    machine.image));
    }

    // A port that nothing listens on fails every check; what the stand-in can offer there without any settings, it
    // does.
    void start_services(Machine& machine) {
        if (machine.image != "debian-range")
            return;
        for (auto& service : machine.serves) {
            const auto* const unit = service.protocol == "http" ? "nginx" : service.protocol == "ssh" ? "ssh" : nullptr;
            if (!service.unit.empty() || !unit || service.port != plan::usual_port(service.protocol))
                continue;
            service.unit = unit;
            if (machine.copy == 1)
                in_.changed(
                    code::value, machine.span,
                    fmt::format("what served `{}` of `{}` is not carried over", service.name, plain_name(machine)),
                    fmt::format("the stand-in's `{}`, as Debian sets it up", service.unit));
        }
    }

    // What the file calls a machine, whichever of its copies this is.
    static const std::string& plain_name(const Machine& machine) {
        return machine.of_copies.empty() ? machine.name : machine.of_copies;
    }

    void rename(Entry& entry, std::string id, std::string_view what) {
        entry.id = std::move(id);
        if (entry.id == entry.name || entry.derived)
            return;
        if (entry.title.empty() && entry.name.find("{{") == std::string::npos)
            entry.title = entry.name;
        if (entry.span.file)
            in_.changed(code::name, entry.span, fmt::format("`{}` cannot be the name of {}", entry.name, what),
                        entry.id);
    }

    void names() {
        draft_.name = draft_.name.empty() ? "imported" : draft_.name;
        const auto exercise = name_of(draft_.name, longest_name, "imported");
        if (exercise != draft_.name) {
            in_.changed(code::name, draft_.span, fmt::format("`{}` cannot be the name of an exercise", draft_.name),
                        exercise);
            if (draft_.title.empty())
                draft_.title = draft_.name;
        }
        draft_.name = exercise;
        NameBook team_book(longest_team, {"reference"});
        for (auto& team : draft_.teams)
            rename(team, team_book.take(team.name, "team"), "a team");
        // Rules know networks and machines by name alone.
        NameBook book(longest_name, {"any", "team", "exercise"});
        for (auto& network : draft_.networks)
            rename(network, book.take(network.name, "net"), "a network");
        for (auto& machine : draft_.machines) {
            if (machine.copy == 1 && !machine.of_copies.empty())
                name_copies(machine, book);
            if (machine.together.empty()) {
                auto id = book.take(machine.name, "machine");
                while (is_taken_on_host(id))
                    id = book.take(machine.name, "machine");
                rename(machine, std::move(id), "a machine");
            }
            users(machine);
        }
        NameBook checks(longest_name);
        for (auto& check : draft_.checks)
            check.id = checks.take(check.name, "check");
        NameBook injects(longest_name);
        for (auto& inject : draft_.injects)
            inject.id = injects.take(inject.name, "inject");
    }

    // `desk` and `desk-1`, `desk-2` and so on, if all of these names are free; else each copy gets one that is.
    void name_copies(Machine& first, NameBook& book) {
        const auto copies = static_cast<std::size_t>(first.copies);
        const auto end = fmt::format("-{}", copies);
        const auto base = name_of(first.of_copies, longest_name - end.size(), "machine");
        if (copies > most_copies || book.has(base))
            return;
        for (std::size_t i = 1; i <= copies; ++i)
            if (const auto one = fmt::format("{}-{}", base, i); book.has(one) || on_host(one))
                return;
        book.take(base, base);
        for (auto* machine = &first; machine != &first + copies; ++machine) {
            machine->together = base;
            machine->id = book.take(fmt::format("{}-{}", base, machine->copy), base);
            is_taken_on_host(machine->id);
            if (base != first.of_copies && machine->title.empty() && first.of_copies.find("{{") == std::string::npos)
                machine->title = first.of_copies;
        }
        if (base != first.of_copies && first.span.file && !first.derived)
            in_.changed(code::name, first.span, fmt::format("`{}` cannot be the name of a machine", first.of_copies),
                        base);
    }

    // Copies are written as one where their numbers follow each other as they do.
    void join_copies() {
        for (std::size_t i = 0; i < draft_.machines.size(); ++i) {
            auto& first = draft_.machines[i];
            if (first.together.empty() || first.copy != 1)
                continue;
            bool alike = true;
            for (int copy = 1; copy <= first.copies; ++copy) {
                const auto& other = draft_.machines[i + static_cast<std::size_t>(copy) - 1];
                for (std::size_t n = 0; n < first.on.size(); ++n)
                    alike &= first.on[n].ipv4_text.empty() && other.on[n].number == first.on[n].number + copy - 1;
            }
            for (int copy = 1; copy <= first.copies && !alike; ++copy)
                draft_.machines[i + static_cast<std::size_t>(copy) - 1].together.clear();
        }
    }

    bool on_host(const std::string& machine) const {
        return std::any_of(draft_.teams.begin(), draft_.teams.end(), [&](const Team& team) {
            return team.colour == "blue" && on_host_.contains(team.id + "-" + machine);
        });
    }

    // Team and machine make one name on the host: `pc` of `blue-cell` and `cell-pc` of `blue` cannot both be.
    bool is_taken_on_host(const std::string& machine) {
        const bool taken = on_host(machine);
        for (const auto& team : draft_.teams)
            if (!taken && team.colour == "blue")
                on_host_.insert(team.id + "-" + machine);
        return taken;
    }

    void users(Machine& machine) {
        NameBook book(longest_name);
        std::vector<User> once;
        for (auto& user : machine.users) {
            if (std::any_of(once.begin(), once.end(), [&user](const User& o) { return o.name == user.name; }))
                continue;
            once.push_back(user);
        }
        for (auto& user : once) {
            const auto id = book.take(user.name, "user");
            if (id != user.name)
                in_.changed(code::name, user.span, fmt::format("`{}` cannot be the name of a user", user.name), id);
            user.name = id;
        }
        machine.users = std::move(once);
    }

    void times() {
        Millis last{0};
        for (auto& inject : draft_.injects)
            if (inject.at)
                last = std::max(last, *inject.at + inject.within);
        constexpr Millis quarter{15 * 60'000};
        constexpr Millis longest{365LL * 86'400'000};
        if (!draft_.duration || *draft_.duration < last) {
            const auto needed = last + quarter;
            const auto made = last == Millis{0} ? 4 * quarter : (needed + quarter - Millis{1}) / quarter * quarter;
            in_.changed(code::made_up, draft_.span,
                        draft_.duration ? "the file's exercise ends before its last inject"
                                        : "the file does not say how long the exercise lasts",
                        template_::to_text(made));
            draft_.duration = made;
        }
        if (*draft_.duration < Millis{60'000} || *draft_.duration > longest)
            draft_.duration = std::clamp(*draft_.duration, Millis{60'000}, longest);
        for (auto& inject : draft_.injects) {
            if (!inject.at || *inject.at <= *draft_.duration)
                continue;
            inject.at.reset();
            in_.changed(code::value, inject.span, fmt::format("`{}` would come after more than a year", inject.name),
                        "a controller fires it");
        }
    }

    // Braces of another language would be read as expressions.
    void texts() {
        defuse(draft_.title, draft_.span);
        for (auto& team : draft_.teams)
            defuse(team.title, team.span);
        for (auto& network : draft_.networks)
            defuse(network.title, network.span);
        for (auto& machine : draft_.machines) {
            defuse(machine.title, machine.span);
            for (auto& user : machine.users)
                if (user.password)
                    defuse(*user.password, user.span);
        }
        for (auto& check : draft_.checks)
            for (auto* text : {&check.title, &check.path, &check.contains})
                defuse(*text, check.span);
        for (auto& inject : draft_.injects) {
            for (auto* text : {&inject.title, &inject.from, &inject.subject, &inject.body, &inject.expected,
                               &inject.objective, &inject.controller, &inject.rubric})
                defuse(*text, inject.span);
            for (auto& [key, value] : inject.with)
                defuse(value, inject.span);
        }
    }

    void defuse(std::string& text, const Span& span) {
        const auto before = text;
        for (auto at = text.find("{{"); at != std::string::npos; at = text.find("{{", at))
            text.insert(at + 1, 1, ' ');
        if (text != before)
            in_.changed(code::value, span, "a text holds `{{`, which begins an expression in a template",
                        "it is written as `{ {`");
    }

    Draft& draft_;
    Reading& in_;
    std::set<std::string> on_host_;
};

} // namespace

bool finish(Draft& draft, Reading& in) {
    return Finisher(draft, in).run();
}

} // namespace testudo::import_
