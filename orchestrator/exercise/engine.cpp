#include "orchestrator/exercise/engine.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

namespace testudo::exercise {
namespace {

constexpr std::int64_t late_after_ms = 1'000; // less is no lateness that a controller needs to hear of
constexpr Millis away_time{5'000};            // an agent that is back sooner was never lost
constexpr Millis greeting_timeout{5'000};
constexpr Millis greeting_period{10'000};
constexpr Millis longest_absence{600'000};  // of a controller; beyond it the exercise waits for one
constexpr Millis reconnect_time{30'000};    // for agents to answer again after the controller was away
constexpr std::int64_t slowest_milli = 100; // rates, in thousandths
constexpr std::int64_t fastest_milli = 100'000;

Result<void> need_text(const std::string& text, const char* what) {
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
        return fail("request.incomplete", what, "this may not be empty");
    return {};
}

// Nothing but the team's own events, and those of all, can change what the inject's condition says of it.
bool hangs_on_own(const plan::When& when, const plan::Inject& inject, const std::string& team, const plan::Plan& plan) {
    using Kind = plan::When::Kind;
    switch (when.kind) {
    case Kind::at:
    case Kind::phase:
    case Kind::manual:
        return true;
    case Kind::after: {
        const auto* other = plan::find_inject(plan, when.ref);
        return other && std::find(other->teams.begin(), other->teams.end(), team) != other->teams.end();
    }
    case Kind::score:
        return false; // every event may
    case Kind::all:
    case Kind::any:
    case Kind::negation:
        return std::all_of(when.parts.begin(), when.parts.end(),
                           [&](const plan::When& part) { return hangs_on_own(part, inject, team, plan); });
    default:
        return inject.per_team; // else any of its teams will do
    }
}

} // namespace

Engine::Engine(Loop& loop, plan::Plan plan, EventStore& store, Guests& guests, Origin origin)
    : loop_(loop), store_(store), guests_(guests), origin_(std::move(origin)), clock_(loop.clock()),
      projection_(std::make_shared<const plan::Plan>(std::move(plan))), recorder_(
                                                                            loop, store, projection_, clock_,
                                                                            [this](const std::vector<Event>& events) {
                                                                                if (observer_)
                                                                                    observer_(events);
                                                                                advance_if_turned();
                                                                            },
                                                                            [this](const std::optional<Error>& fault) {
                                                                                if (fault)
                                                                                    halt(*fault);
                                                                                if (fault_observer_)
                                                                                    fault_observer_(fault);
                                                                            }),
      checks_(loop, projection_.plan(), clock_, guests, recorder_), actions_(loop, projection_, guests, recorder_) {
    for (const auto& inject : this->plan().injects)
        for (std::size_t i = 0; inject.approved && i < inject.teams.size(); ++i) {
            const auto& team = inject.teams[i];
            auto& queue = hangs_on_own(inject.when, inject, team, this->plan()) ? own_[team] : others_;
            queue.waiting.push_back({&inject, i, {}, false});
        }
}

Engine::~Engine() {
    guests_.on_change({});
    loop_.cancel(alarm_);
    loop_.cancel(look_);
}

// --- beginning and taking up -----------------------------------------------------------------------------------------

Result<void> Engine::open() {
    const bool fresh = store_.last_seq() == 0;
    if (!fresh)
        if (auto taken = take_up(); !taken)
            return taken;
    std::vector<Event> events;
    if (fresh)
        events.push_back(recorder_.make("exercise.created", "",
                                        {{"plan", plan::to_json(plan())},
                                         {"plan_hash", plan::hash_of(plan())},
                                         {"template", origin_.template_file},
                                         {"program", origin_.program}}));
    events.push_back(recorder_.make("controller.started", "", {{"recovered", !fresh}, {"pid", getpid()}}));
    if (state().clock().running && !clock_.running())
        events.push_back(recorder_.make(
            "exercise.paused", "",
            {{"by", "the controller"}, {"reason", "nobody ran the exercise meanwhile; it goes on from here"}}));
    if (auto written = recorder_.commit(std::move(events)); !written)
        return written;
    follow_agents();
    if (fresh)
        return {};
    look_ = loop_.after(reconnect_time, [this] { look_for_lost(); });
    if (state().run() == Run::running)
        late_injects();
    if (state().run() != Run::ended)
        actions_.recover();
    follow_state();
    return {};
}

Result<void> Engine::take_up() {
    Result<void> begins_with_ours;
    std::int64_t last_ms = 0;
    std::int64_t last_wall_ms = 0;
    const auto read = store_.read(1, [&](const Event& event) {
        if (event.seq == 1 && text_or(event.body, "plan_hash") != plan::hash_of(plan())) {
            begins_with_ours = fail("log.other-plan", plan().exercise,
                                    "the log was begun with another plan; a changed plan needs a new log");
            return false;
        }
        projection_.apply(event);
        if (event.kind == "check.sample")
            checks_.seen(event);
        last_ms = std::max(last_ms, event.exercise_ms);
        last_wall_ms = event.wall_ms;
        return true;
    });
    if (!read || !begins_with_ours)
        return read ? begins_with_ours : read;
    // Exercise time went on while the controller was away for a moment; nobody is charged for hours that no controller
    // saw. It never runs backwards, whatever the calendar did.
    const auto& base = state().clock();
    auto at = std::max(base.exercise_ms, last_ms);
    const auto wall = loop_.clock().wall().time_since_epoch().count();
    const bool goes_on = base.running && wall - last_wall_ms <= longest_absence.count();
    if (goes_on) {
        at = std::max(at, base.exercise_ms + (wall - base.wall_ms) * base.rate_milli / 1000);
        at = std::min(at, std::max(last_ms, plan().duration.count()));
    }
    clock_.set(Millis(at), base.rate_milli, goes_on);
    return {};
}

void Engine::late_injects() {
    const auto now_ms = now().count();
    std::vector<Event> events;
    for (const auto& [inject, team, since_ms] : due()) {
        if (now_ms - since_ms <= late_after_ms)
            continue;
        const bool too_late = inject->late == "fire" && now_ms - since_ms > inject->grace.count();
        const auto policy = too_late ? std::string("hold") : inject->late;
        events.push_back(recorder_.make(
            "inject.overdue", team, {{"inject", inject->id}, {"team", team}, {"due_ms", since_ms}, {"policy", policy}},
            inject->label));
        if (policy != "fire")
            events.push_back(recorder_.make(policy == "skip" ? "inject.skipped" : "inject.held", team,
                                            {{"inject", inject->id},
                                             {"team", team},
                                             {"by", "the rule for late injects"},
                                             {"reason", "was due while the controller was away"}},
                                            inject->label));
    }
    (void)recorder_.commit(std::move(events)); // a log that refuses stops the exercise by itself
}

void Engine::close() {
    checks_.stop();
    actions_.stop();
    loop_.cancel(alarm_);
    std::vector<Event> events;
    if (state().run() == Run::running)
        events.push_back(
            recorder_.make("exercise.paused", "", {{"by", "the controller"}, {"reason", "the controller was ended"}}));
    events.push_back(recorder_.make("controller.stopped", "", {}));
    (void)recorder_.commit(std::move(events));
}

void Engine::follow_agents() {
    guests_.on_change([this](const std::string& machine, bool connected, const std::string& reason) {
        const auto& known = state().machines();
        const auto it = known.find(machine);
        if (it == known.end())
            return;
        if (connected && it->second.state != "ready")
            greet(machine);
        else if (!connected && it->second.state == "ready")
            loop_.after(away_time, [this, machine, reason, weak = std::weak_ptr(alive_)] {
                if (!weak.expired() && state().machines().at(machine).state == "ready" && !guests_.connected(machine))
                    machine_state(machine, "lost", reason);
            });
    });
    for (const auto& [machine, known] : state().machines())
        if (known.state != "ready" && guests_.connected(machine))
            greet(machine);
}

// An agent that answers is not enough: a machine is ready once it was set up.
void Engine::greet(const std::string& machine) {
    guests_.request(machine, "status", {{"brief", true}}, greeting_timeout,
                    [this, machine, weak = std::weak_ptr(alive_)](const Result<json::object>& reply) {
                        if (weak.expired() || state().machines().at(machine).state == "ready")
                            return;
                        if (reply && bool_or(*reply, "personalised"))
                            return machine_state(machine, "ready", "");
                        loop_.after(greeting_period, [this, machine, weak] {
                            if (!weak.expired() && state().machines().at(machine).state != "ready" &&
                                guests_.connected(machine))
                                greet(machine);
                        });
                    });
}

void Engine::look_for_lost() {
    for (const auto& [machine, known] : state().machines())
        if (known.state == "ready" && !guests_.connected(machine))
            machine_state(machine, "lost", "its agent has not answered since the controller is back");
}

void Engine::machine_state(const std::string& machine, const std::string& state, const std::string& reason) {
    const auto* known = plan::find_machine(plan(), machine);
    if (!known)
        return;
    recorder_.note(
        recorder_.make("machine.state", known->team, {{"machine", machine}, {"state", state}, {"reason", reason}}));
}

void Engine::host_lost(const std::string& host, const std::string& reason, const std::vector<std::string>& machines) {
    if (state().lost_hosts().contains(host))
        return;
    json::array listed;
    for (const auto& id : machines)
        if (const auto* known = plan::find_machine(plan(), id))
            listed.push_back({{"machine", id}, {"team", known->team}});
    (void)commit("host.lost", "", {{"host", host}, {"reason", reason}, {"machines", listed}}); // it halts by itself
}

void Engine::host_returned(const std::string& host) {
    if (state().lost_hosts().contains(host))
        (void)commit("host.returned", "", {{"host", host}});
}

Result<void> Engine::machines_reset(const std::vector<std::string>& machines, bool requested, const std::string& by,
                                    const std::string& reason, const std::string& to) {
    if (auto allowed = require({Run::provisioning, Run::ready, Run::running, Run::paused}, "make machines anew");
        !allowed)
        return allowed;
    std::vector<Event> events;
    for (const auto& id : machines)
        if (const auto* machine = plan::find_machine(plan(), id)) {
            json::object body{{"machine", id}, {"by", by}, {"reason", reason}, {"requested", requested}};
            if (!to.empty())
                body["to"] = to;
            events.push_back(recorder_.make("machine.reset", machine->team, std::move(body)));
        }
    return recorder_.commit(std::move(events));
}

void Engine::machine_kept(const std::string& machine, const std::string& snapshot, const std::string& by,
                          const std::string& problem) {
    const auto* known = plan::find_machine(plan(), machine);
    if (!known)
        return;
    json::object body{{"machine", machine}, {"snapshot", snapshot}, {"by", by}, {"kept", problem.empty()}};
    if (!problem.empty())
        body["reason"] = problem;
    recorder_.note(recorder_.make("machine.kept", known->team, std::move(body)));
}

Result<void> Engine::isolation_checked(json::object report, const std::string& by) {
    report["by"] = by;
    const auto leaks = int_or(report, "leaks");
    if (auto written = commit("isolation.checked", "", std::move(report)); !written)
        return written;
    if (leaks > 0 && state().run() == Run::running)
        return pause("the controller", "the range is not closed");
    return {};
}

Result<void> Engine::require_closed(const char* doing) const {
    if (int_or(state().isolation(), "leaks") == 0)
        return {};
    return fail("isolation.conflict", plan().exercise,
                fmt::format("cannot {}: the range is not closed ({}); close it and check again with "
                            "`testudo isolation {}`",
                            doing, state().first_leak(), plan().exercise));
}

// --- the clock -------------------------------------------------------------------------------------------------------

void Engine::follow_state() {
    if (state().run() == Run::running && !recorder_.fault())
        checks_.start();
    else
        checks_.stop();
    if (state().run() != Run::running)
        loop_.cancel(alarm_);
    advance_soon();
}

void Engine::halt(const Error& error) {
    if (!clock_.running())
        return;
    clock_.stop();
    checks_.stop();
    loop_.cancel(alarm_);
    // Written as the first thing that the log accepts again, with the time of now.
    recorder_.note(recorder_.make(
        "exercise.paused", "", {{"by", "the controller"}, {"reason", "the log cannot be written: " + error.message}}));
}

Result<void> Engine::require(std::initializer_list<Run> runs, const char* doing) {
    if (recorder_.fault())
        if (auto written = recorder_.flush(); !written)
            return written;
    if (std::find(runs.begin(), runs.end(), state().run()) != runs.end())
        return {};
    return fail("exercise.state", plan().exercise,
                fmt::format("cannot {} while the exercise is {}", doing, word_of(state().run())));
}

Result<void> Engine::commit(std::string kind, std::string scope, json::object body, std::string label) {
    std::vector<Event> events;
    events.push_back(recorder_.make(std::move(kind), std::move(scope), std::move(body), std::move(label)));
    return recorder_.commit(std::move(events));
}

Result<void> Engine::start(const std::string& by, std::int64_t rate_milli) {
    if (auto ready = require({Run::ready}, "start"); !ready)
        return ready;
    if (auto closed = require_closed("start"); !closed)
        return closed;
    if (rate_milli < slowest_milli || rate_milli > fastest_milli)
        return fail("request.range", "rate", "the exercise clock runs at 0.1 to 100 times real time");
    auto event = recorder_.make("exercise.started", "", {{"by", by}, {"rate_milli", rate_milli}});
    event.exercise_ms = 0;
    if (auto written = recorder_.commit({event}); !written)
        return written;
    clock_.set(Millis(0), rate_milli, true);
    follow_state();
    return {};
}

Result<void> Engine::pause(const std::string& by, const std::string& reason) {
    if (auto running = require({Run::running}, "pause"); !running)
        return running;
    if (auto written = commit("exercise.paused", "", {{"by", by}, {"reason", reason}}); !written)
        return written;
    // Writing took a moment; the pause began when it was stamped.
    clock_.set(Millis(state().clock().exercise_ms), state().clock().rate_milli, false);
    follow_state();
    return {};
}

Result<void> Engine::resume(const std::string& by, const std::string& reason) {
    if (auto paused = require({Run::paused}, "resume"); !paused)
        return paused;
    if (auto closed = require_closed("resume"); !closed)
        return closed;
    if (auto written = commit("exercise.resumed", "", {{"by", by}, {"reason", reason}}); !written)
        return written;
    clock_.run();
    follow_state();
    return {};
}

Result<void> Engine::end(const std::string& by) {
    if (auto going = require({Run::running, Run::paused}, "end"); !going)
        return going;
    if (auto written = commit("exercise.ended", "", {{"by", by}}); !written)
        return written;
    clock_.set(Millis(state().clock().exercise_ms), state().clock().rate_milli, false);
    actions_.stop();
    follow_state();
    return {};
}

// --- the timeline ----------------------------------------------------------------------------------------------------

void Engine::advance_soon() {
    if (advance_posted_)
        return;
    advance_posted_ = true;
    loop_.post([this, weak = std::weak_ptr(alive_)] {
        if (weak.expired())
            return;
        advance_posted_ = false;
        advance();
    });
}

void Engine::advance_if_turned() {
    // Most events are probes that say what was known: the alarm for what comes next stands.
    if (projection_.turns() == turns_seen_ && !projection_.conditions().watches_scores())
        return;
    turns_seen_ = projection_.turns();
    advance_soon();
}

void Engine::advance() {
    if (state().run() != Run::running || !clock_.running())
        return;
    while (begin_phases() || fire_due()) {
    }
    if (!clock_.running())
        return;
    if (now() >= plan().duration)
        (void)end("the timeline"); // a log that refuses has stopped the clock
    else
        set_alarm();
}

bool Engine::begin_phases() {
    std::vector<Event> events;
    for (const auto& phase : plan().phases)
        if (phase.at <= now() && !state().phases().contains(phase.id))
            events.push_back(recorder_.make("exercise.phase", "", {{"phase", phase.id}}));
    return !events.empty() && recorder_.commit(std::move(events)).has_value();
}

void Engine::look_at(Waiting& waiting, std::int64_t now_ms) const {
    const auto& inject = *waiting.inject;
    const auto& team = inject.teams[waiting.place];
    const auto stage = state().inject(inject.id, team)->stage;
    waiting.over = stage != Stage::scheduled && stage != Stage::held;
    waiting.from = stage == Stage::scheduled
                       ? projection_.conditions().true_from(inject, team, state(), projection_.scores(), now_ms)
                       : std::nullopt;
}

void Engine::review(Queue& queue, std::uint64_t turn, bool turned, std::vector<Due>& out) {
    const auto now_ms = now().count();
    turned = turned || turn != queue.turn;
    if (turned || queue.next_ms <= now_ms) {
        queue.turn = turn;
        queue.next_ms = plan().duration.count();
        for (auto& waiting : queue.waiting) {
            // What is due is looked at once more: a `not` may have become false by time alone.
            if (turned || (waiting.from && *waiting.from <= now_ms))
                look_at(waiting, now_ms);
            if (waiting.from && *waiting.from <= now_ms)
                out.push_back({waiting.inject, waiting.inject->teams[waiting.place], *waiting.from});
            if (waiting.from)
                queue.next_ms = std::min(queue.next_ms, *waiting.from);
        }
        std::erase_if(queue.waiting, [](const Waiting& waiting) { return waiting.over; });
    }
    if (queue.next_ms > now_ms)
        next_due_ = std::min(next_due_, Millis(queue.next_ms));
}

std::vector<Engine::Due> Engine::due() {
    next_due_ = plan().duration;
    std::vector<Due> out;
    for (auto& [team, queue] : own_)
        review(queue, projection_.turns_of(team), false, out);
    review(others_, projection_.turns(), projection_.conditions().watches_scores(), out);
    // As in the plan, and its teams as in the inject.
    const auto place = [](const Due& due) {
        return std::find(due.inject->teams.begin(), due.inject->teams.end(), due.team) - due.inject->teams.begin();
    };
    std::sort(out.begin(), out.end(), [&](const Due& a, const Due& b) {
        return a.inject != b.inject ? a.inject < b.inject : place(a) < place(b);
    });
    return out;
}

bool Engine::fire_due() {
    const auto all = due();
    bool fired = false;
    for (auto it = all.begin(); it != all.end();) {
        const auto* inject = it->inject;
        Teams teams;
        for (; it != all.end() && it->inject == inject; ++it)
            teams.push_back(it->team);
        const bool timed = inject->when.kind == plan::When::Kind::at || inject->when.kind == plan::When::Kind::phase;
        if (!fire_for(*inject, teams, timed ? "time" : "condition", ""))
            return false;
        fired = true;
    }
    return fired;
}

void Engine::set_alarm() {
    auto next = next_due_;
    for (const auto& phase : plan().phases)
        if (!state().phases().contains(phase.id))
            next = std::min(next, phase.at);
    loop_.cancel(alarm_);
    alarm_ = loop_.after(clock_.until(next), [this] { advance(); });
}

Result<void> Engine::fire_for(const plan::Inject& inject, const Teams& teams, const std::string& cause,
                              const std::string& by, const std::string& reason) {
    // One event for all, or one for each when some of the inject's teams are not part of it.
    const bool whole = teams == inject.teams && !inject.per_team;
    std::vector<Event> events;
    Teams launched;
    for (const auto& scope : whole ? Teams{""} : teams) {
        json::array acts;
        std::map<std::string, int> count;
        for (const auto& target : inject.targets) {
            if (!whole && target.team != scope)
                continue;
            const auto n = ++count[target.team];
            const auto id = fmt::format("{}@{}{}-{}", inject.id, target.team, n > 1 ? "." + std::to_string(n) : "",
                                        state().run_id());
            acts.emplace_back(id);
            launched.push_back(id);
        }
        json::object body{{"inject", inject.id}, {"team", scope}, {"cause", cause}, {"by", by}};
        if (!reason.empty())
            body["reason"] = reason;
        body["acts"] = std::move(acts);
        events.push_back(recorder_.make("inject.fired", scope, std::move(body), inject.label));
    }
    if (inject.kind == plan::Inject::Kind::message) {
        for (const auto& team : teams) {
            const auto* translation = plan::translation_for(plan(), inject, team);
            json::object body{{"message", inject.id + "@" + team},
                              {"inject", inject.id},
                              {"from", inject.from},
                              {"subject", translation ? translation->subject : inject.subject},
                              {"body", translation ? translation->body : inject.body}};
            if (!inject.channel.empty())
                body["channel"] = inject.channel;
            if (!inject.expects.report.empty()) {
                json::array rubric;
                for (const auto& item : inject.expects.rubric.items)
                    rubric.push_back(
                        json::object{{"id", item.id}, {"title", item.title}, {"max_milli", item.max_milli}});
                body["expects"] = json::object{{"report", inject.expects.report},
                                               {"due_ms", (now() + inject.expects.within).count()},
                                               {"value_milli", inject.expects.value_milli},
                                               {"rubric", std::move(rubric)}};
            }
            events.push_back(recorder_.make("message.delivered", team, std::move(body), inject.label));
        }
        for (const auto& scope : whole ? Teams{""} : teams)
            events.push_back(recorder_.make("inject.completed", scope,
                                            {{"inject", inject.id}, {"team", scope}, {"reason", ""}}, inject.label));
    }
    if (auto written = recorder_.commit(std::move(events)); !written)
        return written;
    for (const auto& act : launched)
        actions_.launch(act);
    return {};
}

// --- controllers' orders ---------------------------------------------------------------------------------------------

Result<const plan::Inject*> Engine::inject_for(const std::string& id, const std::string& team) const {
    const auto* inject = plan::find_inject(plan(), id);
    if (!inject)
        return fail("inject.unknown", id, "there is no such inject");
    if (!team.empty() && !state().inject(id, team))
        return fail("inject.not-for-team", id, fmt::format("it does not concern the team {}", team));
    return inject;
}

Engine::Teams Engine::teams_at(const plan::Inject& inject, const std::string& team,
                               std::initializer_list<Stage> stages) const {
    Teams out;
    for (const auto& one : inject.teams) {
        const auto stage = state().inject(inject.id, one)->stage;
        if ((team.empty() || team == one) && std::find(stages.begin(), stages.end(), stage) != stages.end())
            out.push_back(one);
    }
    return out;
}

Result<void> Engine::fire(const std::string& inject, const std::string& team, const std::string& by,
                          const std::string& reason) {
    if (auto going = require({Run::running, Run::paused}, "fire an inject"); !going)
        return going;
    if (auto closed = require_closed("fire an inject"); !closed)
        return closed;
    const auto found = inject_for(inject, team);
    if (!found)
        return tl::unexpected(found.error());
    if (!(*found)->approved)
        return fail("inject.not-approved", inject, "a live exercise fires approved injects only");
    const auto teams = teams_at(**found, team, {Stage::scheduled, Stage::held});
    if (teams.empty())
        return fail("inject.over", inject, "it was fired or skipped already; an inject fires once");
    return fire_for(**found, teams, "manual", by, reason);
}

Result<void> Engine::change_stage(const char* kind, std::initializer_list<Stage> from, const std::string& inject,
                                  const std::string& team, const std::string& by, const std::string& reason) {
    if (auto open = require({Run::provisioning, Run::ready, Run::running, Run::paused}, "change the timeline"); !open)
        return open;
    const auto found = inject_for(inject, team);
    if (!found)
        return tl::unexpected(found.error());
    if (teams_at(**found, team, from).empty())
        return fail("inject.state", inject,
                    fmt::format("it is {} already",
                                word_of(state().inject(inject, team.empty() ? (*found)->teams.front() : team)->stage)));
    return commit(kind, team, {{"inject", inject}, {"team", team}, {"by", by}, {"reason", reason}}, (*found)->label);
}

Result<void> Engine::hold(const std::string& inject, const std::string& team, const std::string& by,
                          const std::string& reason) {
    return change_stage("inject.held", {Stage::scheduled}, inject, team, by, reason);
}

Result<void> Engine::release(const std::string& inject, const std::string& team, const std::string& by,
                             const std::string& reason) {
    return change_stage("inject.released", {Stage::held}, inject, team, by, reason);
}

Result<void> Engine::skip(const std::string& inject, const std::string& team, const std::string& by,
                          const std::string& reason) {
    return change_stage("inject.skipped", {Stage::scheduled, Stage::held}, inject, team, by, reason);
}

Result<std::string> Engine::file_report(const std::string& team, const FiledReport& report) {
    if (auto going = require({Run::running, Run::paused}, "file a report"); !going)
        return tl::unexpected(going.error());
    if (!plan::find_team(plan(), team))
        return fail("team.unknown", team, "there is no such team");
    for (const auto& [text, what] : {std::pair(report.kind, "kind"), std::pair(report.text, "text")})
        if (auto given = need_text(text, what); !given)
            return tl::unexpected(given.error());
    const auto message = state().messages().find(report.message);
    if (!report.message.empty() && (message == state().messages().end() || message->second.team != team))
        return fail("message.unknown", report.message, "your team received no such message");
    const auto id = fmt::format("r-{}", state().reports().size() + 1);
    auto written = commit("report.filed", team,
                          {{"report", id},
                           {"kind", report.kind},
                           {"message", report.message},
                           {"author", report.author},
                           {"text", report.text}});
    if (!written)
        return tl::unexpected(written.error());
    return id;
}

Result<void> Engine::grade(const std::string& report, const json::object& grades, const std::string& comment,
                           const std::string& by) {
    if (auto begun = require({Run::running, Run::paused, Run::ended}, "grade a report"); !begun)
        return begun;
    const auto found = state().reports().find(report);
    if (found == state().reports().end())
        return fail("report.unknown", report, "there is no such report");
    const plan::Inject* inject = nullptr;
    if (const auto message = state().messages().find(found->second.message); message != state().messages().end())
        inject = plan::find_inject(plan(), message->second.inject);
    std::int64_t total = 0;
    std::int64_t most = 0;
    std::size_t matched = 0;
    for (const auto& item : inject ? inject->expects.rubric.items : std::vector<plan::Rubric::Item>{}) {
        most += item.max_milli;
        const auto* given = grades.if_contains(item.id);
        if (!given)
            continue;
        ++matched;
        const auto milli = int_or(grades, item.id, -1);
        if (milli < 0 || milli > item.max_milli)
            return fail("grade.range", item.id, fmt::format("give 0 to {} milli-points", item.max_milli));
        total += milli;
    }
    if (matched != grades.size())
        return fail("grade.unknown-item", report,
                    "the grades name an item that the rubric of the message does not have");
    return commit("report.graded", found->second.team,
                  {{"report", report},
                   {"grades", grades},
                   {"total_milli", total},
                   {"max_milli", most},
                   {"comment", comment},
                   {"by", by}});
}

Result<void> Engine::rule(const Ruling& ruling, const std::string& by) {
    if (auto begun = require({Run::running, Run::paused, Run::ended}, "rule on verdicts"); !begun)
        return begun;
    auto name = ruling.check;
    auto team = ruling.team;
    if (const auto* instance = plan::find_check(plan(), ruling.check)) {
        name = instance->name;
        if (instance->team.empty() || (!team.empty() && team != instance->team))
            return fail("check.unknown", ruling.check, "this is no check of that team");
        team = instance->team;
    }
    const bool known = std::any_of(plan().checks.begin(), plan().checks.end(), [&](const plan::Check& c) {
        return c.name == name && !c.team.empty() && (team.empty() || c.team == team);
    });
    if (!known)
        return fail("check.unknown", ruling.check, "there is no such check");
    if (ruling.ruling != "void" && ruling.ruling != "charge")
        return fail("request.range", "ruling", "rule `void` or `charge`");
    if (ruling.from_ms < 0 || ruling.to_ms < ruling.from_ms)
        return fail("request.range", "from_ms", "the time ruled on must not end before it begins");
    if (auto given = need_text(ruling.reason, "reason"); !given)
        return given;
    return commit("check.ruled", team,
                  {{"check", name},
                   {"from_ms", ruling.from_ms},
                   {"to_ms", ruling.to_ms},
                   {"ruling", ruling.ruling},
                   {"by", by},
                   {"reason", ruling.reason}});
}

Result<void> Engine::adjust(const std::string& team, const std::string& category, std::int64_t milli,
                            const std::string& reason, const std::string& by) {
    if (auto begun = require({Run::running, Run::paused, Run::ended}, "adjust a score"); !begun)
        return begun;
    const auto& model = projection_.scores().model();
    const auto has = [](const auto& list, const std::string& id) {
        return std::any_of(list.begin(), list.end(), [&](const auto& item) { return item.id == id; });
    };
    if (!has(model.teams, team))
        return fail("team.unknown", team, "there is no such team that is scored");
    if (!has(model.categories, category))
        return fail("category.unknown", category, "there is no such category");
    if (auto given = need_text(reason, "reason"); !given)
        return given;
    return commit("score.adjusted", team, {{"category", category}, {"milli", milli}, {"reason", reason}, {"by", by}});
}

} // namespace testudo::exercise
