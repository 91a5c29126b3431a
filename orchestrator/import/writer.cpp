#include "orchestrator/import/writer.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>

#include "orchestrator/import/names.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::import_ {
namespace {

constexpr std::size_t widest = 118;

// Control characters have no place in a template; line ends become `\n`.
std::string clean(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n' || c == '\t')
            out += c;
        else if (byte >= 0x20 && byte != 0x7F)
            out += c;
    }
    return out;
}

bool is_plain(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (text.empty() || !letter(text.front()) || text.back() == ' ' || text.back() == ':')
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool digit = c >= '0' && c <= '9';
        if (!letter(c) && !digit && std::string_view(" ._/()+-;%").find(c) == std::string_view::npos)
            return false;
    }
    std::string word(text);
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    static constexpr std::array kept{"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
    return std::find(kept.begin(), kept.end(), word) == kept.end();
}

class Writer {
  public:
    explicit Writer(const Draft& draft) : draft_(draft) {}

    std::string run() {
        head();
        teams();
        networks();
        profiles();
        machines();
        rules();
        checks();
        roles();
        timeline();
        scoring();
        return std::move(out_);
    }

  private:
    template <class... T> void line(std::size_t depth, fmt::format_string<T...> format, T&&... values) {
        out_ += std::string(depth * 2, ' ') + fmt::format(format, std::forward<T>(values)...) + "\n";
    }

    // A comment, over several lines where it is long.
    void comment(std::size_t depth, std::string_view text) {
        auto rest = clean(text);
        std::replace(rest.begin(), rest.end(), '\n', ' ');
        std::replace(rest.begin(), rest.end(), '\t', ' ');
        const auto width = widest - depth * 2 - 2;
        while (rest.size() > width) {
            auto end = rest.rfind(' ', width);
            if (end == std::string::npos || end < width / 2)
                end = rest.find(' ', width);
            if (end == std::string::npos)
                break;
            line(depth, "# {}", rest.substr(0, end));
            rest = "  " + rest.substr(std::min(rest.find_first_not_of(' ', end), rest.size()));
            if (rest.size() == 2)
                return;
        }
        line(depth, "# {}", rest);
    }

    void notes(std::size_t depth, const Entry& entry) {
        for (const auto& note : entry.notes)
            comment(depth, note);
    }

    void head() {
        comment(0, fmt::format("Made by `testudo import` from {}. Read the comments: they say what did not come over.",
                               draft_.format));
        for (const auto& note : draft_.notes)
            comment(0, note);
        line(0, "testudo: 1");
        line(0, "exercise: {}", draft_.name);
        if (!draft_.title.empty())
            line(0, "title: {}", scalar(draft_.title));
        line(0, "duration: {}", template_::to_text(*draft_.duration));
    }

    void teams() {
        line(0, "");
        line(0, "teams:");
        for (const auto& team : draft_.teams) {
            notes(1, team);
            auto text = fmt::format("{}: {{ colour: {}", team.id, team.colour);
            if (!team.title.empty())
                text += fmt::format(", title: {}", scalar(team.title));
            if (!team.nations.empty())
                text += fmt::format(", nations: [{}]", fmt::join(team.nations, ", "));
            line(1, "{} }}", text);
        }
    }

    void networks() {
        if (draft_.networks.empty())
            return;
        line(0, "");
        line(0, "networks:");
        for (const auto& network : draft_.networks) {
            line(1, "{}:", network.id);
            notes(2, network);
            if (!network.title.empty())
                line(2, "title: {}", scalar(network.title));
            line(2, "per: team");
            if (!network.ipv4_text.empty())
                line(2, "ipv4: {}", network.ipv4_text);
            if (!network.ipv6_text.empty())
                line(2, "ipv6: {}", scalar(network.ipv6_text));
        }
    }

    void profiles() {
        if (draft_.machines.empty())
            return;
        line(0, "");
        line(0, "profiles:");
        comment(1, "What all imported machines have. `defender` gets a password of each team's own.");
        line(1, "imported: {{ per: team, users: {{ defender: {{ admin: true }} }} }}");
    }

    void machines() {
        if (draft_.machines.empty())
            return;
        line(0, "");
        line(0, "machines:");
        for (const auto& machine : draft_.machines) {
            if (!machine.together.empty() && machine.copy > 1)
                continue;
            line(1, "{}:", name_of_all(machine));
            notes(2, machine);
            if (!machine.together.empty())
                line(2, "count: {}", machine.copies);
            if (machine.vantage)
                line(2, "per: team");
            else
                line(2, "like: imported");
            if (!machine.title.empty())
                line(2, "title: {}", scalar(machine.title));
            if (machine.router || machine.vantage)
                line(2, "role: {}", machine.router ? "router" : "vantage");
            if (machine.kind == "vm")
                line(2, "kind: vm");
            line(2, "image: {}", scalar(machine.image));
            if (machine.memory_mib)
                line(2, "memory: {}", memory_text(*machine.memory_mib));
            if (machine.cpus)
                line(2, "cpus: {}", *machine.cpus);
            attachments(machine);
            services(machine);
            users(machine);
            if (!machine.packages.empty())
                line(2, "packages: [{}]", fmt::join(machine.packages, ", "));
            needs(machine);
        }
    }

    // Copies that are written as one are named as one.
    static const std::string& name_of_all(const Machine& machine) {
        return machine.together.empty() ? machine.id : machine.together;
    }

    void needs(const Machine& machine) {
        std::vector<std::string> names;
        for (const auto need : machine.needs)
            if (const auto& name = name_of_all(draft_.machines[need]);
                std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
        if (names.size() == 1)
            line(2, "needs: {}", names.front());
        else if (!names.empty())
            line(2, "needs: [{}]", fmt::join(names, ", "));
    }

    void attachments(const Machine& machine) {
        if (machine.on.empty())
            return;
        std::vector<std::string> all;
        for (const auto& on : machine.on) {
            const auto& network = draft_.networks[on.network];
            if (!machine.together.empty()) {
                const auto before = on.number - 1;
                all.push_back(before == 0 ? fmt::format("{}: \"{{{{ index }}}}\"", network.id)
                                          : fmt::format("{}: \"{{{{ {} + index }}}}\"", network.id, before));
                continue;
            }
            if (on.ipv4_text.empty()) {
                all.push_back(fmt::format("{}: {}", network.id, on.number));
                continue;
            }
            auto text = fmt::format("{}: {{ ipv4: {}", network.id, scalar(on.ipv4_text));
            if (!on.ipv6_text.empty())
                text += fmt::format(", ipv6: {}", scalar(on.ipv6_text));
            all.push_back(text + " }");
        }
        inline_or_lines("on", all);
    }

    void services(const Machine& machine) {
        if (machine.serves.empty())
            return;
        std::vector<std::string> all;
        for (const auto& service : machine.serves)
            all.push_back(fmt::format("{}: {{ protocol: {}, port: {}{} }}", service.name, service.protocol,
                                      service.port, service.unit.empty() ? "" : ", unit: " + scalar(service.unit)));
        inline_or_lines("serves", all);
    }

    void users(const Machine& machine) {
        if (machine.users.empty())
            return;
        std::vector<std::string> all;
        for (const auto& user : machine.users) {
            std::vector<std::string> parts;
            if (user.admin)
                parts.emplace_back("admin: true");
            if (user.password)
                parts.push_back(fmt::format("password: {}", scalar(*user.password)));
            all.push_back(parts.empty() ? fmt::format("{}: {{}}", user.name)
                                        : fmt::format("{}: {{ {} }}", user.name, fmt::join(parts, ", ")));
        }
        inline_or_lines("users", all);
    }

    void inline_or_lines(std::string_view key, const std::vector<std::string>& entries) {
        const auto text = fmt::format("{}: {{ {} }}", key, fmt::join(entries, ", "));
        if (text.size() + 4 <= widest)
            return line(2, "{}", text);
        line(2, "{}:", key);
        for (const auto& entry : entries)
            line(3, "{}", entry);
    }

    std::string end(const End& end) const {
        switch (end.kind) {
        case End::Kind::network:
            return draft_.networks[end.index].id;
        case End::Kind::machine:
            return name_of_all(draft_.machines[end.index]);
        case End::Kind::any:
            break;
        }
        return "any";
    }

    void rules() {
        std::map<std::size_t, std::vector<const Rule*>> by_router;
        for (const auto& rule : draft_.rules)
            if (const auto& router = draft_.machines[rule.router]; router.together.empty() || router.copy == 1)
                by_router[rule.router].push_back(&rule);
        if (by_router.empty())
            return;
        line(0, "");
        line(0, "rules:");
        for (const auto& [router, all] : by_router) {
            line(1, "- at: {}", name_of_all(draft_.machines[router]));
            for (const bool allow : {true, false}) {
                if (std::none_of(all.begin(), all.end(), [allow](const Rule* r) { return r->allow == allow; }))
                    continue;
                line(2, "{}:", allow ? "allow" : "deny");
                std::vector<std::string> written;
                for (const auto* rule : all) {
                    if (rule->allow != allow)
                        continue;
                    const auto text = fmt::format("{} -> {}{}{}", end(rule->from), end(rule->to),
                                                  rule->protocol.empty() ? "" : " ", rule->protocol);
                    if (std::find(written.begin(), written.end(), text) != written.end())
                        continue;
                    written.push_back(text);
                    if (!rule->note.empty())
                        comment(3, rule->note);
                    line(3, "- {}", text);
                }
            }
        }
    }

    void checks() {
        if (draft_.checks.empty())
            return;
        line(0, "");
        line(0, "checks:");
        for (const auto& check : draft_.checks) {
            const auto& machine = draft_.machines[check.machine];
            line(1, "{}:", check.id);
            notes(2, check);
            if (!check.title.empty())
                line(2, "title: {}", scalar(check.title));
            line(2, "from: {}", draft_.machines[check.vantage].id);
            line(2, "of: {}{}{}", name_of_all(machine), check.service.empty() ? "" : ".", check.service);
            line(2, "type: {}", check.type);
            if (!check.path.empty())
                line(2, "ask: {{ path: {} }}", scalar(check.path));
            if (!check.contains.empty())
                line(2, "expect: {{ contains: {} }}", scalar(check.contains));
        }
    }

    // Who is responsible is a free text elsewhere, and one of the colours or a declared role in a template.
    void roles() {
        const std::set<std::string> colours{"white", "red", "green", "yellow"};
        NameBook names(24, colours);
        std::string text;
        for (const auto& inject : draft_.injects) {
            if (inject.controller.empty() || roles_.contains(inject.controller))
                continue;
            auto name = name_of(inject.controller, 24, "role");
            if (!colours.contains(name)) {
                name = names.take(inject.controller, "role");
                text += fmt::format("  {}: {}\n", name, scalar(inject.controller));
            }
            roles_[inject.controller] = name;
        }
        if (!text.empty())
            out_ += "\nroles:\n" + text;
    }

    void timeline() {
        if (draft_.injects.empty())
            return;
        line(0, "");
        line(0, "timeline:");
        for (const auto& inject : draft_.injects) {
            notes(1, inject);
            if (inject.action.empty())
                line(1, "- message: {}", inject.id);
            else
                line(1, "- action: {}", inject.action);
            if (!inject.action.empty())
                line(2, "id: {}", inject.id);
            if (inject.at)
                line(2, "at: T+{}", template_::to_text(*inject.at));
            else
                line(2, "when: manual");
            if (inject.draft)
                line(2, "draft: true");
            if (!inject.title.empty())
                line(2, "title: {}", scalar(inject.title));
            if (!inject.objective.empty())
                line(2, "objective: {}", scalar(inject.objective));
            if (!inject.controller.empty())
                line(2, "controller: {}", roles_.at(inject.controller));
            if (!inject.to.empty()) {
                std::vector<std::string> to;
                for (const auto team : inject.to)
                    to.push_back(draft_.teams[team].id);
                line(2, "to: [{}]", fmt::join(to, ", "));
            }
            if (inject.action.empty())
                message(inject);
            else
                action(inject);
        }
    }

    void message(const Inject& inject) {
        if (!inject.kind.empty())
            line(2, "kind: {}", inject.kind);
        line(2, "from: {}", scalar(inject.from.empty() ? "Exercise control" : inject.from));
        line(2, "subject: {}", scalar(inject.subject.empty() ? inject.id : inject.subject));
        text(2, "body", inject.body.empty() ? inject.subject : inject.body);
        if (!inject.expected.empty())
            text(2, "expected", inject.expected);
        if (inject.report.empty())
            return;
        line(2, "expects:");
        line(3, "report: {}", inject.report);
        line(3, "within: {}", template_::to_text(inject.within));
        line(3, "rubric: {{ answer: {{ title: {}, points: {} }} }}", scalar(inject.rubric), inject.points);
    }

    void action(const Inject& inject) {
        if (!inject.technique.empty())
            line(2, "attack: {}", inject.technique);
        if (inject.action == "guess-password")
            line(2, "by: {}", draft_.machines[inject.by].id);
        line(2, "on: {}{}{}", draft_.machines[inject.on].id, inject.service.empty() ? "" : ".", inject.service);
        std::vector<std::string> all;
        for (const auto& [key, value] : inject.with)
            all.push_back(fmt::format("{}: {}", key, value));
        inline_or_lines("with", all);
    }

    // A text as a block where it has several lines.
    void text(std::size_t depth, std::string_view key, const std::string& value) {
        auto body = clean(value);
        while (body.ends_with('\n') || body.ends_with(' '))
            body.pop_back();
        const bool block = body.find('\n') != std::string::npos && body.find('\t') == std::string::npos &&
                           body.front() != ' ' && body.front() != '\n';
        if (!block)
            return line(depth, "{}: {}", key, scalar(body));
        line(depth, "{}: |", key);
        for (std::size_t at = 0; at <= body.size();) {
            const auto end = std::min(body.find('\n', at), body.size());
            auto one = body.substr(at, end - at);
            while (one.ends_with(' '))
                one.pop_back();
            if (one.empty())
                out_ += "\n";
            else
                line(depth + 1, "{}", one);
            at = end + 1;
        }
    }

    // Points can only be had where something earns them.
    void scoring() {
        const bool reports = std::any_of(draft_.injects.begin(), draft_.injects.end(),
                                         [](const Inject& inject) { return !inject.report.empty(); });
        if (!reports)
            return;
        line(0, "");
        line(0, "scoring: {{ {} }}", draft_.checks.empty() ? "reports: 1000" : "availability: 500, reports: 500");
    }

    const Draft& draft_;
    std::string out_;
    std::map<std::string, std::string> roles_; // as said in the original -> as named here
};

} // namespace

std::string scalar(std::string_view text) {
    const auto value = clean(text);
    if (is_plain(value))
        return value;
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\')
            out += '\\';
        if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else
            out += c;
    }
    return out + "\"";
}

std::string write_template(const Draft& draft) {
    return Writer(draft).run();
}

} // namespace testudo::import_
