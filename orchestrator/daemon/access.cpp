#include "orchestrator/daemon/access.hpp"

#include <fmt/format.h>

#include "orchestrator/plan/secrets.hpp"

namespace testudo::daemon {

Access make_access(const plan::Plan& plan, std::string_view seed) {
    Access access;
    const auto admit = [&](const std::string& holder, const web::Caller& caller) {
        auto token = plan::sign_in_token(seed, holder);
        access.tokens.admit(token, caller);
        return token;
    };
    access.links["white"] = admit("white", {web::Role::white, "", "white team"});
    access.links["instructor"] = admit("instructor", {web::Role::instructor, "", "instructor"});
    json::object teams;
    for (const auto& team : plan.teams)
        if (team.colour == "blue")
            teams[team.id] = admit("team/" + team.id, {web::Role::team, team.id, team.title});
    access.links["teams"] = std::move(teams);
    access.operator_token = admit("operator", {web::Role::white, "", "operator on the controller's machine"});
    return access;
}

json::object links_at(const Access& access, const std::string& address, std::uint16_t port, bool public_board) {
    const auto host = address.find(':') == std::string::npos ? address : "[" + address + "]";
    const auto url = fmt::format("http://{}:{}/", host, port);
    const auto link = [&url](const json::value& token) { return url + "#token=" + std::string(token.as_string()); };
    json::object links;
    links["url"] = url;
    links["white"] = link(access.links.at("white"));
    links["instructor"] = link(access.links.at("instructor"));
    if (public_board)
        links["public"] = url;
    json::object teams;
    for (const auto& team : access.links.at("teams").as_object())
        teams[team.key()] = link(team.value());
    links["teams"] = std::move(teams);
    return links;
}

} // namespace testudo::daemon
