#include "orchestrator/template/language/parts.hpp"

namespace testudo::template_ {
namespace {

const Table<TeamSpec>& team_table() {
    static const Table<TeamSpec> table(
        "a team",
        {word("colour", &TeamSpec::colour, {"blue", "red", "white", "green", "yellow"},
              "What the team does: blue defends, red attacks, white controls, green builds, yellow reports.")
             .must(),
         text("title", &TeamSpec::title, "The name that people read; the key itself if not given."),
         texts("nations", &TeamSpec::nations, "ISO 3166-1 alpha-3 codes of the nations that it is made of.")});
    return table;
}

} // namespace

std::vector<Key<Template>> who_keys() {
    return {each("teams", &Template::teams, team_table(), longest_team, "Who takes part.").must()};
}

} // namespace testudo::template_
