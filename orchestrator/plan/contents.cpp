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
        const auto& [spec, copy_of, interfaces, reach] = draft.machines[i];
        const auto scope = copy_of.empty()
                               ? machine.role == "reference" ? PlanScope::reference(draft) : PlanScope::shared(draft)
                               : PlanScope::of_team(draft, copy_of);
        for (const auto& file : spec->files)
            add_file(draft, file, scope, machine);
        for (const auto& user : spec->users)
            add_user(draft, user, scope, machine.team, machine);
        for (const auto& line : spec->setup)
            if (auto text = expanded(line, scope, draft))
                machine.setup.push_back(std::move(*text));
        for (const auto& unit : spec->starts)
            machine.services.push_back({unit.value, "", 0, unit.value});
        machine.reach.assign(reach.begin(), reach.end());
    }
}

} // namespace testudo::plan
