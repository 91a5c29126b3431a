#include "web/api/api.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/core/digest.hpp"
#include "web/api/address.hpp"
#include "web/api/input.hpp"
#include "web/server/problem.hpp"

namespace testudo::web {
namespace {

constexpr std::size_t max_id = 128;
constexpr std::size_t max_reason = 2'000;
constexpr std::size_t max_report = 32'000;
// Milli-points: a billion points, and sums of them stay far from overflow.
constexpr std::int64_t max_milli = 1'000'000'000'000;
constexpr std::int64_t max_ms = std::int64_t{366} * 24 * 3600 * 1000;
constexpr std::size_t page_default = 200;
constexpr std::size_t page_most = 1000;
constexpr std::size_t kept_replies = 128;
// What a team may write: reports by hand, not a flood into the log.
constexpr int team_write_burst = 10;
constexpr std::chrono::milliseconds team_write_refill{3000};

std::string text_of(const Caller& caller) {
    return fmt::format("{}/{}/{}", role_name(caller.role), caller.team, caller.name);
}

int status_of(const Error& error) {
    static const std::map<std::string, int, std::less<>> statuses{
        {"unknown", 404},      {"conflict", 409},  {"state", 409},        {"over", 409},
        {"not-approved", 409}, {"invalid", 422},   {"range", 422},        {"incomplete", 422},
        {"unknown-item", 422}, {"malformed", 422}, {"not-for-team", 422}, {"refused", 403},
    };
    const auto dot = error.code.rfind('.');
    const auto it = statuses.find(dot == error.code.npos ? error.code : error.code.substr(dot + 1));
    return it == statuses.end() ? 500 : it->second;
}

// Only what a client can act on is told; the inside of a failure is for those who run the exercise.
ApiResponse refusal(const Error& error, const Caller& caller) {
    const auto status = status_of(error);
    if (status == 500 && caller.role != Role::white)
        return problem(500, "Something went wrong here; tell the white team.");
    return problem(status, error.message, {{"code", error.code}});
}

ApiResponse answer_of(const Result<json::value>& result, const Caller& caller) {
    if (!result)
        return refusal(result.error(), caller);
    ApiResponse response;
    response.body = json::serialize(*result);
    return response;
}

template <class Number> std::optional<Number> number_of(std::string_view text) {
    Number n{};
    const auto end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data(), end, n);
    return ec == std::errc() && stop == end && !text.empty() ? std::optional(n) : std::nullopt;
}

std::optional<std::size_t> index_of(std::string_view word, const std::vector<std::string_view>& words) {
    const auto it = std::find(words.begin(), words.end(), word);
    return it == words.end() ? std::nullopt : std::optional(static_cast<std::size_t>(it - words.begin()));
}

const std::vector<std::string_view> exercise_commands{"start", "pause", "resume", "end"};
const std::vector<std::string_view> inject_commands{"fire", "hold", "release", "skip"};
const std::vector<std::string_view> rulings{"void", "charge"};

} // namespace

// One request on its way through a route.
struct Api::Call {
    const ApiRequest& request;
    Controller& controller;
    const ApiOptions& options;
    std::vector<std::string> bound; // what the braces of the route's path stand for
    std::map<std::string, std::string> query;
    Input input;

    const Caller& caller() const { return request.caller; }
    bool may_see_all() const { return caller().role == Role::white || caller().role == Role::instructor; }
    ApiResponse answer(const Result<json::value>& result) const { return answer_of(result, caller()); }
    ApiResponse bad_input() {
        return problem(422, "The request does not have the right form.", {{"errors", std::move(input).faults()}});
    }
};

struct Api::Route {
    std::string_view method;
    std::string_view path;
    std::vector<Role> roles;                   // who may call it; everybody if empty
    std::vector<std::string_view> query_names; // what may stand behind the question mark
    std::function<ApiResponse(Call&)> handle;

    bool allows(Role role) const { return roles.empty() || std::find(roles.begin(), roles.end(), role) != roles.end(); }

    // The values in the braces, if the path is of this route.
    std::optional<std::vector<std::string>> match(const std::vector<std::string>& parts) const {
        const auto pattern = split_path(path).value();
        if (pattern.size() != parts.size())
            return std::nullopt;
        std::vector<std::string> bound;
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (pattern[i].starts_with('{'))
                bound.push_back(parts[i]);
            else if (pattern[i] != parts[i])
                return std::nullopt;
        return bound;
    }
};

namespace {

// Handlers are templates because a route's Call is the router's own business.

template <class Call> ApiResponse get_me(Call& call) {
    ApiResponse response;
    response.body = json::serialize(json::object{{"role", role_name(call.caller().role)},
                                                 {"team", call.caller().team},
                                                 {"name", call.caller().name},
                                                 {"replay", call.options.replay}});
    return response;
}

template <class Call> ApiResponse get_view(Call& call) {
    std::optional<ExerciseTime> at;
    if (const auto it = call.query.find("at_ms"); it != call.query.end()) {
        // The past of a running exercise shows what was decided since: which checks were voided, who was not caught.
        if (!call.options.replay && !call.may_see_all())
            return problem(403, "While the exercise runs, its past is for the white team and the instructors.");
        const auto ms = number_of<std::int64_t>(it->second);
        if (!ms || *ms < 0 || *ms > max_ms)
            return problem(422, "at_ms must be a number of milliseconds since STARTEX.");
        at = ExerciseTime(*ms);
    }
    return call.answer(call.controller.view(call.caller(), at));
}

template <class Call> ApiResponse get_moments(Call& call) {
    if (!call.options.replay && !call.may_see_all())
        return problem(403, "While the exercise runs, this is for the white team and the instructors.");
    return call.answer(call.controller.moments(call.caller()));
}

template <class Call> ApiResponse post_exercise(Call& call) {
    const auto command = index_of(call.bound[0], exercise_commands);
    if (!command)
        return problem(404, fmt::format("An exercise can be told to: {}.", fmt::join(exercise_commands, ", ")));
    const auto reason = call.input.text("reason", max_reason, false);
    if (!call.input.sound())
        return call.bad_input();
    return call.answer(call.controller.command(call.caller(), static_cast<ExerciseCommand>(*command), reason));
}

template <class Call> ApiResponse post_inject(Call& call) {
    const auto command = index_of(call.bound[1], inject_commands);
    if (!command)
        return problem(404, fmt::format("With an inject one can: {}.", fmt::join(inject_commands, ", ")));
    const auto team = call.input.text("team", max_id, false);
    const auto reason = call.input.text("reason", max_reason, false);
    if (!call.input.sound())
        return call.bad_input();
    return call.answer(
        call.controller.command(call.caller(), call.bound[0], static_cast<InjectCommand>(*command), team, reason));
}

template <class Call> ApiResponse post_report(Call& call) {
    Report report;
    report.kind = call.input.text("kind", max_id, true);
    report.message = call.input.text("message", max_id, false);
    report.text = call.input.text("text", max_report, true);
    if (!call.input.sound())
        return call.bad_input();
    auto response = call.answer(call.controller.file_report(call.caller(), report));
    if (response.status == 200)
        response.status = 201;
    return response;
}

template <class Call> ApiResponse post_grade(Call& call) {
    Grade grade;
    grade.milli = call.input.integers("grades", 0, max_milli);
    grade.comment = call.input.text("comment", max_reason, false);
    if (!call.input.sound())
        return call.bad_input();
    return call.answer(call.controller.grade(call.caller(), call.bound[0], grade));
}

template <class Call> ApiResponse post_ruling(Call& call) {
    CheckRuling ruling;
    ruling.check = call.bound[0];
    ruling.from_ms = call.input.integer("from_ms", 0, max_ms);
    ruling.to_ms = call.input.integer("to_ms", 0, max_ms);
    ruling.ruling = static_cast<Ruling>(call.input.word("ruling", rulings));
    ruling.reason = call.input.text("reason", max_reason, true);
    if (ruling.to_ms <= ruling.from_ms)
        call.input.fault("to_ms", "must be after from_ms");
    if (!call.input.sound())
        return call.bad_input();
    return call.answer(call.controller.rule(call.caller(), ruling));
}

template <class Call> ApiResponse post_adjustment(Call& call) {
    Adjustment adjustment;
    adjustment.team = call.input.text("team", max_id, true);
    adjustment.category = call.input.text("category", max_id, true);
    adjustment.milli = call.input.integer("milli", -max_milli, max_milli);
    adjustment.reason = call.input.text("reason", max_reason, true);
    if (!call.input.sound())
        return call.bad_input();
    return call.answer(call.controller.adjust(call.caller(), adjustment));
}

template <class Call> ApiResponse post_reset(Call& call) {
    RangeReset reset;
    reset.team = call.input.text("team", max_id, false);
    reset.machine = call.input.text("machine", max_id, false);
    reset.requested = call.input.flag("requested");
    reset.reason = call.input.text("reason", max_reason, false);
    reset.to = call.input.text("to", max_id, false);
    if (reset.team.empty() == reset.machine.empty())
        call.input.fault("machine", "or a team must be given, and not both");
    if (!call.input.sound())
        return call.bad_input();
    auto response = call.answer(call.controller.reset(call.caller(), reset));
    if (response.status == 200)
        response.status = 202;
    return response;
}

template <class Call> ApiResponse post_snapshot(Call& call) {
    RangeSnapshot snapshot;
    snapshot.name = call.input.text("name", max_id, true);
    snapshot.team = call.input.text("team", max_id, false);
    snapshot.machine = call.input.text("machine", max_id, false);
    if (snapshot.team.empty() == snapshot.machine.empty())
        call.input.fault("machine", "or a team must be given, and not both");
    if (!call.input.sound())
        return call.bad_input();
    auto response = call.answer(call.controller.keep(call.caller(), snapshot));
    if (response.status == 200)
        response.status = 202;
    return response;
}

template <class Call> ApiResponse post_evacuation(Call& call) {
    const auto host = call.input.text("host", max_id, true);
    if (!call.input.sound())
        return call.bad_input();
    auto response = call.answer(call.controller.evacuate(call.caller(), host));
    if (response.status == 200)
        response.status = 202;
    return response;
}

template <class Call> ApiResponse get_snapshots(Call& call) {
    return call.answer(call.controller.snapshots(call.caller()));
}

template <class Call> ApiResponse post_isolation(Call& call) {
    if (!call.input.sound())
        return call.bad_input();
    auto response = call.answer(call.controller.check_isolation(call.caller()));
    if (response.status == 200)
        response.status = 202;
    return response;
}

template <class Call> ApiResponse get_isolation(Call& call) {
    return call.answer(call.controller.isolation(call.caller()));
}

template <class Call> ApiResponse get_why(Call& call) {
    const auto it = call.query.find("team");
    if (it == call.query.end() || it->second.empty())
        return problem(422, "Name the team: ?team=TEAM.");
    if (call.caller().role == Role::team && call.caller().team != it->second)
        return problem(403, "A team may ask for its own score only.");
    return call.answer(call.controller.why(call.caller(), it->second));
}

template <class Call> ApiResponse get_log(Call& call) {
    std::uint64_t after = 0;
    std::size_t limit = page_default;
    if (const auto it = call.query.find("after"); it != call.query.end()) {
        const auto n = number_of<std::uint64_t>(it->second);
        if (!n)
            return problem(422, "after must be the sequence number of an event.");
        after = *n;
    }
    if (const auto it = call.query.find("limit"); it != call.query.end()) {
        const auto n = number_of<std::size_t>(it->second);
        if (!n || *n == 0 || *n > page_most)
            return problem(422, fmt::format("limit must be from 1 to {}.", page_most));
        limit = *n;
    }
    return call.answer(call.controller.log(call.caller(), after, limit));
}

template <class Call> ApiResponse get_archive(Call& call) {
    const auto archive = call.controller.archive(call.caller());
    if (!archive)
        return refusal(archive.error(), call.caller());
    ApiResponse response;
    response.content_type = "application/octet-stream";
    response.file = archive->path;
    response.file_name = archive->name;
    return response;
}

} // namespace

const std::vector<Api::Route>& Api::table() {
    const std::vector<Role> all{};
    const std::vector<Role> white{Role::white};
    const std::vector<Role> staff{Role::white, Role::instructor};
    const std::vector<Role> team{Role::team};
    const std::vector<Role> insiders{Role::white, Role::instructor, Role::team};
    static const std::vector<Route> routes{
        {"GET", "/api/v1/me", all, {}, get_me<Call>},
        {"GET", "/api/v1/view", all, {"at_ms"}, get_view<Call>},
        {"GET", "/api/v1/moments", all, {}, get_moments<Call>},
        {"POST", "/api/v1/exercise/{command}", white, {}, post_exercise<Call>},
        {"POST", "/api/v1/injects/{inject}/{command}", white, {}, post_inject<Call>},
        {"POST", "/api/v1/reports", team, {}, post_report<Call>},
        {"POST", "/api/v1/reports/{report}/grade", white, {}, post_grade<Call>},
        {"POST", "/api/v1/checks/{check}/rule", white, {}, post_ruling<Call>},
        {"POST", "/api/v1/adjustments", white, {}, post_adjustment<Call>},
        {"POST", "/api/v1/range/reset", white, {}, post_reset<Call>},
        {"POST", "/api/v1/range/evacuate", white, {}, post_evacuation<Call>},
        {"POST", "/api/v1/range/snapshots", white, {}, post_snapshot<Call>},
        {"GET", "/api/v1/range/snapshots", staff, {}, get_snapshots<Call>},
        {"POST", "/api/v1/range/isolation", white, {}, post_isolation<Call>},
        {"GET", "/api/v1/range/isolation", staff, {}, get_isolation<Call>},
        {"GET", "/api/v1/why", insiders, {"team"}, get_why<Call>},
        {"GET", "/api/v1/log", staff, {"after", "limit"}, get_log<Call>},
        {"GET", "/api/v1/archive", staff, {}, get_archive<Call>},
    };
    return routes;
}

std::vector<std::string> Api::routes() {
    std::vector<std::string> names;
    for (const auto& route : table())
        names.push_back(fmt::format("{} {}", route.method, route.path));
    return names;
}

Api::Api(Loop& loop, Controller& controller, Tokens tokens, ApiOptions options)
    : loop_(loop), controller_(controller), tokens_(std::move(tokens)), options_(options), replies_(kept_replies),
      team_writes_(team_write_burst, team_write_refill) {}

std::optional<Caller> Api::authenticate(std::string_view token) {
    if (token.empty())
        return options_.public_board ? std::optional(Caller{}) : std::nullopt;
    return tokens_.find(token);
}

void Api::call(ApiRequest request, std::function<void(ApiResponse)> answer_to) {
    loop_.post([this, request = std::move(request), answer_to = std::move(answer_to)] {
        ApiResponse response;
        try {
            response = answer(request);
        } catch (const std::exception& e) {
            response = refusal(Error("api.broken", "", e.what()), request.caller);
        }
        answer_to(std::move(response));
    });
}

ApiResponse Api::answer(const ApiRequest& request) {
    const auto parts = split_path(request.path);
    auto query = parse_query(request.query);
    if (!parts || !query)
        return problem(400, "The address is malformed.");
    std::vector<std::string_view> methods;
    for (const auto& route : table()) {
        auto bound = route.match(*parts);
        if (!bound)
            continue;
        methods.push_back(route.method);
        if (route.method != request.method)
            continue;
        if (!route.allows(request.caller.role))
            return problem(403, fmt::format("Your role ({}) may not do this.", role_name(request.caller.role)));
        for (const auto& [name, value] : *query)
            if (std::find(route.query_names.begin(), route.query_names.end(), name) == route.query_names.end())
                return problem(422, fmt::format("The query parameter {} is not known here.", name));
        Call call{request, controller_, options_, std::move(*bound), std::move(*query), Input(request.body)};
        return request.method == "GET" ? route.handle(call) : write(route, call);
    }
    if (methods.empty())
        return problem(404, "There is no such address in the API.");
    auto response = problem(405, "This address does not take that method.");
    response.headers = {{"Allow", fmt::format("{}", fmt::join(methods, ", "))}};
    if (methods.front() == "GET")
        response.headers.front().second += ", HEAD";
    return response;
}

ApiResponse Api::write(const Route& route, Call& call) {
    if (options_.replay)
        return problem(409, "This is a replay: what happened cannot be changed.");
    const auto& request = call.request;
    const auto& key = request.idempotency_key;
    const auto printable = [](char c) { return c > 0x20 && c < 0x7f; };
    if (key.size() > max_id || !std::all_of(key.begin(), key.end(), printable))
        return problem(422, fmt::format("An Idempotency-Key has at most {} printable characters.", max_id));
    const auto caller = text_of(request.caller);
    const auto asked = sha256_hex(request.path + "\n" + request.body);
    if (const auto* reply = key.empty() ? nullptr : replies_.find(caller, key))
        return reply->request == asked ? reply->response
                                       : problem(422, "This Idempotency-Key was used for another request.");
    if (request.caller.role == Role::team && !team_writes_.take(request.caller.team, loop_.clock().steady()))
        return problem(429, "Your team sends too much at once; try again in a few seconds.");
    auto response = route.handle(call);
    // A failure of ours may be tried again with the same key.
    if (!key.empty() && response.status < 500)
        replies_.keep(caller, key, {asked, response});
    return response;
}

} // namespace testudo::web
