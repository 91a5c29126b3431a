#include "orchestrator/daemon/controllers.hpp"

#include <algorithm>

#include "orchestrator/daemon/publisher.hpp"
#include "orchestrator/range/selection.hpp"

namespace testudo::daemon {
namespace {

// An act that has nothing to tell but that it was done.
Result<json::value> done(const Result<void>& result) {
    if (!result)
        return tl::unexpected(result.error());
    return json::value(json::object());
}

tl::unexpected<Error> only_read() {
    return fail("replay.conflict", "", "this is a replay: what happened is over and cannot be changed");
}

} // namespace

ReadingController::ReadingController(const exercise::Replay& past, exercise::ViewOptions options,
                                     MakeArchive make_archive)
    : past_(past), options_(std::move(options)), make_archive_(std::move(make_archive)) {}

Result<json::value> ReadingController::view(const web::Caller& caller, std::optional<ExerciseTime> at) {
    if (!at)
        return json::value(exercise::build_view(past_.now(), audience_for(caller), options_));
    auto options = options_;
    options.at = at;
    return json::value(exercise::build_view(past_.at(*at), audience_for(caller), options));
}

Result<json::value> ReadingController::moments(const web::Caller& caller) {
    return json::value(exercise::moments_json(past_.now(), audience_for(caller)));
}

Result<json::value> ReadingController::command(const web::Caller&, web::ExerciseCommand, const std::string&) {
    return only_read();
}

Result<json::value> ReadingController::command(const web::Caller&, const std::string&, web::InjectCommand,
                                               const std::string&, const std::string&) {
    return only_read();
}

Result<json::value> ReadingController::file_report(const web::Caller&, const web::Report&) {
    return only_read();
}

Result<json::value> ReadingController::grade(const web::Caller&, const std::string&, const web::Grade&) {
    return only_read();
}

Result<json::value> ReadingController::rule(const web::Caller&, const web::CheckRuling&) {
    return only_read();
}

Result<json::value> ReadingController::adjust(const web::Caller&, const web::Adjustment&) {
    return only_read();
}

Result<json::value> ReadingController::reset(const web::Caller&, const web::RangeReset&) {
    return only_read();
}

Result<json::value> ReadingController::check_isolation(const web::Caller&) {
    return only_read();
}

Result<json::value> ReadingController::isolation(const web::Caller&) {
    return json::value(past_.now().state().isolation());
}

Result<json::value> ReadingController::why(const web::Caller& caller, const std::string& team) {
    if (!plan::find_team(past_.now().plan(), team))
        return fail("team.unknown", team, "there is no such team");
    return json::value(exercise::why_json(past_.now(), team, audience_for(caller)));
}

Result<json::value> ReadingController::log(const web::Caller&, std::uint64_t after, std::size_t limit) {
    const auto& events = past_.events();
    const auto first = std::min<std::size_t>(after, events.size());
    const auto last = std::min(events.size(), first + limit);
    json::array page;
    for (auto i = first; i < last; ++i)
        page.push_back(parse_json(encode(events[i])).value());
    json::object answer;
    answer["events"] = std::move(page);
    if (last < events.size())
        answer["next"] = last;
    return json::value(std::move(answer));
}

Result<web::ArchiveFile> ReadingController::archive(const web::Caller&) {
    const auto file = make_archive_();
    if (!file)
        return tl::unexpected(file.error());
    return web::ArchiveFile{*file, past_.now().plan().exercise + ".testudo"};
}

LiveController::LiveController(exercise::Engine& engine, range::Range& range, IsolationCheck& isolation,
                               const exercise::Replay& past, exercise::ViewOptions options, MakeArchive make_archive)
    : ReadingController(past, std::move(options), std::move(make_archive)), engine_(engine), range_(range),
      isolation_(isolation) {}

Result<json::value> LiveController::command(const web::Caller& by, web::ExerciseCommand command,
                                            const std::string& reason) {
    switch (command) {
    case web::ExerciseCommand::start:
        return done(isolation_.start(by.name));
    case web::ExerciseCommand::pause:
        return done(engine_.pause(by.name, reason));
    case web::ExerciseCommand::resume:
        return done(engine_.resume(by.name, reason));
    case web::ExerciseCommand::end:
        return done(engine_.end(by.name));
    }
    throw std::logic_error("a command of the exercise that is none");
}

Result<json::value> LiveController::command(const web::Caller& by, const std::string& inject,
                                            web::InjectCommand command, const std::string& team,
                                            const std::string& reason) {
    switch (command) {
    case web::InjectCommand::fire:
        return done(engine_.fire(inject, team, by.name, reason));
    case web::InjectCommand::hold:
        return done(engine_.hold(inject, team, by.name, reason));
    case web::InjectCommand::release:
        return done(engine_.release(inject, team, by.name, reason));
    case web::InjectCommand::skip:
        return done(engine_.skip(inject, team, by.name, reason));
    }
    throw std::logic_error("a command for an inject that is none");
}

Result<json::value> LiveController::file_report(const web::Caller& by, const web::Report& report) {
    const auto id = engine_.file_report(by.team, {report.kind, report.message, by.name, report.text});
    if (!id)
        return tl::unexpected(id.error());
    return json::value({{"report", *id}});
}

Result<json::value> LiveController::grade(const web::Caller& by, const std::string& report, const web::Grade& grade) {
    json::object grades;
    for (const auto& [item, milli] : grade.milli)
        grades[item] = milli;
    return done(engine_.grade(report, grades, grade.comment, by.name));
}

Result<json::value> LiveController::rule(const web::Caller& by, const web::CheckRuling& ruling) {
    const auto* check = plan::find_check(engine_.projection().plan(), ruling.check);
    const auto team = check ? check->team : std::string();
    return done(engine_.rule({ruling.check, team, ruling.from_ms, ruling.to_ms,
                              ruling.ruling == web::Ruling::charge ? "charge" : "void", ruling.reason},
                             by.name));
}

Result<json::value> LiveController::adjust(const web::Caller& by, const web::Adjustment& adjustment) {
    return done(engine_.adjust(adjustment.team, adjustment.category, adjustment.milli, adjustment.reason, by.name));
}

Result<json::value> LiveController::reset(const web::Caller& by, const web::RangeReset& reset) {
    const auto machines = range::machines_meant(engine_.projection().plan(), reset.team, reset.machine);
    if (!machines)
        return tl::unexpected(machines.error());
    if (range_.busy())
        return fail("range.conflict", "", "machines are being made anew already; wait until they are ready");
    const std::vector<std::string> list(machines->begin(), machines->end());
    if (auto told = engine_.machines_reset(list, reset.requested, by.name, reset.reason); !told)
        return tl::unexpected(told.error());
    // Those that come back are found ready by the engine itself.
    range_.reset(*machines, {}, [this, list](const Result<range::Outcome>& outcome) {
        if (!outcome)
            for (const auto& machine : list)
                engine_.machine_state(machine, "lost", "the reset failed: " + outcome.error().message);
        else
            for (const auto& failure : outcome->failures)
                engine_.machine_state(failure.step.object, "lost",
                                      "the reset failed: " + range::describe(failure) + "; reset it once more");
    });
    return json::value({{"machines", json::value_from(list)}});
}

Result<json::value> LiveController::check_isolation(const web::Caller& by) {
    return done(isolation_.begin(by.name));
}

} // namespace testudo::daemon
