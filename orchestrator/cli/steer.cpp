#include <fstream>
#include <iterator>

#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/core/json.hpp"
#include "web/server/client.hpp"

namespace testudo::cli {
namespace {

// Address and token that a running `testudo serve` left for the operator of this machine.
Result<json::object> running_controller(const daemon::ExerciseFolder& folder) {
    std::ifstream in(folder.serve());
    auto value = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!in || !value || !value->is_object())
        return fail("controller.absent", folder.name(), "is not being served: start `testudo serve` first");
    return value->get_object();
}

} // namespace

int steer(const SteerOptions& options) {
    const auto folder = existing(options.place, options.exercise);
    if (!folder)
        return complain(folder.error());
    const auto name = folder->name();
    const auto controller = running_controller(*folder);
    if (!controller)
        return complain(controller.error());

    json::object body;
    if (!options.reason.empty())
        body["reason"] = options.reason;
    if (!options.team.empty())
        body["team"] = options.team;
    const auto path = options.inject.empty() ? "/api/v1/exercise/" + options.act
                                             : "/api/v1/injects/" + options.inject + "/" + options.act;
    const auto answer =
        web::send_request(text_or(*controller, "address"), static_cast<std::uint16_t>(int_or(*controller, "port")),
                          "POST", path, text_or(*controller, "token"), json::serialize(body));
    if (!answer)
        return complain(answer.error());
    const bool done = answer->status / 100 == 2;
    if (options.json) {
        fmt::print("{}\n", answer->body);
    } else if (done) {
        fmt::print("{}: {} {}\n", name, options.act, options.inject.empty() ? "done" : options.inject);
    } else {
        const auto problem = parse_json(answer->body);
        const auto detail = problem && problem->is_object() ? text_or(problem->get_object(), "detail") : answer->body;
        return complain(Error("controller.refused", options.inject.empty() ? name : options.inject, detail));
    }
    return done ? exit_ok : exit_failed;
}

} // namespace testudo::cli
