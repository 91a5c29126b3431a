#include "orchestrator/isolation/inspection.hpp"

#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <map>
#include <memory>

#include "orchestrator/plan/address.hpp"

namespace testudo::isolation {
namespace {

constexpr std::size_t at_once = 12;         // machines
constexpr std::size_t knocks_at_once = 128; // of one machine; the agent takes no more
constexpr Millis knock_time{1'500};
constexpr Millis census_time{1'500};
constexpr Millis answer_time{30'000}; // of a busy host
constexpr std::string_view link_local = "fe80:";

// Keeps itself alive by what it waits for.
class Inspection : public std::enable_shared_from_this<Inspection> {
  public:
    Inspection(exercise::Guests& guests, const plan::Plan& plan, std::function<void(Report)> done)
        : guests_(guests), plan_(plan), done_(std::move(done)) {}

    void begin(const std::vector<Probe>& probes) {
        std::map<std::string, std::vector<std::size_t>> knocks;
        for (const auto& probe : probes) {
            const auto index = report_.findings.size();
            report_.findings.push_back({probe, Finding::Outcome::unknown, ""});
            if (probe.kind == Probe::Kind::strangers) {
                jobs_.push_back({index});
                continue;
            }
            auto& mine = knocks[probe.from];
            mine.push_back(index);
            if (mine.size() == knocks_at_once)
                jobs_.push_back(std::exchange(mine, {}));
        }
        for (auto& [machine, mine] : knocks)
            if (!mine.empty())
                jobs_.push_back(std::move(mine));
        for (std::size_t i = 0; i < at_once; ++i)
            next();
    }

  private:
    using Job = std::vector<std::size_t>; // findings of one machine

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
        const auto& first = finding(job.front()).probe;
        const bool census = first.kind == Probe::Kind::strangers;
        guests_.request(first.from, census ? "census" : "knock", census ? census_of(first) : knocks_of(job),
                        answer_time, [self = shared_from_this(), job, census](const Result<json::object>& answer) {
                            self->take(job, census, answer);
                        });
    }

    void take(const Job& job, bool census, const Result<json::object>& answer) {
        if (!answer)
            for (const auto index : job)
                finding(index).evidence = answer.error().text();
        else if (census)
            judge_census(finding(job.front()), *answer);
        else
            judge_knocks(job, *answer);
        --under_way_;
        next();
    }

    json::object census_of(const Probe& probe) const {
        const auto* machine = plan::find_machine(plan_, probe.from);
        const auto card = std::find_if(machine->interfaces.begin(), machine->interfaces.end(),
                                       [&probe](const plan::Interface& i) { return i.segment == probe.to; });
        return {
            {"interface", card->name}, {"ipv4", card->ipv4}, {"ipv6", card->ipv6}, {"time_ms", census_time.count()}};
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
        const auto add = [&strangers](const std::string& text) { strangers += (strangers.empty() ? "" : "; ") + text; };
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
        one.outcome = strangers.empty() ? Finding::Outcome::as_planned : Finding::Outcome::leak;
        one.evidence =
            strangers.empty() ? fmt::format("{} of its own machines answered, nobody else", known) : strangers;
    }

    exercise::Guests& guests_;
    const plan::Plan& plan_;
    std::function<void(Report)> done_;
    Report report_;
    std::deque<Job> jobs_;
    std::size_t under_way_ = 0;
};

} // namespace

void inspect(exercise::Guests& guests, const plan::Plan& plan, const std::vector<Outside>& outside,
             std::function<void(Report)> done) {
    std::make_shared<Inspection>(guests, plan, std::move(done))->begin(probes_of(plan, outside));
}

} // namespace testudo::isolation
