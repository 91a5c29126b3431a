#include "orchestrator/daemon/live_exercise.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "orchestrator/daemon/access.hpp"
#include "orchestrator/daemon/controllers.hpp"
#include "orchestrator/daemon/exercise_archive.hpp"
#include "orchestrator/daemon/placed.hpp"
#include "orchestrator/daemon/publisher.hpp"
#include "orchestrator/plan/secrets.hpp"
#include "orchestrator/range/range.hpp"
#include "orchestrator/store/sqlite_event_store.hpp"
#include "web/api/api.hpp"
#include "web/server/server.hpp"

namespace testudo::daemon {

// In the order in which they need each other; destroyed in reverse.
struct LiveExercise::Parts {
    Loop& loop;
    ExerciseFolder folder;
    LiveOptions options;
    std::unique_ptr<range::Hypervisor> hypervisor;
    std::unique_ptr<range::Journal> journal;
    std::unique_ptr<EventStore> log;
    std::unique_ptr<range::Range> range;
    std::unique_ptr<exercise::Engine> engine;
    std::unique_ptr<IsolationCheck> isolation;
    std::unique_ptr<exercise::Replay> past;
    web::Hub hub;
    std::unique_ptr<Publisher> publisher;
    std::unique_ptr<LiveController> controller;
    std::unique_ptr<web::Api> api;
    std::unique_ptr<web::Server> server;
    bool start_wanted = false;
    std::uint64_t archived_seq = 0; // of the newest event in the archive for download; 0: there is none
    SteadyTime archived_at{};
    std::shared_ptr<int> alive = std::make_shared<int>(0); // posted tasks hold it weakly

    Parts(Loop& l, ExerciseFolder f, LiveOptions o) : loop(l), folder(std::move(f)), options(std::move(o)) {}

    void took(const std::vector<Event>& events) {
        for (const auto& event : events)
            past->append(event);
        publisher->changed();
        tell_metrics();
        start_when_ready();
    }

    void tell_metrics() {
        if (!server)
            return;
        web::DomainGauges gauges;
        gauges.events_appended = past->now().state().seq();
        for (const auto& machine : past->now().plan().machines)
            gauges.agents_connected += range->guests().connected(machine.id) ? 1 : 0;
        for (const auto& team : past->now().plan().teams)
            if (team.colour == "blue")
                gauges.team_score_milli[team.id] = past->now().scores().total_milli(team.id);
        server->set_domain_gauges(gauges);
    }

    // Nothing is handed over before it was tried whether it is closed.
    void start_when_ready() {
        const auto& state = past->now().state();
        if (state.run() != exercise::Run::ready)
            return;
        const bool start = std::exchange(start_wanted, false);
        if (!start && !state.isolation().empty())
            return;
        loop.post([this, start, life = std::weak_ptr(alive)] {
            if (!life.expired()) // refused only if it is under way, or if a controller was quicker
                (void)(start ? isolation->start("the command line (--start)") : isolation->begin("the controller"));
        });
    }

    void attach_machines() {
        range->on_gone([this](const std::string& machine, const std::string& reason) {
            engine->machine_state(machine, "lost", reason);
        });
        range->on_host([this](const std::string& host, bool up, const std::string& reason,
                              const std::vector<std::string>& machines) {
            if (!up)
                return engine->host_lost(host, reason, machines);
            engine->host_returned(host);
            // What was evacuated from it must not speak beside what took its place; what is gone from it comes back.
            loop.post([this, life = std::weak_ptr(alive)] {
                if (!life.expired() && !range->busy())
                    range->up({}, {}, [](const auto&) {});
            });
        });
        range->attach([this, life = std::weak_ptr(alive)](Result<std::vector<range::Range::MachineStatus>> missing) {
            if (life.expired())
                return;
            if (!missing) {
                fmt::print(stderr, "testudo: {}\n", missing.error().text());
                return;
            }
            for (const auto& machine : *missing)
                engine->machine_state(
                    machine.machine, "lost",
                    fmt::format("it is {} in the hypervisor; `testudo up` makes it again", machine.state));
        });
    }

    Result<plan::Placement> evacuate(const plan::Plan& plan, const std::string& seed, const std::string& host) {
        const auto before = placement_of(folder);
        if (before.empty())
            return fail("host.conflict", host, "the exercise runs on one host only");
        if (std::none_of(plan.hosts.begin(), plan.hosts.end(), [&](const auto& one) { return one.id == host; }))
            return fail("host.unknown", host, "there is no such host");
        const auto placed = place_machines(folder, plan, {host});
        if (!placed)
            return placed;
        range->place(plan, seed, hosts_of(*placed));
        return plan::moved(before, *placed);
    }

    // Copying the log keeps everybody waiting, so while the exercise runs one archive serves all who ask within ten
    // seconds.
    Result<std::filesystem::path> make_archive() {
        const auto file = folder.path() / "download.testudo";
        const auto& now = past->now().state();
        const auto age = loop.clock().steady() - archived_at;
        if (archived_seq == now.seq() ||
            (archived_seq > 0 && now.run() == exercise::Run::running && age < Millis(10'000)))
            return file;
        archived_seq = 0;
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
        if (const auto written = archive_log(folder.log(), file, loop.clock()); !written)
            return tl::unexpected(written.error());
        archived_seq = now.seq();
        archived_at = loop.clock().steady();
        return file;
    }

    Result<void> open_web(const plan::Plan& plan, const std::string& seed) {
        exercise::ViewOptions view;
        view.password = [seed](const std::string& credential) { return plan::password(seed, credential); };
        publisher = std::make_unique<Publisher>(
            loop, hub, [this]() -> const exercise::Projection& { return past->now(); }, view);
        controller = std::make_unique<LiveController>(
            *engine, *range, range::Snapshots(folder.snapshots()),
            [this, plan, seed](const std::string& host) { return evacuate(plan, seed, host); }, *isolation, *past, view,
            [this] { return make_archive(); });
        auto access = make_access(plan, seed);
        const web::ApiOptions api_options{.public_board = true, .replay = false};
        api = std::make_unique<web::Api>(loop, *controller, access.tokens, api_options);
        web::Options web_options;
        web_options.address = options.address;
        web_options.port = options.port;
        web_options.ui_directory = options.ui;
        auto started = web::Server::start(web_options, *api, hub);
        if (!started)
            return tl::unexpected(started.error());
        server = std::move(*started);

        const auto links = json::serialize(links_at(access, options.address, server->port(), api_options.public_board));
        const json::value running = {
            {"address", options.address}, {"port", server->port()}, {"token", access.operator_token}};
        if (auto written = ExerciseFolder::write_private(folder.serve(), json::serialize(running)); !written)
            return written;
        if (!options.links.empty())
            return ExerciseFolder::write_private(options.links, links);
        return {};
    }
};

LiveExercise::LiveExercise(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<LiveExercise>> LiveExercise::open(Loop& loop, const ExerciseFolder& folder, const Host& host,
                                                         plan::Plan plan, const std::string& seed,
                                                         const LiveOptions& options) {
    auto parts = std::make_unique<Parts>(loop, folder, options);
    auto& p = *parts;
    auto journal = range::Journal::open(folder.journal(), loop.clock());
    if (!journal)
        return tl::unexpected(journal.error());
    p.journal = std::move(*journal);
    auto hypervisor = connect(loop, host);
    if (!hypervisor)
        return tl::unexpected(hypervisor.error());
    p.hypervisor = std::move(*hypervisor);
    auto log = store::SqliteEventStore::open(folder.log());
    if (!log)
        return tl::unexpected(log.error());
    p.log = std::move(*log);

    p.range = std::make_unique<range::Range>(loop, *p.hypervisor, *p.journal, plan, seed, range::Range::Limits{},
                                             hosts_of(placement_of(folder)));
    p.engine = std::make_unique<exercise::Engine>(loop, plan, *p.log, p.range->guests(),
                                                  exercise::Engine::Origin{plan.exercise, options.program});
    if (auto opened = p.engine->open(); !opened)
        return tl::unexpected(opened.error());
    p.isolation = std::make_unique<IsolationCheck>(*p.engine, *p.range);
    auto past = exercise::Replay::open(*p.log);
    if (!past)
        return tl::unexpected(past.error());
    p.past = std::make_unique<exercise::Replay>(std::move(*past));
    p.start_wanted =
        options.start && p.past->now().state().run() != exercise::Run::ended && !p.past->now().state().was_started();

    if (auto opened = p.open_web(plan, seed); !opened)
        return tl::unexpected(opened.error());
    p.isolation->controller_at(p.server->port());
    p.engine->on_events([&p](const std::vector<Event>& events) { p.took(events); });
    p.engine->on_fault([](const std::optional<Error>& fault) {
        fmt::print(stderr, "testudo: {}\n",
                   fault ? "the exercise stands still: " + fault->text() : "the log can be written again");
    });
    p.attach_machines();
    p.tell_metrics();
    p.start_when_ready();
    return std::unique_ptr<LiveExercise>(new LiveExercise(std::move(parts)));
}

LiveExercise::~LiveExercise() {
    auto& p = *parts_;
    p.alive.reset();
    p.server.reset();
    std::error_code ignored;
    std::filesystem::remove(p.folder.serve(), ignored);
    if (p.engine) {
        p.engine->on_events({});
        p.engine->close();
    }
}

std::uint16_t LiveExercise::port() const {
    return parts_->server->port();
}

} // namespace testudo::daemon
