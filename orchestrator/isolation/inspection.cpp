#include "orchestrator/isolation/inspection.hpp"

#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/plan/address.hpp"

namespace testudo::isolation {
namespace {

constexpr std::size_t at_once = 12;         // machines
constexpr std::size_t knocks_at_once = 128; // of one machine; the agent takes no more
constexpr Millis knock_time{1'500};
constexpr Millis census_time{1'500};
constexpr Millis trial_time{2'000};   // that others listen
constexpr Millis trial_after{700};    // until the frames are sent: all have to listen by then
constexpr int trials = 3;             // a busy machine may have begun to listen too late
constexpr Millis answer_time{30'000}; // of a busy host
constexpr std::size_t most_named = 8; // strangers of one segment: what machines say must not fill the log
constexpr int highest_tried = 250;    // of the numbers of a segment, for one that is nobody's
constexpr std::string_view link_local = "fe80:";

// Keeps itself alive by what it waits for.
class Inspection : public std::enable_shared_from_this<Inspection> {
  public:
    Inspection(exercise::Guests& guests, const plan::Plan& plan, std::function<void(Report)> done)
        : guests_(guests), plan_(plan), done_(std::move(done)) {}

    void begin(const std::vector<Probe>& probes) {
        std::map<std::string, Job> knocks;
        std::map<std::string, Job> by_segment;
        for (const auto& probe : probes) {
            const auto index = report_.findings.size();
            report_.findings.push_back({probe, Finding::Outcome::unknown, ""});
            switch (probe.kind) {
            case Probe::Kind::strangers:
                jobs_.emplace_back([this, index] { take_census(index); });
                break;
            case Probe::Kind::forgery:
            case Probe::Kind::listening:
                by_segment[probe.segment].push_back(index);
                break;
            default:
                auto& mine = knocks[probe.from];
                mine.push_back(index);
                if (mine.size() == knocks_at_once)
                    jobs_.emplace_back([this, job = std::exchange(mine, {})] { knock(job); });
            }
        }
        for (auto& [machine, mine] : knocks)
            if (!mine.empty())
                jobs_.emplace_back([this, job = std::move(mine)] { knock(job); });
        for (auto& [segment, mine] : by_segment)
            jobs_.emplace_back([this, job = std::move(mine)] { try_frames(job, trials); });
        for (std::size_t i = 0; i < at_once; ++i)
            next();
    }

  private:
    using Job = std::vector<std::size_t>; // findings

    Finding& finding(std::size_t index) { return report_.findings[index]; }

    void next() {
        if (jobs_.empty()) {
            if (under_way_ == 0 && done_)
                std::exchange(done_, nullptr)(std::move(report_));
            return;
        }
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        ++under_way_;
        job();
    }

    void finished() {
        --under_way_;
        next();
    }

    void failed(const Job& job, const std::string& why) {
        for (const auto index : job)
            finding(index).evidence = why;
        finished();
    }

    void knock(const Job& job) {
        guests_.request(finding(job.front()).probe.from, "knock", knocks_of(job), answer_time,
                        [this, self = shared_from_this(), job](const Result<json::object>& answer) {
                            if (!answer)
                                return failed(job, answer.error().text());
                            judge_knocks(job, *answer);
                            finished();
                        });
    }

    void take_census(std::size_t index) {
        const auto& probe = finding(index).probe;
        guests_.request(probe.from, "census", census_of(probe), answer_time,
                        [this, self = shared_from_this(), index](const Result<json::object>& answer) {
                            if (!answer)
                                return failed({index}, answer.error().text());
                            judge_census(finding(index), *answer);
                            finished();
                        });
    }

    // One machine sends, its neighbour and a third one listen.
    struct Trial {
        Job job;
        std::string sender;
        std::string receiver;
        std::string listener;                               // "" if there is no third machine
        std::map<std::string, std::set<std::string>> heard; // by machine
        std::string failure;
        int tries_left = 0;
        int answers_left = 0;
    };

    void try_frames(const Job& job, int tries_left) {
        const auto trial = std::make_shared<Trial>();
        trial->job = job;
        trial->tries_left = tries_left - 1;
        for (const auto index : job) {
            const auto& probe = finding(index).probe;
            trial->receiver = probe.to;
            (probe.kind == Probe::Kind::listening ? trial->listener : trial->sender) = probe.from;
        }
        const auto& segment = finding(job.front()).probe.segment;
        const auto token = random_hex(8);
        trial->answers_left = trial->listener.empty() ? 2 : 3;
        for (const auto& machine : {trial->receiver, trial->listener})
            if (!machine.empty())
                ask(trial, machine, "overhear",
                    {{"interface", card_of(machine, segment).name}, {"token", token}, {"time_ms", trial_time.count()}});
        ask(trial, trial->sender, "emit", emission(*trial, segment, token));
    }

    void ask(const std::shared_ptr<Trial>& trial, const std::string& machine, const std::string& op,
             json::object body) {
        guests_.request(machine, op, std::move(body), answer_time,
                        [this, self = shared_from_this(), trial, machine](const Result<json::object>& answer) {
                            if (!answer)
                                trial->failure = answer.error().text();
                            else
                                for (const auto& name : array_or_empty(*answer, "heard"))
                                    if (name.is_string())
                                        trial->heard[machine].emplace(name.get_string());
                            if (--trial->answers_left == 0)
                                judge_trial(*trial);
                        });
    }

    void judge_trial(const Trial& trial) {
        if (!trial.failure.empty())
            return failed(trial.job, trial.failure);
        const auto heard = [&trial](const std::string& machine, const std::string& frame) {
            const auto found = trial.heard.find(machine);
            return found != trial.heard.end() && found->second.contains(frame);
        };
        // What must arrive shows that they listened in time, so that silence means something.
        const bool valid =
            heard(trial.receiver, "honest") && (trial.listener.empty() || heard(trial.listener, "to-all"));
        if (!valid && trial.tries_left > 0)
            return try_frames(trial.job, trial.tries_left);
        if (!valid)
            return failed(trial.job, "what is honest did not arrive either, so nothing can be said");
        for (const auto index : trial.job) {
            auto& one = finding(index);
            const bool listening = one.probe.kind == Probe::Kind::listening;
            const auto& ear = listening ? trial.listener : trial.receiver;
            const bool leak = heard(ear, one.probe.frame) ||
                              (!listening && !trial.listener.empty() && heard(trial.listener, one.probe.frame));
            one.outcome = leak ? Finding::Outcome::leak : Finding::Outcome::as_planned;
            one.evidence = leak ? "it arrived" : "it did not arrive, and what is honest did";
        }
        finished();
    }

    const plan::Interface& card_of(const std::string& machine, const std::string& segment) const {
        const auto& cards = plan::find_machine(plan_, machine)->interfaces;
        return *std::find_if(cards.begin(), cards.end(),
                             [&segment](const plan::Interface& card) { return card.segment == segment; });
    }

    json::object emission(const Trial& trial, const std::string& segment, const std::string& token) const {
        const auto& own = card_of(trial.sender, segment);
        const auto& to = card_of(trial.receiver, segment);
        const auto& planned = *plan::find_segment(plan_, segment);
        json::object body{
            {"interface", own.name}, {"token", token}, {"to_mac", to.mac}, {"after_ms", trial_after.count()}};
        const auto family = [&](const char* name, const std::string& prefix, const std::string& from,
                                const std::string& there) {
            if (!prefix.empty() && !from.empty() && !there.empty())
                body[name] = json::object{{"own", plan::without_length(from)},
                                          {"to", plan::without_length(there)},
                                          {"unused", unused_on(prefix)}};
        };
        family("ipv4", planned.ipv4, own.ipv4, to.ipv4);
        family("ipv6", planned.ipv6, own.ipv6, to.ipv6);
        return body;
    }

    // "" if all are taken.
    std::string unused_on(const std::string& network) const {
        std::set<std::string> taken;
        for (const auto& machine : plan_.machines)
            for (const auto& card : machine.interfaces)
                for (const auto& address : {card.ipv4, card.ipv6})
                    taken.insert(plan::without_length(address));
        const auto prefix = plan::parse_prefix(network);
        for (int number = highest_tried; prefix && number > 0; --number)
            if (const auto address = plan::host_of(*prefix, number);
                address && !taken.contains(plan::to_text(*address)))
                return plan::to_text(*address);
        return "";
    }

    json::object census_of(const Probe& probe) const {
        const auto& card = card_of(probe.from, probe.to);
        return {{"interface", card.name}, {"ipv4", card.ipv4}, {"ipv6", card.ipv6}, {"time_ms", census_time.count()}};
    }

    json::object knocks_of(const Job& job) {
        json::array targets;
        for (const auto index : job)
            targets.push_back(
                json::object{{"address", finding(index).probe.address}, {"port", finding(index).probe.port}});
        return {{"targets", std::move(targets)}, {"timeout_ms", knock_time.count()}};
    }

    void judge_knocks(const Job& job, const json::object& answer) {
        const auto& words = array_or_empty(answer, "answers");
        for (std::size_t i = 0; i < job.size() && i < words.size(); ++i) {
            auto& one = finding(job[i]);
            const auto word = words[i].is_string() ? std::string(words[i].get_string()) : std::string();
            const bool answered = !word.empty();
            one.evidence = answered ? word : "no answer";
            if (answered == one.probe.open())
                one.outcome = Finding::Outcome::as_planned;
            else
                one.outcome = answered ? Finding::Outcome::leak : Finding::Outcome::blocked;
        }
    }

    // The planned owner of a MAC on the segment.
    const plan::Interface* owner_of(const std::string& segment, const std::string& mac) const {
        for (const auto& machine : plan_.machines)
            for (const auto& card : machine.interfaces)
                if (card.segment == segment && card.mac == mac)
                    return &card;
        return nullptr;
    }

    void judge_census(Finding& one, const json::object& answer) const {
        std::string strangers;
        std::size_t known = 0;
        std::size_t count = 0;
        const auto add = [&](const std::string& text) {
            if (++count <= most_named)
                strangers += (strangers.empty() ? "" : "; ") + text;
        };
        for (const auto& value : array_or_empty(answer, "neighbours")) {
            if (!value.is_object())
                continue;
            const auto mac = text_or(value.get_object(), "mac");
            const auto* owner = owner_of(one.probe.to, mac);
            known += owner ? 1 : 0;
            bool told = false;
            for (const auto& text : array_or_empty(value.get_object(), "addresses")) {
                const auto address = text.is_string() ? std::string(text.get_string()) : std::string();
                const bool fits =
                    owner && (address.starts_with(link_local) || address == plan::without_length(owner->ipv4) ||
                              address == plan::without_length(owner->ipv6));
                if (!fits) {
                    add(fmt::format("{} answers for {}", mac, address));
                    told = true;
                }
            }
            if (!owner && !told)
                add(fmt::format("{} was heard", mac));
        }
        if (count > most_named)
            strangers += fmt::format("; and {} more", count - most_named);
        one.outcome = strangers.empty() ? Finding::Outcome::as_planned : Finding::Outcome::leak;
        one.evidence =
            strangers.empty() ? fmt::format("{} of its own machines answered, nobody else", known) : strangers;
    }

    exercise::Guests& guests_;
    const plan::Plan& plan_;
    std::function<void(Report)> done_;
    Report report_;
    std::deque<std::function<void()>> jobs_;
    std::size_t under_way_ = 0;
};

} // namespace

void inspect(exercise::Guests& guests, const plan::Plan& plan, const std::vector<Outside>& outside,
             std::function<void(Report)> done) {
    std::make_shared<Inspection>(guests, plan, std::move(done))->begin(probes_of(plan, outside));
}

} // namespace testudo::isolation
