#include "orchestrator/daemon/controllers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

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

tl::unexpected<Error> busy() {
    return fail("range.conflict", "", "machines are being kept or made anew; wait until that is done");
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

Result<json::value> ReadingController::keep(const web::Caller&, const web::RangeSnapshot&) {
    return only_read();
}

Result<json::value> ReadingController::snapshots(const web::Caller&) {
    return only_read();
}

Result<json::value> ReadingController::evacuate(const web::Caller&, const std::string&) {
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

LiveController::LiveController(exercise::Engine& engine, range::Range& range, range::Snapshots snapshots,
                               Evacuate evacuate, IsolationCheck& isolation, const exercise::Replay& past,
                               exercise::ViewOptions options, MakeArchive make_archive)
    : ReadingController(past, std::move(options), std::move(make_archive)), engine_(engine), range_(range),
      snapshots_(std::move(snapshots)), evacuate_(std::move(evacuate)), isolation_(isolation) {}

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
        return busy();
    const std::vector<std::string> list(machines->begin(), machines->end());
    if (!reset.to.empty())
        for (const auto& machine : list)
            if (const auto kept = snapshots_.find(reset.to, machine); !kept)
                return tl::unexpected(kept.error());
    if (auto told = engine_.machines_reset(list, reset.requested, by.name, reset.reason, reset.to); !told)
        return tl::unexpected(told.error());
    const std::string what = reset.to.empty() ? "reset" : "rollback";
    const auto over = [this, what, list](const Result<range::Outcome>& outcome) { made_anew(what, list, outcome); };
    if (reset.to.empty())
        range_.reset(*machines, {}, over);
    else
        range_.roll_back(*machines, reset.to, snapshots_, {}, over);
    return json::value({{"machines", json::value_from(list)}});
}

void LiveController::made_anew(const std::string& what, const std::vector<std::string>& machines,
                               const Result<range::Outcome>& outcome) {
    std::map<std::string, std::string> problems;
    if (outcome)
        for (const auto& failure : outcome->failures)
            problems[failure.step.object] = range::describe(failure) + "; reset it";
    else
        for (const auto& machine : machines)
            problems[machine] = outcome.error().text();
    for (const auto& machine : machines) {
        if (const auto problem = problems.find(machine); problem != problems.end())
            engine_.machine_state(machine, "lost", fmt::format("the {} failed: {}", what, problem->second));
        // The engine would find out by itself, but not at once.
        else if (engine_.projection().state().machines().at(machine).state != "ready")
            engine_.machine_state(machine, "ready", "");
    }
}

Result<json::value> LiveController::keep(const web::Caller& by, const web::RangeSnapshot& snapshot) {
    const auto machines = range::machines_meant(engine_.projection().plan(), snapshot.team, snapshot.machine);
    if (!machines)
        return tl::unexpected(machines.error());
    if (const auto good = range::Snapshots::check_name(snapshot.name); !good)
        return tl::unexpected(good.error());
    if (range_.busy())
        return busy();
    const std::vector<std::string> list(machines->begin(), machines->end());
    range_.keep(*machines, snapshot.name, snapshots_, {},
                [this, name = snapshot.name, who = by.name, list](const Result<range::Outcome>& outcome) {
                    kept(name, who, list, outcome);
                });
    return json::value({{"machines", json::value_from(list)}});
}

void LiveController::kept(const std::string& snapshot, const std::string& by, const std::vector<std::string>& machines,
                          const Result<range::Outcome>& outcome) {
    not_kept_.clear();
    for (const auto& machine : machines) {
        std::string problem = outcome ? "" : outcome.error().text();
        if (outcome)
            for (const auto& failure : outcome->failures)
                if (failure.step.object == machine)
                    problem = failure.error.text();
        if (!problem.empty())
            not_kept_.push_back(machine + ": " + problem);
        engine_.machine_kept(machine, snapshot, by, problem);
    }
}

Result<json::value> LiveController::snapshots(const web::Caller&) {
    return json::value(
        {{"under_way", range_.busy()}, {"failures", json::value_from(not_kept_)}, {"snapshots", snapshots_.to_json()}});
}

Result<json::value> LiveController::evacuate(const web::Caller&, const std::string& host) {
    if (range_.busy())
        return busy();
    const auto moved = evacuate_(host);
    if (!moved)
        return tl::unexpected(moved.error());
    std::vector<std::string> list;
    for (const auto& [machine, placed] : *moved)
        list.push_back(machine);
    range_.up({}, {}, [this, list](const Result<range::Outcome>& outcome) { made_anew("evacuation", list, outcome); });
    return json::value(json::object{{"moved", plan::to_json(*moved)}});
}

Result<json::value> LiveController::check_isolation(const web::Caller& by) {
    return done(isolation_.begin(by.name));
}

} // namespace testudo::daemon
