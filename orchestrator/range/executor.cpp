#include "orchestrator/range/executor.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "orchestrator/range/kept_files.hpp"

namespace testudo::range {
namespace {

constexpr Millis tick_period{1'000};
constexpr Millis status_timeout{20'000};

std::string past_of(const Step& step, bool changed) {
    switch (step.act) {
    case Step::Act::remove_machine:
        return "removed machine " + step.object;
    case Step::Act::remove_network:
        return "removed network " + step.object;
    case Step::Act::create_network:
        return "created network " + step.object;
    case Step::Act::create_machine:
        return "created machine " + step.object;
    case Step::Act::make_ready:
        return (changed ? "made ready " : "is ready: ") + step.object;
    case Step::Act::join_network:
        return "joined network " + step.object;
    case Step::Act::keep_machine:
        return "kept " + step.object;
    }
    throw std::logic_error("unknown act");
}

} // namespace

Executor::Executor(Loop& loop, Hypervisor& hypervisor, Guests& guests, Journal& journal, const Goal& goal,
                   Limits limits)
    : loop_(loop), hypervisor_(hypervisor), guests_(guests), journal_(journal), goal_(goal), limits_(limits) {}

Executor::~Executor() {
    loop_.cancel(ticking_);
}

void Executor::run(std::vector<Step> steps, OnProgress progress, Done done) {
    steps_ = std::move(steps);
    states_.assign(steps_.size(), State::waiting);
    progress_ = std::move(progress);
    done_ = std::move(done);
    ticking_ = loop_.after(tick_period, [this] { tick(); });
    loop_.post(while_alive([this] {
        advance();
        report();
    }));
}

void Executor::tick() {
    ticking_ = loop_.after(tick_period, [this] { tick(); });
    report();
}

bool Executor::ended() const {
    return std::none_of(states_.begin(), states_.end(),
                        [](State s) { return s == State::waiting || s == State::running; });
}

void Executor::skip_dependants() {
    for (std::size_t i = 0; i < steps_.size(); ++i) { // steps stand in the order of their dependencies
        const auto& after = steps_[i].after;
        if (states_[i] == State::waiting && std::any_of(after.begin(), after.end(), [&](std::size_t before) {
                return states_[before] == State::failed || states_[before] == State::skipped;
            })) {
            states_[i] = State::skipped;
            ++outcome_.skipped;
        }
    }
}

bool Executor::may_start(std::size_t i) {
    const auto& after = steps_[i].after;
    return states_[i] == State::waiting &&
           (steps_[i].act == Step::Act::make_ready || busy_[Lane::calls] < limits_.calls) &&
           std::all_of(after.begin(), after.end(), [&](std::size_t before) { return states_[before] == State::done; });
}

void Executor::advance() {
    skip_dependants();
    for (std::size_t i = 0; i < steps_.size(); ++i)
        if (may_start(i))
            start(i);
    while (!to_personalise_.empty() && busy_[Lane::personalising] < limits_.personalising) {
        const auto i = to_personalise_.front();
        to_personalise_.pop_front();
        personalise(i);
    }
    if (ended() && !std::exchange(finished_, true)) {
        loop_.cancel(ticking_);
        loop_.post(while_alive([this] {
            const auto done = std::move(done_);
            done(std::move(outcome_));
        }));
    }
}

void Executor::start(std::size_t i) {
    states_[i] = State::running;
    began_[i] = loop_.clock().steady();
    if (steps_[i].act == Step::Act::make_ready)
        return make_ready(i);
    ++busy_[Lane::calls];
    journal_.will(steps_[i]);
    journalled_.insert(i);
    waits_for_[i] = "the hypervisor";
    if (steps_[i].act == Step::Act::keep_machine)
        return keep(i);
    call_hypervisor(i, 2);
}

void Executor::call_hypervisor(std::size_t i, int attempts_left) {
    const auto done = while_alive([this, i, attempts_left](Result<void> result) {
        if (!result && attempts_left > 1) {
            waits_for_[i] = "a second try: " + result.error().message;
            loop_.after(limits_.retry,
                        while_alive([this, i, attempts_left] { call_hypervisor(i, attempts_left - 1); }));
            return;
        }
        --busy_[Lane::calls];
        finish(i, result, steps_[i].act != Step::Act::join_network);
    });
    const auto& step = steps_[i];
    switch (step.act) {
    case Step::Act::remove_machine:
        guests_.remove(step.object);
        return hypervisor_.destroy(*step.removed, done);
    case Step::Act::remove_network:
        return hypervisor_.destroy(*step.removed, done);
    case Step::Act::create_network:
    case Step::Act::join_network:
        return hypervisor_.create_network(*goal_.network(step.object), done);
    case Step::Act::create_machine: {
        const auto& spec = goal_.machine(step.object)->spec;
        if (!step.snapshot.empty() && spec.kind == plan::MachineKind::vm)
            return hypervisor_.restore_machine(spec, step.snapshot, done);
        return hypervisor_.create_machine(spec, done);
    }
    case Step::Act::make_ready:
    case Step::Act::keep_machine:
        break;
    }
    throw std::logic_error("not a call to the hypervisor");
}

void Executor::make_ready(std::size_t i) {
    const auto& spec = goal_.machine(steps_[i].object)->spec;
    waits_for_[i] = spec.kind == plan::MachineKind::vm ? "its boot" : "its agent";
    if (!guests_.connected(steps_[i].object))
        guests_.add(steps_[i].object, ref_of(spec), spec.secret);
    guests_.await(steps_[i].object, limits_.agent, while_alive([this, i](Result<void> connected) {
                      if (!connected)
                          return finish(i, connected, false);
                      ask_status(i);
                  }));
}

void Executor::ask_status(std::size_t i) {
    const auto& object = steps_[i].object;
    guests_.request(object, "status", {}, status_timeout, while_alive([this, i](Result<json::object> status) {
                        if (!status)
                            return finish(i, tl::unexpected(status.error()), false);
                        const auto& hash = goal_.machine(steps_[i].object)->personalise_hash;
                        if (bool_or(*status, "personalised") && text_or(*status, "spec_hash") == hash)
                            return finish(i, {}, false);
                        waits_for_[i] = "its turn to be set up";
                        to_personalise_.push_back(i);
                        advance();
                    }));
}

void Executor::personalise(std::size_t i) {
    ++busy_[Lane::personalising];
    journal_.will(steps_[i]);
    journalled_.insert(i);
    waits_for_[i] = "its agent to set it up";
    json::object body{{"spec", agents::to_json(goal_.machine(steps_[i].object)->personalise)}};
    const auto& step = steps_[i];
    if (step.snapshot.empty() || step.kind == plan::MachineKind::vm)
        return ask_to_personalise(i, std::move(body));
    const auto failed = [this, i](const Error& error) {
        --busy_[Lane::personalising];
        finish(i, tl::unexpected(error), true);
    };
    auto files = snapshots_->files(step.snapshot, step.object);
    if (!files)
        return failed(files.error());
    give_files(guests_, step.object, std::move(*files),
               while_alive([this, i, body, failed](const Result<std::string>& digest) mutable {
                   if (!digest)
                       return failed(digest.error());
                   body["kept"] = *digest;
                   ask_to_personalise(i, std::move(body));
               }));
}

void Executor::ask_to_personalise(std::size_t i, json::object body) {
    guests_.request(steps_[i].object, "personalise", std::move(body), limits_.personalise,
                    while_alive([this, i](Result<json::object> result) {
                        --busy_[Lane::personalising];
                        if (!result)
                            return finish(i, tl::unexpected(result.error()), true);
                        finish(i, {}, true);
                    }));
}

void Executor::keep(std::size_t i) {
    const auto& step = steps_[i];
    const auto& spec = goal_.machine(step.object)->spec;
    if (step.kind == plan::MachineKind::vm)
        return hypervisor_.save_machine(ref_of(spec), step.snapshot, while_alive([this, i](const Result<void>& saved) {
                                            kept(i, saved.map([] { return std::string(); }));
                                        }));
    waits_for_[i] = "its agent to pack its files";
    if (!guests_.connected(step.object))
        guests_.add(step.object, ref_of(spec), spec.secret);
    guests_.await(step.object, limits_.agent, while_alive([this, i](const Result<void>& connected) {
                      if (!connected)
                          return kept(i, tl::unexpected(connected.error()));
                      fetch_files(guests_, steps_[i].object,
                                  while_alive([this, i](Result<std::string> files) { kept(i, std::move(files)); }));
                  }));
}

void Executor::kept(std::size_t i, Result<std::string> files) {
    --busy_[Lane::calls];
    if (!files)
        return finish(i, tl::unexpected(files.error()), true);
    const auto& step = steps_[i];
    const Snapshots::Kept one{to_rfc3339(loop_.clock().wall()), goal_.machine(step.object)->spec.mark.spec,
                              files->size()};
    finish(i, snapshots_->add(step.snapshot, step.object, one, *files), true);
}

void Executor::finish(std::size_t i, const Result<void>& result, bool changed) {
    const auto& step = steps_[i];
    const auto took = loop_.clock().steady() - began_.at(i);
    began_.erase(i);
    waits_for_.erase(i);
    if (result) {
        states_[i] = State::done;
        ++(changed ? outcome_.changed : outcome_.kept);
        last_ = past_of(step, changed);
        if (changed)
            estimate_.learn(step, took);
        if (journalled_.contains(i))
            journal_.did(step);
    } else {
        states_[i] = State::failed;
        outcome_.failures.push_back({step, result.error()});
        last_ = "FAILED " + describe(outcome_.failures.back());
        if (journalled_.contains(i))
            journal_.failed(step, result.error());
    }
    report();
    advance();
}

void Executor::note(const std::string& object, const std::string& text) {
    for (auto& [i, what] : waits_for_)
        if (steps_[i].object == object && steps_[i].act == Step::Act::create_machine)
            what = text;
}

void Executor::report() {
    if (!progress_)
        return;
    Progress progress;
    progress.total = steps_.size();
    progress.failed = outcome_.failures.size();
    progress.last = last_;
    const auto now = loop_.clock().steady();
    std::map<std::size_t, Millis> running;
    std::vector<std::pair<SteadyTime, std::size_t>> oldest;
    for (const auto& [i, since] : began_) {
        running[i] = now - since;
        oldest.emplace_back(since, i);
    }
    std::sort(oldest.begin(), oldest.end());
    for (const auto& [since, i] : oldest)
        progress.waiting.push_back(fmt::format("{}: {}", steps_[i].object, waits_for_.at(i)));
    std::vector<bool> over(steps_.size());
    for (std::size_t i = 0; i < steps_.size(); ++i)
        over[i] = states_[i] != State::waiting && states_[i] != State::running;
    progress.done = static_cast<std::size_t>(std::count(over.begin(), over.end(), true));
    progress.left = estimate_.left(steps_, running, over);
    progress_(progress);
}

} // namespace testudo::range
