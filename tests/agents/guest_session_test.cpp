#include "agents/protocol/guest_session.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "agents/protocol/agent_session.hpp"
#include "agents/protocol/pipe_channel.hpp"

namespace testudo::agents {
namespace {

using namespace std::chrono_literals;

const std::string secret(64, '5');

// A machine whose agent can be started, silenced and lost.
class Guest {
  public:
    explicit Guest(Loop& loop) : loop_(loop) {}

    OpenGuestChannel opener() {
        return [this](auto done) {
            ++opened;
            loop_.post([this, done = std::move(done)] {
                if (refuse)
                    return done(fail("libvirt.refused", "portal@north", "no such domain"));
                auto [near, far] = pipe_channels(loop_);
                far_ = std::move(far);
                far_->listen({[this](std::string_view bytes) { receive(bytes); }, [](const Error&) {}});
                far_->write("Debian GNU/Linux 12 portal tty2\r\n\r\nportal login: ");
                done(std::move(near));
            });
        };
    }
    void boot(const std::string& id) {
        agent_.emplace(secret, AgentIdentity{"portal@north", "1", id},
                       AgentSession::Handlers{[this](const std::string& bytes) { far_->write(bytes); },
                                              [this](const Request& request, std::uint64_t session) {
                                                  requests.push_back(request);
                                                  sessions.push_back(session);
                                              }});
    }
    void say(const std::string& bytes) { far_->write(bytes); }
    void power_off() { agent_.reset(); }
    void hang_up() { far_.reset(); }
    void answer(std::size_t index, const Reply& reply) { agent_->reply(sessions[index], requests[index].id, reply); }

    int opened = 0;
    bool refuse = false;
    std::vector<Request> requests;
    std::vector<std::uint64_t> sessions;

  private:
    void receive(std::string_view bytes) {
        if (agent_)
            agent_->receive(bytes);
        else
            far_->write(bytes); // a terminal in its first state echoes
    }

    Loop& loop_;
    std::unique_ptr<GuestChannel> far_;
    std::optional<AgentSession> agent_;
};

class GuestSessionTest : public testing::Test {
  protected:
    GuestSessionTest() {
        session_.emplace(loop_, secret, "portal@north", guest_.opener(),
                         [this](const GuestSession::State& s) { states_.push_back(s); });
    }
    void ask(const std::string& op, Millis timeout = 5s) {
        session_->request(op, {{"x", 1}}, timeout,
                          [this](Result<json::object> r) { results_.push_back(std::move(r)); });
    }

    VirtualLoop loop_;
    Guest guest_{loop_};
    std::vector<GuestSession::State> states_;
    std::vector<Result<json::object>> results_;
    std::optional<GuestSession> session_;
};

TEST_F(GuestSessionTest, MeetsAnAgentThatIsStillBooting) {
    session_->start();
    loop_.advance(7s);
    EXPECT_FALSE(session_->state().connected);
    guest_.boot("b1");
    loop_.advance(2s);
    ASSERT_EQ(states_.size(), 1u);
    EXPECT_TRUE(states_[0].connected);
    EXPECT_EQ(states_[0].boot, "b1");
}

TEST_F(GuestSessionTest, AnswersComeInAnyOrder) {
    guest_.boot("b1");
    session_->start();
    loop_.drain();
    ask("first");
    ask("second");
    loop_.drain();
    ASSERT_EQ(guest_.requests.size(), 2u);
    EXPECT_EQ(guest_.requests[0].op, "first");
    EXPECT_EQ(guest_.requests[0].body, (json::object{{"x", 1}}));
    guest_.answer(1, json::object{{"v", 2}});
    guest_.answer(0, tl::unexpected(Refusal{"refused.target", "outside", {}}));
    loop_.drain();
    ASSERT_EQ(results_.size(), 2u);
    EXPECT_EQ(int_or(*results_[0], "v"), 2);
    EXPECT_EQ(results_[1].error().code, "refused.target");
}

TEST_F(GuestSessionTest, ARepeatedActSucceedsWithTheFirstResult) {
    guest_.boot("b1");
    session_->start();
    loop_.drain();
    ask("act");
    loop_.drain();
    guest_.answer(0, tl::unexpected(Refusal{"refused.repeated", "done before", {{"outcome", "ok"}}}));
    loop_.drain();
    ASSERT_TRUE(results_.at(0));
    EXPECT_EQ(*results_[0], (json::object{{"outcome", "ok"}, {"repeated", true}}));
}

TEST_F(GuestSessionTest, TellsWhatWasSurelyNotSentFromWhatMayHaveBeenDone) {
    ask("early");
    loop_.drain();
    EXPECT_EQ(results_.at(0).error().code, "agent.away");
    guest_.boot("b1");
    session_->start();
    loop_.drain();
    ask("slow", 3s);
    loop_.advance(4s);
    EXPECT_EQ(results_.at(1).error().code, "agent.timeout");
    guest_.answer(0, json::object{});
    loop_.drain();
    EXPECT_EQ(results_.size(), 2u);
    ask("cut off", 60s);
    loop_.drain();
    guest_.hang_up();
    loop_.drain();
    EXPECT_EQ(results_.at(2).error().code, "agent.lost");
}

TEST_F(GuestSessionTest, ComesBackAfterTheChannelIsLostAndSeesARestart) {
    guest_.boot("b1");
    session_->start();
    loop_.drain();
    guest_.hang_up();
    guest_.boot("b2");
    loop_.advance(1s);
    ASSERT_EQ(states_.size(), 3u);
    EXPECT_FALSE(states_[1].connected);
    EXPECT_NE(states_[1].reason, "");
    EXPECT_TRUE(states_[2].connected);
    EXPECT_EQ(states_[2].boot, "b2");
}

TEST_F(GuestSessionTest, NoticesARestartBehindAnOpenChannel) {
    guest_.boot("b1");
    session_->start();
    loop_.drain();
    guest_.boot("b2");
    ask("anything", 60s);
    loop_.advance(4s);
    EXPECT_TRUE(session_->state().connected);
    EXPECT_EQ(session_->state().boot, "b2");
    EXPECT_EQ(results_.at(0).error().code, "agent.lost");
}

TEST_F(GuestSessionTest, NoticesThatNobodyIsThereAnyMore) {
    guest_.boot("b1");
    session_->start();
    loop_.drain();
    guest_.power_off();
    loop_.advance(60s);
    EXPECT_FALSE(session_->state().connected);
}

TEST_F(GuestSessionTest, AFalseHintOfARestartEndsNothing) {
    guest_.boot("b1");
    session_->start();
    loop_.drain();
    guest_.say("- {\"op\":\"no-session\"}\n");
    loop_.drain();
    ASSERT_EQ(guest_.requests.size(), 1u) << "it asks for a sign of life";
    guest_.answer(0, json::object{});
    loop_.advance(5s);
    EXPECT_EQ(states_.size(), 1u);
    EXPECT_TRUE(session_->state().connected);
}

TEST_F(GuestSessionTest, ARequestThatNoLineHoldsIsRefused) {
    guest_.boot("b1");
    session_->start();
    loop_.drain();
    session_->request("personalise", {{"x", std::string(max_line, 'x')}}, 5s,
                      [this](Result<json::object> r) { results_.push_back(std::move(r)); });
    loop_.drain();
    EXPECT_EQ(results_.at(0).error().code, "refused.params");
    EXPECT_TRUE(guest_.requests.empty());
}

TEST_F(GuestSessionTest, AnAnsweringAgentIsNeverLost) {
    guest_.boot("b1");
    session_->start();
    loop_.drain();
    std::size_t answered = 0;
    for (int i = 0; i < 100; ++i) {
        loop_.advance(10s);
        for (; answered < guest_.requests.size(); ++answered)
            guest_.answer(answered, json::object{});
    }
    EXPECT_GT(answered, 50u);
    EXPECT_EQ(states_.size(), 1u);
    EXPECT_EQ(guest_.opened, 1);
}

TEST_F(GuestSessionTest, TriesAgainMoreAndMoreSlowly) {
    guest_.refuse = true;
    session_->start();
    loop_.advance(60s);
    EXPECT_GT(guest_.opened, 10);
    EXPECT_LT(guest_.opened, 20);
    EXPECT_EQ(states_.size(), 1u) << "the same failure is told once";
    EXPECT_EQ(states_[0].reason, "libvirt.refused: portal@north: no such domain");
    guest_.refuse = false;
    guest_.boot("b1");
    loop_.advance(5s);
    EXPECT_TRUE(session_->state().connected);
}

TEST_F(GuestSessionTest, MayGoAtAnyTime) {
    guest_.boot("b1");
    session_->start();
    session_.reset();
    loop_.advance(30s);
    session_.emplace(loop_, secret, "portal@north", guest_.opener(), [](const GuestSession::State&) {});
    session_->start();
    loop_.drain();
    ask("unanswered");
    session_.reset();
    loop_.advance(30s);
    EXPECT_TRUE(results_.empty());
}

} // namespace
} // namespace testudo::agents
