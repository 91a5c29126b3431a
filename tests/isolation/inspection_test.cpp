#include <gtest/gtest.h>
#include <optional>
#include <set>

#include "orchestrator/isolation/inspection.hpp"
#include "orchestrator/plan/address.hpp"
#include "tests/plan/sample_plan.hpp"

namespace testudo::isolation {
namespace {

// Agents of a world in which these addresses answer, and these strangers are on every segment.
class World final : public exercise::Guests {
  public:
    explicit World(const plan::Plan& plan) : plan_(plan) {
        for (const auto& check : plan.checks)
            open.emplace(check.vantage, check.address);
        for (const auto& inject : plan.injects)
            for (const auto& target : inject.targets)
                open.emplace(target.agent, target.address);
    }
    std::set<std::pair<std::string, std::string>> open; // machine to address
    std::set<std::string> answering;                    // to everybody
    std::set<std::string> away;
    json::array strangers;
    std::set<std::string> arriving{"honest", "to-all"}; // frames at the machine that they are for
    bool flooding = false;                              // and at everybody else
    int deaf = 0;                                       // so often nobody hears anything

    void request(const std::string& machine, const std::string& op, json::object body, Millis, Reply reply) override {
        if (op == "emit")
            receivers_[text_or(body, "token")] = text_or(body, "to_mac");
        waiting_.push_back([=, this, body = std::move(body)] {
            if (away.contains(machine))
                return reply(fail("agent.away", machine, "the agent is away"));
            reply(op == "knock"      ? knocked(machine, body)
                  : op == "overhear" ? overheard(machine, body)
                  : op == "emit"     ? json::object{}
                                     : json::object{{"neighbours", neighbours()}});
        });
    }
    bool connected(const std::string&) const override { return true; }
    void on_change(Change) override {}

    Report inspect(const std::vector<Outside>& outside = {}) {
        std::optional<Report> report;
        isolation::inspect(*this, plan_, outside, [&](Report r) { report = std::move(r); });
        EXPECT_FALSE(report) << "done was called from inside the call";
        while (!waiting_.empty()) {
            const auto next = std::move(waiting_.front());
            waiting_.erase(waiting_.begin());
            next();
        }
        EXPECT_TRUE(report);
        return report.value_or(Report{});
    }

  private:
    json::object knocked(const std::string& machine, const json::object& body) const {
        json::array answers;
        for (const auto& target : array_or_empty(body, "targets")) {
            const auto address = text_or(target.get_object(), "address");
            answers.emplace_back(answering.contains(address) || open.contains({machine, address}) ? "refused" : "");
        }
        return {{"answers", std::move(answers)}};
    }
    json::object overheard(const std::string& machine, const json::object& body) {
        std::set<std::string> heard{"to-all"};
        for (const auto& card : plan::find_machine(plan_, machine)->interfaces)
            if (card.mac == receivers_[text_or(body, "token")] || flooding)
                heard.insert(arriving.begin(), arriving.end());
        if (deaf > 0 && deaf-- > 0)
            heard.clear();
        return {{"heard", json::value_from(heard)}};
    }
    // All planned cards are heard everywhere, which only those of the segment may be: so just the strangers are told.
    json::array neighbours() const { return strangers; }

    const plan::Plan& plan_;
    std::map<std::string, std::string> receivers_; // token to MAC
    std::vector<std::function<void()>> waiting_;
};

class Inspection : public testing::Test {
  protected:
    const plan::Plan plan_ = plan::sample_plan();
    World world_{plan_};
};

using Outcome = Finding::Outcome;

TEST_F(Inspection, a_closed_range_is_as_planned) {
    const auto report = world_.inspect({{"the controller", "192.0.2.1", 8080}});
    EXPECT_GT(report.findings.size(), plan_.segments.size());
    EXPECT_EQ(report.count(Outcome::as_planned), report.findings.size()) << as_text(to_json(report), "sample");
    EXPECT_NE(as_text(to_json(report), "sample").find("the range is closed"), std::string::npos);
}

TEST_F(Inspection, an_answer_from_another_team_is_a_leak) {
    for (const auto& machine : plan_.machines)
        if (machine.team == "south")
            for (const auto& card : machine.interfaces)
                world_.answering.insert(plan::without_length(card.ipv4));
    const auto report = world_.inspect();
    EXPECT_GT(report.count(Outcome::leak), 0U);
    EXPECT_NE(as_text(to_json(report), "sample").find("THE RANGE IS NOT CLOSED"), std::string::npos);
}

TEST_F(Inspection, an_answer_from_outside_is_a_leak) {
    world_.answering.insert("192.0.2.1");
    const auto report = world_.inspect({{"the controller", "192.0.2.1", 8080}});
    EXPECT_GT(report.count(Outcome::leak), 0U);
    const auto text = as_text(to_json(report), "sample");
    EXPECT_NE(text.find("to the controller (192.0.2.1 port 8080): refused"), std::string::npos) << text;
}

TEST_F(Inspection, a_stranger_on_a_segment_is_a_leak_and_is_named) {
    world_.strangers = {json::object{{"mac", "02:00:00:c0:ff:ee"}, {"addresses", {"198.18.0.253"}}}};
    const auto report = world_.inspect();
    EXPECT_EQ(report.count(Outcome::leak), plan_.segments.size());
    EXPECT_NE(as_text(to_json(report), "sample").find("02:00:00:c0:ff:ee answers for 198.18.0.253"), std::string::npos);
}

TEST_F(Inspection, a_machine_that_invents_addresses_does_not_fill_the_log) {
    for (int i = 0; i < 500; ++i)
        world_.strangers.push_back(
            json::object{{"mac", "02:00:00:00:00:" + std::to_string(i)}, {"addresses", json::array{}}});
    const auto report = world_.inspect();
    EXPECT_EQ(report.count(Outcome::leak), plan_.segments.size());
    for (const auto& finding : report.findings)
        EXPECT_LT(finding.evidence.size(), 400U);
    EXPECT_NE(as_text(to_json(report), "sample").find("; and 492 more"), std::string::npos);
}

TEST_F(Inspection, a_neighbour_with_anothers_address_is_a_leak) {
    const auto& card = plan_.machines.front().interfaces.front();
    world_.strangers = {json::object{{"mac", card.mac}, {"addresses", {"198.18.99.99"}}}};
    EXPECT_EQ(world_.inspect().count(Outcome::leak), plan_.segments.size());
    world_.strangers = {json::object{{"mac", card.mac}, {"addresses", {plan::without_length(card.ipv4), "fe80::1"}}}};
    EXPECT_EQ(world_.inspect().count(Outcome::leak), plan_.segments.size() - 1) << "it belongs to one segment";
}

TEST_F(Inspection, what_is_forged_and_arrives_is_a_leak) {
    world_.arriving.insert("forged-arp");
    const auto report = world_.inspect();
    EXPECT_GT(report.count(Outcome::leak), 0U);
    for (const auto& finding : report.findings)
        EXPECT_EQ(finding.outcome == Outcome::leak, finding.probe.frame == "forged-arp") << finding.probe.why;
}

TEST_F(Inspection, whoever_hears_what_is_not_for_it_is_a_leak) {
    world_.flooding = true;
    const auto report = world_.inspect();
    EXPECT_GT(report.count(Outcome::leak), 0U);
    for (const auto& finding : report.findings)
        EXPECT_EQ(finding.outcome == Outcome::leak, finding.probe.kind == Probe::Kind::listening) << finding.probe.why;
}

TEST_F(Inspection, silence_says_nothing_where_what_is_honest_is_not_heard_either) {
    world_.deaf = 1;
    const auto again = world_.inspect();
    EXPECT_EQ(again.count(Outcome::as_planned), again.findings.size()) << "it is tried again";
    world_.deaf = 1'000;
    const auto never = world_.inspect();
    for (const auto& finding : never.findings)
        EXPECT_EQ(finding.outcome == Outcome::unknown, !finding.probe.frame.empty()) << finding.probe.why;
}

TEST_F(Inspection, a_way_that_should_be_open_and_is_not_is_blocked) {
    world_.open.clear();
    const auto report = world_.inspect();
    EXPECT_GT(report.count(Outcome::blocked), 0U);
    EXPECT_EQ(report.count(Outcome::leak), 0U);
}

TEST_F(Inspection, who_cannot_be_asked_is_unknown_and_no_leak) {
    for (const auto& machine : plan_.machines)
        world_.away.insert(machine.id);
    const auto report = world_.inspect();
    EXPECT_EQ(report.count(Outcome::unknown), report.findings.size());
    EXPECT_NE(report.findings.front().evidence.find("the agent is away"), std::string::npos);
}

TEST_F(Inspection, the_page_shows_every_finding_and_escapes_what_machines_say) {
    world_.strangers = {json::object{{"mac", "<script>"}, {"addresses", json::array{}}}};
    const auto report = world_.inspect();
    const auto page = as_page(to_json(report), "sample", "UNCLASSIFIED");
    EXPECT_EQ(page.find("<script>"), std::string::npos);
    EXPECT_NE(page.find("&lt;script&gt; was heard"), std::string::npos);
    std::size_t rows = 0;
    for (auto at = page.find("<tr><td"); at != std::string::npos; at = page.find("<tr><td", at + 1))
        ++rows;
    EXPECT_EQ(rows, report.findings.size());
}

} // namespace
} // namespace testudo::isolation
