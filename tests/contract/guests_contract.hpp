#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "orchestrator/exercise/guests.hpp"

// What every adapter of the agents' port has to do. A Maker gives, besides `Guests& guests()`, `std::string known()`,
// a machine whose agent answers `status`, and: `void lose()` and `void bring_back()` that machine; `void settle()` lets
// everything happen that is due within ten seconds.
namespace testudo {

template <class Maker> class GuestsContract : public testing::Test {
  protected:
    Maker maker;
};

TYPED_TEST_SUITE_P(GuestsContract);

TYPED_TEST_P(GuestsContract, answers_once_and_never_from_inside_the_call) {
    int answers = 0;
    this->maker.settle();
    this->maker.guests().request(this->maker.known(), "status", {}, Millis(5'000), [&](const Result<json::object>& r) {
        ++answers;
        EXPECT_TRUE(r) << (r ? "" : r.error().text());
    });
    EXPECT_EQ(answers, 0);
    this->maker.settle();
    EXPECT_EQ(answers, 1);
}

TYPED_TEST_P(GuestsContract, says_that_a_lost_machine_is_away) {
    this->maker.settle();
    EXPECT_TRUE(this->maker.guests().connected(this->maker.known()));
    std::string heard;
    this->maker.guests().on_change([&](const std::string& machine, bool connected, const std::string&) {
        heard += machine + (connected ? "+" : "-");
    });
    this->maker.lose();
    this->maker.settle();
    EXPECT_FALSE(this->maker.guests().connected(this->maker.known()));
    std::string code;
    this->maker.guests().request(this->maker.known(), "status", {}, Millis(5'000),
                                 [&](const Result<json::object>& r) { code = r ? "ok" : r.error().code; });
    EXPECT_EQ(code, "");
    this->maker.settle();
    EXPECT_EQ(code, "agent.away");
    this->maker.bring_back();
    this->maker.settle();
    EXPECT_TRUE(this->maker.guests().connected(this->maker.known()));
    EXPECT_EQ(heard, this->maker.known() + "-" + this->maker.known() + "+");
}

TYPED_TEST_P(GuestsContract, an_unknown_machine_is_away_too) {
    std::string code;
    this->maker.guests().request("nobody", "status", {}, Millis(5'000),
                                 [&](const Result<json::object>& r) { code = r ? "ok" : r.error().code; });
    this->maker.settle();
    EXPECT_EQ(code, "agent.away");
    EXPECT_FALSE(this->maker.guests().connected("nobody"));
}

TYPED_TEST_P(GuestsContract, passes_on_the_agents_refusal_with_its_code) {
    this->maker.settle();
    std::string code;
    this->maker.guests().request(this->maker.known(), "no-such-op", {}, Millis(5'000),
                                 [&](const Result<json::object>& r) { code = r ? "ok" : r.error().code; });
    this->maker.settle();
    EXPECT_EQ(code, "refused.unknown");
}

REGISTER_TYPED_TEST_SUITE_P(GuestsContract, answers_once_and_never_from_inside_the_call,
                            says_that_a_lost_machine_is_away, an_unknown_machine_is_away_too,
                            passes_on_the_agents_refusal_with_its_code);

} // namespace testudo
