#include "orchestrator/cli/served.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "web/server/client.hpp"

namespace testudo::cli {

Result<Served> Served::find(const daemon::ExerciseFolder& folder) {
    std::ifstream in(folder.serve());
    auto value = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!in || !value || !value->is_object())
        return fail("controller.absent", folder.name(), "is not being served: start `testudo serve` first");
    Served served;
    served.exercise_ = folder.name();
    served.access_ = value->get_object();
    return served;
}

Result<std::string> Served::send(const std::string& method, const std::string& path, const std::string& body) const {
    const auto answer =
        web::send_request(text_or(access_, "address"), static_cast<std::uint16_t>(int_or(access_, "port")), method,
                          path, text_or(access_, "token"), body);
    if (!answer)
        return tl::unexpected(answer.error());
    if (answer->status / 100 == 2)
        return answer->body;
    const auto problem = parse_json(answer->body);
    return fail("controller.refused", exercise_,
                problem && problem->is_object() ? text_or(problem->get_object(), "detail") : answer->body);
}

Result<std::string> Served::post(const std::string& path, const json::object& body) const {
    return send("POST", path, json::serialize(body));
}

Result<std::string> Served::get(const std::string& path) const {
    return send("GET", path, "");
}

Result<json::object> Served::range_at_rest() const {
    constexpr std::chrono::milliseconds look_period{100};
    for (;;) { // the controller bounds it
        const auto answer = get("/api/v1/range/snapshots");
        if (!answer)
            return tl::unexpected(answer.error());
        const auto document = parse_json(*answer);
        if (!document)
            return tl::unexpected(document.error());
        if (!bool_or(document->get_object(), "under_way"))
            return document->get_object();
        std::this_thread::sleep_for(look_period);
    }
}

} // namespace testudo::cli
