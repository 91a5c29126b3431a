#include "orchestrator/exercise/check_runner.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/core/digest.hpp"

namespace testudo::exercise {
namespace {

constexpr Millis recheck_gap{1'000};  // long enough for a service to finish a restart that it has begun
constexpr Millis agent_margin{2'000}; // the agent ends the probe itself; this is for the way there and back

std::uint64_t number_of(const std::string& name) {
    return std::stoull(short_hash(name, 12), nullptr, 16);
}

// The first window from `window` on that no pause touches: all teams are asked in it, or none is.
std::int64_t first_outside(const std::vector<plan::Pause>& pauses, std::int64_t window, std::int64_t period) {
    for (const auto& pause : pauses) // in order of time
        if (window * period < pause.to.count() && (window + 1) * period > pause.from.count())
            window = (pause.to.count() + period - 1) / period;
    return window;
}

} // namespace

CheckRunner::CheckRunner(Loop& loop, const plan::Plan& plan, const ExerciseClock& clock, Guests& guests,
                         Recorder& recorder)
    : loop_(loop), plan_(plan), clock_(clock), guests_(guests), recorder_(recorder), courses_(plan.checks.size()) {
    for (std::size_t i = 0; i < courses_.size(); ++i)
        courses_[i].offset = offset(plan.exercise, plan.checks[i]);
}

CheckRunner::~CheckRunner() {
    stop();
}

Millis CheckRunner::offset(const std::string& seed, const plan::Check& check) {
    const auto tenth = check.period.count() / 10;
    if (tenth == 0)
        return Millis(0);
    const auto n = number_of(seed + "/" + check.id);
    return check.team.empty() ? Millis(n % static_cast<std::uint64_t>(tenth))
                              : Millis(tenth + static_cast<std::int64_t>(n % static_cast<std::uint64_t>(6 * tenth)));
}

Millis CheckRunner::instant(const std::string& seed, const plan::Check& check, std::int64_t window) {
    const Millis begin(window * check.period.count());
    if (check.users.empty())
        return begin + offset(seed, check);
    // The last tenth is left for the second try.
    const auto most = static_cast<std::uint64_t>(std::max<std::int64_t>(1, check.period.count() / 10 * 9));
    return begin + Millis(number_of(fmt::format("{}/{}/{}", seed, check.id, window)) % most);
}

void CheckRunner::seen(const Event& sample) {
    const auto id = text_or(sample.body, "check");
    for (std::size_t i = 0; i < courses_.size(); ++i)
        if (plan_.checks[i].id == id)
            courses_[i].last_window = std::max(courses_[i].last_window, int_or(sample.body, "window"));
}

void CheckRunner::start() {
    if (running_)
        return;
    running_ = std::make_shared<int>(0);
    for (std::size_t i = 0; i < courses_.size(); ++i)
        schedule(i);
}

void CheckRunner::stop() {
    running_.reset();
    for (const auto& course : courses_)
        loop_.cancel(course.timer);
}

void CheckRunner::schedule(std::size_t check) {
    auto& course = courses_[check];
    const auto& asked = plan_.checks[check];
    const auto period = asked.period.count();
    auto next = std::max(course.last_window + 1, std::max<std::int64_t>(0, clock_.now().count() / period));
    const auto at_in = [&](std::int64_t window) {
        return asked.users.empty() ? Millis(window * period) + course.offset : instant(plan_.exercise, asked, window);
    };
    while (at_in(next) < clock_.now())
        ++next;
    const auto window = first_outside(asked.pauses, next, period);
    const auto at = at_in(window);
    if (at >= plan_.duration)
        return;
    course.timer = loop_.after(clock_.until(at), [this, check, window] {
        courses_[check].last_window = window;
        schedule(check);
        probe(std::make_shared<Probe>(Probe{check, window, {}}));
    });
}

std::string CheckRunner::vantage_for(const plan::Check& check, bool recheck) const {
    if (check.second_vantage.empty())
        return check.vantage;
    const auto& wanted = recheck ? check.second_vantage : check.vantage;
    const auto& other = recheck ? check.vantage : check.second_vantage;
    return !guests_.connected(wanted) && guests_.connected(other) ? other : wanted;
}

void CheckRunner::probe(std::shared_ptr<Probe> probe) {
    const auto& check = plan_.checks[probe->check];
    const auto vantage = vantage_for(check, !probe->attempts.empty());
    auto params = check.params;
    if (!check.accounts.empty()) {
        const auto& account = check.accounts[static_cast<std::size_t>(probe->window) % check.accounts.size()];
        params["user"] = account.user;
        params["password"] = account.password;
    }
    json::object body{{"type", check.type},
                      {"address", check.address},
                      {"port", check.port},
                      {"params", std::move(params)},
                      {"timeout_ms", check.timeout.count()}};
    guests_.request(vantage, "probe", std::move(body), check.timeout + agent_margin,
                    [this, probe, vantage, weak = std::weak_ptr(running_)](const Result<json::object>& reply) {
                        if (!weak.expired())
                            answer(probe, vantage, reply);
                    });
}

void CheckRunner::answer(std::shared_ptr<Probe> probe, const std::string& vantage, const Result<json::object>& reply) {
    const auto& check = plan_.checks[probe->check];
    // An agent that does not answer or refuses is no news about the service.
    const auto result = reply ? text_or(*reply, "result", "error") : std::string("error");
    const auto reason = reply ? text_or(*reply, "reason") : reply.error().message;
    recorder_.note(recorder_.make("check.sample", check.team,
                                  {{"check", check.id},
                                   {"window", probe->window},
                                   {"attempt", probe->attempts.size()},
                                   {"result", result},
                                   {"reason", reason},
                                   {"vantage", vantage},
                                   {"latency_us", reply ? int_or(*reply, "total_us") : 0}}));
    probe->attempts.push_back(scoring::probe_from(result));
    if (scoring::judge(probe->attempts, check.confirm_failures, check.confirm_of) != scoring::Verdict::pending)
        return;
    loop_.after(recheck_gap, [this, probe, weak = std::weak_ptr(running_)] {
        if (!weak.expired())
            this->probe(probe);
    });
}

} // namespace testudo::exercise
