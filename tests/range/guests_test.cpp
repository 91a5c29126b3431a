#include "orchestrator/range/guests.hpp"

#include <gtest/gtest.h>

#include "tests/contract/guests_contract.hpp"
#include "tests/range/world.hpp"

namespace testudo::range {
namespace {

class GuestsTest : public testing::Test {
  protected:
    GuestsTest() { EXPECT_TRUE(world_.up().ok()); }

    Result<json::object> ask(const std::string& machine, const std::string& op, json::object body = {}) {
        std::optional<Result<json::object>> answer;
        world_.range().guests().request(machine, op, std::move(body), Millis(3'000),
                                        [&](Result<json::object> result) { answer = std::move(result); });
        EXPECT_FALSE(answer) << "answered from inside the call";
        world_.loop.advance(Millis(4'000));
        return answer.value();
    }

    World world_;
};

TEST_F(GuestsTest, CarriesRequests) {
    const auto status = ask("portal@north", "status");
    ASSERT_TRUE(status) << status.error().text();
    EXPECT_EQ(object_or_empty(*status, "services").at("nginx"), "running");
}

TEST_F(GuestsTest, AnActIsSeenByAProbeOfAnotherMachine) {
    const json::object probe{
        {"type", "http"}, {"address", "198.18.11.80"}, {"port", 80}, {"params", {{"contains", "Harbour office"}}}};
    EXPECT_EQ(ask("vantage", "probe", probe)->at("result"), "pass");
    const json::object act{
        {"act", "a1"}, {"action", "deface"}, {"params", {{"path", "/var/www/html/index.html"}, {"text", "ours now"}}}};
    EXPECT_EQ(ask("portal@north", "act", act)->at("outcome"), "ok");
    EXPECT_EQ(ask("vantage", "probe", probe)->at("result"), "wrong");
    EXPECT_EQ(ask("portal@north", "inspect", act)->at("holds"), true);
    EXPECT_EQ(ask("portal@north", "act", act)->at("repeated"), true);
}

TEST_F(GuestsTest, ASilentAgentTimesOut) {
    world_.host.guest("portal@north")->silent = true;
    EXPECT_EQ(ask("portal@north", "status").error().code, "agent.timeout");
}

TEST_F(GuestsTest, WhatAMachineWasAskedIsAnsweredWhenItIsMadeAnew) {
    world_.host.guest("portal@north")->silent = true;
    std::vector<std::string> answers;
    world_.range().guests().request("portal@north", "status", {}, Millis(600'000), [&](const Result<json::object>& r) {
        answers.push_back(r ? "ok" : r.error().code);
    });
    world_.range().reset({"portal@north"}, {}, [](const Result<Outcome>&) {});
    world_.loop.advance(Millis(5'000));
    EXPECT_EQ(answers, std::vector<std::string>{"agent.lost"});
}

TEST_F(GuestsTest, ALostMachineIsToldWithTheHypervisorsReason) {
    std::vector<std::string> news;
    world_.range().guests().on_change([&](const std::string& machine, bool connected, const std::string& reason) {
        news.push_back(machine + (connected ? " up" : " down: ") + reason);
    });
    std::string gone;
    world_.range().on_gone(
        [&](const std::string& machine, const std::string& reason) { gone = machine + " " + reason; });
    world_.host.crash("portal@south", "crashed");
    world_.loop.advance(Millis(1'000));
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0], "portal@south down: the machine is gone: crashed");
    EXPECT_EQ(gone, "portal@south crashed");
    EXPECT_EQ(ask("portal@south", "status").error().code, "agent.away");
    EXPECT_EQ(world_.up().changed, 2U); // created and made ready again
    EXPECT_TRUE(world_.range().guests().connected("portal@south"));
}

} // namespace
} // namespace testudo::range

namespace testudo {
namespace {

class OfARange {
  public:
    OfARange() { world_.up(); }
    exercise::Guests& guests() { return world_.range().guests(); }
    std::string known() { return "portal@north"; }
    void lose() { world_.host.crash(known(), "crashed"); }
    void bring_back() { world_.up(); }
    void settle() { world_.loop.advance(Millis(10'000)); }

  private:
    range::World world_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(OfARange, GuestsContract, OfARange);

} // namespace
} // namespace testudo
