#include <fmt/format.h>

#include "orchestrator/plan/draft.hpp"
#include "orchestrator/template/words.hpp"

// The texts that a machine gets: files, users, set-up lines.
namespace testudo::plan {
namespace {

using template_::error;
using template_::FileSpec;

bool is_mode(std::string_view text) {
    return text.size() == 4 && text.find_first_not_of("01234567") == std::string_view::npos;
}

void add_file(Draft& draft, const FileSpec& spec, const PlanScope& scope, Machine& machine) {
    if (!spec.path.given())
        return;
    File file;
    file.path = expanded(spec.path, scope, draft).value_or("");
    if (!file.path.empty() && (file.path.front() != '/' || file.path.find("/../") != std::string::npos))
        error(draft.out, "T0611", spec.path.span, fmt::format("`{}` is no absolute path", file.path),
              "it begins with `/`");
    if (spec.content.given() && spec.file.given()) {
        auto& d = error(draft.out, "T0210", spec.content.span, "`content` and `file` exclude each other");
        d.related.push_back({spec.path.span, "of this file"});
    }
    file.content = expanded(spec.file.given() ? spec.file : spec.content, scope, draft).value_or("");
    if (spec.mode.given())
        file.mode = spec.mode.value;
    if (!is_mode(file.mode))
        error(draft.out, "T0612", spec.mode.span, fmt::format("`{}` are no permissions", file.mode),
              "four octal digits in quotes: \"0644\"");
    if (spec.owner.given())
        file.owner = spec.owner.value;
    machine.files.push_back(std::move(file));
}

bool is_package(std::string_view text) {
    return text.size() >= 2 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") == std::string_view::npos &&
           text.front() != '-' && text.front() != '+' && text.front() != '.';
}

// A range has no way to where packages come from, so the image must have them; a machine without says which.
void ask_for_packages(Draft& draft, const template_::MachineSpec& spec, Machine& machine) {
    std::string names;
    for (const auto& package : spec.packages) {
        if (!is_package(package.value))
            error(draft.out, "T1161", package.span, fmt::format("`{}` is no name of a Debian package", package.value),
                  "small letters, digits, `+`, `-` and `.`: nginx-light");
        names += package.value + " ";
    }
    if (!names.empty())
        machine.setup.push_back(fmt::format("for p in {}; do dpkg-query -W -f '${{Status}}' $p 2>&1 | grep -q 'ok "
                                            "installed' || {{ echo \"the image lacks the package $p\" >&2; exit 1; }}; "
                                            "done",
                                            names.substr(0, names.size() - 1)));
}

void add_user(Draft& draft, const template_::UserSpec& spec, const PlanScope& scope, const std::string& team,
              Machine& machine) {
    User user;
    user.name = spec.id.value;
    user.admin = spec.admin.value;
    if (spec.password.given())
        user.password = expanded(spec.password, scope, draft).value_or("");
    else
        user.credential = fmt::format("{}/{}", team.empty() ? "white" : team, user.name);
    machine.users.push_back(std::move(user));
}

} // namespace

void plan_contents(Draft& draft) {
    for (std::size_t i = 0; i < draft.machines.size(); ++i) {
        auto& machine = draft.plan.machines[i];
        const auto* spec = draft.machines[i].spec;
        const auto& reach = draft.machines[i].reach;
        const auto scope = PlanScope::of_machine(draft, draft.machines[i]).with_secrets();
        for (const auto& file : spec->files)
            add_file(draft, file, scope, machine);
        for (const auto& user : spec->users)
            add_user(draft, user, scope, machine.team, machine);
        ask_for_packages(draft, *spec, machine);
        for (const auto& line : spec->setup)
            if (auto text = expanded(line, scope, draft))
                machine.setup.push_back(std::move(*text));
        for (const auto& unit : spec->starts)
            machine.services.push_back({unit.value, "", 0, unit.value});
        machine.reach.assign(reach.begin(), reach.end());
    }
}

} // namespace testudo::plan
